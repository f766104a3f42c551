"""How sheets lie together: one alone, two side by side, slips, or the two pages of an open book."""

from __future__ import annotations

import math

import msgspec
import numpy as np

from tests.pages.camera import MM, View
from tests.pages.document import Genre
from tests.pages.lay import Lay
from tests.pages.scene import Bend, Book, Scene
from tests.pages.sheet import Sheet, px
from tests.pages.surface import STEP_MM, Profile, bent

GAP_MM = 14.0
BEYOND_MM = 60.0
"""Profiles run on past the paper, so that rays which miss it meet something."""


class Arrangement(msgspec.Struct, frozen=True, kw_only=True):
    """Sheets in reading order, and leaves of no account below them (the block of a book)."""

    view: View
    lays: tuple[Lay, ...]
    below: tuple[Lay, ...] = ()
    gutter: tuple[tuple[float, float], ...] | None = None


def arranged(sheets: tuple[Sheet, ...], genre: Genre, scene: Scene) -> Arrangement:
    """Lay `sheets` out as `genre` asks; chance comes from the scene's seed."""
    if scene.book and genre.endswith("-spread"):
        return _spread(sheets, scene, scene.book)
    if len(sheets) > 1:
        return _group(sheets, scene)
    sheet = sheets[0]
    profile = _profile(scene.bend, sheet) if scene.bend.rise_deg else None
    view = View(scene, *sheet.image.size, profile)
    return Arrangement(view=view, lays=(Lay(sheet, view, profile=profile),))


def _group(sheets: tuple[Sheet, ...], scene: Scene) -> Arrangement:
    """Sheets in cells of one size, each a little aside and turned in its own way."""
    rng = np.random.default_rng([scene.seed, 11])
    columns = 2 if len(sheets) > 2 or scene.width_px > scene.height_px else 1
    rows = math.ceil(len(sheets) / columns)
    slack_mm = 5.0
    wide = max(sheet.width_mm for sheet in sheets) + GAP_MM + slack_mm
    high = max(sheet.height_mm for sheet in sheets) + GAP_MM + slack_mm
    view = View(scene, px(wide * columns), px(high * rows))
    lays = []
    for index, sheet in enumerate(sheets):
        row, column = divmod(index, columns)
        x, y = rng.uniform(-slack_mm / 2, slack_mm / 2, 2)
        x += (column - (columns - 1) / 2) * wide
        y += (row - (rows - 1) / 2) * high
        turn_deg = float(np.clip(rng.normal(0, 1.5), -3, 3))
        lays.append(Lay(sheet, view, x_mm=x, y_mm=y, turn_deg=turn_deg))
    return Arrangement(view=view, lays=tuple(lays))


def _spread(sheets: tuple[Sheet, ...], scene: Scene, book: Book) -> Arrangement:
    """Two facing pages in reading order: an old book's first page is the right one."""
    left, right = sheets[::-1] if book.old else sheets
    width_mm = left.image.width * MM
    whole = _book(book, width_mm)
    middle = len(whole.u) // 2
    sides = tuple(
        Profile(u=whole.u[part], s=whole.s[part], h=whole.h[part])
        for part in (slice(0, middle + 1), slice(middle, None))
    )
    view = View(scene, left.image.width * 2, left.image.height, whole)
    lays = tuple(
        Lay(sheet, view, x_mm=sign * width_mm / 2, profile=profile)
        for sheet, sign, profile in zip((left, right), (-1, 1), sides, strict=True)
    )
    below = tuple(_block(lay, view, sign, book) for lay, sign in zip(lays, (-1, 1), strict=True))
    height = left.image.height
    ends = lays[1].picture(np.array([[-0.5, -0.5], [-0.5, height - 0.5]]))
    gutter = tuple((float(x), float(y)) for x, y in ends)
    reading = lays[::-1] if book.old else lays
    return Arrangement(view=view, lays=reading, below=below, gutter=gutter)


def _block(lay: Lay, view: View, sign: int, book: Book) -> Lay:
    """The leaves under a page, which peep out by `fan_mm` at its outer edge."""
    rng = np.random.default_rng([view.scene.seed, 12])
    sheet = Sheet(lay.sheet.width_mm + book.fan_mm, lay.sheet.height_mm - 0.4, rng)
    width_mm = sheet.image.width * MM
    for edge in np.arange(0.0, book.fan_mm, 0.35):
        x = edge if sign < 0 else sheet.width_mm - edge
        sheet.rule(x, 0, x, sheet.height_mm, mm=0.12, ink=(150, 140, 125))
    assert lay.profile
    profile = msgspec.structs.replace(lay.profile, h=lay.profile.h - 0.8)
    return Lay(sheet, view, x_mm=sign * width_mm / 2, profile=profile)


def _book(book: Book, width_mm: float) -> Profile:
    """Both pages fall to the gutter at `gutter_deg` and droop a little at their outer edges."""
    reach = round((width_mm + BEYOND_MM) / STEP_MM)
    u = np.arange(-reach, reach + 1) * STEP_MM
    away = np.abs(u)
    slope = book.gutter_deg * np.exp(-away / book.reach_mm)
    slope -= 3.0 * np.clip(away / width_mm, 0, 1) ** 3
    return bent(np.sign(u) * slope, float(u[0]), book.thick_mm)


def _profile(bend: Bend, sheet: Sheet) -> Profile:
    """A sheet rolled up past a line, or waved about it."""
    half = math.hypot(sheet.width_mm, sheet.height_mm) / 2 + BEYOND_MM
    steps = round(half / STEP_MM)
    u = np.arange(-steps, steps + 1) * STEP_MM
    a = math.radians(bend.axis_deg)
    span = abs(math.cos(a)) * sheet.width_mm + abs(math.sin(a)) * sheet.height_mm
    past = u - (bend.at - 0.5) * span
    if bend.shape == "roll":
        slope = bend.rise_deg * np.clip(past / bend.reach_mm, 0, 1.2)
    else:
        slope = bend.rise_deg * np.sin(past / bend.reach_mm * math.pi)
    return bent(slope, float(u[0]), 0.3, bend.axis_deg)
