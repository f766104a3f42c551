"""Whether a line was written by hand.

Type stands still: its characters are equally high, its strokes lie along the line and across it
and are of few widths, and recognisers read it surely. A hand wavers in all of these. Six numbers
a line go into a logistic curve, and what the page's other lines say counts too, for a page is
mostly of one kind. Fitted by `python -m tests.benchmarks._fit_hand`; figures in docs/ocr.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from station.imaging.crop import Strip, line_at
from station.imaging.picture import Pixels
from station.model import Line

Floats = NDArray[np.float64]

HEIGHT_PX = 48
LEAST_PX, LEAST_GAP = 6, 5
"""Of a strip each way, and of its ink in grey levels; less tells nothing."""
INK, EDGE = 0.45, 0.25
"""Of the darkest ink, and of the strongest edges."""
LEAST_EDGE_PX = 30
CELL = 0.9
"""Width of a character over the height of its line."""
TELLING = 4
"""Characters of which a line must have so many, half of them Chinese, to speak for itself."""
LESS = 0.3
"""What a shorter line, or one of digits or letters, says counts so much."""
OTHERS, FIRM = 0.7, 6.0
"""Weight of the page's other lines; so many characters of them say half of it."""
MOST_CHARACTERS = 10
HAND = 1.5
"""Limit of the sum: print that is flagged is worse than a hand that is not."""

LEVEL_DEG, NO_LEVEL_DEG = 25, 15.0
"""Strokes so near to level are; the spread where none is."""
FALLING_DEG, LYING_DEG = (22.5, 67.5), (-22.5, 22.5)
LEAST_CELL_PX = 12
USUAL_WAVERING, MOST_WAVERING = 0.03, 0.15


class Curve(NamedTuple):
    """Logistic weights of the numbers, each less its `middle` and over its `spread`."""

    offset: float
    weights: tuple[float, ...]
    middle: tuple[float, ...]
    spread: tuple[float, ...]


FITTED = Curve(
    offset=-1.224,
    weights=(1.153, 1.189, 2.156, -0.731, 0.773, -0.79),
    middle=(-5.13, 0.037, 11.856, 0.126, 0.247, 0.335),
    spread=(1.434, 0.036, 1.586, 0.033, 0.092, 0.092),
)
"""On 42 real pictures and 33 drawn pages, 208 lines of handwriting and 1459 of type."""


def hands(lines: Sequence[Line], page: Pixels) -> tuple[Line, ...]:
    """The lines with `hand` told; `page` (HxWx3 BGR uint8) is what they were read from.

    About 2 ms a line.
    """
    told = sums(lines, [numbers(line, page) for line in lines], FITTED)
    return tuple(
        msgspec.structs.replace(line, hand=bool(one > HAND))
        for line, one in zip(lines, told, strict=True)
    )


def sums(lines: Sequence[Line], seen: Sequence[Floats | None], curve: Curve) -> Floats:
    """What each line of a page and the others say of it together; above HAND it is a hand's."""
    telling = np.array([tells(line) for line in lines], np.bool_)
    own = np.array([_said(found, curve) for found in seen]) * np.where(telling, 1.0, LESS)
    size = np.array([min(len(line.text), MOST_CHARACTERS) for line in lines]) * telling
    others = (float(size @ own) - size * own) / (float(size.sum()) - size + FIRM)
    return np.asarray(own + OTHERS * others, np.float64)


def numbers(line: Line, page: Pixels) -> Floats | None:
    """Doubt of the recogniser, wavering of heights, tilt of level strokes, share of falling and
    of level strokes, spread of widths; None where there is too little ink."""
    strip = line_at(page, line.box)
    ink = _ink(strip)
    if ink is None:
        return None
    strokes = _strokes(ink, tall=strip.tall)
    if strokes is None:
        return None
    doubt = math.log(min(max(1 - line.score, 0.002), 0.5))
    return np.array([doubt, _wavering(ink), *strokes, _widths(ink)])


def _said(seen: Floats | None, curve: Curve) -> float:
    if seen is None:
        return 0.0
    level = (seen - np.array(curve.middle)) / np.array(curve.spread)
    return curve.offset + float(np.array(curve.weights) @ level)


def tells(line: Line) -> bool:
    """Whether a line has enough Chinese to speak for itself."""
    chinese = sum("\u3400" <= character <= "\u9fff" for character in line.text)
    return len(line.text) >= TELLING and 2 * chinese >= len(line.text)


def _ink(strip: Strip) -> Floats | None:
    """The ink of a line HEIGHT_PX high, 0 to 1.2 with its darkest at 1."""
    grey = cv2.cvtColor(strip.pixels, cv2.COLOR_BGR2GRAY)
    if min(grey.shape) < LEAST_PX:
        return None
    scale = HEIGHT_PX / grey.shape[0]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    size = (max(8, round(grey.shape[1] * scale)), HEIGHT_PX)
    level = cv2.resize(grey, size, interpolation=how).astype(np.float64)
    gap = np.clip(np.percentile(level, 85) - level, 0, None)
    darkest = float(np.percentile(gap, 97))
    return np.clip(gap / darkest, 0, 1.2) if darkest >= LEAST_GAP else None


def _strokes(ink: Floats, *, tall: bool) -> tuple[float, float, float] | None:
    """How level strokes differ in tilt (degrees), and the shares of falling and level ones.

    Directions come from the structure tensor (Bigün and Granlund 1987), weighted by contrast.
    """
    soft = cv2.GaussianBlur(ink, (0, 0), 1.0)
    across, down = (cv2.Sobel(soft, cv2.CV_64F, *way, ksize=3) for way in ((1, 0), (0, 1)))
    xx, yy, xy = (
        cv2.GaussianBlur(product, (0, 0), 2)
        for product in (across * across, down * down, across * down)
    )
    energy = xx + yy
    edge = energy > EDGE * np.percentile(energy, 95)
    if np.count_nonzero(edge) < LEAST_EDGE_PX:
        return None
    normal = np.degrees(0.5 * np.arctan2(2 * xy, xx - yy))[edge] + (90 if tall else 0)
    weight = energy[edge]
    tilt = normal % 180 - 90
    level = np.abs(tilt) < LEVEL_DEG
    spread = NO_LEVEL_DEG
    if level.any():
        mean = np.average(tilt[level], weights=weight[level])
        spread = math.sqrt(np.average(np.square(tilt[level] - mean), weights=weight[level]))
    falling, lying = (
        float(weight[(tilt >= low) & (tilt < high)].sum() / weight.sum())
        for low, high in (FALLING_DEG, LYING_DEG)
    )
    return spread, falling, lying


def _wavering(ink: Floats) -> float:
    """Median step of the characters' upper edges, in heights of the line."""
    dark = ink > INK
    cells = np.array_split(dark, max(1, round(dark.shape[1] / (HEIGHT_PX * CELL))), axis=1)
    tops = [int(np.argmax(cell.any(axis=1))) for cell in cells if cell.sum() > LEAST_CELL_PX]
    if len(tops) < TELLING:
        return USUAL_WAVERING
    return min(MOST_WAVERING, float(np.median(np.abs(np.diff(tops)))) / HEIGHT_PX)


def _widths(ink: Floats) -> float:
    """Deviation of the strokes' widths over their mean, at their middles."""
    within = cv2.distanceTransform((ink > INK).astype(np.uint8), cv2.DIST_L2, 3)
    middle = (within >= cv2.dilate(within, np.ones((3, 3), np.uint8)) - 1e-3) & (within > 0.5)
    widths = within[middle]
    return float(widths.std() / widths.mean()) if widths.size else 0.0
