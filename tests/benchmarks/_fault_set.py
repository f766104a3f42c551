"""Photographs rich in faults: each at ten strengths from slight to gross, and sound pages beside.

A frame is `SEED-KIND-STEP.jpg` with its truth as `tests.pages` writes it. Pages that look alike are
shot in threes: `SEED-alike-STEP-a` is a page, `-b` the same taken again a little moved, `-c` one
like it that differs in a name, or only in the last character of one.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec.structs import replace
from PIL import Image, ImageChops

from tests.pages.chance import GIVEN, SURNAMES
from tests.pages.document import Document, Genre
from tests.pages.invent import invented
from tests.pages.photograph import photographed
from tests.pages.render import rendered
from tests.pages.scene import Glove, Scene, Side
from tests.pages.sensor import encoded
from tests.pages.sets import GENRES, OWN, WIDE
from tests.pages.sheet import Colour
from tests.pages.situations import situated

LONG_SIDE_PX = 2000
STEPS = 10
ALIKE = 24
SOUND = (
    "dark-desk", "wood", "white-on-white", "tiles", "cutting-mat", "terrazzo", "clutter", "turned",
    "steep", "small", "folded-corner", "torn", "punched", "curl", "soft-shadow", "noise", "faded",
    "bleed-through", "yellowed", "stained", "black-border", "lens", "sideways", "upside-down",
    "typed", "mimeographed", "pencil", "sparse", "framed", "illustrated", "album", "genealogy",
    "old-leaf", "old-spread", "modern-spread", "exif",
)  # fmt: skip
ALBUMS = 6
"""More pages of albums, which are dark."""
WHITE: Colour = (255, 255, 255)
COLOURED: tuple[Colour, ...] = (
    (255, 214, 222), (214, 240, 214), (255, 236, 170), (206, 224, 250), (236, 110, 92),
    (255, 196, 150),
)  # fmt: skip
"""Pink, green, yellow and blue forms, red and orange posters: what the paper leaves of white."""
PERSONAL: tuple[Genre, ...] = ("card", "roster", "agreement", "minutes", "notice", "red-headed")
"""Genres with people's names."""
NAME = re.compile(f"[{SURNAMES}][{GIVEN}]{{2}}")
SIDES: tuple[Side, ...] = ("left", "right", "bottom")
Change = Callable[[Scene, float, random.Random], Scene]
"""A scene made worse by a strength from 0 to 1."""


class Shot(NamedTuple):
    """One photograph to be drawn, on paper of a colour."""

    name: str
    document: Document
    scene: Scene
    paper: Colour = WHITE


def fault_set(folder: Path, seed: int) -> Path:
    """A folder with the photographs of `seed`; drawn once."""
    folder.mkdir(parents=True, exist_ok=True)
    for shot in shots(seed):
        path = folder / f"{shot.name}.jpg"
        if not path.is_file():
            picture, told = _taken(shot)
            path.with_suffix(".json").write_bytes(told)
            path.write_bytes(picture)
    return folder


def shots(seed: int) -> Iterator[Shot]:
    """Every photograph of `seed`, in an order that does not depend on it."""
    for number, (kind, worse) in enumerate(FAULTS.items()):
        for step in range(STEPS):
            own = seed * 100_000 + number * 100 + step
            genre = GENRES[(7 * number + step) % len(GENRES)]
            shot = _shot(f"{seed}-{kind}-{step}", OWN_GENRE.get(kind, genre), "plain", own)
            strength = (step + random.Random(own).random()) / STEPS
            yield shot._replace(scene=worse(shot.scene, strength, random.Random(own)))
    yield from _sound(seed)
    yield from _alike(seed)


def _sound(seed: int) -> Iterator[Shot]:
    first = seed * 100_000 + 50_000
    for step, situation in enumerate(SOUND + ("album",) * ALBUMS):
        usual = GENRES[step % len(GENRES)]
        genre = next((own for own in OWN if own == situation), usual)
        yield _shot(f"{seed}-sound-{step}", genre, situation, first + step)
    for step, paper in enumerate(COLOURED):
        genre = GENRES[(5 * step) % len(GENRES)]
        yield _shot(f"{seed}-coloured-{step}", genre, "plain", first + 100 + step, paper)


def _alike(seed: int) -> Iterator[Shot]:
    for step in range(ALIKE):
        own = seed * 100_000 + 70_000 + step
        chance = random.Random(own)
        shot = _shot(f"{seed}-alike-{step}-a", PERSONAL[step % len(PERSONAL)], "plain", own)
        yield shot
        yield shot._replace(name=f"{seed}-alike-{step}-b", scene=_moved(shot.scene, chance))
        other = renamed(shot.document, chance, whole=step % 2 == 0)
        scene = _moved(shot.scene, chance)
        yield shot._replace(name=f"{seed}-alike-{step}-c", document=other, scene=scene)


def renamed(document: Document, chance: random.Random, *, whole: bool) -> Document:
    """The page with one person's name changed in one place, wholly or in its last character."""
    text = msgspec.json.encode(document).decode()
    place = chance.choice(list(NAME.finditer(text)))
    old = place.group()
    given = chance.choice([one for one in GIVEN if one not in old])
    new = chance.choice([one for one in SURNAMES if one not in old]) + given + chance.choice(GIVEN)
    spelled = new if whole else old[:2] + given
    return msgspec.json.decode(text[: place.start()] + spelled + text[place.end() :], type=Document)


def _moved(scene: Scene, chance: random.Random) -> Scene:
    """Laid there once more, under light that changed a little."""
    pose = replace(
        scene.pose,
        turn_deg=scene.pose.turn_deg + chance.uniform(-1.5, 1.5),
        shift_x=scene.pose.shift_x + chance.uniform(-0.02, 0.02),
        shift_y=scene.pose.shift_y + chance.uniform(-0.02, 0.02),
    )
    light = replace(scene.light, exposure=scene.light.exposure * chance.uniform(0.93, 1.05))
    return replace(scene, pose=pose, light=light)


def _shot(name: str, genre: Genre, situation: str, seed: int, paper: Colour = WHITE) -> Shot:
    short_px = round(LONG_SIDE_PX * 3 / 4)
    wide = (genre in WIDE) != (situation == "sideways")
    size = (LONG_SIDE_PX, short_px) if wide else (short_px, LONG_SIDE_PX)
    lain = "wood" if situation == "plain" else situation
    scene = situated(lain, seed, *size)
    if situation == "plain":
        desk = random.Random(seed).choice(("dark", "wood", "tiles", "mat", "terrazzo"))
        scene = replace(scene, desk=desk, situation="plain")
    return Shot(name, invented(genre, seed), scene, paper)


def _taken(shot: Shot) -> tuple[bytes, bytes]:
    """The JPEG and its truth."""
    document, scene = shot.document, shot.scene
    sheets = rendered(document, seed=scene.seed)
    for sheet in sheets:
        plain = Image.new("RGB", sheet.image.size, shot.paper)
        sheet.image = ImageChops.multiply(sheet.image, plain)
    genres = tuple(leaf.genre for leaf in document.leaves) or (document.genre,)
    back = None
    if scene.paper.bleed:
        back = rendered(invented(genres[0], scene.seed + 1), seed=scene.seed + 1)[0]
    pixels, truth = photographed(sheets, scene, document.genre, genres, back)
    told = msgspec.json.format(msgspec.json.encode(truth), indent=1)
    return encoded(pixels, scene.sensor.jpeg_quality, scene.exif), told


def _part(part: str, **ranges: tuple[float, float]) -> Change:
    """One part of the scene, from its slightest value to its grossest."""

    def change(scene: Scene, strength: float, chance: random.Random) -> Scene:
        values = {key: low + (high - low) * strength for key, (low, high) in ranges.items()}
        return replace(scene, **{part: replace(getattr(scene, part), **values)})

    return change


def _held(*, glove: Glove = "none", palm: bool = False) -> Change:
    """A hand; chance says how far it reaches in, and the truth how much it covers."""

    def change(scene: Scene, strength: float, chance: random.Random) -> Scene:
        side = chance.choice(SIDES)
        laid = chance.random() < 0.3 if glove != "none" else palm
        if laid:
            return replace(scene, palm=side, glove=glove)
        return replace(scene, fingers=(side,), glove=glove)

    return change


def _moving(scene: Scene, strength: float, chance: random.Random) -> Scene:
    motion_mm, turn_deg = 0.5 + 2.5 * strength, chance.uniform(0, 180)
    return replace(scene, sensor=replace(scene.sensor, motion_mm=motion_mm, motion_deg=turn_deg))


def _cut(scene: Scene, strength: float, chance: random.Random) -> Scene:
    key, way = chance.choice(("shift_x", "shift_y")), chance.choice((-1, 1))
    shift = (0.03 + 0.2 * strength) * way
    return replace(scene, pose=replace(scene.pose, fill=0.95, **{key: shift}))


def _cut_twice(scene: Scene, strength: float, chance: random.Random) -> Scene:
    x, y = (chance.choice((-1, 1)) * (0.03 + 0.14 * strength) for _ in range(2))
    return replace(scene, pose=replace(scene.pose, fill=0.98, shift_x=x, shift_y=y))


def _blank(scene: Scene, strength: float, chance: random.Random) -> Scene:
    """The stronger, the dirtier: creases, stains and noise are no writing."""
    paper = replace(scene.paper, creases=strength, stains=round(3 * strength))
    sensor = replace(scene.sensor, noise=2.0 + 6.0 * strength)
    return replace(scene, paper=paper, sensor=sensor)


def _empty(scene: Scene, strength: float, chance: random.Random) -> Scene:
    return replace(scene, page=False, clutter=round(4 * strength))


def _screen(scene: Scene, strength: float, chance: random.Random) -> Scene:
    return replace(scene, page=False, screen=True)


def _fill(low: float, high: float) -> Change:
    return _part("pose", fill=(low, high))


FAULTS: dict[str, Change] = {
    "focus": _part("sensor", focus_mm=(0.3, 1.5)),
    "motion": _moving,
    "dark": _part("light", exposure=(0.6, 0.12)),
    "bright": _part("light", exposure=(1.15, 2.2)),
    "glare": _part("light", glare=(0.3, 1.0)),
    "uneven": _part("light", slope=(0.45, 0.9), vignette=(0.1, 0.4)),
    "shadow": _part("light", shadow=(0.4, 0.75), shadow_soft_mm=(20.0, 2.0)),
    "finger": _held(),
    "palm": _held(palm=True),
    "white-glove": _held(glove="white"),
    "blue-glove": _held(glove="blue"),
    "cut": _cut,
    "cut-two": _cut_twice,
    "blank": _blank,
    "pair": _fill(0.82, 0.95),
    "slips": _fill(0.82, 0.95),
    "no-page": _empty,
    "screen": _screen,
}
OWN_GENRE: dict[str, Genre] = {"blank": "blank", "pair": "pair", "slips": "slips"}
