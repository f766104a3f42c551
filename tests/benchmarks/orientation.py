"""How surely the way up of a page is told: every page lying four ways.

Pages of tests/pages as a scanner and as a camera give them, and the real pictures beside the
repository that hold writing. A page is `right`, or kept as it lies (`unsure`), or turned wrongly
(`sure_wrong`); pictures without writing must never be turned.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from firmware_config.schema import Ocr
from station.imaging.orientation import SURE, Turn, upright
from station.imaging.page import dress
from station.imaging.picture import Pixels
from station.imaging.stand import Stand
from station.model import Quad
from station.ocr.paddle import PaddleEngine
from tests.benchmarks._overlays import contact_sheet, drawn
from tests.benchmarks._photographs import photographs
from tests.benchmarks._turned_pages import drawn_genre, pages_without_text, scanned
from tests.pages.fonts import absent
from tests.pages.sets import GENRES

REAL = Path(os.environ.get("STATION_SHARED", Path(__file__).parents[2] / "../shared")) / "images"
WRITTEN = ("b05", "b06", "c0", "d01", "d02", "d03", "d04", "d05", "d06", "d07", "d08", "d09")
LYING = {"b06": 1}
"""Quarters clockwise by which a real picture lies already."""
SIZES = (1.0, 0.6, 0.4)
"""Of 12 MP in each direction."""


class Sample(NamedTuple):
    """An upright page, or one without writing."""

    kind: str
    name: str
    image: Pixels
    written: bool = True


class Tried(NamedTuple):
    """What was said of a page lying turned by `deg`."""

    sample: Sample
    deg: int
    said: Turn
    strips: int
    cpu_ms: float


class Counted:
    """An engine's reader of strips that counts them."""

    def __init__(self, engine: PaddleEngine) -> None:
        self._engine = engine
        self.strips = 0

    def boxes(self, image: Pixels, side_px: int) -> Sequence[Quad]:
        """As the engine does."""
        return self._engine.boxes(image, side_px)

    def read_strip(self, strip: Pixels) -> tuple[str, float]:
        """As the engine does."""
        self.strips += 1
        return self._engine.read_strip(strip)


def run(out: Path, *, seeds: int = 4, seed: int = 500, photos: bool = True) -> list[dict[str, Any]]:
    """A row a kind of page, one of all with writing; every wrong or unsure page in orientation/."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    engine = PaddleEngine(Ocr(driver="paddle", threads=1))
    tried = [
        attempt
        for sample in _samples(out, seeds, seed, photos=photos)
        for attempt in _turned_four_ways(sample, engine)
    ]
    cv2.setNumThreads(threads)
    missed = [attempt for attempt in tried if not _right(attempt)]
    if missed:
        contact_sheet(out / "orientation", [_overlay(attempt) for attempt in missed])
    kinds = dict.fromkeys(attempt.sample.kind for attempt in tried)
    rows = [_row(kind, [a for a in tried if a.sample.kind == kind]) for kind in kinds]
    return [*rows, _row("all with writing", [a for a in tried if a.sample.written])]


def _samples(out: Path, seeds: int, seed: int, *, photos: bool) -> Iterator[Sample]:
    if absent():
        sys.stderr.write(f"{absent()}: no drawn pages\n")
    else:
        yield from _scans(seeds, seed)
    if photos:
        yield from _photographed(out)
    for path in sorted(REAL.glob("*.[jp]*g")):
        if path.name.startswith(WRITTEN):
            picture: Any = cv2.imread(str(path))
            quarters = LYING.get(path.name[:3], 0)
            yield Sample(
                "real pictures", path.stem, np.ascontiguousarray(np.rot90(picture, quarters))
            )
    for page in pages_without_text(8, seed):
        image = np.asarray(cv2.cvtColor(page.grey, cv2.COLOR_GRAY2BGR), np.uint8)
        yield Sample("without writing", page.name, image, written=False)


def _scans(seeds: int, seed: int) -> Iterator[Sample]:
    for number in range(seeds):
        for genre in GENRES:
            rng = np.random.default_rng([seed, number])
            page = drawn_genre(rng, genre, seed + number)
            grey = scanned(rng, page, float(rng.uniform(-0.3, 0.3)))
            size = SIZES[number % len(SIZES)]
            small = cv2.resize(grey, None, fx=size, fy=size, interpolation=cv2.INTER_AREA)
            image = np.asarray(cv2.cvtColor(small, cv2.COLOR_GRAY2BGR), np.uint8)
            yield Sample(genre, f"{seed + number}-{genre}", image)


def _photographed(out: Path) -> Iterator[Sample]:
    """Photographs as they are dressed, set upright by the truth."""
    for told in sorted(photographs(out).rglob("*.json")):
        truth = json.loads(told.read_text(encoding="utf-8"))
        if not truth["text"] or truth["skew_deg"] is None:
            continue
        picture: Any = cv2.imread(str(told.with_suffix(".jpg")))
        page, *_ = dress(picture, Stand())
        quarters = round((truth["skew_deg"] - page.skew_deg) / 90)
        image = np.ascontiguousarray(np.rot90(page.image, quarters))
        yield Sample("photographs", told.stem, image)


def _turned_four_ways(sample: Sample, engine: PaddleEngine) -> Iterator[Tried]:
    for quarters in range(4):
        lying = np.ascontiguousarray(np.rot90(sample.image, -quarters))
        reader = Counted(engine)
        start = time.process_time()
        said = upright(lying, reader)
        spent_ms = (time.process_time() - start) * 1e3
        yield Tried(sample, 90 * quarters, said, reader.strips, spent_ms)


def _right(tried: Tried) -> bool:
    """A page that lies upright and is not known to is unsure, not right."""
    if not tried.sample.written:
        return tried.said.deg == 0
    return tried.said.confidence >= SURE and tried.said.deg == tried.deg


def _overlay(tried: Tried) -> tuple[str, Pixels]:
    words = f"lies {tried.deg} said {tried.said.deg} {tried.said.confidence:.2f}"
    lying = np.ascontiguousarray(np.rot90(tried.sample.image, -tried.deg // 90))
    return f"{tried.sample.name}-{tried.deg}", drawn(lying, words)


def _row(kind: str, tried: list[Tried]) -> dict[str, Any]:
    wrong = [attempt for attempt in tried if not _right(attempt)]
    sure = [attempt for attempt in wrong if attempt.said.confidence >= SURE]
    standing = [attempt.cpu_ms for attempt in tried if attempt.deg == 0]
    lying = [attempt.cpu_ms for attempt in tried if attempt.deg != 0]
    return {
        "kind": kind,
        "pages": len(tried),
        "right": round(1 - len(wrong) / len(tried), 4),
        "unsure": len(wrong) - len(sure),
        "sure_wrong": len(sure),
        "strips": float(np.mean([attempt.strips for attempt in tried])),
        "upright_cpu_ms": round(float(np.median(standing))),
        "lying_cpu_ms": round(float(np.median(lying))),
        "worst_cpu_ms": round(max(attempt.cpu_ms for attempt in tried)),
    }
