"""Open books and the sheets that look like them, drawn and photographed with their truth."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from tests.pages.invent import TRADITIONAL, invented
from tests.pages.photograph import photograph
from tests.pages.render import render
from tests.pages.sensor import encoded
from tests.pages.sheet import DPI, Pen, Sheet, px
from tests.pages.situations import ordinary
from tests.pages.truth import Truth

Rng = np.random.Generator
Pixels = np.ndarray
PORTRAIT = ("red-headed", "minutes", "agreement", "notice", "register")
LANDSCAPE = ("roster", "card", "deed")
FRAME_PX = (2000, 1500)


class Drawn(Sheet):
    """A sheet that is given as pixels; `gutter_px` is where two pages meet, None for one page."""

    def __init__(self, pixels: Pixels, rng: Rng, gutter_px: float | None) -> None:
        height, width = pixels.shape[:2]
        super().__init__(width * 25.4 / DPI, height * 25.4 / DPI, rng)
        self.image = Image.fromarray(np.ascontiguousarray(pixels[..., ::-1]))
        self.gutter_px = gutter_px


def book(rng: Rng) -> Drawn:
    """Two printed or written pages that rise to their binding."""
    return bound(portrait(rng), portrait(rng), rng)


def threaded(rng: Rng) -> Drawn:
    """线装: two half leaves of vertical text, each in its frame."""
    return bound(half_leaf(rng), half_leaf(rng), rng)


def half_empty(rng: Rng) -> Drawn:
    """A written page beside an empty one."""
    pages = [portrait(rng), np.full((px(260), px(185), 3), 255, np.uint8)]
    return bound(*(pages if rng.random() < 0.5 else pages[::-1]), rng)


def flat(rng: Rng) -> Drawn:
    """A landscape sheet of one page."""
    return Drawn(landscape(rng), rng, None)


def folded(rng: Rng) -> Drawn:
    """A landscape sheet of one page with a fold in its middle."""
    return Drawn(creased(landscape(rng), rng), rng, None)


def columns(rng: Rng) -> Drawn:
    """A landscape sheet of two columns under one title, at times with a rule between, or a fold."""
    sheet = Sheet(390, 270, rng)
    words = "".join(rng.choice(list(TRADITIONAL), 24))
    sheet.write(words[:12], 195, 14, Pen(face="song-bold", size_pt=30), align="centre")
    gap, pen = rng.uniform(8, 26), Pen(face="song", size_pt=rng.uniform(10, 15))
    for left in (18, 195 + gap / 2):
        text = "".join(rng.choice(list(TRADITIONAL), int(rng.integers(200, 800))))
        sheet.paragraph(text, left, 36, 177 - gap / 2, pen, leading=1.7)
    if rng.random() < 0.5:
        sheet.rule(195, 34, 195, 262)
    pixels = sheet.pixels()
    return Drawn(creased(pixels, rng) if rng.random() < 0.5 else pixels, rng, None)


def ruled(rng: Rng) -> Drawn:
    """A table over the whole sheet with a rule in its middle, at times folded there."""
    sheet = Sheet(270, 190, rng)
    pen = Pen(face="song", size_pt=11)
    rows, across = int(rng.integers(6, 18)), int(rng.integers(1, 6)) * 2
    top, bottom = rng.uniform(6, 26), rng.uniform(170, 184)
    for row in range(rows + 1):
        y = top + (bottom - top) * row / rows
        sheet.rule(10, y, 260, y, mm=0.3)
        for column in range(across):
            if row < rows and rng.random() < 0.7:
                words = "".join(rng.choice(list(TRADITIONAL), int(rng.integers(1, 5))))
                sheet.write(words, 13 + 250 / across * column, y + 2, pen)
    for column in range(across + 1):
        x = 10 + 250 / across * column
        sheet.rule(x, top, x, bottom, mm=0.3 + 0.5 * (column * 2 == across))
    pixels = sheet.pixels()
    return Drawn(creased(pixels, rng) if rng.random() < 0.6 else pixels, rng, None)


KINDS: dict[str, Callable[[Rng], Drawn]] = {
    "book": book, "folded": folded, "threaded": threaded, "flat": flat,
    "half-empty": half_empty, "columns": columns, "ruled": ruled,
}  # fmt: skip


def portrait(rng: Rng) -> Pixels:
    genre = PORTRAIT[int(rng.integers(len(PORTRAIT)))]
    seed = int(rng.integers(1 << 30))
    return render(invented(genre, seed), seed=seed).pixels()


def landscape(rng: Rng) -> Pixels:
    genre = LANDSCAPE[int(rng.integers(len(LANDSCAPE)))]
    seed = int(rng.integers(1 << 30))
    return render(invented(genre, seed), seed=seed).pixels()


def half_leaf(rng: Rng) -> Pixels:
    sheet = Sheet(150, 235, rng)
    pen = Pen(face="kai-traditional", size_pt=rng.uniform(16, 24), unsteady=0.006)
    left, right, top, bottom = rng.uniform(6, 14), 150 - rng.uniform(6, 14), 30.0, 220.0
    for x1, y1, x2, y2 in ((left, top, right, top), (left, bottom, right, bottom),
                           (left, top, left, bottom), (right, top, right, bottom)):  # fmt: skip
        sheet.rule(x1, y1, x2, y2, mm=0.8)
    step = pen.size_pt * 25.4 / 72
    pitch = (right - left) / int((right - left) / step / 1.3)
    longest = int((bottom - top) / step) - 1
    for column in range(round((right - left) / pitch)):
        text = "".join(rng.choice(list(TRADITIONAL), int(rng.integers(3, longest))))
        sheet.column(text, left + column * pitch + 0.1 * step, top + 2, pen)
        sheet.rule(left + column * pitch, top, left + column * pitch, bottom, mm=0.2)
    return sheet.pixels()


def bound(left: Pixels, right: Pixels, rng: Rng) -> Drawn:
    """Two pages side by side, bent down into a gutter with its shadow."""
    height = min(left.shape[0], right.shape[0])
    halves = [bent(half[:height], rng, mirrored=half is left) for half in (left, right)]
    both = np.concatenate(halves, axis=1)
    gutter = halves[0].shape[1] - 0.5
    away = np.arange(both.shape[1]) - gutter
    reach = px(rng.uniform(6, 28))
    deep = rng.uniform(0.12, 0.55, 2) * rng.uniform(0.5, 1.0)
    soft = np.exp(-np.abs(away) / reach) * np.where(away < 0, *deep)
    line = rng.uniform(0.1, 0.8) * np.exp(-((away / px(rng.uniform(0.3, 1.2))) ** 2))
    shade = (1 - soft) * (1 - line)
    return Drawn((both * shade[None, :, None]).astype(np.uint8), rng, gutter)


def bent(page: Pixels, rng: Rng, *, mirrored: bool) -> Pixels:
    """The page foreshortened and its lines drawn up or down towards the binding."""
    page = page[:, ::-1] if mirrored else page
    height, width = page.shape[:2]
    across = np.arange(width, dtype=np.float32)
    reach = rng.uniform(0.1, 0.3) * width
    near = np.exp(-across / reach)
    from_x = across + rng.uniform(0.0, 0.3) * reach * (near - np.exp(-width / reach))
    lift = rng.uniform(-0.015, 0.02) * height * near
    rows = np.arange(height, dtype=np.float32)[:, None] + lift[None]
    columns = np.broadcast_to(from_x, rows.shape).astype(np.float32)
    rows = rows.astype(np.float32)
    out = cv2.remap(page, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return out[:, ::-1] if mirrored else out


def creased(pixels: Pixels, rng: Rng) -> Pixels:
    """A fold near the middle from edge to edge: a thin line, and light that changes across it."""
    height, width = pixels.shape[:2]
    ends = width * (0.5 + rng.normal(0, 0.01, 2))
    at = np.linspace(*ends, height, dtype=np.float32)[:, None]
    away = np.arange(width, dtype=np.float32)[None] - at
    line = rng.uniform(0.0, 0.35) * np.exp(-((away / px(rng.uniform(0.2, 0.8))) ** 2))
    step = rng.uniform(0, 0.12) / (1 + np.exp(np.clip(-away / px(1.0), -30, 30)))
    valley = rng.uniform(0, 0.1) * np.exp(-np.abs(away) / px(rng.uniform(3, 20)))
    return (pixels * ((1 - line) * (1 - step) * (1 - valley))[..., None]).astype(np.uint8)


def spreads(folder: Path, *, count: int, seed: int) -> Path:
    """A folder of photographs; `gutter` in each truth is two points (px), or null."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = list(KINDS)
    for index in range(count):
        kind = kinds[index % len(kinds)]
        path = folder / f"{seed}-{index:03d}-{kind}.jpg"
        if not path.is_file():
            own = seed * 10_000 + index
            sheet = KINDS[kind](np.random.default_rng(own))
            scene = ordinary(own, *FRAME_PX)
            pixels, truth = photograph(sheet, scene, kind)
            told = {"kind": kind, "quad": truth.quad, "gutter": gutter(sheet, truth)}
            path.with_suffix(".json").write_text(json.dumps(told))
            path.write_bytes(encoded(pixels, scene.sensor.jpeg_quality))
    return folder


def gutter(sheet: Drawn, truth: Truth) -> list | None:
    if sheet.gutter_px is None:
        return None
    height = sheet.image.height
    ends = np.array([[(sheet.gutter_px, -0.5), (sheet.gutter_px, height - 0.5)]])
    seen = cv2.perspectiveTransform(ends, np.array(truth.homography))[0]
    return seen.round(2).tolist()
