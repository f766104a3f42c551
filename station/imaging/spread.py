"""The two pages of an open book, in reading order; a single sheet stays one page.

A binding shows as a valley from edge to edge of the sheet, where a fold shows too. What tells a
book: its pages bend down to the binding and darken, nothing is written beside it, and nothing is
written across it. A folded form fails by its rows, a folded deed by lying flat.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from firmware_config.schema import Imaging
from station.imaging.gutter import HEIGHT, SHEET_PX, WIDTH, Gutter, gutter
from station.imaging.paper import Grey, halved
from station.imaging.picture import Pixels
from station.model import Noun, Point, Quad

Corners = NDArray[np.float32]
SHAPES = (1.05, 2.0)
"""Width over height of two upright pages, as they may look in perspective."""
PREVIEW_PX = 900
SMALLEST_PX = 32
"""In a frame or sheet smaller than this no gutter can be told from anything else."""
OVERLAP = 0.01
"""Of the sheet's width, kept by each page beyond the gutter, so that no stroke is lost."""
SURE = 0.5


class Spread(Noun, frozen=True, kw_only=True):
    """Two pages of a frame. `gutter` runs from the sheet's upper to its lower edge, px of the
    frame; `confidence` 0..1 is the chance that it is one and lies there; `pages` are their quads
    (TL, TR, BR, BL as the sheet lies) in the order of reading, each a little over the gutter.
    """

    gutter: tuple[Point, Point]
    confidence: float
    pages: tuple[Quad, Quad]


def spread(pixels: Pixels, quad: Quad | None, settings: Imaging) -> Spread | None:
    """The two pages on the sheet `quad` of a frame (HxWx3 BGR; None is the whole frame).

    None where the sheet is one page, or `settings.spread` is "never". With "always" every sheet
    wider than high is parted, in its middle where no gutter is seen; `confidence` is then low.
    Never raises on any size or content.
    """
    if settings.spread == "never" or min(pixels.shape[:2]) < SMALLEST_PX:
        return None
    corners = _corners(pixels, quad)
    if not SHAPES[0] <= _shape(corners) <= SHAPES[1]:
        return None
    preview = _preview(pixels, corners)
    seen = None if preview is None else gutter(preview)
    chance = confidence(seen) if seen else 0.0
    if settings.spread == "auto" and chance < SURE:
        return None
    top, bottom = (seen.top, seen.bottom) if seen else (0.5, 0.5)
    line = _on_sheet(corners, [(top, 0.0), (bottom, 1.0)])
    left, right = _pages(corners, top, bottom)
    backwards = settings.page_order == "right-to-left"
    pages = (right, left) if backwards else (left, right)
    return Spread(gutter=(line[0], line[1]), confidence=chance, pages=pages)


def confidence(seen: Gutter) -> float:
    """The chance, 0..1, that a line is the gutter of an open book and not a fold or a rule.

    Nothing outweighs writing across the line but a gap between two leaves, which is far darker
    than the crease of one. The weights were set by hand on drawn books and folded sheets.
    """
    edge_to_edge = _share(seen.dip, 0.0, 0.05) * _share(seen.ends, 0.0, 0.06)
    gap = _share(seen.dip, 0.30, 0.38) * _share(seen.ends, 0.30, 0.36)
    bound = 2 * _share(seen.shade, 0.0, 0.16) + _share(seen.clear, 0.008, 0.02) + gap
    crossed = 150 * seen.through * (1 - gap)
    return edge_to_edge / (1 + math.exp(min(50.0, crossed - 4 * (bound - 1.2))))


def _share(value: float, none: float, full: float) -> float:
    return min(1.0, max(0.0, (value - none) / (full - none)))


def _corners(pixels: Pixels, quad: Quad | None) -> Corners:
    height, width = pixels.shape[:2]
    frame = ((0, 0), (width, 0), (width, height), (0, height))
    return np.array(frame, np.float32) - 0.5 if quad is None else np.array(quad, np.float32)


def _shape(corners: Corners) -> float:
    """Width over height, by the mean of opposite sides."""
    top, right, bottom, left = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    return float((top + bottom) / max(right + left, 1.0))


def _preview(pixels: Pixels, corners: Corners) -> Grey | None:
    """The middle of the flattened sheet in grey, as `gutter` wants it; None if out of the frame."""
    left, right = (0.5 + side * WIDTH / SHEET_PX / 2 for side in (-1, 1))
    middle = np.array(_on_sheet(corners, [(left, 0.0), (right, 0.0), (right, 1.0), (left, 1.0)]))
    size = pixels.shape[1::-1]
    (x0, y0), (x1, y1) = (
        np.clip(bound, 0, size).astype(int)
        for bound in (middle.min(axis=0), middle.max(axis=0) + 2)
    )
    if min(x1 - x0, y1 - y0) < SMALLEST_PX:
        return None
    grey = np.asarray(cv2.cvtColor(pixels[y0:y1, x0:x1], cv2.COLOR_BGR2GRAY), np.uint8)
    small = halved(grey, PREVIEW_PX)
    scale = np.array(small.shape[::-1]) / (x1 - x0, y1 - y0)
    seen = (middle - (x0, y0) + 0.5) * scale - 0.5
    whole = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32) - 0.5
    flat = cv2.getPerspectiveTransform(seen.astype(np.float32), whole)
    preview = cv2.warpPerspective(small, flat, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(preview, np.uint8)


def _pages(corners: Corners, top: float, bottom: float) -> tuple[Quad, Quad]:
    """The left page and the right one, each with a little of the other."""
    left = [(0.0, 0.0), (top + OVERLAP, 0.0), (bottom + OVERLAP, 1.0), (0.0, 1.0)]
    right = [(top - OVERLAP, 0.0), (1.0, 0.0), (1.0, 1.0), (bottom - OVERLAP, 1.0)]
    a, b = (_on_sheet(corners, page) for page in (left, right))
    return (a[0], a[1], a[2], a[3]), (b[0], b[1], b[2], b[3])


def _on_sheet(corners: Corners, places: list[tuple[float, float]]) -> list[Point]:
    """Places on the sheet (shares of its width and height) in pixels of the frame."""
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    frame = cv2.perspectiveTransform(
        np.array([places], np.float64), cv2.getPerspectiveTransform(unit, corners)
    )
    return [(float(x), float(y)) for x, y in frame[0]]
