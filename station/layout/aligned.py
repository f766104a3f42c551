"""Tables without rules: rows of short writing whose columns all stand below one another.

Only what is beyond doubt is taken: a run of rows in which white columns, crossed by nothing, part
three cells or more, nearly every one of them filled, and at most one of the columns prose.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from station.layout.block import Block
from station.layout.columns import are_beside, is_prose
from station.layout.lattice import UPRIGHT, Lattice, Place
from station.layout.stance import Floats, around

FEWEST_ROWS = 4
FEWEST_COLUMNS = 3
WHITE_SIZES = 0.8
"""Columns are parted by white of so many sizes."""
ROW_GAP_SIZES = 2.5
"""Rows follow one another within so many sizes."""
FILLED = 0.85
"""This share of the cells holds one line."""


def aligned(block: Block) -> Iterator[Lattice]:
    """The tables in a block of lines that run along the rows."""
    run: list[Block] = []
    for row in [*_rows(block), []]:
        if row and len(row) >= FEWEST_COLUMNS and _follows(run, row):
            run.append(row)
            continue
        yield from _table(run)
        run = [row] if len(row) >= FEWEST_COLUMNS else []


def _rows(block: Block) -> list[Block]:
    rows: list[Block] = []
    for item in sorted(block, key=lambda item: item.span.centre):
        if rows and are_beside(item.span, around([one.span for one in rows[-1]])):
            rows[-1].append(item)
        else:
            rows.append([item])
    return rows


def _follows(run: list[Block], row: Block) -> bool:
    if not run:
        return True
    above, below = (around([item.span for item in one]) for one in (run[-1], row))
    return below.top - above.bottom < ROW_GAP_SIZES * above.height


def _table(rows: list[Block]) -> Iterator[Lattice]:
    items = [item for row in rows for item in row]
    if len(rows) < FEWEST_ROWS or any(item.span.tall for item in items):
        return
    size = float(np.median([item.span.size for item in items]))
    xs = _edges(items, WHITE_SIZES * size)
    columns: list[Block] = [[] for _ in xs[1:]]
    counts = np.zeros((len(rows), len(columns)), int)
    for number, row in enumerate(rows):
        for item in row:
            at = int(np.searchsorted(xs[1:-1], item.span.middle))
            columns[at].append(item)
            counts[number, at] += 1
    prose = sum(is_prose(column) for column in columns)
    if len(columns) < FEWEST_COLUMNS or prose > 1 or (counts == 1).mean() < FILLED:
        return
    extents = [around([item.span for item in row]) for row in rows]
    between = [(a.bottom + b.top) / 2 for a, b in pairwise(extents)]
    ys = np.array([extents[0].top, *between, extents[-1].bottom])
    places = tuple(Place(row, n, 1, 1) for row, n in np.ndindex(*counts.shape))
    yield Lattice(UPRIGHT, xs, ys, places, np.arange(counts.size).reshape(counts.shape))


def _edges(block: Block, white: float) -> Floats:
    """The block's sides, and the middles of the gaps of `white` and more that nothing crosses."""
    found = sorted((item.span.left, item.span.right) for item in block)
    edges, reach = [found[0][0]], found[0][1]
    for low, high in found[1:]:
        if low - reach >= white:
            edges.append((low + reach) / 2)
        reach = max(reach, high)
    return np.array([*edges, reach])
