"""One sheet laid in the scene: flat or bent, from its pixels to the picture and back."""

from __future__ import annotations

import math

import numpy as np

from tests.pages.camera import MM, View, between, corners_of, through
from tests.pages.sheet import Sheet
from tests.pages.surface import Profile

FLAT_STEP_PX = 8
BENT_STEP_PX = 4
"""Maps are exact this far apart and linear between: off by < 0.02 px (test_lay.py). Powers of two,
as cv2 interpolates at 32nds."""
MESH = 33


class Lay:
    """A sheet on the board: its middle at `x_mm`, `y_mm` from the board's, turned clockwise."""

    def __init__(
        self, sheet: Sheet, view: View, *, x_mm: float = 0.0, y_mm: float = 0.0,
        turn_deg: float = 0.0, profile: Profile | None = None,
    ) -> None:  # fmt: skip
        self.sheet, self.view, self.profile = sheet, view, profile
        self.page_px = sheet.image.size
        width, height = self.page_px
        c, s = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
        middle = np.array([[1, 0, -(width - 1) / 2], [0, 1, -(height - 1) / 2], [0, 0, 1.0]])
        turn = np.array([[MM * c, -MM * s, x_mm], [MM * s, MM * c, y_mm], [0, 0, 1.0]])
        self.to_mm = turn @ middle

    @property
    def pinhole(self) -> np.ndarray | None:
        """Page pixels to pinhole pixels, 3 x 3; None where the sheet is bent."""
        if self.profile:
            return None
        return self.view.page_to_pinhole @ np.linalg.inv(self.view.page_to_mm()) @ self.to_mm

    def picture(self, page_points: np.ndarray) -> np.ndarray:
        """Page pixels (... x 2) to picture pixels (... x 2), exactly."""
        if self.profile:
            flat_mm = through(self.to_mm, page_points)
            return self.view.projected(self.profile.lifted(flat_mm))
        assert self.pinhole is not None
        return self.view.bent(through(self.pinhole, page_points))

    def page(self, points: np.ndarray) -> np.ndarray:
        """Picture pixels (... x 2) to page pixels (... x 2); outside the page, beyond its edge."""
        if self.profile:
            flat_mm = self.profile.flattened(self.view.touched(points, self.profile))
            return through(np.linalg.inv(self.to_mm), flat_mm)
        assert self.pinhole is not None
        return through(np.linalg.inv(self.pinhole), self.view.straightened(points))

    def quad(self) -> np.ndarray:
        """The sheet's corners TL, TR, BR, BL in the picture, 4 x 2."""
        return self.picture(corners_of(self.page_px))

    def homography(self) -> np.ndarray:
        """The 3 x 3 matrix that takes the sheet's corners to `quad`."""
        return between(corners_of(self.page_px), self.quad())

    def skew_deg(self) -> float:
        """Clockwise turn in the picture of a horizontal line through the sheet's middle."""
        middle = corners_of(self.page_px).mean(axis=0)
        before, after = self.picture(middle + np.array([[-1.0, 0.0], [1.0, 0.0]]))
        return math.degrees(math.atan2(after[1] - before[1], after[0] - before[0]))

    def px_per_mm(self) -> float:
        """Resolution at the sheet's middle: the root of the area a square millimetre takes."""
        middle = corners_of(self.page_px).mean(axis=0)
        along, down = np.array([0.5, 0.0]), np.array([0.0, 0.5])
        a, b, c, d = self.picture(
            np.stack([middle - along, middle + along, middle - down, middle + down])
        )
        x, y = b - a, d - c
        return math.sqrt(abs(x[0] * y[1] - x[1] * y[0])) / MM

    def mesh(self) -> tuple[np.ndarray, np.ndarray]:
        """A grid over the page with its corners: page and picture points, each 33 x 33 x 2."""
        (left, top), _, (right, bottom), _ = corners_of(self.page_px)
        axes = np.linspace(left, right, MESH), np.linspace(top, bottom, MESH)
        page = np.stack(np.meshgrid(*axes), axis=-1)
        return page, self.picture(page)

    def region(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the part of the frame the sheet takes (0 wide if none)."""
        _, grid = self.mesh()
        low = np.floor(grid.min(axis=(0, 1))).astype(int) - 2
        high = np.ceil(grid.max(axis=(0, 1))).astype(int) + 3
        width, height = self.view.scene.width_px, self.view.scene.height_px
        left, right = np.clip((low[0], high[0]), 0, width)
        top, bottom = np.clip((low[1], high[1]), 0, height)
        return int(left), int(top), int(right), int(bottom)

    def step_px(self) -> tuple[int, int]:
        """How far apart the map is computed: finely only in the direction of the bend."""
        if self.profile is None:
            return FLAT_STEP_PX, FLAT_STEP_PX
        axis_deg = self.profile.axis_deg + self.view.scene.pose.turn_deg
        lean = abs((axis_deg + 45) % 90 - 45)
        if lean > 20:
            return BENT_STEP_PX, BENT_STEP_PX
        fine, coarse = BENT_STEP_PX, FLAT_STEP_PX
        return (fine, coarse) if abs((axis_deg + 90) % 180 - 90) < 45 else (coarse, fine)
