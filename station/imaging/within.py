"""What lies within a quad: paper is of one colour nearly everywhere, a desk and a picture not."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from station.imaging.edges import Floats, Scene, colours_at
from station.imaging.ground import CELL_PX, Mask
from station.imaging.quads import areas

GRID = 14
"""A quad is looked at on GRID x GRID places."""
RING_PX = 4.0
"""A ring narrower than this shows nothing of its own."""
MIDWAY = (0.35, 0.5, 0.65)
ALONG, OVER = np.linspace(0.15, 0.85, 36), np.array([0.15, 0.5, 0.85])
"""Places along and across a quad; two that follow each other are wider than a book's gutter."""
SHADE, TINT = 0.3, 5.0
"""Differences of light (log) and of colour (Lab) within one ground."""
FEW = 0.02
"""Share of a frame's places that is a few lines of writing."""


def evenness(seen: Scene, corners: Floats) -> tuple[Floats, Floats]:
    """The share of each quad that has its middle colour, Q, and that colour, Qx3 Lab.

    `corners`: Qx4x2 in working px.
    """
    colours = colours_at(seen.colours, _grid(corners), exact=True)
    middle = np.median(colours, axis=1)
    return np.asarray(alike(colours, middle[:, None]).mean(axis=1)), middle


def alike(colours: Floats, middle: Floats) -> Mask:
    """Which Lab colours (...x3) may be of one ground with the colour `middle`, ..."""
    apart = np.abs(colours - middle)
    return np.asarray(
        (apart[..., 0] < 0.25 * middle[..., 0] + 2) & (apart[..., 1:].max(axis=-1) < 10)
    )


def writing_outside(seen: Scene, written: Mask, corners: Floats, outside: Floats) -> Floats:
    """Which share of the frame's writing (ground.py) stands on what lies around each quad, Q.

    Then the quad lies on a page. Writing beside it on paper of another colour than `outside` (Qx3
    Lab) is another sheet's. A shadow along the quad's edge is no writing, so what lies near its
    sides has no say; a few places on a bare frame are no writing either.
    """
    rows, columns = np.nonzero(written)
    places = (np.stack([columns, rows], axis=1).astype(np.float32) + 0.5) * CELL_PX
    if not len(places):
        return np.zeros(len(corners), np.float32)
    ground = colours_at(seen.colours, places[None], exact=True)
    same = likeness(ground, outside[:, None]) * (depth(places, corners) < -CELL_PX)
    return np.asarray(same.sum(axis=1) / (len(places) + FEW * written.size), np.float32)


def likeness(ground: Floats, outside: Floats) -> Floats:
    """How surely Lab colours (...x3) are of the ground `outside`, 0..1."""
    light = np.log((ground[..., 0] + 8) / (outside[..., 0] + 8)) / SHADE
    hue = np.linalg.norm(ground[..., 1:] - outside[..., 1:], axis=-1) / TINT
    return np.asarray(np.exp(-(light**2) - hue**2))


def desk_across(seen: Scene, corners: Floats, middle: Floats, outside: Floats) -> Floats:
    """How far a strip of what lies around a quad runs through it from side to side, Q of 0..1.

    Then there are two sheets in it. `middle` and `outside`: Lab of the quads and of what lies
    around them, Qx3.
    """
    u, v = (axis.ravel() for axis in np.meshgrid(ALONG, OVER, indexing="ij"))
    widest = []
    for quad in (corners, np.roll(corners, 1, axis=1)):
        colours = colours_at(seen.colours, _places(quad, u, v), exact=True)
        to_desk, to_paper = (
            np.einsum("qpd,qpd->qp", off, off)
            for off in (colours - outside[:, None], colours - middle[:, None])
        )
        share = (to_desk < 0.25 * to_paper).reshape(-1, len(ALONG), len(OVER)).mean(axis=2)
        widest.append(np.minimum(share[:, 1:], share[:, :-1]).max(axis=1))
    return np.asarray(np.maximum(*widest), np.float32)


def depth(places: Floats, corners: Floats) -> Floats:
    """How far each place (Px2) lies inside each quad (negative: outside of a side), QxP."""
    return np.asarray(depths(places, corners).min(axis=1))


def depths(places: Floats, corners: Floats) -> Floats:
    """How far each place (Px2) lies inside of each side of each quad, Qx4xP."""
    way = np.roll(corners, -1, axis=1) - corners
    normal = np.stack([-way[..., 1], way[..., 0]], axis=-1)
    normal *= (np.sign(areas(corners))[:, None] / np.linalg.norm(way, axis=-1))[..., None]
    offset = (normal * corners).sum(axis=-1)
    return np.asarray(normal @ places.T - offset[..., None])


def lies_in(inner: Floats, outer: Floats) -> bool:
    """Whether nearly all of the quad `inner` (4x2) lies in the quad `outer`."""
    return bool(_inside(_grid(inner[None])[0], outer).mean() > 0.97)


def ring(seen: Scene, inner: Floats, outer: Floats, shares: tuple[float, ...] = MIDWAY) -> Floats:
    """Lab (Px3) of places in what the quad `outer` has around the quad `inner`.

    `shares`: how far they lie on the way out, 0..1.
    """
    outer = min(_orders(outer), key=lambda corners: float(np.abs(corners - inner).sum()))
    along = np.linspace(0.02, 0.98, 48, dtype=np.float32)[:, None]
    rims = [
        (quad[:, None] * (1 - along) + np.roll(quad, -1, axis=0)[:, None] * along).reshape(-1, 2)
        for quad in (inner, outer)
    ]
    wide = np.linalg.norm(rims[1] - rims[0], axis=1) > RING_PX
    if not wide.any():
        wide[:] = True
    places = np.concatenate([rims[0][wide] * (1 - s) + rims[1][wide] * s for s in shares])
    return np.asarray(colours_at(seen.colours, places[None], exact=True)[0])


def middle_colour(seen: Scene, corners: Floats) -> Floats:
    """Middle Lab of a quad (4x2)."""
    return np.asarray(
        np.median(colours_at(seen.colours, _grid(corners[None]), exact=True)[0], axis=0)
    )


def _orders(corners: Floats) -> list[Floats]:
    """The quad's corners begun anywhere, either way round."""
    return [np.roll(way, k, axis=0) for way in (corners, corners[::-1]) for k in range(4)]


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
    return _places(corners, u, v)


def _places(corners: Floats, u: Floats, v: Floats) -> Floats:
    """QxPx2 places at shares `u` and `v` (P) of the way along each quad's first two sides."""
    weights = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=1)
    return np.asarray(weights.astype(np.float32) @ corners)
