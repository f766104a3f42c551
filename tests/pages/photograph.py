"""Photograph drawn sheets on a desk, and keep the exact truth of the picture beside it."""

from __future__ import annotations

import cv2
import numpy as np

from tests.pages import desk, hand, light, sensor
from tests.pages.arrange import Arrangement, arranged
from tests.pages.camera import View, through
from tests.pages.clutter import book_cover, scattered
from tests.pages.document import Genre
from tests.pages.leaf import Leaf, leaf
from tests.pages.project import Seen, bands, enlarged, nodes
from tests.pages.scene import Scene
from tests.pages.sheet import DPI, Sheet
from tests.pages.told import told
from tests.pages.truth import Truth

CLEAR = (1 - np.arange(256) / 255).astype(np.float32)


def photograph(
    sheet: Sheet, scene: Scene, genre: Genre, back: Sheet | None = None
) -> tuple[np.ndarray, Truth]:
    """Give the picture (BGR uint8) and its truth; the same arguments give the same pixels."""
    return photographed((sheet,), scene, genre, (genre,), back)


def photographed(
    sheets: tuple[Sheet, ...],
    scene: Scene,
    genre: Genre,
    genres: tuple[Genre, ...],
    back: Sheet | None = None,
) -> tuple[np.ndarray, Truth]:
    """The same of several sheets in reading order; `genres` names each, `genre` the whole."""
    rng = np.random.default_rng(scene.seed)
    group = arranged(sheets, genre, scene)
    view = group.view
    table = _desk(group, rng)
    present = scene.page or scene.screen
    below = [leaf(lay, None, rng) for lay in group.below] if present else []
    leaves = [leaf(lay, back, rng) for lay in group.lays] if present else []
    outline = view.picture(view.corners()) if len(leaves) > 1 else group.lays[0].quad()
    found = hand.hands(view, outline, rng)
    hands = hand.fields(view, found, rng)
    fields = light.fields(scene, view.px_per_mm, rng)
    picture = _composed(view, table, below + leaves, hands, fields)
    pixels = sensor.exposed(picture, scene.sensor, view.px_per_mm, rng)
    return pixels, told(group, leaves, genre, genres, fields, hands[0])


def _desk(group: Arrangement, rng: np.random.Generator) -> Seen:
    view, table = group.view, desk.DESKS[group.view.scene.desk](rng)
    size_mm = tuple(side * 25.4 / DPI for side in view.page_px)
    scattered(table, view.scene.clutter, size_mm, rng)
    if group.gutter:
        book_cover(table, size_mm, view.scene.pose.turn_deg, rng)
    back = np.linalg.inv(view.desk_to_pinhole @ desk.to_mm())
    whole = (0, 0, view.scene.width_px, view.scene.height_px)
    return Seen(
        cv2.convertScaleAbs(table), lambda points: through(back, view.straightened(points)),
        whole, step=(8, 8), border=cv2.BORDER_REFLECT_101,
    )  # fmt: skip


def _composed(
    view: View,
    table: Seen,
    leaves: list[Leaf],
    hands: tuple[np.ndarray, np.ndarray],
    fields: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> np.ndarray:
    """Desk, sheets, light and hands, band by band: BGR uint8."""
    scene = view.scene
    fall, dim, glare = fields
    light_here, shade = fall * (1 - dim), _contact(view, leaves)
    picture = np.empty((scene.height_px, scene.width_px, 3), np.uint8)
    for top, bottom in bands(scene.height_px):
        size = (scene.width_px, bottom - top)
        seen = table.rows(top, bottom)
        assert seen is not None
        band = seen.astype(np.float32)
        if leaves:
            band *= enlarged(shade, light.STEP, top, size)[..., None]
        for one in leaves:
            _over(band, one.seen, top, bottom)
        if scene.fingers or scene.palm:
            _under_hand(band, hands, top)
        band *= enlarged(light_here, light.STEP, top, size)[..., None] * light.tint(scene)
        if scene.light.glare:
            band += enlarged(glare, light.STEP, top, size)[..., None] * light.MEAN_GREY
        picture[top:bottom] = cv2.convertScaleAbs(band)
    return picture


def _over(band: np.ndarray, texture: Seen, top: int, bottom: int) -> None:
    """Lay what `texture` shows of these rows over `band`, in place."""
    seen = texture.rows(top, bottom)
    if seen is None:
        return
    left, first, right, _ = texture.where
    start = max(top, first) - top
    part = band[start : start + len(seen), left:right]
    part *= cv2.LUT(seen[..., 3], CLEAR)[..., None]
    part += seen[..., :3]


def _under_hand(band: np.ndarray, hands: tuple[np.ndarray, np.ndarray], top: int) -> None:
    cover, flesh = (enlarged(field, hand.STEP, top, band.shape[1::-1]) for field in hands)
    band *= 1 - flesh[..., 3:]
    band += (flesh[..., :3] - band) * cover[..., None]


def _contact(view: View, leaves: list[Leaf]) -> np.ndarray:
    """The thin shadow of the sheets' edges on the desk, a factor at `nodes`; wider if raised."""
    grid = nodes((0, 0, view.scene.width_px, view.scene.height_px), light.STEP)
    solid = np.zeros(grid.shape[:2], np.float32)
    for one in leaves:
        maps = one.seen.to_texture(grid).astype(np.float32)
        alpha = cv2.remap(one.seen.texture[..., 3], maps, None, cv2.INTER_LINEAR)
        solid = np.maximum(solid, alpha.astype(np.float32) / 255)
    raised = max((_edge_mm(one) for one in leaves), default=0.0)
    shift = (1.2 + 0.4 * raised) * view.px_per_mm / light.STEP[0]
    moved = cv2.warpAffine(solid, np.array([[1, 0, shift], [0, 1, shift]]), solid.shape[::-1])
    return 1 - 0.45 * cv2.GaussianBlur(moved, (0, 0), max(0.6, shift))


def _edge_mm(one: Leaf) -> float:
    """Mean height of the sheet's corners above the desk."""
    profile = one.lay.profile
    if profile is None:
        return 0.0
    corners = through(one.lay.to_mm, np.array(one.lay.mesh()[0][[0, 0, -1, -1], [0, -1, 0, -1]]))
    return float(-profile.lifted(corners)[:, 2].mean())
