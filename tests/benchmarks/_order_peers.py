"""Two plain ways to order boxes, for perspective."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from station.model import Line


def sorted_boxes(lines: Sequence[Line]) -> list[Line]:
    """Top to bottom, and left to right where tops differ by less than 10 px, as PaddleOCR's
    pipeline sorts its boxes."""
    found = sorted(lines, key=lambda line: (line.box[0][1], line.box[0][0]))
    for i in range(len(found) - 1):
        for j in range(i, -1, -1):
            one, other = found[j].box[0], found[j + 1].box[0]
            if abs(other[1] - one[1]) >= 10 or other[0] >= one[0]:
                break
            found[j], found[j + 1] = found[j + 1], found[j]
    return found


def xy_cut(lines: Sequence[Line]) -> list[Line]:
    """Recursive XY-cut (Nagy and Seth 1984): the page is cut at its widest gap, again and again."""
    corners = np.array([line.box for line in lines]).reshape(-1, 4, 2)
    ends = np.hstack([corners.min(axis=1), corners.max(axis=1)])
    return [lines[index] for index in _cut(ends, np.arange(len(lines)))]


def _cut(ends: np.ndarray, block: np.ndarray) -> list[int]:
    if len(block) < 2:
        return block.tolist()
    gaps = [_widest_gap(ends[block, axis], ends[block, axis + 2]) for axis in (0, 1)]
    axis = int(gaps[0][0] > gaps[1][0]) ^ 1
    width, at = gaps[axis]
    if width <= 0:
        return sorted(block.tolist(), key=lambda index: (ends[index, 1], ends[index, 0]))
    before = ends[block, axis + 2] <= at
    return _cut(ends, block[before]) + _cut(ends, block[~before])


def _widest_gap(lows: np.ndarray, highs: np.ndarray) -> tuple[float, float]:
    """Width of the widest gap in a projection, and where it begins."""
    order = np.argsort(lows)
    reach = np.maximum.accumulate(highs[order])[:-1]
    gaps = lows[order][1:] - reach
    if len(gaps) == 0:
        return 0.0, 0.0
    widest = int(np.argmax(gaps))
    return float(gaps[widest]), float(reach[widest])
