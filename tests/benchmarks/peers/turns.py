"""What other programs say of the turn of pages: JSON lines of method, name, angle_deg, cpu_ms.

`python turns.py FOLDER METHOD[:EVERY]...` runs in an environment of its own (see `install`) and
knows nothing of ours. Angles are clockwise-positive; null where a program gave none. Time is that
of one thread, without decoding the picture; of programs run as commands, all they use.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", OMP_THREAD_LIMIT="1")

import numpy as np
from PIL import Image

SMALL_PX = 1500
Timed = tuple[float | None, float]


def jdeskew(path: Path, side_px: int | None = SMALL_PX) -> Timed:
    """jdeskew on the page as it is, or made small first."""
    estimator = importlib.import_module("jdeskew.estimator")
    grey = loaded(path)
    return timed(lambda: float(estimator.get_angle(small(grey, side_px))))


def jdeskew_full(path: Path) -> Timed:
    """jdeskew on all pixels."""
    return jdeskew(path, None)


def deskew(path: Path, least_deg: float = 1.0) -> Timed:
    """deskew (Hough lines of scikit-image)."""
    package = importlib.import_module("deskew")
    grey = loaded(path)

    def measured() -> float | None:
        said = package.determine_skew(small(grey, SMALL_PX), min_deviation=least_deg)
        return None if said is None else float(said)

    return timed(measured)


def deskew_fine(path: Path) -> Timed:
    """deskew at a tenth of a degree."""
    return deskew(path, 0.1)


def leptonica(path: Path) -> Timed:
    """Leptonica: adaptive threshold, then sweep and search within 15 degrees at half size."""
    library = ctypes.CDLL("liblept.so.5")
    pointer, real = ctypes.c_void_p, ctypes.c_float
    library.pixRead.restype = library.pixConvertTo8.restype = pointer
    page = pointer(library.pixRead(str(path).encode()))
    grey = pointer(library.pixConvertTo8(page, 0))

    def measured() -> float | None:
        bits, angle, sure = pointer(), real(), real()
        library.pixOtsuAdaptiveThreshold(
            grey, 2000, 2000, 0, 0, real(0.1), None, ctypes.byref(bits)
        )
        failed = library.pixFindSkewSweepAndSearch(
            bits, ctypes.byref(angle), ctypes.byref(sure), 4, 2, real(15.0), real(1.0), real(0.01)
        )
        library.pixDestroy(ctypes.byref(bits))
        return None if failed else -angle.value

    said = timed(measured)
    for picture in (grey, page):
        library.pixDestroy(ctypes.byref(picture))
    return said


def tesseract(path: Path) -> Timed:
    """What OCRmyPDF asks tesseract for."""
    printed, spent_ms = ran(["tesseract", "-l", "osd", "--psm", "2", str(path), "stdout"])
    said = re.search(r"Deskew angle: (-?[\d.]+)", printed)
    return (float(np.degrees(float(said[1]))) if said else None), spent_ms


def unpaper(path: Path) -> Timed:
    """unpaper's deskewing alone, its range widened to 15 degrees."""
    only = [f"--no-{step}" for step in ("blackfilter", "noisefilter", "blurfilter", "grayfilter")]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "page.pgm")
        Image.open(path).save(source)
        widened = ["--deskew-scan-range", "15", str(source), f"{folder}/out.pgm"]
        printed, spent_ms = ran(["unpaper", "-v", *only, *widened])
    said = re.search(r"^rotate \([^)]*\): (-?[\d.]+)", printed, re.MULTILINE)
    return (-float(np.degrees(float(said[1]))) if said else None), spent_ms


METHODS: dict[str, Callable[[Path], Timed]] = {
    method.__name__: method
    for method in (jdeskew, jdeskew_full, deskew, deskew_fine, leptonica, tesseract, unpaper)
}


def loaded(path: Path) -> Any:
    """The picture in grey."""
    return np.asarray(Image.open(path).convert("L"))


def small(grey: Any, side_px: int | None) -> Any:
    """The picture with its long side at most `side_px`."""
    if side_px is None:
        return grey
    cv2 = importlib.import_module("cv2")
    cv2.setNumThreads(1)
    ratio = side_px / max(grey.shape)
    return cv2.resize(grey, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)


def timed(measure: Callable[[], float | None]) -> Timed:
    """The answer and the CPU time it took, in ms."""
    start = time.process_time()
    return measure(), (time.process_time() - start) * 1e3


def ran(command: list[str]) -> tuple[str, float]:
    """What a command printed, and its CPU time in ms."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout + done.stderr, spent_s * 1e3


def main(folder: Path, asked: list[str]) -> None:
    """Every method over every page, or every so many."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".jpg", ".png"))
    for method, _, every in (word.partition(":") for word in asked):
        for path in paths[:: int(every or 1)]:
            try:
                angle, cpu_ms = METHODS[method](path)
            except (OSError, ImportError) as error:
                sys.stderr.write(f"=== PEER LEFT OUT: {method}: {error}\n")
                break
            row = {"method": method, "name": path.stem, "angle_deg": angle, "cpu_ms": cpu_ms}
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
