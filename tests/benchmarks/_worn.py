"""Worn pages laid flat, with their words and their ink: what restoring is measured on."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image
from msgspec.structs import replace

from tests.pages import marks
from tests.pages.camera import View
from tests.pages.document import Genre
from tests.pages.invent import invented
from tests.pages.photograph import photograph
from tests.pages.render import render
from tests.pages.scene import Paper, Scene
from tests.pages.sensor import encoded
from tests.pages.sheet import Sheet
from tests.pages.situations import ordinary, situated

Pixels = np.ndarray
LONG_SIDE_PX = 2600
HEIGHT_PX = 1150
GENRES: tuple[Genre, ...] = ("notice", "minutes", "agreement", "red-headed")
Wear = Callable[[Scene, Sheet, random.Random], Scene]


class Worn(NamedTuple):
    """A piece of a page: BGR uint8, the ink (0 to 255) of its clean drawing, its words."""

    kind: str
    image: Pixels
    ink: Pixels
    words: str


def worn(kind: str, index: int, *, seed: int) -> Worn:
    """Draw, wear, photograph and lay flat the `index`-th page of `kind`."""
    own_seed = seed * 100_000 + zlib.crc32(kind.encode()) % 1000 * 100 + index
    chance = random.Random(own_seed)
    genre = GENRES[index % len(GENRES)]
    sheet = render(invented(genre, own_seed), seed=own_seed)
    clean = cv2.cvtColor(sheet.pixels(), cv2.COLOR_BGR2GRAY)
    situation, wear = KINDS[kind]
    size = (round(LONG_SIDE_PX * 3040 / 4056), LONG_SIDE_PX)
    scene = situated(situation, own_seed, *size) if situation else ordinary(own_seed, *size)
    scene = wear(scene, sheet, chance)
    pixels, truth = photograph(sheet, scene, genre)
    picture = cv2.imdecode(np.frombuffer(encoded(pixels, scene.sensor.jpeg_quality), np.uint8), 1)
    view = View(scene, clean.shape[1], clean.shape[0])
    top, bottom, words = _piece(truth.lines, clean.shape[0], view.px_per_mm)
    return Worn(kind, *_laid_flat(picture, clean, view, (top, bottom)), words)


def _nothing(scene: Scene, sheet: Sheet, chance: random.Random) -> Scene:
    del sheet, chance
    return scene


def _inked(low: float, high: float, yellowing: tuple[float, float] = (0.2, 0.7)) -> Wear:
    def wear(scene: Scene, sheet: Sheet, chance: random.Random) -> Scene:
        del sheet
        paper: Paper = replace(
            scene.paper, ink=chance.uniform(low, high), yellowing=chance.uniform(*yellowing)
        )
        return replace(scene, paper=paper)

    return wear


def _stained(scene: Scene, sheet: Sheet, chance: random.Random) -> Scene:
    del sheet
    paper = replace(scene.paper, stains=chance.randint(4, 7), yellowing=0.8, creases=0.8)
    return replace(scene, paper=paper)


def _bled(low: float, high: float) -> Wear:
    """The writing of the back shines through: mirrored, blurred by the paper, weaker."""

    def wear(scene: Scene, sheet: Sheet, chance: random.Random) -> Scene:
        genre, seed = chance.choice(GENRES[:3]), chance.randrange(1 << 20)
        back = render(invented(genre, seed), seed=seed).pixels()[:, ::-1]
        front = sheet.pixels()
        back = cv2.resize(back, front.shape[1::-1])
        back = np.roll(back, (chance.randint(-60, 60), chance.randint(-40, 40)), axis=(0, 1))
        gap = cv2.GaussianBlur(255.0 - back, (0, 0), chance.uniform(1.5, 4.0)) / 255
        tint = np.array((1.0, 0.95, chance.uniform(0.75, 1.0)))
        left = 1 - chance.uniform(low, high) * gap * tint
        mixed = np.rint(front * left).astype(np.uint8)
        sheet.image = Image.fromarray(np.ascontiguousarray(mixed[:, :, ::-1]))
        return scene

    return wear


def _sealed(scene: Scene, sheet: Sheet, chance: random.Random) -> Scene:
    """Round seals and thumbs pressed over the writing itself."""
    for _ in range(5):
        x_mm, y_mm = chance.uniform(20, sheet.width_mm - 65), chance.uniform(30, 150)
        if chance.random() < 0.7:
            mark = marks.round_seal("柳林乡人民政府", sheet.rng)
            sheet.press(mark, x_mm, y_mm, kind="seal", text="")
        else:
            mark = marks.fingerprint(sheet.rng)
            sheet.press(mark, x_mm, y_mm, kind="fingerprint", text="")
    return scene


def _shaded(scene: Scene, sheet: Sheet, chance: random.Random) -> Scene:
    """A shadow so deep that its inside is nearly black."""
    del sheet
    light = replace(scene.light, shadow=chance.uniform(0.8, 0.9), shadow_soft_mm=15.0, slope=0.5)
    return replace(scene, light=light)


def _piece(lines: tuple, height: int, px_per_mm: float) -> tuple[float, float, str]:
    """The most written piece of the page that cuts no line: top, bottom (page px), its words."""
    spans = sorted(
        (min(y for _, y in line.page_box), max(y for _, y in line.page_box), line.text)
        for line in lines
    )
    reach = HEIGHT_PX / px_per_mm * 300 / 25.4
    best = (0.0, float(height), "", 0)
    for first in range(len(spans)):
        top = spans[first][0]
        if first and max(span[1] for span in spans[:first]) > top:
            continue
        inside = [span for span in spans[first:] if span[1] < top + reach]
        after = [span[0] for span in spans[first + len(inside) :]]
        bottom = max((span[1] for span in inside), default=top)
        if not inside or (after and min(after) < bottom):
            continue
        count = sum(len(span[2]) for span in inside)
        if count > best[3]:
            low = max((span[1] for span in spans[:first]), default=top - 80)
            high = min(after, default=bottom + 80)
            words = "\n".join(span[2] for span in inside)
            best = ((top + low) / 2, (bottom + high) / 2, words, count)
    return best[:3]


def _laid_flat(
    picture: Pixels, clean: Pixels, view: View, piece: tuple[float, float]
) -> tuple[Pixels, Pixels]:
    """The piece as the camera saw it and as it was drawn, pixel on pixel."""
    step = 300 / 25.4 / view.px_per_mm
    xs = np.arange(0, clean.shape[1], step)
    ys = np.arange(max(0.0, piece[0]), min(clean.shape[0], piece[1]), step)
    points = np.stack(np.meshgrid(xs, ys), axis=-1)
    seen = view.picture(points.reshape(-1, 2)).reshape(points.shape).astype(np.float32)
    flat = cv2.remap(picture, seen, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    soft = cv2.GaussianBlur(clean, (0, 0), max(0.5, step / 2))
    drawn = cv2.remap(soft, points.astype(np.float32), None, cv2.INTER_LINEAR)
    return flat, 255 - drawn


KINDS: dict[str, tuple[str, Wear]] = {
    "clean": ("", _nothing),
    "faded": ("faded", _nothing),
    "very-faded": ("", _inked(0.1, 0.18)),
    "ghost": ("", _inked(0.035, 0.07)),
    "sealed": ("", _sealed),
    "deep-shadow": ("", _shaded),
    "uneven-light": ("uneven-light", _nothing),
    "hard-shadow": ("hard-shadow", _nothing),
    "soft-shadow": ("soft-shadow", _nothing),
    "yellowed": ("yellowed", _nothing),
    "stained": ("", _stained),
    "noise": ("noise", _nothing),
    "dark": ("dark", _nothing),
    "glare": ("glare", _nothing),
    "bleed": ("", _bled(0.15, 0.35)),
    "bleed-heavy": ("", _bled(0.4, 0.6)),
    "faded-bleed": ("faded", _bled(0.15, 0.3)),
}
