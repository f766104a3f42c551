"""Four lines that may be a sheet, and how well each four is borne out by what is seen."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from station.imaging.edges import Floats
from station.imaging.lines import (
    AFTER,
    BEFORE,
    FALLING,
    FAR_AFTER,
    FAR_BEFORE,
    RISING,
    SEEN,
    Evidence,
    Lines,
)

Numbers = npt.NDArray[np.intp]

BORDER_LINES = 4
OPPOSITE_DEG = 38.0
ADJACENT_DEG = 55.0
SMALLEST_AREA = 0.06
"""Share of the frame; a smaller sheet is not a page under a camera."""
OUTSIDE = 0.12
"""How far a corner may lie outside the frame, in sides of the frame."""

SMALLER = 0.9995


class Quads(NamedTuple):
    """Q quads: `corners` Qx4x2 (working px from the middle) and the line of each side, Qx4.

    Side k runs from corner k to corner k + 1.
    """

    corners: Floats
    sides: Numbers


class Crossings(NamedTuple):
    """Where N lines meet: NxNx2 points, NxN places along the first line, NxN angles (degrees)."""

    points: Floats
    places: Floats
    angles: Floats


def crossings(lines: Lines) -> Crossings:
    """Meeting points of every two lines; far away for parallel ones."""
    n, d = lines.normals, lines.distances
    cross = n[:, None, 0] * n[None, :, 1] - n[:, None, 1] * n[None, :, 0]
    safe = np.where(np.abs(cross) < 1e-4, 1e-4, cross)
    x = (d[:, None] * n[None, :, 1] - d[None, :] * n[:, None, 1]) / safe
    y = (n[:, None, 0] * d[None, :] - n[None, :, 0] * d[:, None]) / safe
    points = np.clip(np.stack([x, y], axis=2), -1e6, 1e6)
    places = np.einsum("ijd,id->ij", points, lines.directions)
    angles = np.degrees(np.arcsin(np.clip(np.abs(cross), 0, 1)))
    return Crossings(points, places, angles)


def quads(lines: Lines, width: int, height: int) -> Quads:
    """All fours of lines that make a convex quad of a sheet's size in the frame."""
    meet = crossings(lines)
    first, second = _opposite(lines, meet, 0.12 * min(width, height))
    one, other = np.nonzero(np.triu(np.ones((len(first), len(first)), bool), 1))
    crossed = meet.angles[first[one], first[other]] > ADJACENT_DEG
    crossed &= meet.angles[second[one], second[other]] > ADJACENT_DEG
    one, other = one[crossed], other[crossed]
    sides = np.stack([first[one], first[other], second[one], second[other]], axis=1)
    corners = np.stack([meet.points[sides[:, k - 1], sides[:, k]] for k in range(4)], axis=1)
    limit = np.array([width, height], np.float32) * (0.5 + OUTSIDE)
    fits = np.all(np.abs(corners) < limit, axis=(1, 2))
    corners, sides = corners[fits], sides[fits]
    turn, area = _turn(corners), areas(corners)
    good = (np.abs(turn.sum(axis=1)) == 4) & (np.abs(area) > SMALLEST_AREA * width * height)
    return Quads(corners[good], sides[good])


def _opposite(lines: Lines, meet: Crossings, apart_px: float) -> tuple[Numbers, Numbers]:
    """Pairs of lines that may be opposite sides."""
    along = lines.normals @ lines.normals.T
    distance = lines.distances[:, None] - np.sign(along) * lines.distances[None, :]
    pair = (meet.angles < OPPOSITE_DEG) & (np.abs(distance) > apart_px)
    first, second = np.nonzero(np.triu(pair, 1))
    return first, second


def _turn(corners: Floats) -> Floats:
    """Which way each corner turns, Qx4 of -1, 0, 1."""
    ahead = np.roll(corners, -1, axis=1) - corners
    then = np.roll(ahead, -1, axis=1)
    return np.sign(ahead[..., 0] * then[..., 1] - ahead[..., 1] * then[..., 0])


def areas(corners: Floats) -> Floats:
    """Signed areas of quads Qx4x2, px squared; positive when clockwise as seen (y down)."""
    after = np.roll(corners, -1, axis=1)
    cross = corners[..., 0] * after[..., 1] - corners[..., 1] * after[..., 0]
    return np.asarray(cross.sum(axis=1) / 2, dtype=np.float32)


def common_areas(corners: Floats, one: int) -> Floats:
    """Area that each quad (Qx4x2) has in common with one of them, Q.

    OpenCV says 0 of one pair in fifty that have corners or lines in common. So the one is made a
    little smaller, about its middle: then of 8,700 pairs none was off by 2 %.
    """
    hulls = [cv2.convexHull(quad.astype(np.float32)) for quad in corners]
    middle = corners[one].mean(axis=0)
    inner = np.asarray(middle + SMALLER * (hulls[one] - middle), np.float32)
    return np.array([cv2.intersectConvexConvex(hull, inner)[0] for hull in hulls])


class Sides(NamedTuple):
    """What is seen along the four sides of Q quads, Qx4 each (`inner`, `outer`, `far` outside
    Qx4x3 Lab).

    `support` 0..1: share of the side where an edge runs along it. `beyond` 0..1: the same for
    the stretches just past its two ends. `rough`: deviation of L along the inner rim.
    `border`: the side lies on the frame's border. `length_px`: of the part inside the frame.
    """

    support: Floats
    beyond: Floats
    inner: Floats
    outer: Floats
    far: Floats
    rough: Floats
    border: npt.NDArray[np.bool_]
    length_px: Floats


def sides(found: Quads, lines: Lines, seen: Evidence) -> Sides:
    """Looks along the sides of every quad."""
    line, direction = found.sides, lines.directions[found.sides]
    ends = (
        np.einsum("qkd,qkd->qk", found.corners, direction),
        np.einsum("qkd,qkd->qk", np.roll(found.corners, -1, axis=1), direction),
    )
    start, end = np.minimum(*ends), np.maximum(*ends)
    total = seen.between(line, start, end)
    places = np.maximum(total[..., SEEN], 1.0)
    margin = 0.1 * (end - start)
    past = seen.between(line, start - margin, start - 4) + seen.between(line, end + 4, end + margin)
    rising = total[..., RISING] >= total[..., FALLING]
    edge = np.where(rising, total[..., RISING], total[..., FALLING])
    on = np.where(rising, past[..., RISING], past[..., FALLING])
    middle = found.corners.mean(axis=1)
    ahead = np.einsum("qd,qkd->qk", middle, lines.normals[line]) > lines.distances[line]
    before, after = total[..., BEFORE] / places[..., None], total[..., AFTER] / places[..., None]
    inner = np.where(ahead[..., None], after, before)
    outer = np.where(ahead[..., None], before, after)
    return Sides(
        support=edge / places,
        beyond=on / np.maximum(past[..., SEEN], 3.0),
        inner=inner[..., :3],
        outer=outer[..., :3],
        far=np.where(ahead[..., None], total[..., FAR_BEFORE], total[..., FAR_AFTER])
        / places[..., None],
        rough=np.sqrt(np.maximum(inner[..., 3] - inner[..., 0] ** 2, 0)),
        border=line >= len(lines.distances) - BORDER_LINES,
        length_px=places * 2.0,
    )
