"""What lies within a quad: paper is even and is written on, and the desk around it is not."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from station.imaging.edges import INK, Floats, Scene, colours_at

GRID = 20
"""A quad is looked at on GRID x GRID places."""


class Within(NamedTuple):
    """Q each: `even`, the share of a quad that has its middle colour; `written` and
    `written_outside`, the share of ink inside it and in the rest of the frame."""

    even: Floats
    written: Floats
    written_outside: Floats


def within(seen: Scene, corners: Floats, areas: Floats) -> Within:
    """Looks into quads: corners Qx4x2 in working px (of the frame), areas as shares of it."""
    ink = cv2.blur((seen.ink > INK).astype(np.float32), (9, 9)).astype(np.float32)
    places = _grid(corners)
    colours = colours_at(seen.colours, places, exact=True)
    middle = np.median(colours, axis=1, keepdims=True)
    apart = np.abs(colours - middle)
    even = (apart[..., 0] < 0.25 * middle[..., 0] + 2) & (apart[..., 1:].max(axis=2) < 10)
    written = colours_at(ink, places, exact=True).mean(axis=1)
    rest = np.maximum(1 - areas, 0.02)
    outside = np.maximum(float(ink.mean()) - areas * written, 0) / rest
    return Within(even.mean(axis=1, dtype=np.float32), written, outside)


def _grid(corners: Floats) -> Floats:
    """Qx(GRID*GRID)x2 places spread over each quad."""
    share = (np.arange(GRID, dtype=np.float32) + 0.5) / GRID
    u, v = (axis.ravel() for axis in np.meshgrid(share, share))
    weights = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=1)
    return np.ascontiguousarray(np.einsum("gk,qkd->qgd", weights, corners).astype(np.float32))


def between(seen: Scene, outer: Floats, inner: Floats) -> tuple[Floats, Floats]:
    """Middle colours (Lab) inside `inner` and of what `outer` has around it; corners 4x2."""
    places = _grid(outer[None])
    colours = colours_at(seen.colours, places, exact=True)[0]
    hull = cv2.convexHull(inner.astype(np.float32))
    ring = np.array(
        [cv2.pointPolygonTest(hull, (float(x), float(y)), True) < -3 for x, y in places[0]]
    )
    if not ring.any() or ring.all():
        return np.zeros(3, np.float32), np.full(3, 255, np.float32)
    return np.median(colours[~ring], axis=0), np.median(colours[ring], axis=0)
