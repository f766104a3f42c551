"""How light falls on a page, and the page without it."""

from __future__ import annotations

import cv2
import numpy as np

from station.imaging.paper import Grey

SCALE = 8
CLOSED, MEDIAN = 9, 15
"""In pixels of the small picture: wider than strokes, narrower than a shadow."""


def eighth(grey: Grey) -> Grey:
    """`grey` at an eighth of its size; what does not fill a last pixel is left out."""
    height, width = (side // SCALE for side in grey.shape)
    if not height or not width:
        return grey
    even = grey[: height * SCALE, : width * SCALE]
    return np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def paper_level(grey: Grey) -> Grey:
    """How bright the paper is everywhere, at an eighth of `grey`: writing is closed over."""
    near = np.ones((CLOSED, CLOSED), np.uint8)
    closed = cv2.morphologyEx(eighth(grey), cv2.MORPH_CLOSE, near)
    return np.asarray(np.maximum(cv2.medianBlur(closed, MEDIAN), 1), np.uint8)


def gap_of(grey: Grey, level: Grey) -> Grey:
    """The light that ink takes away, 0 (paper) to 255 (black), wherever the page is lit."""
    paper = cv2.resize(level, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    flat = cv2.divide(grey, paper, scale=255)
    return np.asarray(cv2.bitwise_not(flat, dst=flat), np.uint8)
