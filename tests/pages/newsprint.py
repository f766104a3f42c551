"""Pages of several columns: bulletins, old newspapers, notes between the lines, chapters."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tests.pages.bookish import DEEDS, GIVEN, LEAF_MM, NUMERALS
from tests.pages.chance import TOWNSHIPS, VILLAGES, Chance
from tests.pages.document import Document, Genre
from tests.pages.pictures import invented_picture
from tests.pages.sheet import Pen, Sheet, px

WORKS = ("春耕生产", "计划生育", "扫盲夜校", "植树造林", "夏粮征购", "农田水利", "卫生防疫")
NEWS = (
    "縣府召集各鄉鎮長會議",
    "本縣開辦農民夜校",
    "河東修築堤防竣工",
    "各村整理田賦",
    "教育經費案",
)
BODY = Pen(face="song", size_pt=10.5)
HEAD = Pen(face="hei", size_pt=15)
MM_PER_PT = 25.4 / 72


def _story(chance: Chance, count: int) -> tuple[str, ...]:
    village = chance.pick(VILLAGES)
    return tuple(
        f"{village}{chance.pick(WORKS)}工作自{chance.number(1, 12)}月开展以来，{chance.name()}带领"
        f"群众出工{chance.number(100, 900)}个，完成{chance.number(20, 400)}亩，受到"
        f"{chance.pick(TOWNSHIPS)}党委表扬。群众{chance.name()}说：今年比{chance.year()}年好得多，"
        f"每户可多收{chance.number(50, 300)}斤。"
        for _ in range(count)
    )


def _bulletin(chance: Chance) -> Document:
    heads = tuple(f"{chance.pick(VILLAGES)}{chance.pick(WORKS)}成绩显著" for _ in range(3))
    return Document(
        genre="bulletin",
        issuer=f"{chance.pick(TOWNSHIPS)}简报",
        number=f"第{chance.number(1, 60)}期",
        date=chance.date(chance.year()),
        articles=tuple((head, _story(chance, n)) for head, n in zip(heads, (5, 4, 2), strict=True)),
        pictures=(chance.number(0, 10**6),),
        notes=(f"图为{chance.name()}在田间劳动",),
    )


def _old_news(chance: Chance) -> Document:
    stories = tuple(
        (chance.pick(NEWS), ("".join(chance.pick(DEEDS) for _ in range(chance.number(4, 7))),))
        for _ in range(4)
    )
    return Document(genre="old-news", title="中華民國三十六年三月五日　第二版", articles=stories)


def _annotated(chance: Chance) -> Document:
    entries = tuple(
        f"{chance.pick(GIVEN)}{chance.pick(GIVEN)}{chance.pick(DEEDS)[:10]}" for _ in range(8)
    )
    notes = tuple(chance.pick(DEEDS)[: chance.number(8, 15)] for _ in range(8))
    title = f"{chance.pick('王李陳趙黃周')}氏族譜卷{chance.pick(NUMERALS)}"
    return Document(genre="annotated", title=title, paragraphs=entries, notes=notes)


def _five_tiers(chance: Chance) -> Document:
    tiers = tuple(
        (
            f"{NUMERALS[level]}世",
            tuple(
                f"{chance.pick(GIVEN)}{chance.pick(GIVEN)}|{chance.pick(DEEDS)[:12]}"
                for _ in range(4)
            ),
        )
        for level in range(5)
    )
    return Document(genre="five-tiers", title=f"{chance.pick('王李陳趙')}氏世系表", articles=tiers)


def _sidebar(chance: Chance) -> Document:
    return Document(
        genre="sidebar",
        title=f"{chance.pick(VILLAGES)}今昔",
        paragraphs=_story(chance, 6),
        pictures=(chance.number(0, 10**6),),
        notes=(f"图{chance.number(1, 9)}　{chance.pick(VILLAGES)}新貌",),
        number=str(chance.number(2, 80)),
    )


def _chapter(chance: Chance) -> Document:
    notes = tuple(
        f"{mark}见{chance.pick(TOWNSHIPS)}档案馆藏{chance.year()}年会议记录，"
        f"第{chance.number(2, 90)}页。"
        for mark in "①②③"[: chance.number(1, 3)]
    )
    articles = tuple(
        (f"第{NUMERALS[n]}节　{chance.pick(WORKS)}", _story(chance, 3)) for n in range(2)
    )
    return Document(
        genre="chapter", title=f"第{chance.pick(NUMERALS)}章　经济建设", articles=articles,
        notes=notes, number=str(chance.number(2, 380)),
    )  # fmt: skip


def bulletin(document: Document, rng: np.random.Generator) -> Sheet:
    """简报: a lead in three columns, below it a story in two with a picture, and a third."""
    sheet = Sheet(210, 297, rng)
    name = Pen(face="song-bold", size_pt=40, ink=(196, 32, 30))
    sheet.write(document.issuer, 105, 16, name, align="centre", role="heading")
    sheet.write(document.number, 18, 36, BODY)
    sheet.write(document.date, 192, 36, BODY, align="right")
    sheet.rule(18, 43, 192, 43, mm=0.6)
    width, gap = 54.0, 6.0
    (lead, first), (second, story), (third, last) = document.articles
    sheet.write(lead, 105, 48, HEAD, align="centre", role="heading")
    y = _flow(sheet, first, [18 + n * (width + gap) for n in range(3)], 59, width, rng)
    y += 8
    sheet.write(second, 18 + width + gap / 2, y, HEAD, align="centre", role="heading")
    below = _flow(sheet, story, [18, 18 + width + gap], y + 11, width, rng)
    picture = invented_picture(document.pictures[0], px(90), px(46))
    sheet.place(picture, 30, below + 4)
    note = Pen(face="kai", size_pt=10)
    sheet.write(document.notes[0], 75, below + 53, note, align="centre", role="caption")
    sheet.rule(135, y, 135, below + 58, mm=0.2)
    x = 18 + 2 * (width + gap)
    sheet.write(
        third, x + width / 2, y, Pen(face="hei", size_pt=12), align="centre", role="heading"
    )
    _flow(sheet, last, [x], y + 11, width, rng)
    return sheet


def old_news(document: Document, rng: np.random.Generator) -> Sheet:
    """舊報: a line across the head, below it tiers of columns from right to left."""
    sheet = Sheet(230, 200, rng)
    small = Pen(face="song-traditional", size_pt=11)
    sheet.write(document.title, 115, 8, small, align="centre", role="running-head")
    sheet.rule(10, 15, 220, 15, mm=0.3)
    pen, pitch = Pen(face="song-traditional", size_pt=12), 7.2
    rows, tall = 18, 18 * 12 * MM_PER_PT
    for tier in range(2):
        x, top = 210.0, 20 + tier * (tall + 10)
        for head, paragraphs in document.articles[tier * 2 : tier * 2 + 2]:
            bold = Pen(face="hei", size_pt=20)
            sheet.column(head, x - 3, top + 2, bold, role="heading")
            x -= pitch + 4
            text = paragraphs[0]
            for start in range(0, len(text), rows):
                sheet.column(text[start : start + rows], x, top, pen)
                x -= pitch
            x -= 3
        if tier == 0 and rng.random() < 0.5:
            sheet.rule(10, top + tall + 5, 220, top + tall + 5, mm=0.2)
    return sheet


def annotated(document: Document, rng: np.random.Generator) -> Sheet:
    """雙行夾註: after the large words of a column two small columns, then large words again."""
    sheet = Sheet(*LEAF_MM, rng)
    face = "song-traditional" if rng.random() < 0.5 else "kai-traditional"
    large, small = Pen(face=face, size_pt=15), Pen(face=face, size_pt=8)
    right, pitch = sheet.width_mm - 18.0, 13.0
    if rng.random() < 0.6:
        for n in range(10):
            sheet.rule(right + 4 - n * pitch, 16, right + 4 - n * pitch, 214, mm=0.2)
    sheet.column(document.title, right - 6, 22, large, role="heading")
    for index, (text, note) in enumerate(zip(document.paragraphs, document.notes, strict=True)):
        x, cut = right - 6 - (index + 1) * pitch, 2 + int(rng.integers(0, 5))
        y = 22.0
        sheet.column(text[:cut], x, y, large)
        y += cut * 15 * MM_PER_PT + 1
        half = -(-len(note) // 2)
        sheet.column(note[:half], x + 2.9, y, small, role="note")
        sheet.column(note[half:], x - 0.4, y, small, role="note")
        sheet.column(text[cut:], x, y + half * 8 * MM_PER_PT + 1.5, large)
    return sheet


def five_tiers(document: Document, rng: np.random.Generator) -> Sheet:
    """歐式譜: five ruled tiers, one generation each; a name, to its left the life in small."""
    sheet = Sheet(*LEAF_MM, rng)
    name, life = Pen(face="kai-traditional", size_pt=14), Pen(face="kai-traditional", size_pt=8.5)
    tall, top, right = 39.0, 18.0, sheet.width_mm - 26.0
    sheet.column(document.title, right + 6, 24, name, role="heading")
    ends = (12.0, top, right + 2, top + 5 * tall)
    for n in range(6):
        sheet.rule(ends[0], top + n * tall, ends[2], top + n * tall, mm=0.3)
    for x in (ends[0], ends[2]):
        sheet.rule(x, ends[1], x, ends[3], mm=0.3)
    for tier, (label, people) in enumerate(document.articles):
        x, y = right - 7.0, top + tier * tall + 3
        sheet.column(label, x, y, Pen(face="song-traditional", size_pt=11))
        for person in people:
            called, _, lived = person.partition("|")
            x -= 10
            sheet.column(called, x, y, name)
            for start in range(0, len(lived), 9):
                x -= 5
                sheet.column(lived[start : start + 9], x, y, life)
            x -= 2
    return sheet


def sidebar(document: Document, rng: np.random.Generator) -> Sheet:
    """A headline written downwards at the left, two columns beside it, a picture in the second."""
    sheet = Sheet(185, 260, rng)
    title = Pen(face="song-bold", size_pt=26)
    sheet.column(document.title, 17, 24, title, role="heading")
    sheet.rule(32, 20, 32, 130, mm=0.3)
    width, left, right = 64.0, 38.0, 108.0
    lines = _lines(sheet, document.paragraphs, width)
    room = 18
    _print_lines(sheet, lines[:room], left, 22)
    picture = invented_picture(document.pictures[0], px(width), px(44))
    sheet.place(picture, right, 22)
    note = Pen(face="kai", size_pt=9.5)
    sheet.write(document.notes[0], right + width / 2, 68, note, align="centre", role="caption")
    _print_lines(sheet, lines[room:], right, 77)
    foot = Pen(face="song", size_pt=9)
    sheet.write(f"·{document.number}·", 92, 246, foot, align="centre", role="page-number")
    return sheet


def chapter(document: Document, rng: np.random.Generator) -> Sheet:
    """书页: running head and number in one row, sections, notes at the foot below a short rule."""
    sheet = Sheet(*LEAF_MM, rng)
    small, note = Pen(face="song", size_pt=9), Pen(face="song", size_pt=8)
    odd = int(document.number) % 2
    places = [(132.0, "right"), (18.0, "left")] if odd else [(18.0, "left"), (132.0, "right")]
    told = [
        (document.number, "page-number", *places[0]),
        (document.title, "running-head", *places[1]),
    ]
    for text, role, x, align in sorted(told, key=lambda one: one[2]):
        sheet.write(text, x, 10, small, align=align, role=role)
    if rng.random() < 0.7:
        sheet.rule(18, 15, 132, 15, mm=0.2)
    y = 21.0
    for head, paragraphs in document.articles:
        bold = Pen(face="hei", size_pt=12)
        sheet.write(head, 75, y + 2, bold, align="centre", role="heading")
        y += 10
        for text in paragraphs:
            y = sheet.paragraph("　　" + text, 18, y, 114, BODY, leading=1.55)
    y = max(y + 6, 196.0)
    sheet.rule(18, y - 3, 58, y - 3, mm=0.2)
    for text in document.notes:
        y = sheet.paragraph(text, 18, y, 114, note, leading=1.4, role="note")
    return sheet


def _flow(
    sheet: Sheet, paragraphs: Sequence[str], lefts: Sequence[float], top: float, width: float,
    rng: np.random.Generator,
) -> float:  # fmt: skip
    """Paragraphs in balanced columns; gives the y below."""
    lines = _lines(sheet, paragraphs, width)
    share = -(-len(lines) // len(lefts))
    below = top
    for n, left in enumerate(lefts):
        part = lines[n * share : (n + 1) * share]
        below = max(below, _print_lines(sheet, part, left, top + rng.uniform(0, 0.4)))
    return below


def _lines(sheet: Sheet, paragraphs: Sequence[str], width: float) -> list[str]:
    return [line for text in paragraphs for line in sheet.broken("　　" + text, width, BODY)]


def _print_lines(sheet: Sheet, lines: Sequence[str], left: float, top: float) -> float:
    for line in lines:
        indent = len(line) - len(line.lstrip("　"))
        sheet.write(line.lstrip("　"), left + sheet.length_mm("　" * indent, BODY), top, BODY)
        top += BODY.size_pt * 1.5 * MM_PER_PT
    return top


MAKERS: dict[Genre, Callable[[Chance], Document]] = {
    "bulletin": _bulletin,
    "old-news": _old_news,
    "annotated": _annotated,
    "five-tiers": _five_tiers,
    "sidebar": _sidebar,
    "chapter": _chapter,
}
LAYOUTS: dict[Genre, Callable[[Document, np.random.Generator], Sheet]] = {
    "bulletin": bulletin,
    "old-news": old_news,
    "annotated": annotated,
    "five-tiers": five_tiers,
    "sidebar": sidebar,
    "chapter": chapter,
}
