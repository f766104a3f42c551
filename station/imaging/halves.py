"""A page in two, cut where no line of writing is cut."""

from __future__ import annotations

import cv2
import numpy as np

from station.imaging.picture import Pixels

MIDDLE = 0.4, 0.6
"""The cut lies between these shares of the page."""
BLUR_SHARE = 0.004
"""Of the page's length: a gap between lines is at least so wide."""


def halves(page: Pixels, *, columns: bool) -> tuple[tuple[Pixels, int], tuple[Pixels, int]]:
    """Both halves (views of `page`, HxWx3 uint8), each with where it begins in pixels.

    Rows of writing are parted into an upper and a lower half; `columns` into a left and a right.
    The cut follows the line, within the middle fifth, along which the page changes least.
    """
    axis = 1 if columns else 0
    length = page.shape[axis]
    first, last = (round(share * length) for share in MIDDLE)
    if last - first < 2 or min(page.shape[:2]) < 2:
        return _parts(page, length // 2, columns=columns)
    band = page[:, first:last] if columns else page[first:last]
    grey = cv2.cvtColor(np.ascontiguousarray(band), cv2.COLOR_BGR2GRAY)
    along = cv2.absdiff(grey[1:], grey[:-1]) if columns else cv2.absdiff(grey[:, 1:], grey[:, :-1])
    busy = along.mean(axis=0 if columns else 1)
    reach = max(1, round(BLUR_SHARE * length))
    busy = np.convolve(np.pad(busy, reach, mode="edge"), np.ones(2 * reach + 1), mode="valid")
    return _parts(page, first + int(np.argmin(busy)), columns=columns)


def _parts(
    page: Pixels, cut: int, *, columns: bool
) -> tuple[tuple[Pixels, int], tuple[Pixels, int]]:
    if columns:
        return (page[:, :cut], 0), (page[:, cut:], cut)
    return (page[:cut], 0), (page[cut:], cut)
