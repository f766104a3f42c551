"""How well and how fast pages are read: character error rate and seconds a page.

A picture counts when its truth lies beside it: NAME.txt, or NAME.json with `text` in reading
order and `quad`, the corners of the sheet, by which it is laid flat first. The rate is
(substitutions + deletions + insertions) / characters of the truth, after NFKC and without blanks.
"""

from __future__ import annotations

import json
import sys
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from firmware_config.schema import Ocr
from station.layout.arrange import laid_out
from station.ocr.engine import Image
from station.ocr.paddle import PaddleEngine
from tests.memory import peak_bytes

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "tests/pages/photos", ROOT / "../shared/images")
SUFFIXES = {".jpg", ".jpeg", ".png"}


class Specimen(NamedTuple):
    """A picture and what stands on it."""

    path: Path
    image: Image
    truth: str


def run(out: Path, folders: tuple[Path, ...] = FOLDERS) -> list[dict[str, Any]]:
    """One row a picture; what was read is kept in `out`/ocr/FOLDER-NAME.txt for the eye."""
    texts = out / "ocr"
    texts.mkdir(parents=True, exist_ok=True)
    engine = PaddleEngine(Ocr(driver="paddle"))
    rows = []
    for specimen in _specimens(folders):
        row, text = _measured(engine, specimen)
        name = f"{specimen.path.parent.name}-{specimen.path.stem}"
        (texts / f"{name}.txt").write_text(text, "utf-8")
        rows.append(row)
    return rows


def error_rate(read: str, truth: str) -> float:
    """Levenshtein distance over the length of the truth; 0.0 is perfect, above 1.0 is possible."""
    told, meant = _comparable(read), _comparable(truth)
    if not meant:
        return float(len(told))
    row = np.arange(len(told) + 1)
    codes = np.array([ord(character) for character in told], dtype=np.int64)
    steps = np.arange(len(told) + 1)
    for character in meant:
        best = np.minimum(row[1:] + 1, row[:-1] + (codes != ord(character)))
        row = np.concatenate([[row[0] + 1], best])
        row = np.minimum.accumulate(row - steps) + steps
    return float(row[-1]) / len(meant)


def _comparable(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _measured(engine: PaddleEngine, specimen: Specimen) -> tuple[dict[str, Any], str]:
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    text = laid_out(engine.read(specimen.image), specimen.image)
    height, width = specimen.image.shape[:2]
    row = {
        "picture": f"{specimen.path.parent.name}/{specimen.path.name}",
        "size_px": f"{width}x{height}",
        "characters": len(_comparable(specimen.truth)),
        "error_rate": round(error_rate(text.plain, specimen.truth), 4),
        "lines": len(text.lines),
        "score": round(float(np.mean([line.score for line in text.lines] or [0.0])), 3),
        "seconds": round(time.perf_counter() - wall_s, 2),
        "cpu_seconds": round(time.process_time() - cpu_s, 2),
        "peak_mb": peak_bytes() // 2**20,
    }
    return row, text.plain


def _specimens(folders: tuple[Path, ...]) -> Iterator[Specimen]:
    for folder in folders:
        if not folder.is_dir():
            print(f"# no pictures: {folder} is absent", file=sys.stderr)
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in SUFFIXES:
                yield from _specimen(path)


def _specimen(path: Path) -> Iterator[Specimen]:
    image: Any = cv2.imread(str(path))
    if path.with_suffix(".txt").is_file():
        yield Specimen(path, image, path.with_suffix(".txt").read_text("utf-8"))
    elif path.with_suffix(".json").is_file():
        truth = json.loads(path.with_suffix(".json").read_text("utf-8"))
        if truth["quad"]:
            yield Specimen(path, _laid_flat(image, truth["quad"]), truth["text"])


def _laid_flat(image: Any, quad: list[list[float]]) -> Any:
    corners = np.array(quad, dtype=np.float32)
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    width, height = round(float(sides[[0, 2]].max())), round(float(sides[[1, 3]].max()))
    sheet = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners, sheet)
    return cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_CUBIC)
