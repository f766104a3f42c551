"""The geometry of the photograph: a pinhole above a desk, and a lens that bends a little.

Coordinates: whole numbers are pixel centres, as in OpenCV; a picture's corner is (-0.5, -0.5).
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from tests.pages.scene import Pose, Scene
from tests.pages.sheet import DPI
from tests.pages.surface import Profile

FOCAL_SHARE = 1.05
"""Focal length over the frame's long side: a 6 mm lens on a 1/2.3 inch sensor."""
MM = 25.4 / DPI
NEAR_MM = 1e-5


class View:
    """Maps page pixels, millimetres on the board and in space to the picture of `scene`, exactly.

    The board is the flat rectangle that fills the frame as the pose says: one sheet, an open book
    or a group of slips. `profile` bends it (it is used to place the camera only).
    """

    def __init__(
        self, scene: Scene, page_width_px: int, page_height_px: int, profile: Profile | None = None
    ) -> None:
        self.scene = scene
        self.page_px = (page_width_px, page_height_px)
        self.centre = np.array([(scene.width_px - 1) / 2, (scene.height_px - 1) / 2])
        self.radius = math.hypot(scene.width_px, scene.height_px) / 2
        self.focal = FOCAL_SHARE * max(scene.width_px, scene.height_px)
        self.distance_mm = self._distance(profile)
        self.page_to_pinhole = self._plane(turned=True) @ self.page_to_mm()
        self.desk_to_pinhole = self._plane(turned=False)

    @property
    def px_per_mm(self) -> float:
        """Resolution at the middle of the board."""
        return self.focal / self.distance_mm

    def corners(self) -> np.ndarray:
        """The board's corners TL, TR, BR, BL in page pixels, 4 x 2."""
        return corners_of(self.page_px)

    def picture(self, page_points: np.ndarray) -> np.ndarray:
        """Page pixels (n x 2) of a flat board to picture pixels (n x 2), lens included."""
        return self.bent(through(self.page_to_pinhole, page_points))

    def projected(self, points_mm: np.ndarray) -> np.ndarray:
        """Points in space (... x 3, about the board's middle, z into the desk) to the picture."""
        seen = points_mm @ _rotation(self.scene.pose, turned=True).T + self._shift(self.distance_mm)
        return self.bent(self.centre + self.focal * seen[..., :2] / seen[..., 2:])

    def touched(self, points: np.ndarray, profile: Profile) -> np.ndarray:
        """Picture pixels (... x 2) to the desk millimetres (... x 2) below the paper seen there.

        The ray meets the paper by fixed-point iteration; it converges while the paper's slope
        and the ray's lean multiply to less than 1, which every profile here keeps to.
        """
        rotation = _rotation(self.scene.pose, turned=True)
        flat = (self.straightened(points) - self.centre) / self.focal
        ray = flat[..., 0:1] * rotation[0] + flat[..., 1:2] * rotation[1] + rotation[2]
        start = -self._shift(self.distance_mm) @ rotation
        height = np.zeros(points.shape[:-1])
        for _ in range(40):
            far = (-height - start[2]) / ray[..., 2]
            place = start[:2] + far[..., None] * ray[..., :2]
            before, height = height, profile.height(place)
            if np.abs(height - before).max() < NEAR_MM:
                break
        return place

    def bent(self, points: np.ndarray) -> np.ndarray:
        """Pinhole pixels to picture pixels."""
        out = points - self.centre
        square = (out**2).sum(axis=-1, keepdims=True) / self.radius**2
        lens = self.scene.lens
        return self.centre + out * (1 + lens.k1 * square + lens.k2 * square**2)

    def straightened(self, points: np.ndarray) -> np.ndarray:
        """Picture pixels to pinhole pixels: the inverse of `bent`, by fixed-point iteration."""
        lens, out = self.scene.lens, points - self.centre
        bent = np.einsum("...i,...i->...", out, out) / self.radius**2
        scale = np.ones_like(bent)
        for _ in range(7):
            square = bent * scale * scale
            scale = 1 / (1 + square * (lens.k1 + lens.k2 * square))
        return self.centre + out * scale[..., None]

    def skew_deg(self) -> float:
        """Clockwise turn in the picture of a horizontal line through the board's centre."""
        middle = self.corners().mean(axis=0)
        beside = np.array([1.0, 0.0])
        before, after = self.picture(np.stack([middle - beside, middle + beside]))
        return math.degrees(math.atan2(after[1] - before[1], after[0] - before[0]))

    def homography(self) -> np.ndarray:
        """The 3 x 3 matrix that takes the board's corners to its quad (a finder's best answer)."""
        return between(self.corners(), self.picture(self.corners()))

    def page_to_mm(self) -> np.ndarray:
        """Board pixels to millimetres about its middle, 3 x 3."""
        width, height = self.page_px
        return np.array(
            [[MM, 0, -MM * (width - 1) / 2], [0, MM, -MM * (height - 1) / 2], [0, 0, 1.0]]
        )

    def _plane(self, *, turned: bool, distance_mm: float | None = None) -> np.ndarray:
        rotation = _rotation(self.scene.pose, turned=turned)
        shift = self._shift(self.distance_mm if distance_mm is None else distance_mm)
        cx, cy = self.centre
        lens = np.array([[self.focal, 0, cx], [0, self.focal, cy], [0, 0, 1.0]])
        return lens @ np.stack((rotation[:, 0], rotation[:, 1], shift), axis=1)

    def _shift(self, distance_mm: float) -> np.ndarray:
        pose = self.scene.pose
        x_mm = pose.shift_x * self.scene.width_px * distance_mm / self.focal
        y_mm = pose.shift_y * self.scene.height_px * distance_mm / self.focal
        return np.array([x_mm, y_mm, distance_mm])

    def _distance(self, profile: Profile | None) -> float:
        """Distance at which the board takes `fill` of the frame; bisection."""
        outline = through(self.page_to_mm(), self.corners())
        space = profile.lifted(outline) if profile else np.pad(outline, ((0, 0), (0, 1)))
        turned = space @ _rotation(self.scene.pose, turned=True).T
        frame = np.array([self.scene.width_px, self.scene.height_px])
        near, far = 60.0, 60_000.0
        for _ in range(60):
            middle = math.sqrt(near * far)
            seen = turned + self._shift(middle)
            share = (np.ptp(self.focal * seen[:, :2] / seen[:, 2:], axis=0) / frame).max()
            too_near = share > self.scene.pose.fill or seen[:, 2].min() <= 0
            near, far = (middle, far) if too_near else (near, middle)
        return far


def corners_of(page_px: tuple[int, int]) -> np.ndarray:
    """A page's corners TL, TR, BR, BL in its own pixels, 4 x 2."""
    right, bottom = page_px[0] - 0.5, page_px[1] - 0.5
    return np.array([(-0.5, -0.5), (right, -0.5), (right, bottom), (-0.5, bottom)])


def between(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The homography (3 x 3) that takes four points to four others."""
    return cv2.getPerspectiveTransform(first.astype(np.float32), second.astype(np.float32))


def through(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Points (... x 2) through a homography."""
    x, y = points[..., 0], points[..., 1]
    across, down, depth = (row[0] * x + row[1] * y + row[2] for row in matrix)
    return np.stack((across / depth, down / depth), axis=-1)


def _rotation(pose: Pose, *, turned: bool) -> np.ndarray:
    a, b = math.radians(pose.tilt_x_deg), math.radians(pose.tilt_y_deg)
    c = math.radians(pose.turn_deg) if turned else 0.0
    about_x = np.array([[1, 0, 0], [0, math.cos(a), -math.sin(a)], [0, math.sin(a), math.cos(a)]])
    about_y = np.array([[math.cos(b), 0, math.sin(b)], [0, 1, 0], [-math.sin(b), 0, math.cos(b)]])
    about_z = np.array([[math.cos(c), -math.sin(c), 0], [math.sin(c), math.cos(c), 0], [0, 0, 1]])
    return about_x @ about_y @ about_z
