"""The look of one laid sheet: aged, shaded where it bends, ready to be sampled."""

from __future__ import annotations

import math

import cv2
import msgspec
import numpy as np

from tests.pages import paper, screen
from tests.pages.camera import through
from tests.pages.lay import Lay
from tests.pages.project import Seen
from tests.pages.sheet import DPI, Sheet

LAMP_LEAN = 0.5
"""Sideways share of the light, against 1 from above."""
GUTTER_MM, GUTTER_DARK = 7.0, 0.55


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """A laid sheet and what is seen of it; `scale` takes page pixels to texture pixels."""

    lay: Lay
    seen: Seen
    scale: np.ndarray

    def shown(self, page_points: np.ndarray) -> np.ndarray:
        """How much of the paper is there at page points (n x 2), 0..1."""
        at = ((page_points + 0.5) * self.scale - 0.5).astype(np.float32)
        alpha = self.seen.texture[..., 3]
        return cv2.remap(alpha, at[None], None, cv2.INTER_LINEAR)[0].astype(np.float32) / 255


def leaf(lay: Lay, back: Sheet | None, rng: np.random.Generator) -> Leaf:
    """Age the sheet at the size it is seen at: shrunk first, or thin strokes would alias."""
    scene = lay.view.scene
    drawn = lay.sheet.pixels()
    height, width = drawn.shape[:2]
    shrink = min(1.0, 1.25 * lay.view.px_per_mm * 25.4 / DPI)
    if scene.screen:
        shrink, texture = 1.0, screen.lit(drawn, rng)
    else:
        size = (max(2, round(width * shrink)), max(2, round(height * shrink)))
        small = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA) if shrink < 1 else drawn
        behind = None
        if back and scene.paper.bleed:
            behind = cv2.resize(back.pixels(), size, interpolation=cv2.INTER_AREA)
        texture = paper.aged(small, scene.paper, rng, DPI * shrink, behind)
    scale = np.array([texture.shape[1] / width, texture.shape[0] / height])
    if lay.profile:
        _shade(texture, lay, scale)
    seen = Seen(
        texture, lambda points: (lay.page(points) + 0.5) * scale - 0.5,
        lay.region(), step=lay.step_px(), border=cv2.BORDER_CONSTANT,
    )  # fmt: skip
    return Leaf(lay=lay, seen=seen, scale=scale)


def _shade(texture: np.ndarray, lay: Lay, scale: np.ndarray) -> None:
    """Darken (or brighten) the bent sheet as its slope faces the lamp; in place."""
    assert lay.profile
    height, width = texture.shape[:2]
    grid = np.stack(np.meshgrid(np.arange(0, width + 8, 8), np.arange(0, height + 8, 8)), axis=-1)
    flat_mm = through(lay.to_mm, (grid + 0.5) / scale - 0.5)
    slope = np.radians(lay.profile.slope_deg(flat_mm))
    scene = lay.view.scene
    # The side that `slope_deg` points to is the dark one: the lamp stands opposite.
    lean = math.radians(scene.light.slope_deg - lay.profile.axis_deg)
    factor = np.cos(slope) + LAMP_LEAN * math.cos(lean) * np.sin(slope)
    if scene.book:
        factor *= 1 - GUTTER_DARK * np.exp(-np.abs(flat_mm[..., 0]) / GUTTER_MM)
    factor = np.clip(factor, 0.12, 1.25).astype(np.float32)
    size = (width + 8, height + 8)
    matrix = np.array([[1 / 8, 0, 0], [0, 1 / 8, 0]])
    whole = cv2.warpAffine(factor, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    shaded = texture[..., :3] * whole[:height, :width, None]
    texture[..., :3] = cv2.convertScaleAbs(shaded)
