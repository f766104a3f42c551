"""Where the lines of a page are, at a size that suits its writing.

The detector costs in proportion to the pixels it is shown. It finds prose whose boxes are 13 px
high as surely as larger ones, and lone cells of a table from about 18 px on; so a first look tells
how high the writing is, and only small print is looked at again, enlarged to fit.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from station.model import Quad
from station.ocr.engine import Image

FIRST_SIDE_PX = 960
ENOUGH_PX, WANTED_PX = 16.5, 21.0
"""Height of low boxes (the tenth percentile) at which the first look will do; height after the
second. A box is some 1.3 times as high as its characters."""
LOW_PERCENT = 10


class Detector:
    """`model` is a paddleocr.TextDetection; no side of a page is shown larger than `side_px`."""

    def __init__(self, model: Any, side_px: int) -> None:
        self._model = model
        self._side_px = side_px

    def boxes(self, page: Image) -> list[Quad]:
        """The box of each line or column, in any order, in pixels of the page."""
        longest_px = max(page.shape[:2])
        first_px = min(FIRST_SIDE_PX, self._side_px, longest_px)
        found = self._found(page, first_px)
        second_px = min(_better_side(found, first_px, longest_px), self._side_px, longest_px)
        if second_px > first_px:
            found = self._found(page, second_px)
        return [_quad(box) for box in found]

    def _found(self, page: Image, side_px: int) -> Any:
        [result] = self._model.predict(page, limit_side_len=side_px, limit_type="max")
        return result["dt_polys"]


def _better_side(found: Any, side_px: int, longest_px: int) -> int:
    """The side at which low boxes would be as high as is wanted; `side_px` if they are enough."""
    if not len(found):
        return side_px
    corners = np.asarray(found, dtype=np.float64) * (side_px / longest_px)
    sides = np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=2)
    low_px = float(np.percentile(sides.min(axis=1), LOW_PERCENT))
    return side_px if low_px >= ENOUGH_PX else round(side_px * WANTED_PX / max(low_px, 1.0))


def _quad(box: Any) -> Quad:
    top_left, top_right, bottom_right, bottom_left = ((float(x), float(y)) for x, y in box)
    return top_left, top_right, bottom_right, bottom_left
