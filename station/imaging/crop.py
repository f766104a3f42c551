"""A line cut out of its page by its four corners."""

from __future__ import annotations

import cv2
import numpy as np

from station.imaging.picture import Pixels
from station.model import Noun, Quad

TALL = 1.5
"""So many times higher than wide a box holds a column, which is laid on its side for reading."""


class Strip(Noun, frozen=True, kw_only=True):
    """A line or column cut out of a page, BGR uint8, laid so that it is longer than high.

    `tall` says that it stood upright in the page and was turned by a quarter against the clock.
    """

    pixels: Pixels
    tall: bool


def line_at(page: Pixels, box: Quad) -> Strip:
    """The line in `box` (TL, TR, BR, BL in px of `page`, HxWx3 BGR uint8), laid level."""
    corners = np.array(box, np.float32)
    above, right, below, left = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    width, height = max(1, round(max(above, below))), max(1, round(max(right, left)))
    level = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, level)
    cut = cv2.warpPerspective(
        *(page, matrix, (width, height)),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    tall = height >= TALL * width
    return Strip(pixels=np.ascontiguousarray(np.rot90(cut) if tall else cut), tall=tall)


def bounds(box: Quad) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a box."""
    xs, ys = zip(*box, strict=True)
    return min(xs), min(ys), max(xs), max(ys)
