"""Is anything written on a page? Faint pencil is; dust, creases and the noise of a sensor are not.

A page with much ink of the size of strokes is written on. Where there is little, or only specks,
the page is looked at once more through a window as wide as a stroke: noise and the grain of paper
average out there, strokes do not (a matched filter; Turin 1960).
"""

from __future__ import annotations

import cv2
import numpy as np

from station.imaging.paper import Grey
from station.imaging.sheet import Sheet

LEAST_STROKE_PX = 8
MUCH_INK, SOME_INK = 0.03, 0.01
"""Shares of the page; the worst noise has 0.014."""
SPECK_PX = 18
"""Half of the pieces on a written page are larger, and half of the specks of noise under 10."""
STROKE_SIGMA_PX = 1.5
SURROUNDINGS_PX = 21
DEVIATIONS = 7.0
"""A stroke stands so far out of the grain: faint pencil does in ten thousand pixels, the grain of a
blank page in hundreds at 5, in tens at 6."""
LEAST_DEPTH = 2.0
"""Grey levels."""
DEEP = 40.0
"""Grey levels; creases and the rims of stains are less deep, and long."""
LONG_PX = 60
NEAR_PX = 5
"""Strokes of one character lie within twice that of each other."""
LEAST_WIDE_PX, LEAST_GROUP_PX = 60, 40
"""Through the window, and without: a faint character has 50 there, two specks of dust 28."""
STEP = 16
"""The picture is multiplied by that, so that averages keep their fractions."""


def ink_share(sheet: Sheet) -> float:
    """Share of the page in strokes of ink, 0 to 1."""
    page_px = max(1, int(np.count_nonzero(sheet.inside)))
    areas = sheet.pieces[:, cv2.CC_STAT_AREA]
    areas = areas[areas >= LEAST_STROKE_PX]
    share = float(areas.sum()) / page_px
    if not 0 < share <= MUCH_INK or (share > SOME_INK and np.median(areas) > SPECK_PX):
        return share
    return min(share, _strokes_px(sheet) / page_px)


def _strokes_px(sheet: Sheet) -> int:
    """How many pixels lie in strokes that stand out of the grain, side by side."""
    fine = sheet.small.astype(np.int16) * STEP
    fine = np.asarray(cv2.GaussianBlur(fine, (0, 0), STROKE_SIGMA_PX), np.int16)
    darker = cv2.subtract(cv2.blur(fine, (SURROUNDINGS_PX, SURROUNDINGS_PX)), fine)
    here = darker[::3, ::3][sheet.inside[::3, ::3] > 0]
    if not here.size:
        return 0
    grain = 1.4826 * float(np.median(np.abs(here - np.median(here))))
    strokes = np.asarray(darker > max(LEAST_DEPTH * STEP, DEVIATIONS * grain), np.uint8)
    strokes[sheet.inside == 0] = 0
    count, labels, stats, _ = cv2.connectedComponentsWithStats(strokes)
    deep = np.zeros(count, bool)
    deep[np.unique(labels[darker > DEEP * STEP])] = True
    written = deep | (stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) < LONG_PX)
    written[0] = False
    return _grouped(sheet.ink, np.asarray(written[labels], np.uint8))


def _grouped(ink: Grey, strokes: Grey) -> int:
    """The ink of those strokes (0 or 1) that stand in a group, as those of a character do."""
    near = cv2.dilate(strokes, np.ones((2 * NEAR_PX + 1, 2 * NEAR_PX + 1), np.uint8))
    count, groups = cv2.connectedComponents(near)
    wide, fine = (
        np.bincount(groups[those > 0], minlength=count)
        for those in (strokes, cv2.bitwise_and(ink, near * 255))
    )
    return int(fine[(wide >= LEAST_WIDE_PX) & (fine >= LEAST_GROUP_PX)].sum())
