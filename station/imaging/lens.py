"""What the lens bends, made straight: the model of Brown and Conrady, as OpenCV writes it.

A pinhole would see a point at (x, y), in focal lengths from the axis; the lens shows it at
x (1 + k1 r² + k2 r⁴ + k3 r⁶) + 2 p1 x y + p2 (r² + 2 x²), and y likewise (Brown 1971; OpenCV's
"Camera Calibration and 3D Reconstruction"). Points of the pinhole are told in pixels too: in the
picture that the same camera would take without bending.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from firmware_config.schema import Lens

Points = NDArray[np.float64]
"""n x 2, pixels; whole numbers are pixel centres."""
Size = tuple[int, int]
"""Width, height."""

SAME_ASPECT = 0.01
ROUNDS = 20
TRUSTED = 1.4
"""Of the squared half diagonal: a pinhole's frame reaches so far beyond that of a barrel lens."""


def fits(lens: Lens, size: Size) -> bool:
    """Whether a picture of `size` can have come whole through the camera that was measured."""
    return abs(size[0] / size[1] / lens.aspect - 1) <= SAME_ASPECT


def focal_px(lens: Lens, size: Size) -> float:
    """The focal length in pixels of a picture of `size`."""
    return lens.focal_share * max(size)


def axis_px(lens: Lens, size: Size) -> Points:
    """Where the axis of the lens meets a picture of `size`: x, y."""
    return np.array([lens.centre_x * size[0] - 0.5, lens.centre_y * size[1] - 0.5])


def unbent(points: Points, lens: Lens, size: Size) -> Points:
    """Points of the picture, as a pinhole would have seen them."""
    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, ROUNDS, 1e-9)
    matrix = _matrix(lens, size)
    flat = np.ascontiguousarray(points, np.float64).reshape(-1, 1, 2)
    straight = cv2.undistortPointsIter(flat, matrix, _bends(lens), np.eye(3), matrix, criteria)
    return np.asarray(straight, np.float64).reshape(-1, 2)


def bent(points: Points, lens: Lens, size: Size) -> Points:
    """Points of the pinhole, where the picture shows them."""
    axis, focal = axis_px(lens, size), focal_px(lens, size)
    seen = (np.asarray(points, np.float64) - axis) / focal
    x, y = seen.T
    square = x * x + y * y
    # A polynomial may turn back on itself where nothing was ever measured.
    inside = np.minimum(square, _farthest(lens, size))
    radial = 1 + inside * (lens.k1 + inside * (lens.k2 + inside * lens.k3))
    dx = 2 * lens.p1 * x * y + lens.p2 * (square + 2 * x * x)
    dy = lens.p1 * (square + 2 * y * y) + 2 * lens.p2 * x * y
    return np.stack([x * radial + dx, y * radial + dy], axis=1) * focal + axis


def _farthest(lens: Lens, size: Size) -> float:
    """How far from the axis the model is trusted: squared, in focal lengths."""
    corner = np.array(size) * 0.5 / focal_px(lens, size)
    return float(corner @ corner) * TRUSTED


def _matrix(lens: Lens, size: Size) -> NDArray[np.float64]:
    focal, (x, y) = focal_px(lens, size), axis_px(lens, size)
    return np.array([[focal, 0.0, x], [0.0, focal, y], [0.0, 0.0, 1.0]])


def _bends(lens: Lens) -> NDArray[np.float64]:
    return np.array([lens.k1, lens.k2, lens.p1, lens.p2, lens.k3])
