"""A line of writing cut out of its page, level, as the recogniser takes it."""

from __future__ import annotations

import cv2
import numpy as np

from station.model import Quad
from station.ocr.engine import Image

TALL = 1.5
"""A box so many times higher than wide holds a column: it is laid down, its head to the left."""
HEIGHT_PX = 48
"""Of every line that PP-OCR recognises."""
WIDEST_PX = 3200
"""Longer lines are pressed together, as PaddleOCR does."""
COARSE = 1.5
"""Lines that must shrink more are cut at their own size and averaged, not sampled."""


def cut(page: Image, box: Quad) -> Image:
    """The line in `box` as 48 x width x 3 BGR, its width in proportion, at least one pixel.

    Cubic, straight from the page: PaddleOCR cuts first and scales what it cut, which blurs twice.
    Beyond the page its edge is repeated.
    """
    corners = np.array(box, dtype=np.float32)
    across, down = _sides(corners)
    if down >= TALL * across:
        corners, across, down = np.roll(corners, -1, axis=0), down, across
    width = min(max(round(HEIGHT_PX * across / down), 1), WIDEST_PX)
    if down <= COARSE * HEIGHT_PX:
        return _warped(page, corners, width, HEIGHT_PX)
    whole = _warped(page, corners, max(round(across), 1), round(down))
    return cv2.resize(whole, (width, HEIGHT_PX), interpolation=cv2.INTER_AREA).astype(np.uint8)


def _sides(corners: np.ndarray) -> tuple[float, float]:
    """The longer of the two ways across and of the two ways down, at least a pixel."""
    top_left, top_right, bottom_right, bottom_left = corners
    across = max(_distance(top_left, top_right), _distance(bottom_left, bottom_right))
    return across, max(_distance(top_left, bottom_left), _distance(top_right, bottom_right))


def _distance(one: np.ndarray, other: np.ndarray) -> float:
    return max(float(np.linalg.norm(one - other)), 1.0)


def _warped(page: Image, corners: np.ndarray, width: int, height: int) -> Image:
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    flags, border = cv2.INTER_CUBIC, cv2.BORDER_REPLICATE
    strip = cv2.warpPerspective(page, matrix, (width, height), flags=flags, borderMode=border)
    return strip.astype(np.uint8, copy=False)
