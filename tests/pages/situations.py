"""Every situation the benchmark contains, each a scene by chance around one difficulty."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from tests.pages.desk import DESKS
from tests.pages.scene import Corner, Light, Paper, Pose, Scene, Sensor, Side

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
        desk=rng.choice(tuple(DESKS)),
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
    return replace(scene, paper=replace(scene.paper, folded=corner, fold_mm=size_mm))


def _clutter(scene: Scene, rng: random.Random) -> Scene:
    pose = replace(scene.pose, fill=rng.uniform(0.6, 0.8))
    return replace(scene, clutter=rng.randint(3, 6), pose=pose)


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
    "cut": _cut,
    "folded-corner": _folded,
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
    "yellowed": _both(
        _part("paper", yellowing=(0.7, 1.0), creases=(0.6, 1.0), stains=2), _whole(desk="wood")
    ),
    "lens": _part("lens", k1=(-0.06, -0.03), k2=(0.0, 0.01)),
    "sideways": _part("pose", turn_deg=90.0),
    "upside-down": _part("pose", turn_deg=180.0),
    "blank": _whole(),
    "no-page": _whole(page=False),
}
