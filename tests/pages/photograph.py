"""Photograph a drawn sheet on a desk, and keep the exact truth of the picture beside it."""

from __future__ import annotations

import cv2
import numpy as np

from tests.pages import desk, hand, light, paper, sensor
from tests.pages.camera import View, through
from tests.pages.clutter import scattered
from tests.pages.lay import Lay
from tests.pages.project import Seen, bands, enlarged, nodes
from tests.pages.scene import Scene
from tests.pages.sheet import DPI, Sheet
from tests.pages.truth import Truth, told


def photograph(sheet: Sheet, scene: Scene, genre: str) -> tuple[np.ndarray, Truth]:
    """Give the picture (BGR uint8) and its truth; the same arguments give the same pixels."""
    rng = np.random.default_rng(scene.seed)
    view = View(scene, *sheet.image.size)
    table = _desk(view, (sheet.width_mm, sheet.height_mm), rng)
    leaves = [_leaf(Lay(sheet, view), rng)] if scene.page else []
    fingers = hand.fingers(view, scene.fingers, rng)
    cover, flesh = hand.fields(view, fingers, rng)
    picture = _composed(view, table, leaves, (cover, flesh), rng)
    pixels = sensor.exposed(picture, scene.sensor, view.px_per_mm, rng)
    return pixels, told(sheet, view, cover, genre)


def _desk(view: View, sheet_mm: tuple[float, float], rng: np.random.Generator) -> Seen:
    table = desk.DESKS[view.scene.desk](rng)
    scattered(table, view.scene.clutter, sheet_mm, rng)
    back = np.linalg.inv(view.desk_to_pinhole @ desk.to_mm())
    whole = (0, 0, view.scene.width_px, view.scene.height_px)
    return Seen(
        cv2.convertScaleAbs(table), lambda points: through(back, view.straightened(points)),
        whole, step=(8, 8), border=cv2.BORDER_REFLECT_101,
    )  # fmt: skip


def _leaf(lay: Lay, rng: np.random.Generator) -> Seen:
    """The aged sheet as it is seen, shrunk first where thin strokes would alias."""
    drawn = lay.sheet.pixels()
    shrink = min(1.0, 1.25 * lay.view.px_per_mm * 25.4 / DPI)
    height, width = drawn.shape[:2]
    size = (max(2, round(width * shrink)), max(2, round(height * shrink)))
    small = cv2.resize(drawn, size, interpolation=cv2.INTER_AREA) if shrink < 1 else drawn
    texture = paper.aged(small, lay.view.scene.paper, rng, DPI * shrink)
    scale = np.array([size[0] / width, size[1] / height])
    return Seen(
        texture, lambda points: (lay.page(points) + 0.5) * scale - 0.5,
        lay.region(), step=lay.step_px(), border=cv2.BORDER_CONSTANT,
    )  # fmt: skip


def _composed(
    view: View,
    table: Seen,
    leaves: list[Seen],
    hands: tuple[np.ndarray, np.ndarray],
    rng: np.random.Generator,
) -> np.ndarray:
    """Desk, sheets, light and hands, band by band: BGR uint8."""
    scene = view.scene
    fall, dim, glare = light.fields(scene, view.px_per_mm, rng)
    fall *= 1 - dim
    shade = _contact(view, leaves)
    picture = np.empty((scene.height_px, scene.width_px, 3), np.uint8)
    for top, bottom in bands(scene.height_px):
        size = (scene.width_px, bottom - top)
        band = table.rows(top, bottom).astype(np.float32)
        if leaves:
            band *= enlarged(shade, light.STEP, top, size)[..., None]
        for leaf in leaves:
            _over(band, leaf, top, bottom)
        band *= enlarged(fall, light.STEP, top, size)[..., None] * light.tint(scene)
        if scene.light.glare:
            band += enlarged(glare, light.STEP, top, size)[..., None] * light.MEAN_GREY
        if scene.fingers:
            _under_hand(band, hands, top)
        picture[top:bottom] = cv2.convertScaleAbs(band)
    return picture


def _over(band: np.ndarray, leaf: Seen, top: int, bottom: int) -> None:
    """Lay what `leaf` shows of these rows over `band`, in place."""
    seen = leaf.rows(top, bottom)
    if seen is None:
        return
    left, first, right, _ = leaf.where
    start = max(top, first) - top
    part = band[start : start + len(seen), left:right]
    clear = cv2.LUT(seen[..., 3], CLEAR)
    part *= clear[..., None]
    part += seen[..., :3]


CLEAR = (1 - np.arange(256) / 255).astype(np.float32)


def _under_hand(band: np.ndarray, hands: tuple[np.ndarray, np.ndarray], top: int) -> None:
    cover, flesh = (enlarged(field, hand.STEP, top, band.shape[1::-1]) for field in hands)
    band *= 1 - flesh[..., 3:]
    band += (flesh[..., :3] - band) * cover[..., None]


def _contact(view: View, leaves: list[Seen]) -> np.ndarray:
    """The thin shadow of the sheets' edges on the desk, a factor at `nodes`."""
    grid = nodes((0, 0, view.scene.width_px, view.scene.height_px), light.STEP)
    solid = np.zeros(grid.shape[:2], np.float32)
    for leaf in leaves:
        maps = leaf.to_texture(grid).astype(np.float32)
        alpha = cv2.remap(leaf.texture[..., 3], maps, None, cv2.INTER_LINEAR)
        solid = np.maximum(solid, alpha.astype(np.float32) / 255)
    shift = 1.2 * view.px_per_mm / light.STEP[0]
    moved = cv2.warpAffine(solid, np.array([[1, 0, shift], [0, 1, shift]]), solid.shape[::-1])
    return 1 - 0.45 * cv2.GaussianBlur(moved, (0, 0), max(0.6, shift))
