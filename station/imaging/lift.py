"""Writing so faint that it drowns in the grain of the picture, lifted out of it.

Strokes are longer than they are wide and grain is not: the mean along the best of four directions
keeps a stroke whole and takes most of the grain (line detectors: Dixon and Taylor 1979).
"""

from __future__ import annotations

import cv2
import numpy as np

from station.imaging.flat import bands
from station.imaging.paper import Grey

DIRECTIONS = ((0, 1), (1, 0), (1, 1), (-1, 1))
ROW = 4
"""Pixels in a row, of which a mean is taken."""
FLOOR, STRONGEST = 60, 99
"""Percentiles of the page that become white paper and ink."""
LIFTED = 200
"""The gap that the strongest of it is lifted to."""
HEADROOM = 1.1


def lifted_of(gap: Grey) -> Grey:
    """A page (HxW grey, dark on white) of the writing in `gap` (0 paper, 255 black), given up."""
    soft = cv2.GaussianBlur(gap, (5, 5), 1.0, dst=gap)
    floor, strong = (float(level) for level in np.percentile(soft[::8, ::8], (20, STRONGEST)))
    # Stretched first: means of faint bytes would be rounded away.
    times = 255 / ROW / (HEADROOM * max(8.0, strong - floor))
    along = np.empty_like(gap)
    for rows in bands(gap.shape[0]):
        above = max(0, rows.start - ROW)
        near = soft[above : rows.stop + ROW]
        parts = cv2.addWeighted(near, times, near, 0, -floor * times)
        best = _along_strokes(np.asarray(parts, np.uint8))
        along[rows] = best[rows.start - above : rows.stop - above]
    floor, strong = (float(level) for level in np.percentile(along[::8, ::8], (FLOOR, STRONGEST)))
    times = LIFTED / max(8.0, strong - floor)
    return np.asarray(cv2.addWeighted(along, -times, along, 0, 255 + floor * times, dst=along))


def _along_strokes(parts: Grey) -> Grey:
    """At each pixel the most that a row of pixels through it adds up to."""
    height, width = parts.shape
    wide = cv2.copyMakeBorder(parts, *(ROW,) * 4, cv2.BORDER_REPLICATE)
    best: Grey = np.zeros_like(parts)
    for down, across in DIRECTIONS:
        two = _sum_of_two(np.asarray(wide, np.uint8), down, across)
        row = _sum_of_two(two, 2 * down, 2 * across)
        top, left = (row.shape[0] - height) // 2, (row.shape[1] - width) // 2
        cv2.max(best, row[top : top + height, left : left + width], dst=best)
    return best


def _sum_of_two(plane: Grey, down: int, across: int) -> Grey:
    """Each pixel and that `down` and `across` from it, where there is one."""
    height, width = plane.shape
    one = plane[max(0, -down) : height - max(0, down), : width - across]
    other = plane[max(0, down) : height - max(0, -down), across:]
    return np.asarray(cv2.add(one, other), np.uint8)
