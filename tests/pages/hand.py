"""Fingers that hold the sheet down: round, lit from above left, with a nail and a shadow."""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from tests.pages.camera import View
from tests.pages.project import Step, nodes
from tests.pages.scene import Side

FINGER_MM = 17.0
STEP: Step = (4, 4)
"""Fingers are drawn at this pitch and enlarged: skin is out of focus anyway."""
SKIN_BGR = np.array((120, 154, 206), np.float32)
NAIL_BGR = np.array((168, 180, 222), np.float32)
LAMP = np.array((-0.45, -0.55, 0.70))
EDGES = {"top": (0, 1), "right": (1, 2), "bottom": (2, 3), "left": (3, 0)}


class Finger(msgspec.Struct, frozen=True, kw_only=True):
    """A finger in picture pixels: from its tip's middle to far off the frame."""

    tip: tuple[float, float]
    root: tuple[float, float]
    radius: float


def fingers(view: View, sides: tuple[Side, ...], rng: np.random.Generator) -> list[Finger]:
    """One thumb from the left or right, two or three fingers from above or below."""
    found = []
    for side in sides:
        count = 1 if side in ("left", "right") else int(rng.integers(2, 4))
        where = float(rng.uniform(0.35, 0.7))
        lean = rng.normal(0, 0.15, 2)
        for index in range(count):
            aside_mm = (index - (count - 1) / 2) * FINGER_MM * 1.12
            found.append(_finger(view, side, where, aside_mm, lean, rng))
    return found


def fields(
    view: View, found: list[Finger], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Cover (0..1) and, in BGR and shadow, what covers; float32 at `nodes` of `STEP`."""
    grid = nodes((0, 0, view.scene.width_px, view.scene.height_px), STEP).astype(np.float32)
    cover = np.zeros(grid.shape[:2], np.float32)
    flesh = np.zeros((*grid.shape[:2], 4), np.float32)
    tone = float(rng.uniform(0.8, 1.05))
    for finger in found:
        inside, light, nail = _solid(finger, grid)
        colour = SKIN_BGR + (NAIL_BGR - SKIN_BGR) * nail[..., None]
        shift = finger.radius * 0.45 / STEP[0]
        moved = cv2.warpAffine(inside, np.array([[1, 0, shift], [0, 1, shift]]), grid.shape[1::-1])
        shadow = cv2.GaussianBlur(moved, (0, 0), max(0.6, shift * 0.8))
        flesh[..., 3] = 1 - (1 - flesh[..., 3]) * (1 - 0.5 * shadow)
        new = colour * (light * tone)[..., None]
        flesh[..., :3] += (new - flesh[..., :3]) * (inside > cover)[..., None]
        cover = np.maximum(cover, inside)
    return cover, flesh


def _solid(finger: Finger, grid: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cover, light and nail of one finger, each 0..1, as of a capsule that thickens to its root."""
    xs, ys = grid[..., 0], grid[..., 1]
    tip, root = np.array(finger.tip), np.array(finger.root)
    axis = (root - tip) / np.linalg.norm(root - tip)
    along = (xs - tip[0]) * axis[0] + (ys - tip[1]) * axis[1]
    across = -(xs - tip[0]) * axis[1] + (ys - tip[1]) * axis[0]
    reach = np.clip(along, 0, None)
    radius = finger.radius * (0.86 + 0.14 * np.clip(reach / (2.5 * finger.radius), 0, 1))
    behind = np.clip(-along, 0, None) * 0.8
    distance = np.hypot(across, behind) / radius
    inside = np.clip((1 - distance) * radius / STEP[0] + 0.5, 0, 1)
    height = np.sqrt(np.clip(1 - distance**2, 0, 1))
    normal_x = (-axis[1] * across - axis[0] * behind) / radius
    normal_y = (axis[0] * across - axis[1] * behind) / radius
    facing = normal_x * LAMP[0] + normal_y * LAMP[1] + height * LAMP[2]
    knuckle = 0.05 * np.exp(-(((along - 4.2 * finger.radius) / (0.25 * finger.radius)) ** 2))
    light = 0.66 + 0.40 * np.clip(facing, -0.4, 1) - knuckle
    nail_r = np.hypot((along - 0.15 * radius) / 0.85, across / 0.6) / radius
    nail = np.clip((1 - nail_r) * 6, 0, 1)
    return tuple(part.astype(np.float32) for part in (inside, light, nail))


def _finger(
    view: View,
    side: Side,
    where: float,
    aside_mm: float,
    lean: np.ndarray,
    rng: np.random.Generator,
) -> Finger:
    """One finger from `side` of the sheet, its tip some 8 to 18 mm inside the edge."""
    corners = view.picture(view.corners())
    first, last = (corners[index] for index in EDGES[side])
    edge = first + (last - first) * where
    edge += (last - first) / np.linalg.norm(last - first) * aside_mm * view.px_per_mm
    inward = corners.mean(axis=0) - (first + last) / 2
    inward = inward / np.linalg.norm(inward) + lean
    tip = edge + inward * float(rng.uniform(8, 18)) * view.px_per_mm
    root = edge - inward * 160 * view.px_per_mm
    return Finger(
        tip=(float(tip[0]), float(tip[1])),
        root=(float(root[0]), float(root[1])),
        radius=FINGER_MM / 2 * view.px_per_mm,
    )
