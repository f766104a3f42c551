"""The geometry of the photograph: a pinhole above a desk, and a lens that bends a little.

Coordinates: whole numbers are pixel centres, as in OpenCV; a picture's corner is (-0.5, -0.5).
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from tests.pages.scene import Pose, Scene
from tests.pages.sheet import DPI

FOCAL_SHARE = 1.05
"""Focal length over the frame's long side: a 6 mm lens on a 1/2.3 inch sensor."""
BAND_ROWS = 256


class View:
    """Maps page pixels and desk millimetres to the picture of `scene`, exactly."""

    def __init__(self, scene: Scene, page_width_px: int, page_height_px: int) -> None:
        self.scene = scene
        self.page_px = (page_width_px, page_height_px)
        self.centre = np.array([(scene.width_px - 1) / 2, (scene.height_px - 1) / 2])
        self.radius = math.hypot(scene.width_px, scene.height_px) / 2
        self.focal = FOCAL_SHARE * max(scene.width_px, scene.height_px)
        self.distance_mm = self._distance()
        self.page_to_pinhole = self._plane(self.distance_mm, turned=True) @ self._page_to_mm()
        self.desk_to_pinhole = self._plane(self.distance_mm, turned=False)

    @property
    def px_per_mm(self) -> float:
        """Resolution at the middle of the sheet."""
        return self.focal / self.distance_mm

    def corners(self) -> np.ndarray:
        """The sheet's corners TL, TR, BR, BL in page pixels, 4 x 2."""
        width, height = self.page_px
        right, bottom = width - 0.5, height - 0.5
        return np.array([(-0.5, -0.5), (right, -0.5), (right, bottom), (-0.5, bottom)])

    def picture(self, page_points: np.ndarray) -> np.ndarray:
        """Page pixels (n x 2) to picture pixels (n x 2), lens included."""
        return self.bent(_through(self.page_to_pinhole, page_points))

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
        """Clockwise turn in the picture of a horizontal line through the sheet's centre."""
        middle = self.corners().mean(axis=0)
        beside = np.array([1.0, 0.0])
        before, after = self.picture(np.stack([middle - beside, middle + beside]))
        return math.degrees(math.atan2(after[1] - before[1], after[0] - before[0]))

    def homography(self) -> np.ndarray:
        """The 3 x 3 matrix that takes the sheet's corners to the quad (a finder's best answer)."""
        corners = self.corners()
        quad = self.picture(corners)
        return cv2.getPerspectiveTransform(corners.astype(np.float32), quad.astype(np.float32))

    def seen(self, texture: np.ndarray, to_pinhole: np.ndarray, border: int) -> np.ndarray:
        """Photograph `texture` (its pixels to pinhole pixels given) into a whole picture."""
        back = np.linalg.inv(to_pinhole)
        width, height = self.scene.width_px, self.scene.height_px
        bands = []
        for top in range(0, height, BAND_ROWS):
            rows = np.arange(top, min(top + BAND_ROWS, height), dtype=np.float64)
            points = np.stack(np.meshgrid(np.arange(width, dtype=np.float64), rows), axis=-1)
            source = _through(back, self.straightened(points)).astype(np.float32)
            bands.append(cv2.remap(texture, source, None, cv2.INTER_LINEAR, borderMode=border))
        return np.concatenate(bands)

    def _page_to_mm(self) -> np.ndarray:
        width, height = self.page_px
        mm = 25.4 / DPI
        return np.array(
            [[mm, 0, -mm * (width - 1) / 2], [0, mm, -mm * (height - 1) / 2], [0, 0, 1.0]]
        )

    def _plane(self, distance_mm: float, *, turned: bool) -> np.ndarray:
        pose = self.scene.pose
        rotation = _rotation(pose, turned=turned)
        x_mm = pose.shift_x * self.scene.width_px * distance_mm / self.focal
        y_mm = pose.shift_y * self.scene.height_px * distance_mm / self.focal
        columns = (rotation[:, 0], rotation[:, 1], np.array([x_mm, y_mm, distance_mm]))
        cx, cy = self.centre
        lens = np.array([[self.focal, 0, cx], [0, self.focal, cy], [0, 0, 1.0]])
        return lens @ np.stack(columns, axis=1)

    def _distance(self) -> float:
        """Distance at which the sheet takes `fill` of the frame; bisection."""
        near, far = 60.0, 60_000.0
        frame = np.array([self.scene.width_px, self.scene.height_px])
        for _ in range(60):
            middle = math.sqrt(near * far)
            matrix = self._plane(middle, turned=True) @ self._page_to_mm()
            share = (np.ptp(_through(matrix, self.corners()), axis=0) / frame).max()
            near, far = (middle, far) if share > self.scene.pose.fill else (near, middle)
        return far


def _through(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
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
