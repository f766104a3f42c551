"""Hands on the sheet: fingers that hold it, or a palm laid on it; bare or in gloves."""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from tests.pages.camera import View
from tests.pages.project import Step, nodes
from tests.pages.scene import Scene, Side

FINGER_MM = 17.0
STEP: Step = (4, 4)
"""Hands are drawn at this pitch and enlarged: skin is out of focus anyway."""
PALE_BGR = np.array((150, 178, 226), np.float32)
DARK_BGR = np.array((52, 82, 132), np.float32)
GLOVES = {
    "white": np.array((232, 236, 238), np.float32),
    "blue": np.array((196, 128, 62), np.float32),
}
LAMP = np.array((-0.45, -0.55, 0.70))
EDGES = {"top": (0, 1), "right": (1, 2), "bottom": (2, 3), "left": (3, 0)}


class Finger(msgspec.Struct, frozen=True, kw_only=True):
    """A finger in picture pixels: from its tip's middle to its root; a palm is a wide one."""

    tip: tuple[float, float]
    root: tuple[float, float]
    radius: float
    nail: bool = True


def hands(view: View, corners: np.ndarray, rng: np.random.Generator) -> list[Finger]:
    """The fingers and palms the scene asks for, about the quad `corners` (4 x 2 picture pixels)."""
    scene, found = view.scene, []
    for side in scene.fingers:
        count = 1 if side in ("left", "right") else int(rng.integers(2, 4))
        where = float(rng.uniform(0.35, 0.7))
        lean = rng.normal(0, 0.15, 2)
        edge = _Edge(corners, side, where, lean, view.px_per_mm)
        for index in range(count):
            aside_mm = (index - (count - 1) / 2) * FINGER_MM * 1.12
            reach_mm = float(rng.uniform(8, 18))
            nail = scene.glove == "none"
            found.append(edge.finger(aside_mm, -160, aside_mm, reach_mm, FINGER_MM / 2, nail=nail))
    if scene.palm:
        where, lean = float(rng.uniform(0.4, 0.65)), rng.normal(0, 0.2, 2)
        edge = _Edge(corners, scene.palm, where, lean, view.px_per_mm)
        found += _palm(edge, rng, nail=scene.glove == "none")
    return found


class _Edge:
    """Millimetres along and inward from a point of one edge of the sheet."""

    def __init__(
        self, corners: np.ndarray, side: Side, where: float, lean: np.ndarray, px_per_mm: float
    ) -> None:
        first, last = (corners[index] for index in EDGES[side])
        inward = corners.mean(axis=0) - (first + last) / 2
        self.at = first + (last - first) * where
        self.inward = (inward / np.linalg.norm(inward) + lean) * px_per_mm
        self.along = (last - first) / np.linalg.norm(last - first) * px_per_mm

    def point(self, aside_mm: float, inward_mm: float) -> tuple[float, float]:
        x, y = self.at + self.along * aside_mm + self.inward * inward_mm
        return float(x), float(y)

    def finger(
        self, root_aside: float, root_in: float, tip_aside: float, tip_in: float,
        radius_mm: float, *, nail: bool,
    ) -> Finger:  # fmt: skip
        radius = radius_mm * float(np.linalg.norm(self.along))
        tip, root = self.point(tip_aside, tip_in), self.point(root_aside, root_in)
        return Finger(tip=tip, root=root, radius=radius, nail=nail)


def _palm(edge: _Edge, rng: np.random.Generator, *, nail: bool) -> list[Finger]:
    """Forearm, palm, thumb and four fingers spread over the sheet."""
    deep = float(rng.uniform(18, 45))
    spread = float(rng.uniform(0.9, 1.4))
    found = [
        edge.finger(0, -220, 0, deep - 58, 30, nail=False),
        edge.finger(0, deep - 45, 0, deep, 39, nail=False),
        edge.finger(-24, deep - 22, -62 * spread, deep + 26, 10.5, nail=nail),
    ]
    for index, long in enumerate((66, 76, 70, 54)):
        aside = -27 + index * 18.5
        tip = aside * spread * 1.25
        found.append(edge.finger(aside, deep + 18, tip, deep + 30 + long, 8.4, nail=nail))
    return found


def fields(
    view: View, found: list[Finger], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Cover (0..1) and, in BGR and shadow, what covers; float32 at `nodes` of `STEP`."""
    grid = nodes((0, 0, view.scene.width_px, view.scene.height_px), STEP).astype(np.float32)
    cover = np.zeros(grid.shape[:2], np.float32)
    flesh = np.zeros((*grid.shape[:2], 4), np.float32)
    skin = _skin(view.scene) * float(rng.uniform(0.85, 1.05))
    nail_bgr = np.minimum(skin * 1.12 + np.array((22, 10, 4), np.float32), 240)
    for finger in found:
        inside, light, nail = _solid(finger, grid)
        colour = skin + (nail_bgr - skin) * (nail[..., None] if finger.nail else 0)
        shift = min(finger.radius, FINGER_MM * view.px_per_mm) * 0.45 / STEP[0]
        moved = cv2.warpAffine(inside, np.array([[1, 0, shift], [0, 1, shift]]), grid.shape[1::-1])
        shadow = cv2.GaussianBlur(moved, (0, 0), max(0.6, shift * 0.8))
        flesh[..., 3] = 1 - (1 - flesh[..., 3]) * (1 - 0.5 * shadow)
        # A seam's soft shade keeps fingers apart where they meet the palm.
        seam = 1 - 0.28 * np.clip(shadow - inside, 0, 1)[..., None] * (cover > 0.5)[..., None]
        flesh[..., :3] *= seam
        cover = np.maximum(cover, inside)
        share = (inside / np.maximum(cover, 1e-6))[..., None]
        flesh[..., :3] += (colour * light[..., None] - flesh[..., :3]) * share
    if found:
        flesh[..., :3] *= 1 + _wrinkles(rng, grid.shape[:2], view)[..., None]
    return cover, flesh


def _skin(scene: Scene) -> np.ndarray:
    if scene.glove != "none":
        return GLOVES[scene.glove]
    return PALE_BGR + (DARK_BGR - PALE_BGR) * scene.skin


def _wrinkles(rng: np.random.Generator, shape: tuple[int, int], view: View) -> np.ndarray:
    """Folds of cloth or skin, stronger in gloves."""
    depth = {"none": 0.018, "white": 0.035, "blue": 0.05}[view.scene.glove]
    sigma = 2.2 * view.px_per_mm / STEP[0]
    small = rng.standard_normal((shape[0] // 2 + 1, shape[1] // 2 + 1), dtype=np.float32)
    small = cv2.GaussianBlur(small, (0, 0), sigma / 2, sigmaY=sigma / 4)
    return cv2.resize(small / float(small.std()), shape[::-1]) * depth


def _solid(finger: Finger, grid: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cover, light and nail of one finger, each 0..1, as of a capsule that thickens to its root."""
    xs, ys = grid[..., 0], grid[..., 1]
    tip, root = np.array(finger.tip), np.array(finger.root)
    length = float(np.linalg.norm(root - tip))
    axis = ((root - tip) / length).astype(np.float32)
    along = (xs - np.float32(tip[0])) * axis[0] + (ys - np.float32(tip[1])) * axis[1]
    across = -(xs - np.float32(tip[0])) * axis[1] + (ys - np.float32(tip[1])) * axis[0]
    reach = np.clip(along, 0, None)
    radius = finger.radius * (0.86 + 0.14 * np.clip(reach / (2.5 * finger.radius), 0, 1))
    behind = np.clip(-along, 0, None) * 0.8 + np.clip(along - length, 0, None)
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
