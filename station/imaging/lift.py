"""Writing so faint that it drowns in the grain of the picture, lifted out of it.

Strokes are longer than they are wide and grain is not: the mean along the best of four directions
keeps a stroke whole and takes most of the grain (line detectors: Dixon and Taylor 1979).
"""

from __future__ import annotations

import cv2
import numpy as np

from station.imaging.paper import Grey

DIRECTIONS = ((0, 1), (1, 0), (1, 1), (-1, 1))
DOUBLED = (1, 2)
"""Means of two, of two of these: of four pixels in a row."""
MARGIN_PX = 8
FLOOR, STRONGEST = 60, 99
"""Percentiles of the page that become white paper and ink."""
LIFTED = 200
"""The gap that the strongest of it is lifted to."""
HEADROOM = 1.1


def lifted_of(gap: Grey) -> Grey:
    """A page (HxW grey, dark on white) of the writing in `gap` (0 paper, 255 black)."""
    soft = cv2.GaussianBlur(gap, (5, 5), 1.0)
    floor, strong = np.percentile(soft[::4, ::4], (20, STRONGEST))
    # Stretched first: means of faint bytes would be rounded away.
    wide = cv2.subtract(soft, np.array([float(floor)]))
    wide = cv2.convertScaleAbs(wide, alpha=255 / (HEADROOM * max(8.0, float(strong - floor))))
    along = _along_strokes(np.asarray(wide, np.uint8))
    floor, strong = np.percentile(along[::4, ::4], (FLOOR, STRONGEST))
    above = cv2.subtract(along, np.array([float(floor)]))
    lifted = cv2.convertScaleAbs(above, alpha=LIFTED / max(8.0, float(strong - floor)))
    return np.asarray(cv2.bitwise_not(lifted), np.uint8)


def _along_strokes(plane: Grey) -> Grey:
    """At each pixel the strongest mean of a row of pixels through it."""
    wide = np.pad(plane, MARGIN_PX, mode="edge")
    best: Grey = np.zeros_like(plane)
    for down, across in DIRECTIONS:
        mean = wide
        for times in DOUBLED:
            mean = _mean_of_two(mean, times * down, times * across)
        top, left = (
            (whole - part) // 2 for whole, part in zip(mean.shape, plane.shape, strict=True)
        )
        cv2.max(best, mean[top : top + plane.shape[0], left : left + plane.shape[1]], dst=best)
    return best


def _mean_of_two(plane: Grey, down: int, across: int) -> Grey:
    """The mean of each pixel and of that `down` and `across` from it, where there is one."""
    height, width = plane.shape
    one = plane[max(0, -down) : height - max(0, down), : width - across]
    other = plane[max(0, down) : height - max(0, -down), across:]
    return np.asarray(cv2.addWeighted(one, 0.5, other, 0.5, 0), np.uint8)
