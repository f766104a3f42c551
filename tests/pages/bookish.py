"""Leaves of bound books: genealogy charts, old columns in a frame, modern print; and spreads."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.pages.chance import VILLAGES, Chance
from tests.pages.document import Document, Genre
from tests.pages.sheet import Pen, Sheet

LEAF_MM = (150.0, 230.0)
WORKS = ("修建机井", "架设电线", "新建校舍", "整修梯田", "硬化道路")
CHAPTERS = ("农业", "水利", "教育", "人口", "大事记")
NUMERALS = "一二三四五六七八九十"
GIVEN = "文德福壽永昌景秀光宗世澤成仁守信元亨利貞國治家齊廷桂蘭芳"
DEEDS = (
    "字子明生于乾隆四十年三月初五日卒于道光十年葬村北老塋",
    "娶王氏生二子長曰德福次曰德壽葬于河東新塋",
    "國學生性至孝鄉里稱之修橋一座施茶三年",
    "生于光緒十二年二月十九日娶李氏生三子一女",
    "遷居河北沿另立支系其後見卷三第十五頁",
    "早卒無嗣以弟次子為嗣承其宗祀",
)


def _genealogy(chance: Chance) -> Document:
    """Four to five generations; each name knows which of the generation above is its father."""
    surname, generations = chance.pick("王李陳趙黃周孫馬"), [((chance.pick(GIVEN), -1),)]
    for size in (
        chance.number(2, 3),
        chance.number(4, 5),
        chance.number(6, 8),
        chance.number(7, 9),
    ):
        fathers = sorted(chance.number(0, len(generations[-1]) - 1) for _ in range(size))
        generations.append(
            tuple((chance.pick(GIVEN) + chance.pick(GIVEN), father) for father in fathers)
        )
    return Document(
        genre="genealogy", title=f"{surname}氏世系圖", generations=tuple(generations),
        number=f"卷{chance.pick(NUMERALS)}",
    )  # fmt: skip


def _old_leaf(chance: Chance) -> Document:
    entries = tuple(
        f"{chance.pick(GIVEN)}{chance.pick(GIVEN)}{chance.pick(DEEDS)}{chance.pick(DEEDS)}"[
            : chance.number(26, 36)
        ]
        for _ in range(9)
    )
    return Document(
        genre="old-leaf",
        title=f"{chance.pick('王李陳趙黃周孫馬')}氏族譜卷{chance.pick(NUMERALS)}",
        paragraphs=entries,
    )


def _modern_leaf(chance: Chance) -> Document:
    village = chance.pick(VILLAGES)
    paragraphs = tuple(
        f"{chance.year()}年{chance.number(1, 12)}月，{village}{chance.pick(WORKS)}"
        f"{chance.number(2, 30)}处，由{chance.name()}主持，{chance.number(20, 300)}人参加，"
        f"投资{chance.number(300, 9000)}元，其中集体自筹{chance.number(100, 3000)}元，"
        f"当年{chance.pick(('受益', '完工', '通过验收'))}。"
        for _ in range(chance.number(9, 16))
    )
    title = f"第{chance.pick(NUMERALS)}章　{chance.pick(CHAPTERS)}"
    page = str(chance.number(2, 380))
    return Document(genre="modern-leaf", title=title, number=page, paragraphs=paragraphs)


def _spread(chance: Chance, genre: Genre, leaf: Callable[[Chance], Document]) -> Document:
    return Document(genre=genre, leaves=(leaf(chance), leaf(chance)))


def _old_spread(chance: Chance) -> Document:
    return _spread(chance, "old-spread", _genealogy if chance.number(0, 2) == 0 else _old_leaf)


def genealogy(document: Document, rng: np.random.Generator) -> Sheet:
    """吊线图: the ancestor hangs at the top, sons below on lines, elder to the right."""
    sheet = Sheet(*LEAF_MM, rng)
    _border(sheet)
    heading = Pen(face="kai-traditional", size_pt=15)
    right = sheet.width_mm - 15.0
    sheet.column(document.title, right - 6.5, 22, heading, role="heading")
    sheet.column(document.number, right - 6.5, 190, Pen(face="kai-traditional", size_pt=11))
    sheet.rule(right - 8.5, 14, right - 8.5, sheet.height_mm - 14)
    pen = Pen(face="kai-traditional", size_pt=15, unsteady=0.006)
    pitch = (sheet.height_mm - 34) / len(document.generations)
    parents: list[float] = []
    for level, people in enumerate(document.generations):
        top = 20 + level * pitch
        label = f"{NUMERALS[level]}世"
        sheet.column(label, right - 17, top + 3, Pen(face="song-traditional", size_pt=10))
        span = sheet.width_mm - 50
        places = [
            13 + span * (len(people) - index - 0.5) / len(people) for index in range(len(people))
        ]
        _hang(sheet, people, places, parents, top, pitch)
        for (name, _), x in zip(people, places, strict=True):
            sheet.column(name, x - pen.size_pt * 25.4 / 144, top + 2, pen)
        parents = places
    return sheet


def old_leaf(document: Document, rng: np.random.Generator) -> Sheet:
    """線裝: columns between rules in a double frame, from right to left."""
    sheet = Sheet(*LEAF_MM, rng)
    _border(sheet)
    columns, left, right = 10, 14.0, sheet.width_mm - 14.0
    pitch = (right - left) / columns
    pen = Pen(face="song-traditional" if rng.random() < 0.5 else "kai-traditional", size_pt=14)
    for index in range(1, columns):
        x = right - index * pitch
        sheet.rule(x, 14, x, sheet.height_mm - 14, mm=0.2)
    for index, text in enumerate((document.title, *document.paragraphs)[:columns]):
        x = right - (index + 0.5) * pitch - pen.size_pt * 25.4 / 144
        sheet.column(text, x, 19 if index else 17, pen, role="body" if index else "heading")
    return sheet


def modern_leaf(document: Document, rng: np.random.Generator) -> Sheet:
    """A page of a village chronicle printed in lines, with running title and number."""
    sheet = Sheet(*LEAF_MM, rng)
    small = Pen(face="song", size_pt=9)
    sheet.write(document.title, sheet.width_mm / 2, 10, small, align="centre", role="running-head")
    sheet.rule(18, 15, sheet.width_mm - 18, 15, mm=0.2)
    body, y = Pen(face="song", size_pt=11), 22.0
    for text in document.paragraphs:
        y = sheet.paragraph("　　" + text, 18, y, sheet.width_mm - 36, body, leading=1.6)
    foot = (sheet.width_mm / 2, sheet.height_mm - 14)
    sheet.write(document.number, *foot, small, align="centre", role="page-number")
    return sheet


def _border(sheet: Sheet) -> None:
    """The double frame (文武边) of block-printed books."""
    for inset, thick in ((11.5, 0.9), (13.4, 0.25)):
        right, bottom = sheet.width_mm - inset, sheet.height_mm - inset
        for x in (inset, right):
            sheet.rule(x, inset, x, bottom, mm=thick)
        for y in (inset, bottom):
            sheet.rule(inset, y, right, y, mm=thick)


def _hang(
    sheet: Sheet, people: tuple[tuple[str, int], ...], places: list[float], parents: list[float],
    top: float, pitch: float,
) -> None:  # fmt: skip
    """Lines from each father down to a bar over his sons and from the bar to each of them."""
    for father, x in enumerate(parents):
        sons = [place for (_, whose), place in zip(people, places, strict=True) if whose == father]
        if not sons:
            continue
        bar = top - pitch * (0.22 + 0.09 * (father % 3))
        sheet.rule(x, top - pitch + 16.5, x, bar, mm=0.3)
        sheet.rule(min(*sons, x), bar, max(*sons, x), bar, mm=0.3)
        for son in sons:
            sheet.rule(son, bar, son, top + 0.5, mm=0.3)


MAKERS: dict[Genre, Callable[[Chance], Document]] = {
    "genealogy": _genealogy,
    "old-leaf": _old_leaf,
    "modern-leaf": _modern_leaf,
    "old-spread": _old_spread,
    "modern-spread": lambda chance: _spread(chance, "modern-spread", _modern_leaf),
}
LAYOUTS: dict[Genre, Callable[[Document, np.random.Generator], Sheet]] = {
    "genealogy": genealogy,
    "old-leaf": old_leaf,
    "modern-leaf": modern_leaf,
}
