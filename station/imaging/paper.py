"""What of a picture is paper and what is ink."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.levels import level_at
from station.imaging.picture import half_of

Grey = NDArray[np.uint8]


def halved(grey: Grey, longest_px: int) -> Grey:
    """`grey` halved until its long side is at most `longest_px`."""
    while max(grey.shape) > longest_px and min(grey.shape) >= 2:
        grey = half_of(grey)
    return grey


def ink_of(grey: Grey) -> Grey:
    """Where a page is darker than its surroundings: 0 or 255, without what hangs on the edge."""
    reach = max(9, max(grey.shape) // 60) | 1
    darker = cv2.subtract(cv2.blur(grey, (reach, reach)), grey)
    least = max(8.0, 4.0 * noise_of(grey))
    ink = np.asarray(cv2.threshold(darker, least, 255, cv2.THRESH_BINARY)[1], np.uint8)
    return np.asarray(cv2.bitwise_and(ink, _page_mask(grey)), np.uint8)


def noise_of(grey: Grey) -> float:
    """Median step from a pixel to the median of its neighbours, in grey levels."""
    rows = np.ascontiguousarray(grey[:: max(1, grey.shape[0] // 64)])
    return level_at(np.asarray(cv2.absdiff(rows, cv2.blur(rows, (3, 1))), np.uint8), 50)


def _page_mask(grey: Grey) -> Grey:
    """255 but on the margin and the dark that hangs on it: scanner strips, a dark desk."""
    small = halved(grey, 400)
    margin = max(1, max(small.shape) // 80)
    dark = np.ones_like(small)
    inner = small[margin:-margin, margin:-margin]
    if inner.size:
        dark[margin:-margin, margin:-margin] = inner < 0.3 * level_at(small, 90)
    _, labels = cv2.connectedComponents(dark, connectivity=4)
    hangs = np.asarray(labels == labels[0, 0], np.uint8)
    mask = np.asarray(255 * (1 - cv2.dilate(hangs, np.ones((3, 3), np.uint8))), np.uint8)
    size = (grey.shape[1], grey.shape[0])
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST), np.uint8)
