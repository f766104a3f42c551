"""From frame to page at 12 megapixels: CPU time and memory of every step, one thread.

Leptonica and jdeskew measure the turn of the same pages in the same run, so that times can be
compared as ratios. Memory is what the peak grew by during the step, in frames of 37 MB. It is
measured apart: to see the growth of a step the heap is given back before it, and to get it again
costs a twelfth of the time, which a station that looks at frame after frame does not pay.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np

from firmware_config.schema import Imaging
from station.imaging.find import find
from station.imaging.fingerprint import fingerprint_of
from station.imaging.judge import judge, trusted
from station.imaging.picture import decode, half_of
from station.imaging.restore import for_reading
from station.imaging.sheet import measured
from station.imaging.skew import skew
from station.imaging.spread import spread
from station.imaging.straighten import straighten
from tests.benchmarks._peers import HERE, asked_of
from tests.memory import peak_bytes
from tests.pages.sets import benchmark, write

SEED, COUNT, LONG_SIDE_PX = 21, 16, 4056
FRAME_BYTES = LONG_SIDE_PX * 3040 * 3
ALLOWED_MS = {"find + straighten + judge": 250.0, "judge": 120.0, "restore": 60.0, "skew": 35.0}
ALLOWED_FRAMES = 4.0
Result = TypeVar("Result")


class Meter:
    """CPU milliseconds, or growth of the peak in frames, step by step."""

    def __init__(self, *, memory: bool = False) -> None:
        self.memory = memory
        self.took: dict[str, list[float]] = {}

    def step(self, name: str, work: Callable[[], Result]) -> Result:
        """Run one step and write down what it took."""
        before = _forget_peak() if self.memory else 0
        start_s = time.process_time()
        result = work()
        spent_ms = (time.process_time() - start_s) * 1e3
        grown = (peak_bytes() - before) / FRAME_BYTES
        self.took.setdefault(name, []).append(grown if self.memory else spent_ms)
        return result


def run(out: Path) -> list[dict[str, Any]]:
    """A row a step: median and worst milliseconds, worst growth in frames, what is allowed."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        levels, paths = out / "chain-pages", _frames(out)
        levels.mkdir(parents=True, exist_ok=True)
        ms, frames = Meter(), Meter(memory=True)
        _one(paths[0], Meter(), levels / f"{paths[0].stem}.png")  # what is loaded once is no step
        for meter in (ms, frames):
            for path in paths:
                _one(path, meter, levels / f"{path.stem}.png")
    finally:
        cv2.setNumThreads(threads)
    steps = [ms.took[name] for name in ("halve", "find", "spread", "straighten", "judge")]
    ms.took["find + straighten + judge"] = [sum(spent) for spent in zip(*steps, strict=True)]
    rows = [_row(name, spent, frames.took.get(name, [])) for name, spent in ms.took.items()]
    return rows + _peers(ms.took["skew"], levels)


def _frames(out: Path) -> list[Path]:
    folder, paths = out / "frames-12mp", []
    for index in range(0, 3 * COUNT, 3):
        name, document, scene = benchmark(SEED, index, LONG_SIDE_PX)
        path = folder / f"{name}.jpg"
        paths.append(path if path.is_file() else write(folder, name, document, scene))
    return paths


def _one(path: Path, meter: Meter, level: Path) -> None:
    data, settings = path.read_bytes(), Imaging()
    pixels = meter.step("decode", lambda: decode(data, maximum_megapixels=250).pixels)
    half = meter.step("halve", lambda: half_of(pixels))
    finding = meter.step("find", lambda: find(pixels, half=half))
    quad = trusted(finding, settings)
    meter.step("spread", lambda: spread(pixels, quad, settings))
    page = meter.step(
        "straighten", lambda: straighten(pixels, quad, doubtful=finding.quad, half=half)
    )
    grey: Any = cv2.cvtColor(page.image, cv2.COLOR_BGR2GRAY)
    meter.step("skew", lambda: skew(grey))
    size = (page.image.shape[1], page.image.shape[0])

    def judged() -> None:
        sheet = measured(pixels, page.to_page, size, quad, half=half)
        judge(sheet, finding, settings, now=fingerprint_of(sheet), previous=b"")

    meter.step("judge", judged)
    meter.step("restore", lambda: for_reading(page.image))
    cv2.imwrite(str(level), grey)


def _row(name: str, spent_ms: list[float], frames: list[float]) -> dict[str, Any]:
    return {
        "step": name,
        "ms p50": float(np.median(spent_ms)),
        "ms worst": max(spent_ms),
        "allowed ms": ALLOWED_MS.get(name, ""),
        "frames of memory, worst": max(frames) if frames else "",
    }


def _peers(skew_ms: list[float], levels: Path) -> list[dict[str, Any]]:
    """What the same pages cost the peers, and our skew as a share of that."""
    ours_ms = float(np.median(skew_ms))
    rows = []
    for method in ("leptonica", "jdeskew"):
        spent = [
            row["cpu_ms"] for row in asked_of(levels, HERE.parents[2] / "bench-out/peers", [method])
        ]
        if spent:
            median_ms = float(np.median(spent))
            rows.append(
                {
                    "step": f"{method} (turn)",
                    "ms p50": median_ms,
                    "ms worst": max(spent),
                    "our skew over it": ours_ms / median_ms,
                }
            )
    return rows


def _forget_peak() -> int:
    """Start the peak anew; the bytes that are resident now, without what was freed."""
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    return peak_bytes()
