"""What lies within a quad: paper is of one colour nearly everywhere, a desk and a picture not."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from station.imaging.edges import Floats, Scene, colours_at

GRID = 20
"""A quad is looked at on GRID x GRID places."""


def evenness(seen: Scene, corners: Floats) -> Floats:
    """The share of each quad that has its middle colour, Q; corners Qx4x2 in working px."""
    colours = colours_at(seen.colours, _grid(corners), exact=True)
    middle = np.median(colours, axis=1, keepdims=True)
    apart = np.abs(colours - middle)
    even = (apart[..., 0] < 0.25 * middle[..., 0] + 2) & (apart[..., 1:].max(axis=2) < 10)
    return np.asarray(even.mean(axis=1))


def lies_in(inner: Floats, outer: Floats) -> bool:
    """Whether nearly all of the quad `inner` (4x2) lies in the quad `outer`."""
    return bool(_inside(_grid(inner[None])[0], outer).mean() > 0.97)


def inner_and_ring(seen: Scene, inner: Floats, outer: Floats) -> tuple[Floats, Floats]:
    """Middle Lab of the quad `inner` and of what `outer` has around it.

    Both black when there is nothing around.
    """
    places = _grid(outer[None])[0]
    ring = places[~_inside(places, inner)]
    if not len(ring):
        return np.zeros(3), np.zeros(3)
    parts = (_grid(inner[None]), ring[None])
    within, around = (
        np.median(colours_at(seen.colours, part, exact=True)[0], axis=0) for part in parts
    )
    return within, around


def _inside(places: Floats, quad: Floats) -> npt.NDArray[np.bool_]:
    """Which places (Px2) lie in a convex quad, P."""
    hull = cv2.convexHull(quad.astype(np.float32))[:, 0]
    way = np.roll(hull, -1, axis=0) - hull
    off = places[:, None] - hull
    side = way[:, 0] * off[..., 1] - way[:, 1] * off[..., 0]
    return np.asarray((side >= 0).all(axis=1) | (side <= 0).all(axis=1))


def _grid(corners: Floats) -> Floats:
    """Qx(GRID*GRID)x2 places spread over each quad."""
    share = (np.arange(GRID, dtype=np.float32) + 0.5) / GRID
    u, v = (axis.ravel() for axis in np.meshgrid(share, share))
    weights = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=1)
    return np.asarray(np.einsum("gk,qkd->qgd", weights, corners))
