"""Numbers of a picture's defects, and their names."""

from __future__ import annotations

import math

import numpy as np

from tests.pages import hand, light
from tests.pages.camera import View
from tests.pages.leaf import Leaf
from tests.pages.project import nodes
from tests.pages.truth import Measures, SeenPage

Fields = tuple[np.ndarray, np.ndarray, np.ndarray]
GLARE_LEVELS = 40.0


def measured(view: View, leaves: list[Leaf], fields: Fields, cover: np.ndarray) -> Measures:
    """Measure over the nodes of the light's grid that lie on paper."""
    scene = view.scene
    on_page = _paper(view, leaves)
    fall, dim, glare = (field[on_page] for field in fields)
    held = _resampled(cover, view, on_page.shape)[on_page]
    lit = fall * (1 - dim)
    focus, motion = (mm * view.px_per_mm for mm in (scene.sensor.focus_mm, scene.sensor.motion_mm))
    found = len(fall) > 0
    low, high = np.percentile(lit, (1, 99)) if found else (0.0, 0.0)
    bends = [
        np.abs(one.lay.profile.slope_deg(_flat(one))).max() for one in leaves if one.lay.profile
    ]
    return Measures(
        focus_px=round(focus, 3),
        motion_px=round(motion, 3),
        motion_deg=round(scene.sensor.motion_deg, 2),
        blur_px=round(math.sqrt(focus**2 / 4 + motion**2 / 12), 3),
        noise=scene.sensor.noise,
        light_low=round(float(low), 4),
        light_high=round(float(high), 4),
        shadow_share=_share(dim > scene.light.shadow / 3) if scene.light.shadow else 0.0,
        glare_share=_share(glare * light.MEAN_GREY > GLARE_LEVELS),
        hand_share=_share(held > 0.5),
        bleed=scene.paper.bleed,
        ink=scene.paper.ink,
        bend_deg=round(float(max(bends, default=0.0)), 2),
    )


def defects(view: View, pages: tuple[SeenPage, ...], measures: Measures) -> tuple[str, ...]:
    """Name what is special about the picture, mild or severe."""
    scene, paper = view.scene, view.scene.paper
    found = {
        "turned": abs((view.skew_deg() + 45) % 90 - 45) > 3,
        "tilted": max(abs(scene.pose.tilt_x_deg), abs(scene.pose.tilt_y_deg)) > 6,
        "quarter-turned": any(page.quarter_turns for page in pages),
        "clutter": scene.clutter > 0,
        "cut": any(page.cut_sides for page in pages),
        "hand": measures.hand_share > 0,
        "shadow": scene.light.shadow > 0,
        "glare": measures.glare_share > 0,
        "folded-corner": paper.folded is not None,
        "torn": bool(paper.torn or paper.torn_corner),
        "holes": paper.holes > 0,
        "creased": paper.creases > 0.5,
        "stained": paper.stains > 0,
        "yellowed": paper.yellowing > 0.6,
        "faded": paper.ink < 0.5,
        "bleed": paper.bleed > 0,
        "bent": measures.bend_deg > 0,
        "black-border": scene.desk == "black",
        "exif": scene.exif != 1,
        "noise": scene.sensor.noise > 6,
        "lens": abs(scene.lens.k1) > 0.02,
        "motion": scene.sensor.motion_mm > 0.3,
        "focus": scene.sensor.focus_mm > 0.3,
    }
    return tuple(name for name, true in found.items() if true)


def reasons(
    view: View, pages: tuple[SeenPage, ...], measures: Measures, *, written: bool
) -> tuple[str, ...]:
    """What a judge should find; thresholds are this photographer's own, for its own scenes."""
    scene, lamp = view.scene, view.scene.light
    if not scene.page:
        return ("no-page",)
    blur_mm = max(scene.sensor.motion_mm, 2 * scene.sensor.focus_mm)
    found = {
        "cut": any(page.cut_sides for page in pages),
        "blurred": blur_mm > 0.9,
        "dark": lamp.exposure < 0.45,
        "bright": lamp.exposure > 1.4,
        "glare": lamp.glare > 0.5 and measures.glare_share > 0,
        "uneven-light": lamp.slope > 0.5 or lamp.shadow > 0.45,
        "hand": measures.hand_share > 0,
        "blank": not written,
    }
    return tuple(name for name, true in found.items() if true)


def _paper(view: View, leaves: list[Leaf]) -> np.ndarray:
    """Which of the light's nodes show paper."""
    grid = nodes((0, 0, view.scene.width_px, view.scene.height_px), light.STEP)
    inside = np.zeros(grid.shape[:2], bool)
    for one in leaves:
        page = one.lay.page(grid)
        inside |= ((page > -0.5) & (page < np.array(one.lay.page_px) - 0.5)).all(axis=-1)
    return inside


def _resampled(cover: np.ndarray, view: View, shape: tuple[int, ...]) -> np.ndarray:
    """The hand's cover at the light's nodes."""
    size = view.scene.width_px, view.scene.height_px
    grid = nodes((0, 0, *size), light.STEP)
    columns = np.clip(((grid[0, :, 0] + 0.5) / hand.STEP[0] + 0.5).round(), 0, cover.shape[1] - 1)
    rows = np.clip(((grid[:, 0, 1] + 0.5) / hand.STEP[1] + 0.5).round(), 0, cover.shape[0] - 1)
    return cover[rows.astype(int)][:, columns.astype(int)].reshape(shape)


def _flat(one: Leaf) -> np.ndarray:
    x, y = one.lay.page_px
    points = np.stack(np.meshgrid(np.linspace(0, x, 50), np.linspace(0, y, 50)), axis=-1)
    return points @ one.lay.to_mm[:2, :2].T + one.lay.to_mm[:2, 2]


def _share(true: np.ndarray) -> float:
    return round(float(true.mean()), 4) if true.size else 0.0
