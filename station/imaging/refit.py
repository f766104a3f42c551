"""The sides of a quad laid on the edges of the frame itself, finer than a working pixel.

A side is seldom straight: a lens bows it, a page curls towards its gutter. It is followed at
working size by the smoothest path along strong edges (dynamic programming, after Amini et al.
1990), then measured on the frame's own pixels, and taken for a parabola. The sheet's corners are
where two such sides meet.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from station.imaging.edges import Bytes, Floats, Scene, colours_at

Side = tuple[Floats, Floats]
"""Two points of a line."""

STEPS = 60
"""Places at which a side is followed at working size."""
BOW_PX = 14
"""How far a side may lie from its straight line, at working size."""
STRAY = 0.012
"""What a working pixel off the straight line costs, in edges of 0..1."""
BEND = 0.08
"""What a change of one working pixel between two places costs."""
PLACES = 144
"""Places along a side where its edge is measured on the frame."""
REACH = 3.0
"""How far from the path, in working pixels."""
FARTHEST = 18.0
"""Working pixels by which a corner may move along the normal of a side."""
CORNER_SHARE = 0.04
"""Of a side at each end that is left alone: corners are round, folded or held by fingers."""
LEAST_PLACES = 24
STIFF = 0.0005
"""Share of the places that speak for a straight side."""


def refitted_sides(pixels: Bytes, seen: Scene, quad: Floats) -> list[tuple[Side, Side]]:
    """The sides of a quad (4x2, frame px, clockwise) laid on the strongest edges near them.

    Each is given as its tangents at its start and at its end; as it came when little is seen.
    """
    ends = np.roll(quad, -1, axis=0)
    paths = _paths(seen, quad, ends)
    return [
        refitted_side(pixels, seen.factor, *side) for side in zip(quad, ends, paths, strict=True)
    ]


def meeting(one: Side, other: Side) -> Floats:
    """Where two lines meet, x and y (homogeneous coordinates); not finite where they do not."""
    through = [np.cross([*a, 1.0], [*b, 1.0]) for a, b in (one, other)]
    x, y, scale = np.cross(*through)
    return np.asarray(np.array([x, y]) / (scale or np.nan))


def refitted_side(
    pixels: Bytes, factor: int, start: Floats, end: Floats, path: Floats | None = None
) -> tuple[Side, Side]:
    """The side from `start` to `end`, whose edge is near `path` (STEPS, working px inward).

    Without a path it is looked for along the straight line. The inside lies to the right of the
    way. The edge is taken along the colour in which inside and outside differ most; the parabola
    is fitted robustly (Welsch), so that fingers and torn places do not draw it.
    """
    inward = _inward(start, end)
    share = np.linspace(CORNER_SHARE, 1 - CORNER_SHARE, PLACES, dtype=np.float32)
    near = np.interp(share, _shares(), np.zeros(STEPS) if path is None else path) * factor
    along = start + share[:, None] * (end - start) + near[:, None] * inward
    reach_px = REACH * factor + 2.0
    offsets = np.linspace(-reach_px, reach_px, 29, dtype=np.float32)
    rise = _rise(_strip(pixels, along[:, None] + offsets[None, :, None] * inward))
    height, width = pixels.shape[:2]
    inside = (along >= 0).all(axis=1) & (along <= [width - 1, height - 1]).all(axis=1)
    at, steepest = np.argmax(rise, axis=1), np.where(inside, rise.max(axis=1), 0)
    clear = steepest > 0.35 * np.median(steepest)
    if np.count_nonzero(clear) < LEAST_PLACES:
        return (start, end), (start, end)
    bow = _parabola(share[clear], (near + offsets[at])[clear], 0.7 * factor)
    if max(abs(bow[0]), abs(bow.sum())) > FARTHEST * factor:
        return (start, end), (start, end)
    return _tangent(bow, 0.0, start, end), _tangent(bow, 1.0, start, end)


def _shares() -> Floats:
    return np.linspace(CORNER_SHARE, 1 - CORNER_SHARE, STEPS, dtype=np.float32)


def _inward(start: Floats, end: Floats) -> Floats:
    """The unit normal of each side (...x2) that points to its right."""
    way = end - start
    length = np.maximum(np.linalg.norm(way, axis=-1, keepdims=True), 1e-6)
    return np.asarray(np.stack([-way[..., 1], way[..., 0]], axis=-1) / length, np.float32)


def _paths(seen: Scene, starts: Floats, ends: Floats) -> Floats:
    """Where the strongest smooth edge runs along each side: 4xSTEPS, working px inward."""
    first, last = ((at + 0.5) / seen.factor - 0.5 for at in (starts, ends))
    inward = _inward(first, last)
    along = first[:, None] + _shares()[:, None] * (last - first)[:, None]
    offsets = np.arange(-BOW_PX, BOW_PX + 1, dtype=np.float32)
    places = along[:, :, None] + offsets[:, None] * inward[:, None, None]
    seen_there = colours_at(seen.gradient, places.reshape(-1, len(offsets), 2))
    across = np.einsum("ksod,kd->kso", seen_there.reshape(places.shape), inward)
    near = across[:, :, BOW_PX - 2 : BOW_PX + 3].sum(axis=(1, 2), keepdims=True)
    gain = np.clip(across * np.where(near < 0, -1, 1), 0, 0.6) - STRAY * np.abs(offsets)
    return offsets[_best_paths(gain)]


def _best_paths(gain: Floats) -> npt.NDArray[np.intp]:
    """For each row of `gain` (KxSxO) a column, KxS: the path of most gain with few bends."""
    total, came = gain[:, 0], np.zeros(gain.shape, np.int8)
    padded = np.full((gain.shape[0], gain.shape[2] + 2), -np.inf, gain.dtype)
    for step in range(1, gain.shape[1]):
        padded[:, 1:-1] = total
        before, after = padded[:, :-2] - BEND, padded[:, 2:] - BEND
        side = np.maximum(before, after)
        came[:, step] = np.where(side > total, np.where(before >= after, -1, 1), 0)
        total = np.maximum(side, total) + gain[:, step]
    path = np.zeros(gain.shape[:2], np.intp)
    path[:, -1] = total.argmax(axis=1)
    each = np.arange(len(gain))
    for step in range(gain.shape[1] - 1, 0, -1):
        path[:, step - 1] = path[:, step] + came[each, step, path[:, step]]
    return path


def _parabola(share: Floats, off: Floats, scale_px: float) -> Floats:
    """Coefficients (1, t, t^2) of the offset along the side, by reweighted least squares."""
    terms = np.stack([np.ones_like(share), share, share * (share - 1)], axis=1).astype(float)
    stiff = np.diag([0.0, 0.0, STIFF * len(share)])
    weight = np.ones(len(share))
    fit = np.array([np.median(off), 0.0, 0.0])
    for scale in (8.0, 4.0, 2.0, 1.0, 1.0, 1.0):
        weight = np.exp(-(((off - terms @ fit) / (2.98 * scale * scale_px)) ** 2))
        heavy = terms * weight[:, None]
        fit = np.linalg.solve(
            heavy.T @ terms + stiff * weight.mean() + 1e-9 * np.eye(3), heavy.T @ off
        )
    return np.asarray([fit[0], fit[1] - fit[2], fit[2]])


def _tangent(bow: Floats, at: float, start: Floats, end: Floats) -> Side:
    inward = _inward(start, end)
    slope = bow[1] + 2 * bow[2] * at
    point = start + at * (end - start) + (bow @ [1, at, at * at]) * inward
    return point, point + (end - start) + slope * inward


def _strip(pixels: Bytes, places: Floats) -> Floats:
    """Colours at `places` (PxOx2 px), PxOx3, smoothed a little along the side and across it."""
    seen = colours_at(pixels, places)
    return np.asarray(cv2.GaussianBlur(seen, (3, 5), 0))


def _rise(strip: Floats) -> Floats:
    """How steeply the colour goes over from the outside's to the inside's, PxO."""
    ends = strip.shape[1] // 4
    step = np.median(strip[:, -ends:], axis=(0, 1)) - np.median(strip[:, :ends], axis=(0, 1))
    profile = strip @ (step / max(float(np.linalg.norm(step)), 1e-6))
    return np.asarray(np.gradient(profile, axis=1), dtype=np.float32)
