"""Forms and tables whose cells span, a table without rules, a red-headed document to its foot."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate

import numpy as np

from tests.pages import marks
from tests.pages.chance import POSTS, TOWNSHIPS, VILLAGES, Chance
from tests.pages.document import Document, Form, Genre, Slot, Table
from tests.pages.sheet import BLUE, RED, Pen, Sheet

MM_PER_PT = 25.4 / 72
PRINT = Pen(face="song", size_pt=11)
HAND = Pen(face="kai", size_pt=13, ink=BLUE, unsteady=0.012)
TITLE = Pen(face="song-bold", size_pt=19)


def _form(chance: Chance) -> Document:
    village, township, year = chance.pick(VILLAGES), chance.pick(TOWNSHIPS), chance.year()
    kin = ("妻", "长子", "次子", "长女")
    members = chance.number(3, 4)
    rows = [
        [("姓名", 1), (chance.name(), 1), ("性别", 1), (chance.pick("男女"), 1), ("年龄", 1),
         (f"{chance.number(20, 70)}", 1)],
        [("住址", 1), (f"{village}第{chance.number(1, 9)}组", 3), ("户口", 1), ("农业", 1)],
        [("姓名", 1), ("关系", 1), ("年龄", 1), ("职业", 2)],
        *([(chance.name(), 1), (kin[n], 1), (f"{chance.number(3, 60)}", 1),
           (chance.pick(POSTS), 2)] for n in range(members)),
        [("申请\n理由", 1), ("现有住房三间，人口增加，不够居住，\n申请在村东空地新建住房。", 5)],
        [("村委会\n意见", 1), (f"同意。\n{chance.date(year)}", 2), ("乡政府\n意见", 1), ("", 2)],
    ]  # fmt: skip
    slots: list[Slot] = []
    for row, parts in enumerate(rows):
        column = 0
        if row == 2:
            label = "家庭成员"
            slots.append(Slot(row=2, column=0, rows=members + 1, text=label, upright=True))
        if 2 <= row <= 2 + members:
            column = 1
        for place, (text, span) in enumerate(parts):
            hand = row not in (2,) and (place % 2 == 1 or 2 < row <= 2 + members)
            slots.append(Slot(row=row, column=column, columns=span, text=text, written=hand))
            column += span
    heights = (*([10.0] * (3 + members)), 26.0, 30.0)
    form = Form(
        widths_mm=(20.0, 32.0, 20.0, 26.0, 20.0, 32.0), heights_mm=heights, slots=tuple(slots)
    )
    title = f"{township}宅基地申请表"
    return Document(
        genre="form", title=title, form=form, number=f"编号：{chance.number(1, 999):03d}"
    )


def _spanned(chance: Chance) -> Document:
    heads = [
        ("片", 0, 0, 2, 1), ("村名", 0, 1, 2, 1), ("户数", 0, 2, 2, 1),
        ("耕地面积（亩）", 0, 3, 1, 2),
        ("粮食产量（斤）", 0, 5, 1, 3), ("备注", 0, 8, 2, 1),
        ("水田", 1, 3, 1, 1), ("旱地", 1, 4, 1, 1),
        ("小麦", 1, 5, 1, 1), ("玉米", 1, 6, 1, 1), ("合计", 1, 7, 1, 1),
    ]  # fmt: skip
    slots = [Slot(row=r, column=c, rows=h, columns=w, text=t) for t, r, c, h, w in heads]
    row = 2
    for group in ("东片", "西片", "南片"):
        size = chance.number(2, 4)
        for n in range(size):
            if n == 0:
                slots.append(Slot(row=row, column=0, rows=size, text=group, upright=True))
            values = [chance.pick(VILLAGES), f"{chance.number(80, 300)}"]
            values += [f"{chance.number(100, 9999)}" for _ in range(5)]
            values.append("减产" if chance.number(0, 5) == 0 else "")
            slots += [Slot(row=row, column=k + 1, text=text) for k, text in enumerate(values)]
            row += 1
    slots.append(Slot(row=row, column=0, columns=2, text="总计"))
    sums = [f"{chance.number(1000, 99999)}" for _ in range(6)]
    slots += [Slot(row=row, column=k + 2, text=text) for k, text in enumerate([*sums, ""])]
    widths = (12.0, 30.0, 20.0, 22.0, 22.0, 24.0, 24.0, 26.0, 22.0)
    form = Form(widths_mm=widths, heights_mm=(9.0,) * (row + 1), slots=tuple(slots))
    year = chance.year()
    return Document(
        genre="spanned",
        title=f"{chance.pick(TOWNSHIPS)}{year}年农业生产统计表",
        facts=(("填报单位", chance.pick(TOWNSHIPS)), ("填报日期", chance.date(year))),
        form=form,
        notes=("注：旱地包括自留地；合计中不含社员自种。",),
        signed=(f"负责人：{chance.name()}", f"制表：{chance.name()}"),
    )


def _listing(chance: Chance) -> Document:
    rows = tuple(
        (str(n + 1), chance.name(), chance.pick(VILLAGES), chance.pick(POSTS),
         f"{chance.year()}年{chance.number(1, 12)}月")
        for n in range(chance.number(10, 18))
    )  # fmt: skip
    table = Table(
        heads=("序号", "姓名", "村名", "职务", "任职时间"),
        widths_mm=(16.0, 28.0, 32.0, 36.0, 30.0), rows=rows,
    )  # fmt: skip
    title = f"{chance.pick(TOWNSHIPS)}村干部名单"
    return Document(genre="listing", title=title, table=table, number=str(chance.number(1, 30)))


def _official(chance: Chance) -> Document:
    township, village, year = chance.pick(TOWNSHIPS), chance.pick(VILLAGES), chance.year()
    office = f"{township}人民政府"
    return Document(
        genre="official",
        issuer=f"{office}文件",
        number=f"{township[0]}政发〔{year}〕{chance.number(1, 60)}号",
        facts=(("签发人", chance.name()),),
        title=f"关于批转{village}农田水利建设\n实施方案的通知",
        addressee="各村民委员会，乡直各单位：",
        paragraphs=(
            f"现将{village}农田水利建设实施方案批转给你们，请结合实际情况，认真贯彻执行。",
            f"一、加强领导，由{chance.name()}同志负总责。",
            f"二、落实任务，{chance.number(2, 11)}月底以前完成土方"
            f"{chance.number(900, 9000)}立方米。",
            "附件：农田水利建设实施方案",
        ),
        signed=(office,),
        date=chance.date(year),
        seals=(office,),
        notes=(
            "抄送：县水利局，县农业局。",
            f"{township}政府办公室",
            f"{year}年{chance.number(1, 12)}月印发",
        ),
    )


def form(document: Document, rng: np.random.Generator) -> Sheet:
    """申请表: labels printed, values by hand, a label written downwards over several rows."""
    sheet = Sheet(185, 260, rng)
    sheet.write(document.title, 92, 20, TITLE, align="centre", role="heading")
    sheet.write(document.number, 168, 33, PRINT, align="right")
    if document.form:
        _ruled(sheet, document.form, 40.0)
    return sheet


def spanned(document: Document, rng: np.random.Generator) -> Sheet:
    """统计表: heads on two levels, groups of rows, a note and signatures below."""
    sheet = Sheet(250, 180, rng)
    sheet.write(document.title, 125, 12, TITLE, align="centre", role="heading")
    for (label, value), (x, align) in zip(
        document.facts, ((24.0, "left"), (226.0, "right")), strict=True
    ):
        sheet.write(f"{label}：{value}", x, 25, PRINT, align=align)
    y = _ruled(sheet, document.form, 32.0) if document.form else 32.0
    sheet.write(document.notes[0], 24, y + 3, Pen(face="song", size_pt=9.5), role="note")
    for index, text in enumerate(document.signed):
        sheet.write(text, 60 + index * 80, y + 11, PRINT)
    return sheet


def listing(document: Document, rng: np.random.Generator) -> Sheet:
    """名单: a table that nothing but its alignment makes one."""
    sheet = Sheet(185, 260, rng)
    sheet.write(document.title, 92, 20, TITLE, align="centre", role="heading")
    table, y, step = document.table, 38.0, 10.0
    if table is None:
        return sheet
    xs = [20.0, *accumulate(table.widths_mm, initial=20.0)][1:]
    cells = []
    for row, texts in enumerate((table.heads, *table.rows)):
        pen = Pen(face="hei", size_pt=12) if row == 0 else Pen(face="song", size_pt=12)
        for column, text in enumerate(texts):
            sheet.write(text, xs[column], y + row * step, pen)
            cells.append(((row, column, 1, 1), text))
    sheet.tell(cells, xs, [y - 3 + n * step for n in range(len(table.rows) + 2)], ruled=False)
    foot = Pen(face="song", size_pt=9)
    sheet.write(f"第{document.number}页", 92, 246, foot, align="centre", role="page-number")
    return sheet


def official(document: Document, rng: np.random.Generator) -> Sheet:
    """红头文件: number at the left, signer at the right, copies and printing at the foot."""
    sheet = Sheet(210, 297, rng)
    name = Pen(face="song-bold", size_pt=min(48.0, 160 / len(document.issuer) / MM_PER_PT), ink=RED)
    body = Pen(face="song", size_pt=15)
    sheet.write(document.issuer, 105, 34, name, align="centre", role="heading")
    sheet.write(document.number, 28, 66, body)
    label, value = document.facts[0]
    sheet.write(f"{label}：{value}", 182, 66, body, align="right")
    sheet.rule(26, 75, 184, 75, mm=0.8, ink=RED)
    y = 86.0
    for text in document.title.split("\n"):
        sheet.write(text, 105, y, TITLE, align="centre", role="heading")
        y += 11
    sheet.write(document.addressee, 28, y + 6, body)
    y += 16
    for text in document.paragraphs:
        y = sheet.paragraph("　　" + text, 28, y, 156, body, leading=1.8)
    for row, text in enumerate((*document.signed, document.date)):
        sheet.write(text, 172, y + 8 + row * 10, body, align="right")
    sheet.press(
        marks.round_seal(document.seals[0], rng), 130, y - 8, kind="seal", text=document.seals[0]
    )
    small = Pen(face="song", size_pt=13)
    for row in range(3):
        sheet.rule(26, 254 + row * 9, 184, 254 + row * 9, mm=0.3)
    copies, office, printed = document.notes
    sheet.write(copies, 29, 256, small)
    sheet.write(office, 29, 265, small)
    sheet.write(printed, 181, 265, small, align="right")
    foot = Pen(face="song", size_pt=12)
    sheet.write("—　1　—", 180, 280, foot, align="right", role="page-number")
    return sheet


def _ruled(sheet: Sheet, form: Form, top: float) -> float:
    """Draw a form in the middle of the sheet; gives the y below."""
    left = (sheet.width_mm - sum(form.widths_mm)) / 2
    xs = list(accumulate(form.widths_mm, initial=left))
    ys = list(accumulate(form.heights_mm, initial=top))
    for slot in form.slots:
        ends = (
            xs[slot.column],
            ys[slot.row],
            xs[slot.column + slot.columns],
            ys[slot.row + slot.rows],
        )
        x1, y1, x2, y2 = ends
        for side in ((x1, y1, x2, y1), (x1, y2, x2, y2), (x1, y1, x1, y2), (x2, y1, x2, y2)):
            sheet.rule(*side)
        _fill(sheet, slot, ends)
    places = [((s.row, s.column, s.rows, s.columns), s.text) for s in form.slots]
    sheet.tell(places, xs, ys)
    return ys[-1]


def _fill(sheet: Sheet, slot: Slot, ends: tuple[float, float, float, float]) -> None:
    pen = HAND if slot.written else PRINT
    x1, y1, x2, y2 = ends
    tall = pen.size_pt * MM_PER_PT
    if slot.upright:
        spaced = Pen(face=pen.face, size_pt=pen.size_pt, spacing_em=0.3)
        start = (y1 + y2 - len(slot.text) * tall * 1.3) / 2
        sheet.column(slot.text, (x1 + x2 - tall) / 2, start, spaced)
        return
    texts = slot.text.split("\n") if slot.text else []
    y = (y1 + y2 - len(texts) * tall * 1.5) / 2 + tall * 0.2
    for text in texts:
        centred = slot.columns < 3
        x = (x1 + x2) / 2 if centred else x1 + 2
        sheet.write(text, x, y, pen, align="centre" if centred else "left")
        y += tall * 1.5


MAKERS: dict[Genre, Callable[[Chance], Document]] = {
    "form": _form,
    "spanned": _spanned,
    "listing": _listing,
    "official": _official,
}
LAYOUTS: dict[Genre, Callable[[Document, np.random.Generator], Sheet]] = {
    "form": form,
    "spanned": spanned,
    "listing": listing,
    "official": official,
}
