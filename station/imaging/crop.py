"""A line cut out of its page by its four corners."""

from __future__ import annotations

import cv2
import numpy as np

from station.imaging.picture import Pixels
from station.imaging.strips import Strip
from station.model import Quad

TALL = 1.5
"""So many times higher than wide a box holds a column, which is laid on its side for reading."""


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
