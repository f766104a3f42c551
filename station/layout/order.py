"""Reading order of lines, from their boxes alone.

Lines that share a row are read left to right, rows from top to bottom: a table comes out row by
row. Columns of prose side by side are read one after the other. On a page of vertical writing
the same is done with the page turned: columns right to left, each from top to bottom.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from station.model import Line

Floats = npt.NDArray[np.float64]
Block = list[int]
"""Indices of lines."""

TALL = 1.5
"""A box so many times taller than wide is vertical writing; PaddleOCR turns such crops too."""
SAME_ROW = 0.4
"""Two lines share a row when they overlap by this share of the lower one's height."""
PROSE_LINES = 3
"""Fewer lines side by side are no columns."""
PROSE_ASPECT = 6.0
"""The median line of a column of prose is so many times longer than high."""
PROSE_FILL = 0.6
"""The median line fills this share of its column; cells of a table are shorter."""


class Span(NamedTuple):
    """The extent of a line once the page is level and its writing runs to the right."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """Half way along the writing."""
        return (self.left + self.right) / 2

    def crosses(self, x: float) -> bool:
        """Whether the line lies on both sides of `x`; the edges of boxes are loose."""
        slack = (self.bottom - self.top) / 4
        return self.left + slack < x < self.right - slack


def order(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The same lines as a reader takes them."""
    if not lines:
        return ()
    spans = _spans(np.array([line.box for line in lines], dtype=np.float64))
    return tuple(lines[index] for index in _in_order(spans, list(range(len(lines)))))


def _spans(boxes: Floats) -> list[Span]:
    """Extents of n boxes (n x 4 x 2)."""
    along = boxes[:, 1] + boxes[:, 2] - boxes[:, 0] - boxes[:, 3]
    across = boxes[:, 3] + boxes[:, 2] - boxes[:, 0] - boxes[:, 1]
    widths, heights = np.hypot(*along.T), np.hypot(*across.T)
    tall = heights > TALL * widths
    if heights[tall].sum() > widths[~tall].sum():
        # Down the column becomes to the right, and the rightmost column the top row.
        boxes = np.stack([boxes[..., 1], -boxes[..., 0]], axis=-1)
        along = np.stack([across[:, 1], -across[:, 0]], axis=-1)
        tall = ~tall
    boxes = boxes @ _turn(_slant(along[~tall]))
    corners = np.hstack([boxes.min(axis=1), boxes.max(axis=1)])
    _stand_in_first_row(corners, tall)
    return [Span(*corner) for corner in corners.tolist()]


def _slant(along: Floats) -> float:
    """Median angle of the longer half of the lines, in radians."""
    lengths = np.hypot(*along.T)
    longer = along[lengths >= np.median(lengths)]
    return float(np.median(np.arctan2(longer[:, 1], longer[:, 0])))


def _turn(angle: float) -> Floats:
    """Turns row vectors back by `angle`."""
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.array([[cosine, -sine], [sine, cosine]])


def _stand_in_first_row(corners: Floats, tall: npt.NDArray[np.bool_]) -> None:
    """A label written across many rows is read before them, so only its head counts."""
    row = np.median((corners[:, 3] - corners[:, 1])[~tall])
    corners[tall, 3] = np.minimum(corners[tall, 3], corners[tall, 1] + row)


def _in_order(spans: list[Span], block: Block) -> Block:
    parts = _parts(spans, block)
    if not parts:
        return _row_by_row(spans, block)
    return [index for part in parts for index in _in_order(spans, part)]


def _parts(spans: list[Span], block: Block) -> list[Block]:
    """The block cut at a gutter between columns of prose; nothing where there is none."""
    for gutter in _gutters(spans, block):
        parts: list[Block] = [[]]
        for run in _runs(spans, block, gutter):
            left = [index for index in run if spans[index].middle < gutter]
            right = [index for index in run if spans[index].middle >= gutter]
            if _is_prose(spans, left) and _is_prose(spans, right):
                parts += [left, right, []]
            else:
                parts[-1] += run
        if len(parts) > 1:
            return [part for part in parts if part]
    return []


def _gutters(spans: list[Span], block: Block) -> list[float]:
    """Left edges that few lines cross, the fewest first."""
    lefts = sorted({spans[index].left for index in block})[1:]
    crossings = {x: sum(spans[index].crosses(x) for index in block) for x in lefts}
    return sorted((x for x in lefts if crossings[x] <= len(block) / 3), key=crossings.__getitem__)


def _runs(spans: list[Span], block: Block, gutter: float) -> Iterator[Block]:
    """The block from top to bottom, cut before and after every line that crosses the gutter."""
    run: Block = []
    for index in sorted(block, key=lambda index: spans[index].top + spans[index].bottom):
        if spans[index].crosses(gutter):
            yield from (run, [index])
            run = []
        else:
            run.append(index)
    yield run


def _is_prose(spans: list[Span], block: Block) -> bool:
    if len(block) < PROSE_LINES:
        return False
    left, top, right, bottom = np.array([spans[index] for index in block]).T
    width = np.median(right - left)
    if width < PROSE_ASPECT * np.median(bottom - top):
        return False
    fills = width >= PROSE_FILL * (right.max() - left.min())
    return bool(fills) or bool(_parts(spans, block))


def _row_by_row(spans: list[Span], block: Block) -> Block:
    """Each next line is the one that the fewest of the remaining ones come before.

    Where precedence is a total order that is the order; where boxes contradict one another, as
    on a bent page, it still ends.
    """
    left, top, _, bottom = np.array([spans[index] for index in block]).T
    overlap = np.minimum.outer(bottom, bottom) - np.maximum.outer(top, top)
    same_row = overlap > SAME_ROW * np.minimum.outer(bottom - top, bottom - top)
    middle = top + bottom
    before = np.where(same_row, np.less.outer(left, left), np.less.outer(middle, middle))
    waiting = before.sum(axis=0).astype(np.float64)
    ordered = []
    for _ in block:
        index = int(np.argmin(waiting))
        ordered.append(block[index])
        waiting -= before[index]
        waiting[index] = np.inf
    return ordered
