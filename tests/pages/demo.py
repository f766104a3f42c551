"""The committed photographs: two items of four pages, each on its own desk and in its own light."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.pages.document import Document
from tests.pages.scene import Light, Paper, Pose, Scene, Sensor
from tests.pages.story import APPOINTMENTS, LAND_BOUNDARY

FOLDER = Path(__file__).parent / "photos"
CALM = Sensor(noise=1.1, jpeg_quality=80)


def _nine_megapixels(*, width_px: int = 2700, height_px: int = 3600, **choices: Any) -> Scene:
    """A scene small enough to commit: eight pictures in 6 MB."""
    return Scene(width_px=width_px, height_px=height_px, sensor=CALM, **choices)


APPOINTMENT_SCENES = (
    _nine_megapixels(
        seed=1991,
        desk="wood",
        pose=Pose(turn_deg=1.4, tilt_x_deg=2.5, tilt_y_deg=-1.0),
        paper=Paper(yellowing=0.35, creases=0.25),
        light=Light(warmth=0.3, slope=0.15),
    ),
    _nine_megapixels(
        seed=1993,
        desk="terrazzo",
        pose=Pose(turn_deg=-2.6, tilt_x_deg=-3.0, tilt_y_deg=2.0),
        paper=Paper(yellowing=0.15, creases=0.35, folded="BR", fold_mm=14),
        light=Light(warmth=-0.3, slope=0.22, slope_deg=200),
    ),
    _nine_megapixels(
        seed=1994,
        desk="dark",
        pose=Pose(turn_deg=0.6, tilt_y_deg=4.0, fill=0.88),
        paper=Paper(yellowing=0.45, creases=0.5),
        light=Light(warmth=0.5, shadow=0.25, shadow_soft_mm=30),
    ),
    _nine_megapixels(
        seed=1997,
        desk="mat",
        pose=Pose(turn_deg=-1.1, tilt_x_deg=4.0, fill=0.87),
        paper=Paper(yellowing=0.05, creases=0.15),
        light=Light(warmth=0.0, slope=0.2, slope_deg=300),
    ),
)
LAND_SCENES = (
    _nine_megapixels(
        seed=1934,
        desk="dark",
        pose=Pose(turn_deg=1.0, tilt_x_deg=2.0, fill=0.9),
        paper=Paper(yellowing=0.75, creases=0.7, stains=1),
        light=Light(warmth=0.3, slope=0.12),
        width_px=3600,
        height_px=2700,
    ),
    _nine_megapixels(
        seed=1970,
        desk="wood",
        clutter=3,
        pose=Pose(turn_deg=-4.2, tilt_x_deg=3.0, fill=0.84),
        paper=Paper(yellowing=0.6, creases=0.5),
        light=Light(warmth=0.4, slope=0.18, slope_deg=120),
    ),
    _nine_megapixels(
        seed=1984,
        desk="tiles",
        pose=Pose(turn_deg=2.1, tilt_y_deg=-3.0, fill=0.88),
        paper=Paper(yellowing=0.4, creases=0.3),
        light=Light(warmth=-0.1, shadow=0.3, shadow_soft_mm=40),
    ),
    _nine_megapixels(
        seed=2991,
        desk="white",
        pose=Pose(turn_deg=-0.8, tilt_x_deg=-2.0, tilt_y_deg=-2.0),
        paper=Paper(yellowing=0.3, creases=0.3),
        light=Light(warmth=0.1, slope=0.2, slope_deg=20),
    ),
)

ITEMS = (
    ("01-appointments", APPOINTMENTS, APPOINTMENT_SCENES),
    ("02-land-boundary", LAND_BOUNDARY, LAND_SCENES),
)


def demo() -> Iterator[tuple[str, str, Document, Scene]]:
    """Give item folder, file name, document and scene of each photograph, in order."""
    for item, documents, scenes in ITEMS:
        for number, (document, scene) in enumerate(zip(documents, scenes, strict=True), 1):
            yield item, f"{number:03d}", document, scene
