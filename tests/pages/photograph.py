"""Photograph a drawn sheet on a desk, and keep the exact truth of the picture beside it."""

from __future__ import annotations

import cv2
import numpy as np

from tests.pages import desk, hand, light, paper, sensor
from tests.pages.camera import View
from tests.pages.clutter import scattered
from tests.pages.scene import Scene
from tests.pages.sheet import DPI, Sheet
from tests.pages.truth import Truth, told


def photograph(sheet: Sheet, scene: Scene, genre: str) -> tuple[np.ndarray, Truth]:
    """Give the picture (BGR uint8) and its truth; the same arguments give the same pixels."""
    rng = np.random.default_rng(scene.seed)
    drawn = sheet.pixels()
    view = View(scene, drawn.shape[1], drawn.shape[0])
    picture = _desk(view, (sheet.width_mm, sheet.height_mm), rng)
    if scene.page:
        _lay(picture, view, paper.aged(drawn, scene.paper, rng))
    light.lit(picture, scene, view.px_per_mm, rng)
    fingers = hand.fingers(view, scene.fingers, rng)
    hand.laid(picture, fingers, rng)
    pixels = sensor.exposed(picture, scene.sensor, view.px_per_mm, rng)
    return pixels, told(sheet, view, hand.cover(view, fingers), genre)


def _desk(view: View, sheet_mm: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    table = desk.DESKS[view.scene.desk](rng)
    scattered(table, view.scene.clutter, sheet_mm, rng)
    to_pinhole = view.desk_to_pinhole @ desk.to_mm()
    return view.seen(table, to_pinhole, cv2.BORDER_REFLECT_101)


def _lay(picture: np.ndarray, view: View, sheet: np.ndarray) -> None:
    """Put the sheet (BGRA) on the desk with the thin shadow of its edge, in place."""
    # Shrinking first keeps thin strokes from aliasing; half a pixel keeps centres in place.
    shrink = min(1.0, 1.25 * view.px_per_mm * 25.4 / DPI)
    height, width = sheet.shape[:2]
    size = (max(2, round(width * shrink)), max(2, round(height * shrink)))
    small = cv2.resize(sheet, size, interpolation=cv2.INTER_AREA) if shrink < 1 else sheet
    across, down = width / small.shape[1], height / small.shape[0]
    enlarge = np.array([[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1.0]])
    small[..., :3] *= small[..., 3:]
    seen = view.seen(small, view.page_to_pinhole @ enlarge, cv2.BORDER_CONSTANT)
    alpha = seen[..., 3]
    shift = 1.2 * view.px_per_mm
    moved = cv2.warpAffine(alpha, np.array([[1, 0, shift], [0, 1, shift]]), alpha.shape[::-1])
    picture *= 1 - 0.45 * cv2.GaussianBlur(moved, (0, 0), max(0.6, shift))[..., None]
    picture *= 1 - alpha[..., None]
    picture += seen[..., :3]
