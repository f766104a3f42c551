"""How exactly scans are set upright: flatbeds and copiers, with the black they leave around pages.

Pages are drawn (tests/pages, or bundles of strokes where its typefaces are absent) and laid on a
scanner's glass, turned by up to 8 degrees. A scan has no perspective: the turn of the text is all
there is to undo, and whatever distorts more than that shows as an error of the angle.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np

from firmware_config.schema import Imaging
from station.imaging.page import Dressed, dress
from station.imaging.skew import skew
from tests.benchmarks._overlays import contact_sheet, drawn
from tests.benchmarks._turned_pages import LAYOUTS, page
from tests.pages.fonts import absent
from tests.pages.invent import invented
from tests.pages.render import render
from tests.pages.sets import GENRES

Pixels = np.ndarray
Generator = np.random.Generator
GLASS_PX = (1654, 2339)
"""A4 at 200 dpi, width and height."""
TURN_DEG = 8.0
BLACKEST = 26
COLOURS = ("bilevel", "grey", "colour")


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """A scan (BGR uint8) and how far its text is turned clockwise."""

    name: str
    pixels: Pixels
    turn_deg: float


def lid_open(rng: Generator, sheet: Pixels, turn_deg: float, black: int) -> Pixels:
    """A page smaller than the glass, black all around."""
    share = rng.uniform(0.7, 0.82)
    return laid(sheet, turn_deg, share, rng.normal(0, 0.01, 2), black)


def over_the_edge(rng: Generator, sheet: Pixels, turn_deg: float, black: int) -> Pixels:
    """A page pushed over one or two edges of the glass, black at the others."""
    shift = rng.uniform(0.02, 0.05, 2) * rng.choice((-1, 0, 1), 2)
    return laid(sheet, turn_deg, rng.uniform(0.9, 0.97), shift, black)


def corners_cut(rng: Generator, sheet: Pixels, turn_deg: float, black: int) -> Pixels:
    """A page as large as the glass: black wedges, corners lost."""
    return laid(sheet, turn_deg, 1.0, rng.normal(0, 0.006, 2), black)


def turned_back(rng: Generator, sheet: Pixels, turn_deg: float, black: int) -> Pixels:
    """A scan turned by a program that filled the corners with black, nothing lost."""
    cosine, sine = (f(np.radians(abs(turn_deg))) for f in (np.cos, np.sin))
    width, height = GLASS_PX
    share = min(width / (width * cosine + height * sine), height / (width * sine + height * cosine))
    return laid(sheet, turn_deg, share, np.zeros(2), 0)


def strips(rng: Generator, sheet: Pixels, turn_deg: float, black: int) -> Pixels:
    """The copier's black strips along one to four sides, straight as the glass."""
    scan = laid(sheet, turn_deg, 0.93, np.zeros(2), 255)
    for side in rng.permutation(4)[: rng.integers(1, 5)]:
        view = np.rot90(scan, side)
        view[: int(rng.uniform(0.01, 0.05) * len(view))] = black
    return scan


def ragged(rng: Generator, sheet: Pixels, turn_deg: float, black: int) -> Pixels:
    """A copy of a copy: black that leans and frays on two sides."""
    scan = laid(sheet, turn_deg, 0.94, np.zeros(2), 255)
    for side in rng.permutation(4)[:2]:
        view = np.rot90(scan, side)
        across = np.arange(view.shape[1])
        edge = rng.uniform(0.01, 0.03) + rng.uniform(-0.02, 0.05) * across / len(across)
        edge = edge * len(view) + cv2.blur(rng.normal(0, 12, (1, len(across))), (9, 1))[0]
        view[np.arange(len(view))[:, None] < edge] = black
    return scan


def punched(rng: Generator, sheet: Pixels, turn_deg: float, black: int) -> Pixels:
    """Two punch holes and a strip, with the page's edge in shadow."""
    holed = sheet.copy()
    height, width = sheet.shape[:2]
    for y in (0.43, 0.57):
        cv2.circle(holed, (int(0.05 * width), int(y * height)), int(0.013 * width), (0, 0, 0), -1)
    scan = laid(holed, turn_deg, 0.97, rng.normal(0, 0.01, 2), 255)
    scan[: int(0.02 * len(scan))] = black
    return scan


def bound(rng: Generator, sheet: Pixels, turn_deg: float, black: int) -> Pixels:
    """A page of a book: the fold in shadow on one side, black beyond, the block's edge opposite."""
    scan = laid(sheet, turn_deg, 0.9, np.zeros(2), 255).astype(np.float32)
    half = scan if rng.random() < 0.5 else scan[:, ::-1]
    x = np.arange(scan.shape[1], dtype=np.float32)
    fold, reach = rng.uniform(0.02, 0.06) * len(x), rng.uniform(20, 60)
    half *= np.clip(1.1 - 1.1 * np.exp(-np.maximum(x - fold, 0) / reach), 0.02, 1)[None, :, None]
    for number in range(4):
        half[:, -int(30 + 9 * number + rng.integers(6))] *= 0.55
    half[:, -int(rng.integers(12, 28)) :] = black
    return scan


KINDS: dict[str, Callable[[Generator, Pixels, float, int], Pixels]] = {
    kind.__name__: kind
    for kind in (lid_open, over_the_edge, corners_cut, turned_back, strips, ragged, punched, bound)
}


def laid(sheet: Pixels, turn_deg: float, share: float, shift: Any, around: int) -> Pixels:
    """The sheet on the glass, turned clockwise; `share` of the glass, `shift` in its sides."""
    width, height = GLASS_PX
    scale = share * min(width / sheet.shape[1], height / sheet.shape[0])
    middle = (sheet.shape[1] / 2 - 0.5, sheet.shape[0] / 2 - 0.5)
    pose = cv2.getRotationMatrix2D(middle, -turn_deg, scale)
    pose[:, 2] += np.array(GLASS_PX) * (0.5 + np.asarray(shift)) - 0.5 - middle
    small = cv2.GaussianBlur(sheet, (0, 0), 0.4 / scale)
    return cv2.warpAffine(small, pose, GLASS_PX, borderValue=(around, around, around))


def coloured(rng: Generator, scan: Pixels, colour: str) -> Pixels:
    """What a scanner makes of it: noise, and one bit, grey or colour."""
    noisy = scan.astype(np.float32) * rng.uniform(0.85, 1) + rng.normal(0, 2.5, scan.shape)
    if colour == "colour":
        noisy = noisy * [0.86, 0.94, 0.99]
        return noisy.clip(0, 255).astype(np.uint8)
    grey = cv2.cvtColor(noisy.clip(0, 255).astype(np.uint8), cv2.COLOR_BGR2GRAY)
    if colour == "bilevel":
        grey = np.where(grey > rng.integers(110, 160), 255, 0).astype(np.uint8)
        specks = rng.random(grey.shape) < 0.0006
        grey[specks] = 255 - grey[specks]
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)


def scans(count: int, seed: int) -> list[Scan]:
    """`count` scans: every kind in turn, in every colour, at turns by chance."""
    made = []
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        kind, turn_deg = tuple(KINDS)[number % len(KINDS)], float(rng.uniform(-TURN_DEG, TURN_DEG))
        colour = COLOURS[number // len(KINDS) % len(COLOURS)]
        black = int(rng.integers(0, BLACKEST))
        scan = KINDS[kind](rng, _sheet(rng, number, seed), turn_deg, black)
        name = f"{number:03d}-{kind}-{colour}"
        made.append(Scan(name=name, pixels=coloured(rng, scan, colour), turn_deg=turn_deg))
    return made


def _sheet(rng: Generator, number: int, seed: int) -> Pixels:
    if absent():
        grey = page(rng, LAYOUTS[number % len(LAYOUTS)])
        return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    genre = GENRES[(number + number // len(GENRES)) % len(GENRES)]
    return render(invented(genre, seed + number), seed=seed + number).pixels()


def run(out: Path, *, count: int = 48, seed: int = 11) -> list[dict[str, Any]]:
    """One row a kind: the error of the turn as dressed and of the bare measurement, in degrees."""
    tried = [(scan, dress(scan.pixels, Imaging())[0]) for scan in scans(count, seed)]
    pictures = [_overlay(scan, page) for scan, page in tried]
    contact_sheet(out / "scans", pictures)
    return [_row(kind, [(s, d) for s, d in tried if kind in s.name]) for kind in (*KINDS, "")]


def _overlay(scan: Scan, page: Dressed) -> tuple[str, Pixels]:
    words = f"{scan.turn_deg:+.2f} said {page.skew_deg:+.2f} {' '.join(page.quality.reasons)}"
    return scan.name, drawn(scan.pixels, words, said=page.quad)


def _row(kind: str, tried: list[tuple[Scan, Dressed]]) -> dict[str, Any]:
    errors = np.array([abs(page.skew_deg - scan.turn_deg) for scan, page in tried])
    bare = [
        abs(skew(cv2.cvtColor(scan.pixels, cv2.COLOR_BGR2GRAY)).angle_deg - scan.turn_deg)
        for scan, _ in tried
    ]
    return {
        "kind": kind or "all",
        "scans": len(tried),
        "median_deg": round(float(np.median(errors)), 3),
        "p95_deg": round(float(np.percentile(errors, 95)), 3),
        "worst_deg": round(float(errors.max()), 3),
        "bare_worst_deg": round(max(bare), 3),
        "kept_whole": sum(page.quad is None for _, page in tried),
        "cut": sum("cut" in page.quality.reasons for _, page in tried),
        "bad": sum(page.quality.verdict == "bad" for _, page in tried),
    }
