"""From lines that lie anywhere to the text as a person reads it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

import msgspec
import numpy as np

from station.layout import interlinear, roles
from station.layout.aligned import aligned
from station.layout.block import Block, Item, Rule, Setting
from station.layout.lattice import Lattice, lattices
from station.layout.margins import margins
from station.layout.order import read
from station.layout.pictures import captioned, pictures
from station.layout.rules import Pixels, Strokes, strokes, view
from station.layout.stance import Floats, Span, Spans, Stance, spans, stance
from station.model import Cell, Grid, Line, Quad, Role, Text


def laid_out(text: Text, page: Pixels) -> Text:
    """The same lines in reading order, each with its role, and the tables that the page shows.

    `page` is the upright page they were read from. Page numbers and running heads come before or
    after the body, as they stand; a caption comes where its picture is; seals come last. A role
    that a line has already is kept.
    """
    if not text.lines:
        return text
    stand = stance(text.lines)
    found = dict(enumerate(spans(text.lines, stand)))
    seen = view(page, stand)
    ruled = strokes(seen, found.values())
    tables = list(lattices(ruled, list(found.values())))
    if not stand.vertical:
        tables += aligned(_items(found, _outside(tables, found)))
    where = pictures(seen, found)
    setting = _setting(ruled, stand)
    sequence, held, told = _sequence(found, text.lines, tables, where, setting)
    place = {index: position for position, index in enumerate(sequence)}
    lines = [_named(text.lines[index], told.get(index)) for index in sequence]
    grids = [
        _grid(table, [tuple(place[n] for n in cell) for cell in cells], stand)
        for table, cells in zip(tables, held, strict=True)
    ]
    return msgspec.structs.replace(text, lines=tuple(lines), grids=tuple(grids))


def _sequence(
    found: Spans, lines: Sequence[Line], tables: Sequence[Lattice], where: list[Span],
    setting: Setting,
) -> tuple[list[int], list[list[list[int]]], dict[int, Role]]:  # fmt: skip
    """Indices of the lines in reading order, those of each table's cells, and roles."""
    texts = [line.text for line in lines]
    seals = {index for index, line in enumerate(lines) if line.role == "seal"}
    held = [_cells(table, found, seals, setting) for table in tables]
    tabled = {index for cells in held for cell in cells for index in cell}
    free = _without(found, tabled | seals)
    extents = [_extent(table) for table in tables]
    captions = captioned(where, free, texts)
    shown = {index for caption in captions for index in caption.lines}
    free = _without(free, shown)
    outside = margins(free, texts, [*extents, *where], setting)
    free = _without(free, {margin.line for margin in outside})
    loose, between = interlinear.joined(_items(found, free), setting)
    body = _without(free, between)
    told: dict[int, Role] = {margin.line: margin.role for margin in outside}
    size = roles.body_size(_without(found, between), texts)
    told |= dict.fromkeys(roles.headings(body, texts, size), "heading")
    told |= dict.fromkeys(roles.notes(body, texts, size, setting) | between, "note")
    told |= dict.fromkeys(shown, "caption")
    block = [*loose, *(Item(caption.span, caption.lines) for caption in captions)]
    for extent, cells in zip(extents, held, strict=True):
        block.append(Item(extent, tuple(index for cell in cells for index in cell)))
    first, last = (
        _items(found, (m.line for m in outside if m.first == early)) for early in (True, False)
    )
    parts = (read(part, setting) for part in (first, block, last, _items(found, seals)))
    return [index for part in parts for index in part], held, told


def _without(found: Spans, those: Container[int]) -> Spans:
    return {index: span for index, span in found.items() if index not in those}


def _items(found: Spans, chosen: Iterable[int]) -> Block:
    return [Item(found[index], (index,)) for index in sorted(chosen)]


def _outside(tables: Sequence[Lattice], found: Spans) -> list[int]:
    return [n for n, span in found.items() if all(t.cell_of(span) is None for t in tables)]


def _cells(
    table: Lattice, found: Spans, without: Container[int], setting: Setting
) -> list[list[int]]:
    """The lines of each cell of a table in reading order."""
    held: list[list[int]] = [[] for _ in table.cells]
    for index, span in found.items():
        cell = table.cell_of(span)
        if cell is not None and index not in without:
            held[cell].append(index)
    return [read(_items(found, cell), setting) for cell in held]


def _extent(table: Lattice) -> Span:
    outline = table.outline()
    return Span(*outline.min(axis=0).tolist(), *outline.max(axis=0).tolist())


def _setting(ruled: Strokes, stand: Stance) -> Setting:
    return Setting(
        floors=tuple(Rule((s.y0 + s.y1) / 2, s.x0, s.x1) for s in ruled.along),
        walls=tuple(Rule((s.x0 + s.x1) / 2, s.y0, s.y1) for s in ruled.across),
        vertical=stand.vertical,
    )


def _named(line: Line, role: Role | None) -> Line:
    if role is None or line.role != "body":
        return line
    return msgspec.structs.replace(line, role=role)


def _grid(table: Lattice, held: Sequence[tuple[int, ...]], stand: Stance) -> Grid:
    cells = tuple(
        Cell(row=p.row, column=p.column, rows=p.rows, columns=p.columns, lines=lines)
        for p, lines in zip(table.cells, held, strict=True)
    )
    box = stand.back(table.outline())
    if stand.vertical:
        box = np.roll(box, 1, axis=0)
    return Grid(box=_quad(box), rows=len(table.ys) - 1, columns=len(table.xs) - 1, cells=cells)


def _quad(points: Floats) -> Quad:
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return a, b, c, d
