"""How paper bends: it rolls, it never stretches, so one profile along one axis says it all."""

from __future__ import annotations

import math

import msgspec
import numpy as np


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Arc length `u`, place `s` and height `h` above the desk, each n float64 in millimetres.

    The paper is straight across the axis (a developable surface: a generalised cylinder), and
    runs on along its tangent beyond both ends. `axis_deg` turns the axis clockwise from x.
    """

    u: np.ndarray
    s: np.ndarray
    h: np.ndarray
    axis_deg: float = 0.0

    def lifted(self, flat_mm: np.ndarray) -> np.ndarray:
        """Points of the flat sheet (... x 2) to points in space (... x 3, z towards the desk)."""
        along, across = self._turned(flat_mm, 1)
        place, height = self._at(self.u, self.s, along), self._at(self.u, self.h, along)
        back = self._turned(np.stack((place, across), axis=-1), -1)
        return np.stack((*back, -height), axis=-1)

    def height(self, place_mm: np.ndarray) -> np.ndarray:
        """Height above points of the desk (... x 2)."""
        return self._at(self.s, self.h, self._turned(place_mm, 1)[0])

    def flattened(self, place_mm: np.ndarray) -> np.ndarray:
        """The point of the flat sheet (... x 2) that lies above a point of the desk."""
        along, across = self._turned(place_mm, 1)
        flat = np.stack((self._at(self.s, self.u, along), across), axis=-1)
        return np.stack(self._turned(flat, -1), axis=-1)

    def slope_deg(self, flat_mm: np.ndarray) -> np.ndarray:
        """Rise of the paper along the axis at points of the flat sheet (... x 2)."""
        rise = np.degrees(np.arctan2(np.gradient(self.h), np.gradient(self.s)))
        return np.interp(self._turned(flat_mm, 1)[0], self.u, rise)

    def _turned(self, points: np.ndarray, sign: int) -> tuple[np.ndarray, np.ndarray]:
        a = math.radians(self.axis_deg) * sign
        x, y = points[..., 0], points[..., 1]
        return x * math.cos(a) + y * math.sin(a), y * math.cos(a) - x * math.sin(a)

    @staticmethod
    def _at(xs: np.ndarray, ys: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Linear between the samples (0.1 mm apart), along the end tangents beyond."""
        first, last = (ys[1] - ys[0]) / (xs[1] - xs[0]), (ys[-1] - ys[-2]) / (xs[-1] - xs[-2])
        out = np.interp(x, xs, ys)
        out += np.minimum(x - xs[0], 0) * first
        return out + np.maximum(x - xs[-1], 0) * last


STEP_MM = 0.1


def bent(
    slope_deg: np.ndarray, first_mm: float, height_mm: float, axis_deg: float = 0.0
) -> Profile:
    """The paper whose slope at every `STEP_MM` of arc is given, from `first_mm` onwards.

    Its lowest point is `height_mm` above the desk; place 0 is where the arc is 0.
    """
    slope = np.radians(slope_deg)
    middle = (slope[1:] + slope[:-1]) / 2
    u = first_mm + STEP_MM * np.arange(len(slope))
    s = np.concatenate(([0.0], np.cumsum(np.cos(middle)))) * STEP_MM
    h = np.concatenate(([0.0], np.cumsum(np.sin(middle)))) * STEP_MM
    s -= np.interp(0.0, u, s)
    return Profile(u=u, s=s, h=h - h.min() + height_mm, axis_deg=axis_deg)
