"""How light falls on a page, and the page without it."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from station.imaging.paper import Grey
from station.imaging.picture import half_of

SCALE = 8
CLOSED, MEDIAN = 9, 7
"""In pixels of the eighth and of the sixteenth: wider than strokes, narrower than a shadow."""
BAND_PX = 104
"""Rows that the cache holds."""


def bands(height: int) -> Iterator[slice]:
    """The rows of a picture, so few at a time that the cache holds them."""
    for top in range(0, height, BAND_PX):
        yield slice(top, min(height, top + BAND_PX))


def eighth(grey: Grey) -> Grey:
    """`grey` at an eighth of its size; what does not fill a last pixel is left out."""
    if min(grey.shape) < SCALE:
        return grey
    return half_of(half_of(half_of(grey)))


def paper_level(grey: Grey) -> Grey:
    """How bright the paper is everywhere, at a sixteenth of `grey`: writing is closed over."""
    near = np.ones((CLOSED, CLOSED), np.uint8)
    closed = cv2.morphologyEx(eighth(grey), cv2.MORPH_CLOSE, near)[::2, ::2]
    return np.asarray(np.maximum(cv2.medianBlur(closed.copy(), MEDIAN), 1), np.uint8)


def paper_of(grey: Grey) -> Grey:
    """The level of the paper in the size of `grey`."""
    return np.asarray(cv2.resize(paper_level(grey), grey.shape[::-1]), np.uint8)


def gap_of(grey: Grey, paper: Grey) -> Grey:
    """The light that ink takes away, 0 (paper) to 255 (black), wherever the page is lit.

    It is written over `grey`: memory that the system must give first costs more than the division.
    """
    flat = cv2.divide(grey, paper, scale=255, dst=grey)
    return np.asarray(cv2.bitwise_not(flat, dst=flat), np.uint8)
