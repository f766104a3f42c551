"""Is anything written on a page? Faint pencil is, dust and the noise of a sensor are not.

Noise makes specks anywhere, writing has its strokes side by side: on a page with next to no ink
only groups of neighbouring strokes count.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.sheet import Sheet

LEAST_STROKE_PX = 8
NEARLY_BLANK = 0.002
"""Share of ink under which specks count: fifty of noise are as much ink as one faint word."""
LEAST_GROUP_PX = 40
"""A faint character has a hundred and more, two or three specks side by side have 28."""
NEAR_PX = 5
"""Strokes of one character lie within twice that of each other."""


def ink_share(sheet: Sheet) -> float:
    """Share of the page in strokes of ink, dust and noise left out."""
    page_px = max(1, int(np.count_nonzero(sheet.inside)))
    strokes = sheet.pieces[sheet.pieces[:, cv2.CC_STAT_AREA] >= LEAST_STROKE_PX]
    areas = np.asarray(strokes[:, cv2.CC_STAT_AREA], np.int64)
    if areas.sum() <= NEARLY_BLANK * page_px:
        areas = _grouped(strokes, sheet.ink.shape)
    return float(areas[areas >= LEAST_STROKE_PX].sum()) / page_px


def _grouped(strokes: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.int64]:
    """The ink (px) in each group of neighbouring strokes, of those that are large enough."""
    near = np.zeros(shape, np.uint8)
    for left, top, width, height in strokes[:, :4]:
        start = max(0, top - NEAR_PX), max(0, left - NEAR_PX)
        near[start[0] : top + height + NEAR_PX, start[1] : left + width + NEAR_PX] = 1
    count, groups = cv2.connectedComponents(near)
    labels = groups[strokes[:, cv2.CC_STAT_TOP], strokes[:, cv2.CC_STAT_LEFT]]
    areas = np.bincount(labels, weights=strokes[:, cv2.CC_STAT_AREA], minlength=count)
    return np.asarray(areas[areas >= LEAST_GROUP_PX], np.int64)
