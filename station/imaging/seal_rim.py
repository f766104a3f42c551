"""The rim of a round seal, among whatever else was pressed beside it."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.paper import Grey

Floats = NDArray[np.float64]
Rim = tuple[Floats, Floats]
"""The centre (x, y), and the matrix that takes a unit circle to the rim about it."""

RED = 0.35
"""Of the darkest paste: writing."""
TRIES, REFINED = 300, 4
"""Circles that are tried, and how often the best is fitted again to the points on it."""
LEAST_POINTS, MOST_POINTS, WAYS = 24, 600, 90
LEAST_ROUND = 0.7
"""Shorter over longer axis of a rim seen aslant."""
NEAR, LEAST_RIM = 0.04, 0.65
"""Of the radius: on the rim; the share of the ways out of the centre that must meet it."""


def rim_of(paste: Grey) -> Rim | None:
    """The rim of a round seal in `paste` (HxW, 0 bare to 255 dense); None if it is not round.

    Other marks may touch it, so circles through three points of the outlines are tried (Fischler
    and Bolles 1981); the one that most ways out of its centre end on is drawn to an ellipse.
    """
    points = _outlines(paste)
    if len(points) < LEAST_POINTS:
        return None
    chance = np.random.default_rng(0)
    circles = (_circle(points[chance.integers(0, len(points), 3)]) for _ in range(TRIES))
    fits = [one for one in circles if one and 0.3 < one[1][0, 0] / min(paste.shape) < 0.55]
    if not fits:
        return None
    best = max(fits, key=lambda rim: _covered(points, rim))
    for _ in range(REFINED):
        best = _ellipse(points[np.abs(_astray(points, best)) < NEAR]) or best
    return best if _covered(points, best) >= LEAST_RIM else None


def _outlines(paste: Grey) -> Floats:
    """Points on the outer outlines of the paste, at most MOST_POINTS, N x 2 (x, y)."""
    dark = (paste > RED * 255).astype(np.uint8)
    outlines = cv2.findContours(dark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0]
    if not outlines:
        return np.zeros((0, 2))
    points = np.concatenate([outline[:, 0] for outline in outlines]).astype(np.float64)
    return points[:: len(points) // MOST_POINTS + 1]


def _circle(three: Floats) -> Rim | None:
    """The circle through three points."""
    matrix = 2 * (three[1:] - three[0])
    if abs(np.linalg.det(matrix)) < 1:
        return None
    centre = np.linalg.solve(matrix, np.square(three[1:]).sum(1) - np.square(three[0]).sum())
    return centre, np.eye(2) * float(np.linalg.norm(three[0] - centre))


def _ellipse(points: Floats) -> Rim | None:
    if len(points) < LEAST_POINTS:
        return None
    centre, (wide, high), deg = cv2.fitEllipse(points.astype(np.float32))
    if min(wide, high) < LEAST_ROUND * max(wide, high):
        return None
    turn = math.radians(deg)
    axes = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    # Turned back, so that what is above on the circle is above in the picture.
    return np.array(centre), axes @ np.diag([wide / 2, high / 2]) @ axes.T


def _astray(points: Floats, rim: Rim) -> Floats:
    """How far points lie off a rim, in radii."""
    within = (points - rim[0]) @ np.linalg.inv(rim[1]).T
    return np.asarray(np.linalg.norm(within, axis=1) - 1, np.float64)


def _covered(points: Floats, rim: Rim) -> float:
    """The share of the ways out of its centre that have a point on the rim."""
    on = (points - rim[0])[np.abs(_astray(points, rim)) < NEAR]
    ways = np.round(np.arctan2(on[:, 1], on[:, 0]) / (2 * math.pi) * WAYS).astype(int) % WAYS
    return len(np.unique(ways)) / WAYS
