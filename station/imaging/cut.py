"""Where a side of the sheet runs that the frame has cut off.

The frame's border is no side of the sheet: flattening by it would distort a page that lies turned.
The lost side is drawn instead where the others want it, as far out as the page is seen.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from station.imaging.edges import Floats
from station.imaging.rectangle import USUAL_FOCAL_LENGTH

Flags = npt.NDArray[np.bool_]

FARTHEST = 1.0
"""How far a corner may lie from the middle, in focal lengths: half a frame outside of it."""
LEVEL = np.array([0.0, 0.0, 1.0])
"""The line at infinity: where the parallels of an untilted sheet meet."""


def completed(quad: Floats, border: Flags, width: int, height: int) -> Floats:
    """The quad (4x2, frame px) with its sides on the border replaced by ones of a rectangle.

    Opposite sides of a rectangle meet at a vanishing point, and those of its two directions are
    seen at right angles from the lens (Zhang and He 2007, section 3): three sides give the fourth.
    A side next to another one on the border stays: two sides do not tell the perspective.
    """
    focal_px = USUAL_FOCAL_LENGTH * max(width, height)
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    corners = (quad - middle) / focal_px
    for side in np.nonzero(border)[0]:
        if not (border[side - 1] or border[(side + 1) % 4]):
            corners = _with_side(corners, int(side), lone=not border[(side + 2) % 4])
    near = np.abs(corners).max() < FARTHEST  # False where two sides do not meet
    return np.asarray(corners * focal_px + middle, np.float32) if near else quad


def _with_side(corners: Floats, side: int, *, lone: bool) -> Floats:
    """The corners with one side turned to where it vanishes, about the end that keeps most.

    `lone`: the side opposite it is one of the sheet's own.
    """
    lines = _lines(corners)
    square = np.cross(lines[side - 1], lines[(side + 1) % 4])
    along = np.cross(lines[(side + 2) % 4] if lone else LEVEL, square)
    turned = []
    for end in (corners[side], corners[(side + 1) % 4]):
        lines[side] = np.cross([*end, 1], along)
        points = np.cross(np.roll(lines, 1, axis=0), lines)
        with np.errstate(all="ignore"):
            turned.append(points[:, :2] / points[:, 2:])
    return max(turned, key=_area)


def _lines(corners: Floats) -> Floats:
    """The sides in homogeneous coordinates, 4x3."""
    ends = np.column_stack([corners, np.ones(4)])
    return np.asarray(np.cross(ends, np.roll(ends, -1, axis=0)))


def _area(corners: Floats) -> float:
    x, y = corners.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1))
