"""A rectangle seen at an angle: its true proportions, and the way back to it."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from station.model import Quad

Matrix = NDArray[np.float64]
Size = tuple[int, int]
"""Width, height."""

FOCAL_LENGTHS = (0.55, 2.5)
USUAL_FOCAL_LENGTH = 0.9
"""In long sides of the picture: the plausible ones, and that of a phone or document camera."""


def encloses(quad: Quad) -> bool:
    """Whether four points stand round an area, each of them clearly out of line with the others."""
    points = np.array(quad, np.float64)
    sides = np.roll(points, -1, axis=0) - points
    onward = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * onward[:, 1] - sides[:, 1] * onward[:, 0]
    return bool(turns.min() >= 1.0 or turns.max() <= -1.0)


def flattened(
    quad: Quad, picture: Size, *, focal_px: float | None = None, axis: Matrix | None = None
) -> tuple[Matrix, Size]:
    """The homography from the picture to the flat sheet, and the sheet's size in pixels.

    As large as the longest sides of the quad, so that nothing is lost, but never of more pixels
    than the picture, so that nothing is invented. `focal_px` and `axis` (x, y) are those of a
    calibrated lens.
    """
    across = max(math.dist(quad[0], quad[1]), math.dist(quad[3], quad[2]), 1.0)
    down = max(math.dist(quad[0], quad[3]), math.dist(quad[1], quad[2]), 1.0)
    aspect = aspect_of(quad, picture, focal_px=focal_px, axis=axis) or across / down
    across, down = max(across, down * aspect), max(down, across / aspect)
    shrink = min(1.0, math.sqrt(picture[0] * picture[1] / (across * down)))
    width, height = (max(1, round(side * shrink)) for side in (across, down))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    flat = cv2.getPerspectiveTransform(np.array(quad, np.float32), corners)
    return np.asarray(flat, np.float64), (width, height)


def aspect_of(
    quad: Quad, picture: Size, *, focal_px: float | None = None, axis: Matrix | None = None
) -> float | None:
    """Width over height of the rectangle seen as `quad`, or None when the view does not tell.

    Zhang and He, "Whiteboard scanning and image enhancement" (2007), section 3: square pixels,
    principal point in the middle of the picture unless `axis` says where. Without `focal_px` the
    focal length follows from the view as well, where it is plausible.
    """
    middle = np.array([(side - 1) / 2 for side in picture]) if axis is None else axis
    upper_left, upper_right, lower_right, lower_left = (
        np.append(np.array(corner) - middle, 1.0) for corner in quad
    )
    diagonal = np.cross(upper_left, lower_right)
    with np.errstate(all="ignore"):
        k2 = diagonal @ lower_left / (np.cross(upper_right, lower_right) @ lower_left)
        k3 = diagonal @ upper_right / (np.cross(lower_left, lower_right) @ upper_right)
        along, down = k2 * upper_right - upper_left, k3 * lower_left - upper_left
        focal = focal_px or _focal_px(along, down, max(picture))
        lens = np.array([1 / focal, 1 / focal, 1.0])
        aspect = float(np.linalg.norm(along * lens) / np.linalg.norm(down * lens))
    return aspect if 0.02 < aspect < 50 else None


def _focal_px(along: Matrix, down: Matrix, long_side_px: int) -> float:
    focal = float(np.sqrt(-(along[:2] @ down[:2]) / (along[2] * down[2])))
    shortest, longest = (bound * long_side_px for bound in FOCAL_LENGTHS)
    # One pair of sides is parallel, or nearly: then any focal length explains the view.
    return focal if shortest <= focal <= longest else USUAL_FOCAL_LENGTH * long_side_px
