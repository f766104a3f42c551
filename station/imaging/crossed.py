"""Whether a side of a quad runs through writing: then it is a fold or a shadow on the page.

Beside the edge of a sheet lie paper and desk. Where both sides of a line are mostly of like ground,
and there is writing outside, inside and on the line itself, it cuts characters in two.
"""

from __future__ import annotations

import numpy as np

from station.imaging.edges import INK, Floats, Scene, colours_at

OUTSIDE, ON, INSIDE = (
    np.arange(first, last, step, dtype=np.float32)
    for first, last, step in ((-12, -3, 2), (-2, 3, 1), (4, 13, 2))
)
"""Working pixels inward of a side."""
BESIDE = np.array([-6, 6], np.float32)
LIKE = 20.0
"""Distance of two grounds (Lab, 0..255) that may be one in changing light."""
EVERY_PX = 2
CORNER_SHARE = 0.04
"""Of a side at each end, where its neighbours' surroundings begin."""


def written_through(seen: Scene, corners: Floats) -> float:
    """How much of one side runs through writing, 0..1: the most of the four sides.

    `corners`: 4x2, clockwise, in working px. The edges of 290 sheets, drawn and real, have up to
    0.04, a side through lines of handwriting 0.08.
    """
    ends = np.roll(corners, -1, axis=0)
    return max(_through(seen, *side) for side in zip(corners, ends, strict=True))


def _through(seen: Scene, start: Floats, end: Floats) -> float:
    way = end - start
    length = float(np.linalg.norm(way))
    count = int(length * (1 - 2 * CORNER_SHARE) / EVERY_PX)
    if count < 1:
        return 0.0
    share = np.linspace(CORNER_SHARE, 1 - CORNER_SHARE, count, dtype=np.float32)[:, None]
    along, inward = start + share * way, np.array([-way[1], way[0]]) / length
    height, width = seen.ink.shape
    near = _beside(along, inward, OUTSIDE[[0]])
    framed = ((near >= 0) & (near <= [width - 1, height - 1])).all(axis=(1, 2))
    if not framed.any():
        return 0.0
    along = along[framed]
    grounds = colours_at(seen.colours, _beside(along, inward, BESIDE), exact=True)
    if np.median(np.linalg.norm(grounds[:, 0] - grounds[:, 1], axis=1)) > LIKE:
        return 0.0
    written = (
        (colours_at(seen.ink, _beside(along, inward, band)) > INK).mean()
        for band in (OUTSIDE, ON, INSIDE)
    )
    return float(min(written))


def _beside(along: Floats, inward: Floats, offsets: Floats) -> Floats:
    """Px2 places moved inward by each of the offsets, PxOx2."""
    return np.asarray(along[:, None] + offsets[None, :, None] * inward, np.float32)
