"""The clearest lines of a page, and a line whose characters are turned, each in its place."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.crop import Strip, line_at
from station.imaging.picture import Pixels
from station.model import Quad

SHORTEST, LONGEST = 1.5, 10.0
"""Of a strip in its heights: less does not tell which way it runs; more is cut off, it is enough to
tell and quick to read."""


def strips_at(page: Pixels, boxes: Sequence[Quad], count: int) -> list[Strip]:
    """The longest `count` of the lines and columns in `boxes` (px of `page`, HxWx3 BGR uint8)."""
    told = [box for box in boxes if _squares(box) >= SHORTEST]
    longest = sorted(told, key=_squares, reverse=True)[:count]
    return [_shortened(line_at(page, _from_top_left(box))) for box in longest]


def restacked(strip: Pixels, quarters: int) -> Pixels:
    """The strip with each character turned by `quarters` against the clock, in its place."""
    height = strip.shape[0]
    paper = np.median(strip.reshape(-1, 3), axis=0).tolist()
    cells = []
    for left, right in _characters(strip):
        cell = np.rot90(strip[:, left:right], quarters)
        room = max(0, height - cell.shape[0])
        padded = cv2.copyMakeBorder(
            np.ascontiguousarray(cell),
            room // 2, room - room // 2, height // 16, height // 16,
            cv2.BORDER_CONSTANT, value=paper,
        )  # fmt: skip
        width = max(1, round(padded.shape[1] * height / padded.shape[0]))
        cells.append(cv2.resize(padded, (width, height), interpolation=cv2.INTER_AREA))
    return np.asarray(np.hstack(cells), np.uint8) if cells else strip


def _squares(box: Quad) -> float:
    """How many times as long as high its line is, as far as it counts."""
    corners = np.array(box, np.float64)
    above, right, below, left = np.linalg.norm(corners - np.roll(corners, -1, axis=0), axis=1)
    across, down = max(above, below, 1.0), max(right, left, 1.0)
    return float(min(max(across, down) / min(across, down), LONGEST))


def _from_top_left(box: Quad) -> Quad:
    """The corners begun where the side that runs most to the right begins.

    Detectors sort corners by how far left they are, and begin a leaning column at its foot.
    """
    corners = np.array(box, np.float64)
    sides = np.roll(corners, -1, axis=0) - corners
    first = int(np.argmax(sides[:, 0] / np.maximum(np.hypot(*sides.T), 1.0)))
    return (*box[first:], *box[:first])  # type: ignore[return-value]


def _shortened(strip: Strip) -> Strip:
    longest_px = round(LONGEST * strip.pixels.shape[0])
    return Strip(pixels=np.ascontiguousarray(strip.pixels[:, :longest_px]), tall=strip.tall)


def _characters(strip: Pixels) -> list[tuple[int, int]]:
    """Where characters begin and end along a strip: squares as high as it, cut at gaps.

    Of all ways to cut at gaps, the one whose cells are nearest to square (dynamic programming).
    """
    height, width = strip.shape[:2]
    grey = np.asarray(cv2.cvtColor(strip, cv2.COLOR_BGR2GRAY), np.uint8)
    dark = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1]
    if dark.mean() > 0.5:
        dark = 1 - dark  # white writing
    profile = np.asarray(dark.sum(axis=0), np.float64)
    cuts = np.unique(np.concatenate([[0], _gaps(profile, height), [width]])).astype(int)
    cost, before = np.full(len(cuts), np.inf), np.zeros(len(cuts), int)
    cost[0] = 0.0
    for end in range(1, len(cuts)):
        wide = (cuts[end] - cuts[:end]) / height
        crossed = profile[min(cuts[end], width - 1)] / height
        steps = cost[:end] + np.square(wide - 0.95) + crossed + (wide > 1.5) * 4.0
        before[end] = int(steps.argmin())
        cost[end] = steps[before[end]]
    cells, end = [], len(cuts) - 1
    while end > 0:
        cells.append((int(cuts[before[end]]), int(cuts[end])))
        end = int(before[end])
    return cells[::-1]


def _gaps(profile: NDArray[np.float64], height: int) -> NDArray[np.int64]:
    """Places along a strip with less ink than around them."""
    reach = max(3, height // 8) | 1
    smooth = cv2.blur(profile[None], (max(1, reach // 2) | 1, 1))[0]
    lowest = cv2.erode(smooth[None], np.ones((1, reach), np.uint8))[0]
    at = np.flatnonzero(smooth <= lowest)
    if not len(at):
        return at
    runs = np.split(at, np.flatnonzero(np.diff(at) > 1) + 1)
    return np.array([(run[0] + run[-1]) // 2 for run in runs])
