"""How well tables are found: cells whose place, spans and text are all right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from station.model import Grid, Line
from tests.pages.sheet import Grid as Drawn

Cells = set[tuple[int, int, int, int, str]]
"""Row, column, rows, columns, text without blanks."""


def found_cells(grids: Iterable[Grid], lines: Sequence[Line]) -> list[Cells]:
    """The cells of each table that was found."""
    return [
        {
            (c.row, c.column, c.rows, c.columns, _joined(lines[n].text for n in c.lines))
            for c in grid.cells
        }
        for grid in grids
    ]


def true_cells(grids: Iterable[Drawn]) -> list[Cells]:
    """The cells of each table that was drawn."""
    return [{(c.row, c.column, c.rows, c.columns, c.text) for c in g.cells} for g in grids]


def matched(true: Sequence[set[Any]], found: Sequence[set[Any]]) -> tuple[int, int, int]:
    """Cells that agree, true cells, cells found; each true table meets the one most like it."""
    left = list(found)
    agree = 0
    for cells in true:
        if left:
            best = max(left, key=lambda other: len(cells & other))
            agree += len(cells & best)
            left.remove(best)
    return agree, sum(map(len, true)), sum(map(len, found))


def f1(agree: int, true: int, found: int) -> float:
    """Of precision and recall; 1.0 where there is nothing and nothing was found."""
    return float(2 * agree / (true + found)) if true + found else 1.0


def _joined(texts: Iterable[str]) -> str:
    return "".join("".join(texts).split())
