"""The sides of a quad laid on the edges of the frame itself, finer than a working pixel."""

from __future__ import annotations

import cv2
import numpy as np

from station.imaging.edges import Bytes, Floats, colours_at

PLACES = 192
"""Places along a side where its edge is looked for."""
REACH = 3.0
"""How far from the side, in working pixels."""
CORNER_SHARE = 0.04
"""Of a side at each end that is left alone: corners are round, folded or held by fingers."""
LEAST_PLACES = 24


def refitted_side(pixels: Bytes, start: Floats, end: Floats, factor: int) -> tuple[Floats, Floats]:
    """Two points of the side from `start` to `end` (frame px), laid on the strongest edge near it.

    The inside lies to the right of the way (clockwise quads, y down). The edge is taken along
    the colour in which inside and outside differ most; the line is fitted robustly (Welsch), so
    that fingers and torn places do not draw it. Given back as it came when little is seen.
    """
    way = (end - start) / max(float(np.linalg.norm(end - start)), 1e-6)
    inward = np.array([-way[1], way[0]], np.float32)
    share = np.linspace(CORNER_SHARE, 1 - CORNER_SHARE, PLACES, dtype=np.float32)
    along = start + share[:, None] * (end - start)
    reach_px = REACH * factor + 2.0
    offsets = np.linspace(-reach_px, reach_px, 33, dtype=np.float32)
    strip = _strip(pixels, along[:, None] + offsets[None, :, None] * inward)
    rise = _rise(strip)
    height, width = pixels.shape[:2]
    inside = (along >= 0).all(axis=1) & (along <= [width - 1, height - 1]).all(axis=1)
    at, steepest = np.argmax(rise, axis=1), np.where(inside, rise.max(axis=1), 0)
    clear = steepest > 0.35 * np.median(steepest)
    if np.count_nonzero(clear) < LEAST_PLACES:
        return start, end
    found = (along + offsets[at][:, None] * inward)[clear]
    vx, vy, x, y = cv2.fitLine(found, cv2.DIST_WELSCH, 0.7 * factor, 0.01, 0.001).ravel()
    point = np.array([x, y], np.float32)
    return point, point + np.array([vx, vy], np.float32)


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
