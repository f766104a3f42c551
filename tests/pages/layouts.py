"""How each genre is laid out; measures after the 16-kai sheet (185 x 260 mm) of those years."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.pages import bookish, gridded, marks, newsprint, pictorial, typescript
from tests.pages.document import Document, Genre, Table
from tests.pages.sheet import BLUE, RED, Colour, Pen, Sheet

SIXTEEN_KAI_MM = (185.0, 260.0)
MARGIN_MM = 24.0
RULING: Colour = (150, 170, 205)

TITLE = Pen(face="song-bold", size_pt=20)
BODY = Pen(face="song", size_pt=15)
TYPED = Pen(face="ming", size_pt=15, spacing_em=0.03)
WRITTEN = Pen(face="kai", size_pt=17, ink=BLUE, unsteady=0.012)
CELL = Pen(face="song", size_pt=12)
HEAD = Pen(face="hei", size_pt=12)


def red_headed(document: Document, rng: np.random.Generator) -> Sheet:
    """红头文件: red name of the office, number, red rule, title, body, seal over the date."""
    sheet = Sheet(*SIXTEEN_KAI_MM, rng)
    name_pt = min(46.0, 136.0 / len(document.issuer) * 72 / 25.4)
    name = Pen(face="song-bold", size_pt=name_pt, ink=RED)
    sheet.write(document.issuer, sheet.width_mm / 2, 26, name, align="centre", role="heading")
    sheet.write(document.number, sheet.width_mm / 2, 52, BODY, align="centre")
    sheet.rule(MARGIN_MM - 4, 61, sheet.width_mm - MARGIN_MM + 4, 61, mm=0.7, ink=RED)
    y = _body(sheet, document, _title(sheet, document.title, 70), BODY)
    _signature(sheet, document, max(y + 10, 188), BODY, seal_mm=46)
    return sheet


def notice(document: Document, rng: np.random.Generator) -> Sheet:
    """任职通知: typed on plain paper, a seal at the end."""
    sheet = Sheet(*SIXTEEN_KAI_MM, rng)
    y = _title(sheet, document.title, 32)
    sheet.write(document.number, sheet.width_mm / 2, y, TYPED, align="centre")
    y = _body(sheet, document, y + 16, TYPED)
    _signature(sheet, document, max(y + 14, 176), TYPED)
    return sheet


def minutes(document: Document, rng: np.random.Generator) -> Sheet:
    """会议记录: handwriting on ruled paper under a printed heading."""
    sheet = Sheet(*SIXTEEN_KAI_MM, rng)
    y = _title(sheet, document.title, 22)
    step = 10.5
    for row in range(20):
        at = y + 7.6 + row * step
        sheet.rule(MARGIN_MM - 6, at, sheet.width_mm - MARGIN_MM + 6, at, mm=0.2, ink=RULING)
    leading = step * 72 / 25.4 / WRITTEN.size_pt
    for label, value in document.facts:
        sheet.write(f"{label}：{value}", MARGIN_MM, y, WRITTEN)
        y += step
    for text in document.paragraphs:
        y = sheet.paragraph("　　" + text, MARGIN_MM, y, _width(sheet), WRITTEN, leading=leading)
    for text in (*document.signed, document.date):
        sheet.write(text, sheet.width_mm - MARGIN_MM - 4, y, WRITTEN, align="right")
        y += step
    return sheet


def agreement(document: Document, rng: np.random.Generator) -> Sheet:
    """协议书: clauses, then the parties side by side with seals and thumbs."""
    sheet = Sheet(*SIXTEEN_KAI_MM, rng)
    pen = Pen(face="kai", size_pt=15.5)
    y = _body(sheet, document, _title(sheet, document.title, 24), pen, leading=1.62)
    y = max(y + 6, 168)
    for index, text in enumerate(document.signed):
        across, down = index % 2, index // 2
        sheet.write(text, MARGIN_MM - 4 + across * 72, y + down * 10, pen)
        name = text.rpartition("：")[2]
        if name in document.fingers:
            end_mm = MARGIN_MM - 4 + across * 72 + sheet.length_mm(text, pen)
            thumb = marks.fingerprint(rng)
            sheet.press(thumb, end_mm + 1, y + down * 10 - 6, kind="fingerprint", text=name)
    sheet.write(document.date, sheet.width_mm - MARGIN_MM, y + 66, pen, align="right")
    for index, text in enumerate(document.seals):
        seal = marks.round_seal(text, rng)
        sheet.press(seal, 28 + index * 74, y + 19, kind="seal", text=text)
    return sheet


def register(document: Document, rng: np.random.Generator) -> Sheet:
    """登记表: a paragraph or two, a ruled table, signature and seal."""
    sheet = Sheet(*SIXTEEN_KAI_MM, rng)
    y = _body(sheet, document, _title(sheet, document.title, 26), TYPED)
    if document.table:
        y = _table(sheet, document.table, y + 5, row_mm=11.0)
    _signature(sheet, document, max(y + 12, 200), TYPED)
    return sheet


def roster(document: Document, rng: np.random.Generator) -> Sheet:
    """花名册: a wide ruled table of names and amounts with thumbs in the last column."""
    sheet = Sheet(270, 190, rng)
    y = _title(sheet, document.title, 16)
    for (label, value), x in zip(document.facts, (18.0, 190.0), strict=False):
        sheet.write(f"{label}：{value}", x, y - 2, CELL)
    if document.table:
        top, row_mm = y + 6, 9.2
        y = _table(sheet, document.table, top, row_mm=row_mm)
        _thumbs(sheet, document, top, row_mm)
    for index, text in enumerate(document.signed):
        sheet.write(text, 18 + index * 72, y + 6, CELL)
    for text in document.seals:
        sheet.press(marks.round_seal(text, rng), 200, y - 26, kind="seal", text=text)
    return sheet


def card(document: Document, rng: np.random.Generator) -> Sheet:
    """户档卡: stiff card, boxes for the household above, its members below."""
    sheet = Sheet(210, 148, rng)
    y = _title(sheet, document.title, 11)
    value = Pen(face="kai", size_pt=14, ink=BLUE, unsteady=0.012)
    rows = -(-len(document.facts) // 3)
    for index, (label, content) in enumerate(document.facts):
        row, column = divmod(index, 3)
        x, top = 12 + column * 62, y + row * 10
        sheet.write(label, x + 2, top + 3, CELL)
        sheet.write(content, x + 23, top + 2.6, value)
    for row in range(rows + 1):
        sheet.rule(12, y + row * 10, 198, y + row * 10)
    for edge in range(4):
        sheet.rule(12 + edge * 62, y, 12 + edge * 62, y + rows * 10)
        if edge < 3:
            sheet.rule(33 + edge * 62, y, 33 + edge * 62, y + rows * 10)
    xs = [12.0, 33.0, 74.0, 95.0, 136.0, 157.0, 198.0]
    cells = [
        ((index // 3, index % 3 * 2 + side, 1, 1), text)
        for index, fact in enumerate(document.facts)
        for side, text in enumerate(fact)
    ]
    sheet.tell(cells, xs, [y + row * 10 for row in range(rows + 1)])
    if document.table:
        _table(sheet, document.table, y + rows * 10 + 4, row_mm=9.6, cell=value)
    return sheet


def deed(document: Document, rng: np.random.Generator) -> Sheet:
    """地契: brush columns from right to left, thumbs and chops under the names."""
    sheet = Sheet(262, 196, rng)
    pen = Pen(face="kai-traditional", size_pt=26, unsteady=0.008, spacing_em=0.05)
    x, top, pitch = sheet.width_mm - 38.0, 26.0, 16.0
    title = Pen(face="kai-traditional", size_pt=32, unsteady=0.006)
    sheet.column(document.title, x, 22, title, role="heading")
    x -= pitch + 4
    for text in document.paragraphs:
        sheet.column(text, x, top, pen)
        x -= pitch
    names = Pen(face="kai-traditional", size_pt=21, unsteady=0.008, spacing_em=0.05)
    sheet.column(document.date, x - 2, top + 12, names)
    for text in document.signed:
        x -= pitch
        sheet.column(text, x - 2, top + 60, names)
        bottom = top + 60 + len(text) * names.size_pt * 1.05 * 25.4 / 72
        if text.endswith(document.fingers) and document.fingers:
            mark = marks.fingerprint(rng)
            sheet.press(mark, x - 5, bottom + 2, kind="fingerprint", text=text[-3:])
        else:
            sheet.press(marks.chop(text[-3:], rng), x - 4, bottom + 3, kind="chop", text=text)
    return sheet


def blank(document: Document, rng: np.random.Generator) -> Sheet:
    """空白页: a sheet with nothing on it."""
    del document
    return Sheet(*SIXTEEN_KAI_MM, rng)


LAYOUTS: dict[Genre, Callable[[Document, np.random.Generator], Sheet]] = {
    "red-headed": red_headed,
    "notice": notice,
    "minutes": minutes,
    "agreement": agreement,
    "register": register,
    "roster": roster,
    "card": card,
    "deed": deed,
    "blank": blank,
    **typescript.LAYOUTS,
    **pictorial.LAYOUTS,
    **bookish.LAYOUTS,
    **newsprint.LAYOUTS,
    **gridded.LAYOUTS,
}


def _width(sheet: Sheet) -> float:
    return sheet.width_mm - 2 * MARGIN_MM + 2


def _title(sheet: Sheet, text: str, y_mm: float) -> float:
    for line in text.split("\n"):
        sheet.write(line, sheet.width_mm / 2, y_mm, TITLE, align="centre", role="heading")
        y_mm += TITLE.size_pt * 1.5 * 25.4 / 72
    return y_mm + 3


def _body(
    sheet: Sheet, document: Document, y_mm: float, pen: Pen, *, leading: float = 1.75
) -> float:
    if document.addressee:
        sheet.write(document.addressee, MARGIN_MM, y_mm, pen)
        y_mm += pen.size_pt * leading * 25.4 / 72
    for text in document.paragraphs:
        y_mm = sheet.paragraph("　　" + text, MARGIN_MM, y_mm, _width(sheet), pen, leading=leading)
    return y_mm


def _signature(
    sheet: Sheet, document: Document, y_mm: float, pen: Pen, *, seal_mm: float = 43.5
) -> None:
    """Office and date at the right; the seal's left edge `seal_mm` from their right edge."""
    right_mm = sheet.width_mm - MARGIN_MM - 8
    for row, text in enumerate((*document.signed, document.date)):
        sheet.write(text, right_mm, y_mm + row * 10, pen, align="right")
    for text in document.seals:
        seal = marks.round_seal(text, sheet.rng)
        sheet.press(seal, right_mm - seal_mm, y_mm - 14, kind="seal", text=text)


def _table(sheet: Sheet, table: Table, y_mm: float, *, row_mm: float, cell: Pen = CELL) -> float:
    left = (sheet.width_mm - sum(table.widths_mm)) / 2
    edges = [left + sum(table.widths_mm[:n]) for n in range(len(table.widths_mm) + 1)]
    for index, row in enumerate((table.heads, *table.rows)):
        pen = cell if index else HEAD
        top = y_mm + index * row_mm
        sheet.rule(left, top, edges[-1], top)
        for text, start, end in zip(row, edges, edges[1:], strict=False):
            inset = (row_mm - pen.size_pt * 25.4 / 72) / 2 - 0.7
            sheet.write(text, (start + end) / 2, top + inset, pen, align="centre")
    bottom = y_mm + (len(table.rows) + 1) * row_mm
    sheet.rule(left, bottom, edges[-1], bottom)
    for edge in edges:
        sheet.rule(edge, y_mm, edge, bottom)
    ys = [y_mm + n * row_mm for n in range(len(table.rows) + 2)]
    cells = [
        ((row, column, 1, 1), text)
        for row, texts in enumerate((table.heads, *table.rows))
        for column, text in enumerate(texts)
    ]
    sheet.tell(cells, edges, ys)
    return bottom


def _thumbs(sheet: Sheet, document: Document, top_mm: float, row_mm: float) -> None:
    table = document.table
    if table is None:
        return
    x = (sheet.width_mm + sum(table.widths_mm)) / 2 - table.widths_mm[-1] / 2 - 4
    for index, row in enumerate(table.rows):
        if row[1] in document.fingers:
            mark = marks.fingerprint(sheet.rng, length_mm=12.0)
            y = top_mm + (index + 1) * row_mm - 1.5
            sheet.press(mark, x, y, kind="fingerprint", text=row[1])
