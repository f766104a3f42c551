"""Pages with pictures: mounted photographs, a photograph in print, a certificate's frame."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from tests.pages import marks
from tests.pages.chance import TOWNSHIPS, VILLAGES, Chance
from tests.pages.document import Document, Genre
from tests.pages.pictures import invented_picture
from tests.pages.sheet import Colour, Pen, Sheet, px

MOUNTS: tuple[Colour, ...] = ((62, 58, 56), (84, 66, 52), (48, 54, 64), (236, 232, 222))
FRAMES: tuple[Colour, ...] = ((176, 44, 38), (150, 112, 40), (44, 96, 70))
EVENTS = ("全体党员", "村民代表", "水利工程竣工", "小学毕业班", "民兵训练", "先进生产队")


def _album(chance: Chance) -> Document:
    count = chance.number(1, 3)
    captions = tuple(
        f"{chance.year()}年{chance.pick(VILLAGES)}{chance.pick(EVENTS)}合影" for _ in range(count)
    )
    seeds = tuple(chance.number(0, 10**6) for _ in range(count))
    return Document(genre="album", paragraphs=captions, pictures=seeds)


def _illustrated(chance: Chance) -> Document:
    village, year = chance.pick(VILLAGES), chance.year()
    return Document(
        genre="illustrated",
        title=f"{village}{chance.pick(EVENTS)}先进事迹",
        paragraphs=(
            f"图为{year}年{village}{chance.pick(EVENTS)}在村委会门前留影。",
            f"{year}年，在{chance.name()}带领下，全村修渠{chance.number(2, 20)}里，打井"
            f"{chance.number(2, 9)}眼，粮食亩产达到{chance.number(400, 900)}斤。",
            f"{chance.name()}、{chance.name()}等{chance.number(3, 20)}人受到表彰。",
        ),
        pictures=(chance.number(0, 10**6),),
    )


def _framed(chance: Chance) -> Document:
    township, year = chance.pick(TOWNSHIPS), chance.year()
    return Document(
        genre="framed",
        title=chance.pick(("奖　状", "荣誉证书", "土地房产所有证")),
        addressee=f"{chance.pick(VILLAGES)}{chance.name()}同志：",
        paragraphs=(f"在{year}年生产工作中成绩优良，被评为劳动模范，特发此状，以资鼓励。",),
        signed=(f"{township}人民政府",),
        date=chance.date(year),
        seals=(f"{township}人民政府",),
    )


def album(document: Document, rng: np.random.Generator) -> Sheet:
    """相册页: one to three photographs in corners on a mount, captions in white or black ink."""
    sheet = Sheet(200, 270, rng)
    mount = MOUNTS[int(rng.integers(0, len(MOUNTS)))]
    sheet.image = Image.new("RGB", sheet.image.size, mount)
    light = sum(mount) > 400
    pen = Pen(
        face="kai", size_pt=13.5, ink=(40, 38, 40) if light else (222, 220, 212), unsteady=0.015
    )
    slots = {
        1: ((26.0, 60.0, 148.0, 104.0),),
        2: ((30.0, 20.0, 140.0, 96.0), (30.0, 142.0, 140.0, 96.0)),
    }
    three = ((16.0, 22.0, 168.0, 112.0), (18.0, 160.0, 62.0, 84.0), (106.0, 160.0, 74.0, 54.0))
    places = slots.get(len(document.pictures), three)
    for seed, caption, place in zip(document.pictures, document.paragraphs, places, strict=True):
        _mounted(sheet, seed, place, light=light)
        x, y, width, height = place
        parts = [caption] if width > 100 else sheet.broken(caption, width + 6, pen)
        for row, text in enumerate(parts):
            at = (x + width / 2, y + height + 4 + row * 6.5)
            sheet.write(text, *at, pen, align="centre", role="caption")
    return sheet


def illustrated(document: Document, rng: np.random.Generator) -> Sheet:
    """图片页: a photograph printed inside the page, so large that a finder may take it for one."""
    sheet = Sheet(185, 260, rng)
    title, body = Pen(face="song-bold", size_pt=18), Pen(face="song", size_pt=13.5)
    sheet.write(document.title, sheet.width_mm / 2, 18, title, align="centre", role="heading")
    width, height = rng.uniform(130, 150), rng.uniform(96, 130)
    left, top = (sheet.width_mm - width) / 2, 34.0
    sheet.place(_print(document.pictures[0], width, height), left, top)
    y = top + height + 5
    small = Pen(face="kai", size_pt=12)
    caption = document.paragraphs[0]
    sheet.write(caption, sheet.width_mm / 2, y, small, align="centre", role="caption")
    y += 14
    for text in document.paragraphs[1:]:
        y = sheet.paragraph("　　" + text, 22, y, sheet.width_mm - 44, body, leading=1.7)
    return sheet


def framed(document: Document, rng: np.random.Generator) -> Sheet:
    """奖状: a broad printed frame some way inside the paper's edge."""
    sheet = Sheet(260, 185, rng)
    ink = FRAMES[int(rng.integers(0, len(FRAMES)))]
    for inset, thick in ((11.0, 2.6), (15.5, 0.5), (21.0, 0.9)):
        ends = (inset, inset, sheet.width_mm - inset, sheet.height_mm - inset)
        _frame(sheet, ends, thick, ink)
    for x in np.arange(18.3, sheet.width_mm - 17, 5.0):
        for y in (18.3, sheet.height_mm - 18.3):
            sheet.rule(x - 1.5, y, x + 1.5, y, mm=1.8, ink=ink)
    title = Pen(face="kai", size_pt=40, ink=(176, 36, 32), spacing_em=0.2)
    sheet.write(document.title, sheet.width_mm / 2, 32, title, align="centre", role="heading")
    body = Pen(face="kai", size_pt=18)
    sheet.write(document.addressee, 36, 62, body)
    sheet.paragraph("　　" + document.paragraphs[0], 36, 76, 188, body, leading=1.7)
    for row, text in enumerate((*document.signed, document.date)):
        sheet.write(text, 214, 126 + row * 11, body, align="right")
    for text in document.seals:
        sheet.press(marks.round_seal(text, rng), 160, 110, kind="seal", text=text)
    return sheet


def _mounted(
    sheet: Sheet, seed: int, place: tuple[float, float, float, float], *, light: bool
) -> None:
    """A photograph with its shadow line and paper corners."""
    x, y, width, height = place
    edge = (150, 144, 134) if light else (24, 22, 22)
    sheet.place(Image.new("RGB", (px(width), px(height)), edge), x + 0.5, y + 0.6)
    sheet.place(invented_picture(seed, px(width), px(height)), x, y)
    corner = (70, 66, 62) if light else (28, 26, 26)
    for left, down in ((0, 0), (1, 0), (0, 1), (1, 1)):
        at_x, at_y = x + left * width, y + down * height
        out_x, out_y = (1 if left else -1), (1 if down else -1)
        for step in np.arange(0.0, 8.0, 0.25):
            across = at_x + out_x * (1 - step)
            sheet.rule(across, at_y + out_y, across, at_y - out_y * (7 - step), mm=0.35, ink=corner)


def _print(seed: int, width_mm: float, height_mm: float) -> Image.Image:
    """A halftone: the photograph without its border under a screen of dots."""
    picture = invented_picture(seed, px(width_mm), px(height_mm)).convert("L")
    inset = round(0.03 * picture.width)
    inner = picture.crop((inset, inset, picture.width - inset, picture.height - inset))
    grey = np.asarray(inner.resize(picture.size)).astype(np.float32)
    ys, xs = np.mgrid[0 : picture.height, 0 : picture.width].astype(np.float32)
    pitch = px(0.42)
    dots = np.cos((xs + ys) * (2 * np.pi / pitch / 1.414)) * np.cos(
        (xs - ys) * (2 * np.pi / pitch / 1.414)
    )
    ink = np.clip(255 - (grey + dots * 38), 0, 235).astype(np.uint8)
    return Image.fromarray(255 - ink).convert("RGB")


def _frame(
    sheet: Sheet, ends: tuple[float, float, float, float], thick_mm: float, ink: Colour
) -> None:
    left, top, right, bottom = ends
    half = thick_mm / 2
    for x in (left, right):
        sheet.rule(x, top - half, x, bottom + half, mm=thick_mm, ink=ink)
    for y in (top, bottom):
        sheet.rule(left, y, right, y, mm=thick_mm, ink=ink)


MAKERS: dict[Genre, Callable[[Chance], Document]] = {
    "album": _album,
    "illustrated": _illustrated,
    "framed": _framed,
}
LAYOUTS: dict[Genre, Callable[[Document, np.random.Generator], Sheet]] = {
    "album": album,
    "illustrated": illustrated,
    "framed": framed,
}
