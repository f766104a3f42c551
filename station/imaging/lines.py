"""Straight lines of a frame, and what is seen along each of them.

Lines are found by a Hough transform in which every ridge pixel votes only near the direction of
its own gradient (O'Gorman and Clowes 1976), weighted by how much it stands out. Coordinates are
working pixels from the middle of the frame; a line is its normal's angle and its distance.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from station.imaging.edges import Floats, Scene, colours_at

ANGLES = 180
DISTANCE_PX = 2.0
SPREAD_DEG = 4
LINES, FEWEST = 36, 16
"""At most so many lines; and at least, where no more are strong, so that a faint side is seen."""
STRONG, FAINT = 0.02, 0.006
"""Votes of a line, in diagonals of the frame."""
STEP_PX = 2.0
NEAR_PX = (5.0, 8.0, 12.0)
"""How far beside a line the colours of its two sides are taken."""
FAR_PX = (20.0, 28.0)
"""Past a seam between tiles, the gutter of a book, the frame of a table."""


class Lines(NamedTuple):
    """N lines: `normals` Nx2 (unit), `distances` N; the last four are the frame's border."""

    normals: Floats
    distances: Floats

    @property
    def directions(self) -> Floats:
        """Nx2, the way along each line: the normal turned by 90 degrees."""
        return np.stack([-self.normals[:, 1], self.normals[:, 0]], axis=1)


def find_lines(scene: Scene) -> Lines:
    """The strongest lines, strongest first, then the border of the frame."""
    height, width = scene.ridges.shape
    ys, xs = np.nonzero(scene.ridges)
    gradient = scene.gradient[ys, xs]
    points = np.stack([xs - (width - 1) / 2, ys - (height - 1) / 2], axis=1).astype(np.float32)
    votes = _votes(points, gradient, float(np.hypot(height, width)) / 2)
    angles, distances = _peaks(votes)
    normals = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    refitted = [_refitted(points, gradient, n, d) for n, d in zip(normals, distances, strict=True)]
    found = np.array(refitted, np.float32).reshape(-1, 3)
    border = np.array(
        [[1, 0, -width / 2], [1, 0, width / 2], [0, 1, -height / 2], [0, 1, height / 2]], np.float32
    )
    table = np.vstack([found, border])
    return Lines(table[:, :2], table[:, 2])


def _votes(points: Floats, gradient: Floats, radius_px: float) -> Floats:
    """ANGLES x distances, smoothed; distance bins run from -radius to +radius."""
    bins = 2 * int(radius_px / DISTANCE_PX + 2) + 1
    weight = np.hypot(gradient[:, 0], gradient[:, 1])
    own = np.round(np.degrees(np.arctan2(gradient[:, 1], gradient[:, 0]))).astype(int)
    cosine, sine = (f(np.radians(np.arange(ANGLES, dtype=np.float32))) for f in (np.cos, np.sin))
    total = np.zeros(ANGLES * bins)
    for turn in range(-SPREAD_DEG, SPREAD_DEG + 1):
        angle = (own + turn) % ANGLES
        distance = points[:, 0] * cosine[angle] + points[:, 1] * sine[angle]
        cell = angle * bins + (distance / DISTANCE_PX + (bins // 2 + 0.5)).astype(int)
        total += np.bincount(cell, weight, minlength=ANGLES * bins)
    return total.reshape(ANGLES, bins).astype(np.float32)


def _peaks(votes: Floats) -> tuple[Floats, Floats]:
    """Angles (radians) and distances (px) of the highest LINES peaks, highest first.

    At 180 degrees the table goes on at 0 with the distances reversed.
    """
    margin = 6
    around = np.vstack([votes[-margin:, ::-1], votes, votes[:margin, ::-1]])
    smooth = cv2.GaussianBlur(around, (3, 5), 0)
    highest = cv2.dilate(smooth, np.ones((7, 5), np.uint8))
    diagonal_px = votes.shape[1] * DISTANCE_PX
    peak = (smooth == highest) & (smooth > FAINT * diagonal_px)
    angle, distance = np.nonzero(peak[margin:-margin])
    height = smooth[margin:-margin][angle, distance]
    strong = int((height > STRONG * diagonal_px).sum())
    order = np.argsort(-height)[: min(LINES, max(strong, FEWEST))]
    radians = np.radians(angle[order]).astype(np.float32)
    return radians, ((distance[order] - votes.shape[1] // 2) * DISTANCE_PX).astype(np.float32)


def _refitted(
    points: Floats, gradient: Floats, normal: Floats, distance: float
) -> tuple[float, float, float]:
    """The line through the ridge pixels near it that point its way, by total least squares."""
    near = np.abs(points @ normal - distance) < 3.0
    near &= np.abs(gradient @ normal) > 0.97 * np.hypot(gradient[:, 0], gradient[:, 1])
    mine = points[near]
    if len(mine) < 8:
        return float(normal[0]), float(normal[1]), distance
    middle = mine.mean(axis=0)
    spread = np.cov((mine - middle).T)
    across = np.linalg.eigh(spread)[1][:, 0]
    if across @ normal < 0:
        across = -across
    return float(across[0]), float(across[1]), float(across @ middle)


class Evidence(NamedTuple):
    """Running sums along N lines at T places, `STEP_PX` apart from -radius on.

    Each is Nx(T+1)xK, so that a stretch of a line costs two look-ups. `rising` and `falling`:
    edge of 0..1 that gets lighter along the normal, or darker. `seen`: 1 inside the frame.
    `before` and `after`: Lab and the square of L on the two sides, along the normal; `far`: Lab
    farther off.
    """

    sums: npt.NDArray[np.float64]
    radius_px: float

    def between(self, line: npt.NDArray[np.intp], start: Floats, end: Floats) -> Floats:
        """Sums over the places start..end (px along the line), one row a line."""
        last = self.sums.shape[1] - 1
        first, final = (
            np.clip(np.round((at + self.radius_px) / STEP_PX), 0, last).astype(np.intp)
            for at in (start, end)
        )
        return np.asarray(self.sums[line, final] - self.sums[line, first], dtype=np.float32)


RISING, FALLING, SEEN = 0, 1, 2
BEFORE, AFTER, FAR_BEFORE, FAR_AFTER = slice(3, 7), slice(7, 11), slice(11, 14), slice(14, 17)


def evidence(scene: Scene, lines: Lines) -> Evidence:
    """What is seen along every line, from one side of the frame to the other."""
    height, width = scene.ridges.shape
    radius = float(np.hypot(height, width)) / 2
    along = np.arange(-radius, radius, STEP_PX, dtype=np.float32)
    middle = np.array([(width - 1) / 2, (height - 1) / 2], np.float32)
    feet = lines.normals * lines.distances[:, None] + middle
    places = feet[:, None] + lines.directions[:, None] * along[:, None]
    edge = _edge(scene.gradient, places, lines.normals)
    x, y = places[:, :, 0], places[:, :, 1]
    seen = (x >= -1) & (x <= width) & (y >= -1) & (y <= height)
    near = [_band(scene.colours, places, sign * lines.normals, NEAR_PX) for sign in (-1, 1)]
    rough = [np.concatenate([band, band[:, :, :1] ** 2], axis=2) for band in near]
    far = [_band(scene.colours, places, sign * lines.normals, FAR_PX) for sign in (-1, 1)]
    table = np.concatenate([edge, seen[:, :, None], *rough, *far], axis=2) * seen[:, :, None]
    sums = np.zeros((table.shape[0], table.shape[1] + 1, table.shape[2]))
    np.cumsum(table, axis=1, out=sums[:, 1:])
    return Evidence(sums, radius)


def _edge(gradient: Floats, places: Floats, normals: Floats) -> Floats:
    """NxTx2: the strongest edge within 2 px of each place, rising and falling."""
    best = np.zeros((*places.shape[:2], 2), np.float32)
    for offset in (-2.0, -1.0, 0.0, 1.0, 2.0):
        seen = colours_at(gradient, places + normals[:, None] * offset)
        across = np.einsum("ntd,nd->nt", seen, normals)
        best = np.maximum(best, np.stack([across, -across], axis=2))
    return np.clip((best - 0.2) / 0.3, 0, 1)


def _band(colours: Floats, places: Floats, way: Floats, offsets: tuple[float, ...]) -> Floats:
    """NxTx3: mean Lab at some offsets from the line."""
    seen = [colours_at(colours, places + way[:, None] * offset, exact=True) for offset in offsets]
    return np.asarray(np.mean(seen, axis=0))
