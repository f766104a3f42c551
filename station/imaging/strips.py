"""Where lines or columns of writing stand, and how a line falls into characters.

Characters stand nearer to their neighbours in the line than to those of the next, whichever way
the lines run (the nearest-neighbour principle of the docstrum, O'Gorman 1993). So ink is closed by
a growing square: blobs become long along the writing before lines flow together.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.paper import Grey, halved, ink_of
from station.imaging.picture import Pixels
from station.model import Noun

WORK_PX, SMALLEST_PX = 2000, 16
RULE = 1 / 14
"""Of the long side; straighter and longer than any stroke."""
REACHES = (3, 5, 7, 9, 13, 17, 23, 31)
"""Sides of the closing square in px."""
THINNEST_PX, THICKEST = 7, 1 / 10
"""Of a line across itself: below it nothing can be read; the other in long sides."""
LONG = 2.5
FILL = (0.06, 0.65)
"""Of a line's box with ink; less is a frame or a curve, more a bar."""
LONGEST = 10.0
"""A strip is cut after so many of its heights: enough to tell, quick to read."""
BORDER = 0.12
"""Of a strip's height, kept around it."""

Box = tuple[int, int, int, int]
"""Left, top, width, height."""


class Strip(Noun, frozen=True, kw_only=True):
    """A line or column cut out of a page, BGR uint8, laid so that it is longer than high.

    `tall` says that it stood upright in the page and was turned by a quarter against the clock.
    """

    pixels: Pixels
    tall: bool


class Strips(Noun, frozen=True, kw_only=True):
    """The clearest lines of a page, best first, taken as rows and as columns.

    `rows_share` and `columns_share` say how much of the page's ink lies in lines of that kind.
    """

    rows: tuple[Strip, ...]
    columns: tuple[Strip, ...]
    rows_share: float
    columns_share: float


def strips_of(image: Pixels, count: int) -> Strips:
    """At most `count` rows and `count` columns of a page (HxWx3 BGR uint8) that stands level."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    small = halved(grey, WORK_PX)
    if min(small.shape) < SMALLEST_PX:
        return Strips(rows=(), columns=(), rows_share=0.0, columns_share=0.0)
    ink = _without_rules(ink_of(small))
    (rows, rows_share), (columns, columns_share) = _best_boxes(ink)
    scale = image.shape[1] / ink.shape[1]
    return Strips(
        rows=tuple(_cut_out(image, box, scale, tall=False) for box in _clearest(rows, count)),
        columns=tuple(_cut_out(image, box, scale, tall=True) for box in _clearest(columns, count)),
        rows_share=rows_share,
        columns_share=columns_share,
    )


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


def _without_rules(ink: Grey) -> Grey:
    length = max(9, int(max(ink.shape) * RULE))
    rules = cv2.bitwise_or(
        cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, length), np.uint8)),
        cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8)),
    )
    around = cv2.dilate(rules, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.subtract(ink, around), np.uint8)


def _best_boxes(ink: Grey) -> tuple[tuple[list[Box], float], tuple[list[Box], float]]:
    """Rows, then columns: the boxes of the closing with most ink in them, and their share of it."""
    whole = max(1, cv2.countNonZero(ink))
    rows: tuple[list[Box], float] = ([], 0.0)
    columns = rows
    for reach in REACHES:
        closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
        _, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
        blobs = stats[1:, :4]
        rows = max(rows, _lines(blobs, ink, whole, along=2), key=lambda found: found[1])
        columns = max(columns, _lines(blobs, ink, whole, along=3), key=lambda found: found[1])
    return rows, columns


def _lines(blobs: NDArray[Any], ink: Grey, whole: int, *, along: int) -> tuple[list[Box], float]:
    """Blobs that are long one way and as thick as a line of writing, and their share of ink."""
    long, across = blobs[:, along], blobs[:, 5 - along]
    fits = (across >= THINNEST_PX) & (across <= max(ink.shape) * THICKEST) & (long > LONG * across)
    boxes, held = [], 0
    for left, top, width, height in blobs[fits].tolist():
        inked = cv2.countNonZero(ink[top : top + height, left : left + width])
        if FILL[0] < inked / (width * height) < FILL[1]:
            boxes.append((left, top, width, height))
            held += inked
    return boxes, held / whole


def _clearest(boxes: list[Box], count: int) -> list[Box]:
    """Long lines of about the usual thickness first."""
    if not boxes:
        return []
    usual = float(np.median([min(box[2:]) for box in boxes]))

    def worth(box: Box) -> float:
        across, long = min(box[2:]), max(box[2:])
        return min(long / across, LONGEST) * min(across / usual, usual / across)

    return sorted(boxes, key=worth, reverse=True)[:count]


def _cut_out(image: Pixels, box: Box, scale: float, *, tall: bool) -> Strip:
    left, top, width, height = (side * scale for side in box)
    edge = BORDER * min(width, height)
    longest = LONGEST * min(width, height)
    right, bottom = left + min(width, longest), top + min(height, longest)
    upper, lower = max(0, round(top - edge)), round(bottom + edge)
    cut = image[upper:lower, max(0, round(left - edge)) : round(right + edge)]
    return Strip(pixels=np.ascontiguousarray(np.rot90(cut, 1) if tall else cut), tall=tall)


def _characters(strip: Pixels) -> list[tuple[int, int]]:
    """Where characters begin and end along a strip: squares as high as it, cut at gaps.

    Of all ways to cut at gaps, the one whose cells are nearest to square (dynamic programming).
    """
    height, width = strip.shape[:2]
    grey = np.asarray(cv2.cvtColor(strip, cv2.COLOR_BGR2GRAY), np.uint8)
    dark = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1]
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
