"""Every situation the benchmark contains, each a scene by chance around one difficulty."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Literal

from msgspec.structs import replace

from tests.pages.desk import TABLES
from tests.pages.scene import (
    Bend,
    Book,
    Corner,
    Glove,
    Lens,
    Light,
    Paper,
    Pose,
    Scene,
    Sensor,
    Side,
)

Change = Callable[[Scene, random.Random], Scene]
CORNERS: tuple[Corner, ...] = ("TL", "TR", "BR", "BL")
SIDES: tuple[Side, ...] = ("left", "right", "bottom")


def ordinary(seed: int, width_px: int, height_px: int) -> Scene:
    """A good photograph by chance: some desk, a degree or two of turn, mild light."""
    rng = random.Random(seed)
    return Scene(
        seed=seed,
        width_px=width_px,
        height_px=height_px,
        desk=rng.choice(TABLES),
        pose=Pose(
            fill=rng.uniform(0.78, 0.92),
            turn_deg=rng.gauss(0, 1.2),
            tilt_x_deg=rng.gauss(0, 2.0),
            tilt_y_deg=rng.gauss(0, 2.0),
            shift_x=rng.gauss(0, 0.008),
            shift_y=rng.gauss(0, 0.008),
        ),
        paper=Paper(yellowing=rng.uniform(0.05, 0.5), creases=rng.uniform(0, 0.4)),
        light=Light(
            exposure=rng.uniform(0.85, 1.02),
            warmth=rng.uniform(-0.4, 0.8),
            slope=rng.uniform(0, 0.2),
            slope_deg=rng.uniform(0, 360),
        ),
        sensor=Sensor(noise=rng.uniform(1.5, 3.5)),
        skin=rng.uniform(0, 1),
    )


def situated(situation: str, seed: int, width_px: int, height_px: int) -> Scene:
    """The scene of `situation`; the same arguments give the same scene."""
    scene = ordinary(seed, width_px, height_px)
    changed = SITUATIONS[situation](scene, random.Random(f"{seed}/{situation}"))
    return replace(changed, situation=situation)


def _part(part: str, **ranges: tuple[float, float] | Any) -> Change:
    """Change one part of the scene; a pair is a range to draw from."""

    def change(scene: Scene, rng: random.Random) -> Scene:
        drawn = {
            key: rng.uniform(*value) if isinstance(value, tuple) else value
            for key, value in ranges.items()
        }
        return replace(scene, **{part: replace(getattr(scene, part), **drawn)})

    return change


def _whole(**values: Any) -> Change:
    return lambda scene, rng: replace(scene, **values)


def _both(*changes: Change) -> Change:
    def change(scene: Scene, rng: random.Random) -> Scene:
        for step in changes:
            scene = step(scene, rng)
        return scene

    return change


def _turned(scene: Scene, rng: random.Random) -> Scene:
    turn_deg = rng.uniform(5, 15) * rng.choice((-1, 1))
    return replace(scene, pose=replace(scene.pose, turn_deg=turn_deg))


def _steep(scene: Scene, rng: random.Random) -> Scene:
    x_deg, y_deg = rng.uniform(12, 24) * rng.choice((-1, 1)), rng.uniform(-10, 10)
    return replace(scene, pose=replace(scene.pose, tilt_x_deg=x_deg, tilt_y_deg=y_deg))


def _fingers(scene: Scene, rng: random.Random) -> Scene:
    return replace(scene, fingers=(rng.choice(SIDES[:2]),))


def _hands(scene: Scene, rng: random.Random) -> Scene:
    side: tuple[Side, ...] = ("bottom",) if rng.random() < 0.5 else ("left", "right")
    return replace(scene, fingers=side)


def _cut(scene: Scene, rng: random.Random) -> Scene:
    shift = rng.uniform(0.1, 0.2) * rng.choice((-1, 1))
    key = "shift_x" if rng.random() < 0.5 else "shift_y"
    return replace(scene, pose=replace(scene.pose, fill=0.95, **{key: shift}))


def _folded(scene: Scene, rng: random.Random) -> Scene:
    corner, size_mm = rng.choice(CORNERS), rng.uniform(10, 26)
    return _paper(scene, folded=corner, fold_mm=size_mm)


def _clutter(scene: Scene, rng: random.Random) -> Scene:
    pose = replace(scene.pose, fill=rng.uniform(0.6, 0.8))
    return replace(scene, clutter=rng.randint(3, 6), pose=pose)


def _cut_two(scene: Scene, rng: random.Random) -> Scene:
    x, y = (rng.uniform(0.07, 0.16) * rng.choice((-1, 1)) for _ in range(2))
    return replace(scene, pose=replace(scene.pose, fill=0.98, shift_x=x, shift_y=y))


def _gloves(scene: Scene, rng: random.Random) -> Scene:
    glove: Glove = rng.choice(("white", "blue"))
    return replace(_hands(scene, rng), glove=glove)


def _palm(scene: Scene, rng: random.Random) -> Scene:
    glove: Glove = rng.choice(("none", "none", "white", "blue"))
    return replace(scene, palm=rng.choice((*SIDES, "bottom")), glove=glove)


def _torn(scene: Scene, rng: random.Random) -> Scene:
    corner = rng.choice((*CORNERS, None))
    count = rng.randint(0 if corner else 1, 2)
    sides = tuple(rng.sample(("left", "right", "top", "bottom"), count))
    return _paper(scene, torn=sides, torn_corner=corner, torn_mm=rng.uniform(8, 28))


def _holes(scene: Scene, rng: random.Random) -> Scene:
    return _paper(scene, holes=rng.choice((2, 2, 3)))


def _paper(scene: Scene, **values: Any) -> Scene:
    return replace(scene, paper=replace(scene.paper, **values))


def _copied(scene: Scene, rng: random.Random) -> Scene:
    """Laid on a copier's glass with the lid open: straight down, black at one side or more."""
    pose = Pose(
        fill=rng.uniform(0.93, 1.01), turn_deg=rng.gauss(0, 2.5),
        shift_x=rng.gauss(0, 0.02), shift_y=rng.gauss(0, 0.02),
    )  # fmt: skip
    light = Light(exposure=rng.uniform(0.95, 1.05), slope=0.02, vignette=0.0, warmth=0.0)
    lens, sensor = Lens(k1=0.0, k2=0.0), Sensor(focus_mm=0.03, noise=1.0)
    changed = replace(scene, desk="black", pose=pose, light=light, lens=lens, sensor=sensor)
    return _holes(changed, rng) if rng.random() < 0.5 else changed


def _rolled(scene: Scene, rng: random.Random) -> Scene:
    shape: Literal["roll", "wave"] = rng.choice(("roll", "wave"))
    bend = Bend(
        rise_deg=rng.uniform(12, 30) if shape == "roll" else rng.uniform(6, 14),
        reach_mm=rng.uniform(40, 90), axis_deg=rng.choice((0, 0, 90, 180, 25, -30)),
        at=rng.uniform(0.45, 0.75), shape=shape,
    )  # fmt: skip
    return replace(scene, bend=bend, pose=replace(scene.pose, fill=rng.uniform(0.72, 0.85)))


def _opened(*, old: bool) -> Change:
    """An open book; thicker and steeper at the gutter if modern."""

    def change(scene: Scene, rng: random.Random) -> Scene:
        book = Book(
            old=old,
            gutter_deg=rng.uniform(20, 40) if old else rng.uniform(30, 58),
            reach_mm=rng.uniform(8, 18) if old else rng.uniform(12, 30),
            thick_mm=rng.uniform(2, 8) if old else rng.uniform(5, 18),
            fan_mm=rng.uniform(0.4, 2.0),
        )
        pose = replace(scene.pose, fill=rng.uniform(0.84, 0.92))
        yellowing = rng.uniform(0.35, 0.8) if old else rng.uniform(0.05, 0.5)
        return replace(_paper(scene, yellowing=yellowing, creases=0.0), book=book, pose=pose)

    return change


def _tagged(scene: Scene, rng: random.Random) -> Scene:
    return replace(scene, exif=rng.choice((6, 8, 3)))


SITUATIONS: dict[str, Change] = {
    "dark-desk": _whole(desk="dark"),
    "wood": _whole(desk="wood"),
    "white-on-white": _both(_whole(desk="white"), _part("paper", yellowing=(0.0, 0.12))),
    "tiles": _whole(desk="tiles"),
    "cutting-mat": _whole(desk="mat"),
    "terrazzo": _whole(desk="terrazzo"),
    "clutter": _clutter,
    "turned": _turned,
    "steep": _steep,
    "small": _part("pose", fill=(0.35, 0.5)),
    "finger": _fingers,
    "hands": _hands,
    "gloves": _gloves,
    "palm": _palm,
    "cut": _cut,
    "cut-two": _cut_two,
    "folded-corner": _folded,
    "torn": _torn,
    "punched": _holes,
    "curl": _rolled,
    "hard-shadow": _part("light", shadow=(0.5, 0.7), shadow_soft_mm=(2.0, 12.0)),
    "soft-shadow": _part("light", shadow=(0.25, 0.4), shadow_soft_mm=(25.0, 60.0)),
    "uneven-light": _part("light", slope=(0.55, 0.8), vignette=(0.2, 0.4)),
    "dark": _both(_part("light", exposure=(0.2, 0.4)), _part("sensor", noise=(4.0, 7.0))),
    "bright": _part("light", exposure=(1.5, 1.9)),
    "glare": _part("light", glare=(0.6, 1.0)),
    "motion": _part("sensor", motion_mm=(1.0, 2.2), motion_deg=(0.0, 180.0)),
    "out-of-focus": _part("sensor", focus_mm=(0.6, 1.2)),
    "noise": _part("sensor", noise=(8.0, 13.0)),
    "faded": _part("paper", ink=(0.22, 0.4), yellowing=(0.2, 0.6)),
    "bleed-through": _part("paper", bleed=(0.22, 0.5), yellowing=(0.1, 0.6)),
    "yellowed": _both(
        _part("paper", yellowing=(0.7, 1.0), creases=(0.6, 1.0), stains=2), _whole(desk="wood")
    ),
    "stained": _part("paper", stains=4, yellowing=(0.2, 0.6)),
    "black-border": _copied,
    "exif": _tagged,
    "lens": _part("lens", k1=(-0.06, -0.03), k2=(0.0, 0.01)),
    "sideways": _part("pose", turn_deg=90.0),
    "upside-down": _part("pose", turn_deg=180.0),
    "typed": _whole(),
    "mimeographed": _part("paper", yellowing=(0.3, 0.7)),
    "pencil": _part("light", slope=(0.05, 0.3)),
    "sparse": _whole(),
    "framed": _whole(),
    "illustrated": _whole(),
    "album": _part("paper", yellowing=(0.0, 0.3), creases=(0.0, 0.1)),
    "genealogy": _part("paper", yellowing=(0.2, 0.7)),
    "old-leaf": _part("paper", yellowing=(0.3, 0.8)),
    "old-spread": _opened(old=True),
    "modern-spread": _opened(old=False),
    "pair": _part("pose", fill=(0.88, 0.95)),
    "slips": _part("pose", fill=(0.85, 0.95)),
    "blank": _whole(),
    "screen": _whole(page=False, screen=True),
    "no-page": _whole(page=False),
}
