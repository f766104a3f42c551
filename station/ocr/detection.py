"""Where the lines of a page are, at a size that suits its writing.

The detector costs, in time and in memory, in proportion to the pixels it is shown. It finds lines
whose boxes are 12 px high as surely as larger ones; so a first look tells how high the writing is,
and only a page of small print is looked at again, enlarged to fit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from station.model import Quad
from station.ocr.engine import Image

FIRST_SIDE_PX = 960
ENOUGH_PX, WANTED_PX = 12.0, 17.0
"""Height of low boxes (the tenth percentile) at which the first look will do; height after the
second. A box is some 1.3 times as high as its characters."""
LOW_PERCENT = 10
SHEET_ASPECT = math.sqrt(2)


class Detector:
    """`model` is a paddleocr.TextDetection.

    No page is shown larger than a sheet of A4's shape whose longer side has `side_px`: narrower
    ones may be longer, square ones are smaller, for the same memory.
    """

    def __init__(self, model: Any, side_px: int) -> None:
        self._model = model
        self._side_px = side_px

    def boxes(self, page: Image) -> list[Quad]:
        """The box of each line or column, in any order, in pixels of the page."""
        longest = min(max(page.shape[:2]), _as_large(page, self._side_px))
        first = min(_as_large(page, FIRST_SIDE_PX), longest)
        found = self.seen(page, first)
        second = min(_better_side(found, page, first), longest)
        if second > first:
            found = self.seen(page, second)
        return found

    def seen(self, page: Image, side_px: int) -> list[Quad]:
        """The same at a glance: the page is shown with a longer side of `side_px` at most."""
        [result] = self._model.predict(page, limit_side_len=side_px, limit_type="max")
        return [_quad(box) for box in result["dt_polys"]]


def _as_large(page: Image, side_px: int) -> int:
    """The longer side at which the page has as many pixels as a sheet whose longer side is that."""
    aspect = max(page.shape[:2]) / max(min(page.shape[:2]), 1)
    return round(side_px * math.sqrt(min(aspect / SHEET_ASPECT, SHEET_ASPECT)))


def _better_side(found: Sequence[Quad], page: Image, side_px: int) -> int:
    """The side at which low boxes would be as high as is wanted; `side_px` if they are enough."""
    if not found:
        return side_px
    corners = np.asarray(found, dtype=np.float64) * (side_px / max(page.shape[:2]))
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=2)
    low_px = float(np.percentile(sides.min(axis=1), LOW_PERCENT))
    return side_px if low_px >= ENOUGH_PX else round(side_px * WANTED_PX / max(low_px, 1.0))


def _quad(box: Any) -> Quad:
    top_left, top_right, bottom_right, bottom_left = ((float(x), float(y)) for x, y in box)
    return top_left, top_right, bottom_right, bottom_left
