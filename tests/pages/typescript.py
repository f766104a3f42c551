"""Typed, mimeographed and pencilled sheets, slips, and a sheet with hardly anything on it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.pages import press
from tests.pages.chance import POSTS, TOWNSHIPS, VILLAGES, Chance
from tests.pages.document import Document, Genre
from tests.pages.sheet import BLUE, Colour, Pen, Sheet

CARBON: Colour = (52, 50, 104)
GRAPHITE: Colour = (150, 150, 152)
WORKS = ("冬季农田水利", "计划免疫", "植树造林", "扫除文盲", "粮食征购", "道路修整", "防汛")


def _report(chance: Chance, genre: Genre) -> Document:
    """A village's report to the commune, with sums."""
    village, township, year = chance.pick(VILLAGES), chance.pick(TOWNSHIPS), chance.year()
    work = chance.pick(WORKS)
    return Document(
        genre=genre,
        title=f"{village}关于{work}工作的情况汇报",
        addressee=f"{township}人民政府：",
        paragraphs=(
            f"我村{year}年{work}工作在上级领导下，已经全部完成，现将情况汇报如下：",
            f"一、全村共有{chance.number(80, 300)}户，参加劳动{chance.number(200, 900)}人，"
            f"出工{chance.number(1200, 8000)}个，由{chance.name()}、{chance.name()}负责。",
            f"二、完成土方{chance.number(900, 6000)}立方米，修整道路{chance.number(2, 12)}里，"
            f"栽树{chance.number(300, 4000)}棵，开支{chance.number(200, 3000)}元。",
            f"三、存在问题：工具不足，东片{chance.number(3, 30)}亩低地未能及时排水，"
            f"{chance.pick(POSTS)}{chance.name()}已作检查。",
            "四、今后意见：继续加强管护，分片包干，责任到户，按月检查，年终评比。",
        ),
        signed=(f"{village}村民委员会",),
        date=chance.date(year),
    )


def _sparse(chance: Chance) -> Document:
    return Document(
        genre="sparse",
        title=f"第{chance.number(1, 40)}页",
        paragraphs=(f"此页至此，以下空白。{chance.name()}",),
    )


def _slip(chance: Chance) -> Document:
    year = chance.year()
    return Document(
        genre="slip",
        title="收　据",
        number=f"第{chance.number(1, 9999):04d}号",
        paragraphs=(
            f"今收到{chance.name()}交来{chance.pick(('公粮款', '水费', '宅基费', '电费'))}",
            f"人民币{chance.number(2, 480)}元{chance.number(1, 9)}角整",
        ),
        signed=(f"经手人：{chance.name()}",),
        date=chance.date(year),
    )


def typed(document: Document, rng: np.random.Generator) -> Sheet:
    """打字稿: a Chinese typewriter, every type struck by its own force; often a carbon copy."""
    ink = (36, 34, 38) if rng.random() < 0.6 else CARBON
    pen = Pen(face="ming", size_pt=14, ink=ink, unsteady=0.016, spacing_em=0.08, strike=0.28)
    return _lettered(document, rng, pen)


def mimeographed(document: Document, rng: np.random.Generator) -> Sheet:
    """油印件: written with a stylus on wax paper, then inked through it."""
    pen = Pen(face="kai", size_pt=15.5, unsteady=0.012, spacing_em=0.04)
    sheet = _lettered(document, rng, pen)
    press.mimeographed(sheet)
    return sheet


def pencil(document: Document, rng: np.random.Generator) -> Sheet:
    """铅笔稿: faint pencil on plain paper."""
    pen = Pen(face="kai", size_pt=16, ink=GRAPHITE, unsteady=0.02)
    sheet = _lettered(document, rng, pen)
    press.pencilled(sheet)
    return sheet


def sparse(document: Document, rng: np.random.Generator) -> Sheet:
    """An almost empty page: its number and one short line."""
    sheet = Sheet(185, 260, rng)
    pen = Pen(face="kai", size_pt=15, ink=BLUE, unsteady=0.015)
    sheet.write(document.paragraphs[0], 26, rng.uniform(24, 150), pen)
    foot = Pen(size_pt=10.5)
    sheet.write(document.title, sheet.width_mm / 2, 244, foot, align="centre", role="page-number")
    return sheet


def slip(document: Document, rng: np.random.Generator) -> Sheet:
    """收据: a receipt half the size of a hand."""
    sheet = Sheet(rng.uniform(118, 132), rng.uniform(78, 90), rng)
    pen = Pen(face="kai", size_pt=13, ink=BLUE, unsteady=0.015)
    head = Pen(face="song-bold", size_pt=17)
    sheet.write(document.title, sheet.width_mm / 2, 7, head, align="centre", role="heading")
    sheet.write(document.number, sheet.width_mm - 9, 17, Pen(size_pt=10), align="right")
    for row, text in enumerate(document.paragraphs):
        sheet.write(text, 10, 27 + row * 12, pen)
        sheet.rule(9, 34 + row * 12, sheet.width_mm - 9, 34 + row * 12, mm=0.2)
    sheet.write(document.signed[0], 10, 56, pen)
    sheet.write(document.date, sheet.width_mm - 9, 66, pen, align="right")
    return sheet


def _lettered(document: Document, rng: np.random.Generator, pen: Pen) -> Sheet:
    """Title, address, paragraphs, office and date in one pen."""
    sheet = Sheet(185, 260, rng)
    size = pen.size_pt * 1.25
    title = Pen(face=pen.face, size_pt=size, ink=pen.ink, unsteady=pen.unsteady, strike=pen.strike)
    sheet.write(document.title, sheet.width_mm / 2, 24, title, align="centre", role="heading")
    sheet.write(document.addressee, 22, 42, pen)
    y = 42 + pen.size_pt * 0.62
    for text in document.paragraphs:
        y = sheet.paragraph("　　" + text, 22, y, sheet.width_mm - 44, pen, leading=1.75)
    for row, text in enumerate((*document.signed, document.date)):
        sheet.write(text, sheet.width_mm - 26, max(y + 10, 196) + row * 10, pen, align="right")
    return sheet


MAKERS: dict[Genre, Callable[[Chance], Document]] = {
    "typed": lambda chance: _report(chance, "typed"),
    "mimeographed": lambda chance: _report(chance, "mimeographed"),
    "pencil": lambda chance: _report(chance, "pencil"),
    "sparse": _sparse,
    "slip": _slip,
    "slips": lambda chance: Document(genre="slips", leaves=tuple(_slip(chance) for _ in range(5))),
    "pair": lambda chance: Document(
        genre="pair", leaves=(_report(chance, "typed"), _report(chance, "mimeographed"))
    ),
}
LAYOUTS: dict[Genre, Callable[[Document, np.random.Generator], Sheet]] = {
    "typed": typed,
    "mimeographed": mimeographed,
    "pencil": pencil,
    "sparse": sparse,
    "slip": slip,
}
