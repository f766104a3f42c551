"""Tables from their ruled lines: rows, columns, and the cells that span several.

The ruled lines that touch one another are one lattice. Its edges are where lines lie; between two
neighbouring places of the lattice stands a wall where enough of their common edge is ruled, and
places without a wall between them are one cell (as the line-based method of Anssi Nurminen 2013
in Tabula and Camelot, but deciding by the covered share, since photographed rules have gaps).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from station.layout.rules import Stroke, Strokes
from station.layout.stance import Floats, Span

Whole = npt.NDArray[np.int64]

REACH = 0.6
"""Lines belong together when they come this close, in sizes of writing."""
EDGE = 0.5
"""Lines closer than this, in sizes of writing, are one edge: no row is so low."""
COVERED = 0.5
"""A wall is ruled over this share of its length."""
LONG = 0.3
"""Lines of this share of the longest tell how the table lies."""
OPEN_SIZES = 1.5
"""Rules that run on so many sizes beyond the last upright end a table without side lines."""
THROUGH = 0.4
"""Squared paper: more than this share of the lines run through its walls."""


class Shape(NamedTuple):
    """What makes a slightly turned or leaning table upright, to the first order.

    The slope of its rows is `rows[0] + rows[1] * y`, the lean of its columns
    `columns[0] + columns[1] * x`, both about `middle`.
    """

    rows: tuple[float, float]
    columns: tuple[float, float]
    middle: tuple[float, float]

    def upright(self, points: Floats) -> Floats:
        """Points (... x 2) as they would lie in an upright table."""
        return points - self._lean(points)

    def leaning(self, points: Floats) -> Floats:
        """The inverse, near enough for small angles."""
        once = points + self._lean(points)
        return points + self._lean(once)

    def _lean(self, points: Floats) -> Floats:
        x, y = points[..., 0] - self.middle[0], points[..., 1] - self.middle[1]
        down = (self.rows[0] + self.rows[1] * y) * x
        across = (self.columns[0] + self.columns[1] * x) * y
        return np.stack([across, down], axis=-1)


UPRIGHT = Shape((0.0, 0.0), (0.0, 0.0), (0.0, 0.0))


class Place(NamedTuple):
    """Where a cell is."""

    row: int
    column: int
    rows: int
    columns: int


class Lattice(NamedTuple):
    """A ruled table; `xs` and `ys` are its edges once upright, `owner` the cell of each place."""

    shape: Shape
    xs: Floats
    ys: Floats
    cells: tuple[Place, ...]
    owner: Whole

    def cell_of(self, span: Span) -> int | None:
        """Index of the cell that holds the middle of a line; None where it is outside."""
        x, y = self.shape.upright(np.array([span.middle, span.centre]))
        column = int(np.searchsorted(self.xs, x)) - 1
        row = int(np.searchsorted(self.ys, y)) - 1
        if 0 <= row < len(self.ys) - 1 and 0 <= column < len(self.xs) - 1:
            return int(self.owner[row, column])
        return None

    def outline(self) -> Floats:
        """Its corners where they are read, 4 x 2."""
        (left, right), (top, bottom) = self.xs[[0, -1]], self.ys[[0, -1]]
        upright = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
        return self.shape.leaning(upright)


def lattices(found: Strokes, lines: Sequence[Span]) -> Iterator[Lattice]:
    """The tables that the ruled lines make, each with at least two rows and two columns."""
    size = float(np.median([line.size for line in lines])) if lines else 0.0
    for along, across in _together(found, size * REACH):
        if len(along) > 1 and len(across) > 1:
            lattice = _lattice(along, across, size)
            if lattice and _is_table(lattice, lines):
                yield lattice


def _together(found: Strokes, reach: float) -> Iterator[tuple[list[Stroke], list[Stroke]]]:
    """Groups of lines that touch."""
    if not found.along or not found.across:
        return
    along, across = np.array(found.along), np.array(found.across)
    y, x = along[:, [1, 3]].mean(axis=1), across[:, [0, 2]].mean(axis=1)
    touch = (
        (x[None] > along[:, [0]] - reach)
        & (x[None] < along[:, [2]] + reach)
        & (y[:, None] > across[:, 1] - reach)
        & (y[:, None] < across[:, 3] + reach)
    )
    left = set(range(len(along)))
    while left:
        rows, columns = {left.pop()}, set[int]()
        while True:
            columns = set(np.flatnonzero(touch[sorted(rows)].any(axis=0)).tolist())
            more = set(np.flatnonzero(touch[:, sorted(columns)].any(axis=1)).tolist()) | rows
            if more == rows:
                break
            rows = more
        left -= rows
        yield [found.along[n] for n in sorted(rows)], [found.across[n] for n in sorted(columns)]


def _lattice(along: list[Stroke], across: list[Stroke], size: float) -> Lattice | None:
    shape = _shape(along, across)
    level = shape.upright(np.array(along).reshape(-1, 2, 2))
    plumb = shape.upright(np.array(across).reshape(-1, 2, 2))[..., ::-1]
    ys, rows = _edges(level, size * EDGE)
    xs, columns = _edges(plumb, size * EDGE)
    xs, columns = _opened(xs, columns, rows, size)
    while len(xs) > 2 and len(ys) > 2:
        floors = np.array([[_covered(row, *pair) for pair in _pairs(xs)] for row in rows])
        walls = np.array([[_covered(column, *pair) for pair in _pairs(ys)] for column in columns])
        real = [np.asarray((one >= COVERED).any(axis=1)) for one in (floors, walls)]
        if not (real[0].all() and real[1].all()):
            # Ridges of a fingerprint, strokes of a word: an edge that parts nothing is none.
            ys, rows = _kept(ys, rows, real[0])
            xs, columns = _kept(xs, columns, real[1])
        elif min(floors[0].mean(), floors[-1].mean()) < COVERED:
            return None
        else:
            owner = _merged(floors[1:-1] < COVERED, walls[1:-1].T < COVERED)
            return Lattice(shape, xs, ys, *_cells(owner))
    return None


def _kept(
    edges: Floats, pieces: list[Floats], which: npt.NDArray[np.bool_]
) -> tuple[Floats, list[Floats]]:
    return edges[which], [one for one, keep in zip(pieces, which, strict=True) if keep]


def _shape(along: list[Stroke], across: list[Stroke]) -> Shape:
    level = np.array(along)
    plumb = np.array(across)[:, [1, 0, 3, 2]]
    middle_x = float((level[:, 0].min() + level[:, 2].max()) / 2)
    middle_y = float((plumb[:, 0].min() + plumb[:, 2].max()) / 2)
    return Shape(_slope(level, middle_y), _slope(plumb, middle_x), (middle_x, middle_y))


def _slope(lines: Floats, middle: float) -> tuple[float, float]:
    """Slope of lines (n x 4, running along the first axis), and how it grows across them."""
    lengths = lines[:, 2] - lines[:, 0]
    long = lengths >= LONG * lengths.max()
    lines, lengths = lines[long], lengths[long]
    slopes = (lines[:, 3] - lines[:, 1]) / np.maximum(lengths, 1.0)
    at = (lines[:, 1] + lines[:, 3]) / 2 - middle
    usual = float(np.median(slopes))
    if len(lines) < 4 or np.ptp(at) < lengths.max() / 4:
        return usual, 0.0
    near = np.abs(slopes - usual) < 0.03
    grows, start = (
        np.polyfit(at[near], slopes[near], 1, w=lengths[near]) if near.sum() > 3 else (0, usual)
    )
    return float(start), float(grows)


def _edges(lines: Floats, apart: float) -> tuple[Floats, list[Floats]]:
    """Lines (n x 2 x 2, along the first axis) as edges: where each is, and its pieces (m x 2)."""
    at = lines[:, :, 1].mean(axis=1)
    order = np.argsort(at)
    groups = np.split(order, np.flatnonzero(np.diff(at[order]) > max(apart, 1.0)) + 1)
    lengths = lines[:, 1, 0] - lines[:, 0, 0]
    places = [
        float(np.average(at[group], weights=np.maximum(lengths[group], 1))) for group in groups
    ]
    return np.array(places), [lines[group, :, 0] for group in groups]


def _opened(
    xs: Floats, columns: list[Floats], rows: list[Floats], size: float
) -> tuple[Floats, list[Floats]]:
    """With the sides that a table without side lines ends at."""
    starts = np.array([row[:, 0].min() for row in rows])
    ends = np.array([row[:, 1].max() for row in rows])
    left, right = float(np.median(starts)), float(np.median(ends))
    everything = np.array([[-np.inf, np.inf]])
    if len(rows) > 2 and left < xs[0] - OPEN_SIZES * size:
        xs, columns = np.insert(xs, 0, left), [everything, *columns]
    if len(rows) > 2 and right > xs[-1] + OPEN_SIZES * size:
        xs, columns = np.append(xs, right), [*columns, everything]
    return xs, columns


def _pairs(edges: Floats) -> list[tuple[float, float]]:
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))


def _covered(pieces: Floats, start: float, end: float) -> float:
    """Share of the way from `start` to `end` that pieces (n x 2) run along."""
    reach, length = start, 0.0
    for low, high in sorted(pieces.clip(start, end).tolist()):
        length += max(0.0, high - max(low, reach))
        reach = max(reach, high)
    return length / max(end - start, 1e-9)


def _merged(open_below: npt.NDArray[np.bool_], open_right: npt.NDArray[np.bool_]) -> Whole:
    """The cell of each place: places without a wall between them, filled up to rectangles."""
    rows, columns = open_right.shape[0], open_below.shape[1]
    owner = np.arange(rows * columns).reshape(rows, columns)
    for row, column in np.argwhere(open_right).tolist():
        _join(owner, (row, column), (row, column + 1))
    for row, column in np.argwhere(open_below).tolist():
        _join(owner, (row, column), (row + 1, column))
    while True:
        before = owner.copy()
        for cell in np.unique(owner):
            places = np.argwhere(owner == cell)
            if len(places):
                (top, left), (bottom, right) = places.min(axis=0), places.max(axis=0)
                for other in np.unique(owner[top : bottom + 1, left : right + 1]):
                    owner[owner == other] = cell
        if (owner == before).all():
            return owner


def _join(owner: Whole, one: tuple[int, int], other: tuple[int, int]) -> None:
    owner[owner == owner[other]] = owner[one]


def _cells(owner: Whole) -> tuple[tuple[Place, ...], Whole]:
    """Places of the cells in row order, and `owner` with their indices."""
    numbered: Whole = np.empty_like(owner)
    cells: list[Place] = []
    _, firsts = np.unique(owner, return_index=True)
    for first in np.sort(firsts).tolist():
        row, column = divmod(first, owner.shape[1])
        mine = owner == owner[row, column]
        numbered[mine] = len(cells)
        low, high = np.argwhere(mine).min(axis=0), np.argwhere(mine).max(axis=0)
        height, width = (high - low + 1).tolist()
        cells.append(Place(row, column, height, width))
    return tuple(cells), numbered


def _is_table(lattice: Lattice, lines: Sequence[Span]) -> bool:
    """Whether writing stands in its cells and does not run through its walls."""
    held = [(lattice.cell_of(line), line) for line in lines]
    inside = [(lattice.cells[cell], line) for cell, line in held if cell is not None]
    if len({place for place, _ in inside}) < 3 or _is_one_column(lattice, [p for p, _ in inside]):
        return False
    through = sum(_runs_through(lattice, place, line) for place, line in inside)
    return through <= THROUGH * len(inside)


def _is_one_column(lattice: Lattice, held: Sequence[Place]) -> bool:
    """Ruled paper, perhaps with a margin: not two rows are parted, or only one column is used."""
    parted = Counter(place.row for place in lattice.cells)
    used = {place.column for place in held if place.columns < len(lattice.xs) - 1}
    return sum(count > 1 for count in parted.values()) < 2 or len(used) < 2


def _runs_through(lattice: Lattice, place: Place, line: Span) -> bool:
    left = lattice.xs[place.column]
    right = lattice.xs[place.column + place.columns]
    return bool(line.left < left - line.size / 2 or line.right > right + line.size / 2)
