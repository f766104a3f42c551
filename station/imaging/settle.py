"""A doubtful sheet in a cradle: where it is known to lie, its edges need only be confirmed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from station.imaging.cradle import SURE, Cradle, agrees, quad_of
from station.imaging.edges import colours_at
from station.imaging.find import Finding
from station.imaging.picture import Pixels
from station.imaging.refit import meeting, refitted_side

Floats = NDArray[np.floating[Any]]

NEAR = 0.005
"""Of the long side, a third of the reach in which the edge of a sheet is looked for."""
EDGE_SHARE = 0.6
"""Of each side of a sheet, so much must show as an edge."""
PARTS = 16
"""Of a side, each looked at for itself."""


def settled(finding: Finding, cradle: Cradle | None, pixels: Pixels) -> Finding:
    """The finding, or where it is doubtful the sheet that the cradle leads to expect.

    A sheet that was surely found wins, whatever its size, and where no page is seen there is none.
    Otherwise the learned sheet is laid on the edges near it; it is taken where most of its outline
    shows, no worse than the doubtful sheet's, and the rim does not tell that the cradle has moved.
    """
    size = (pixels.shape[1], pixels.shape[0])
    if cradle is None or size != (cradle.width_px, cradle.height_px) or finding.kind == "none":
        return finding
    if finding.kind == "sheet" and finding.confidence >= SURE:
        return finding
    quad = laid(pixels, np.array(cradle.quad, np.float32))
    share = outline_share(pixels, quad)
    doubtful = finding.quad and outline_share(pixels, np.array(finding.quad, np.float32))
    if share < max(EDGE_SHARE, doubtful or 0.0):
        return finding
    if agrees(cradle, Finding(kind="none"), pixels).moved:
        return finding
    return Finding(kind="sheet", quad=quad_of(quad), confidence=share)


def laid(pixels: Pixels, corners: Floats) -> Floats:
    """The quad (4x2 px, clockwise) with its sides on the edges near them; as it was where they
    lead nowhere near.
    """
    near = NEAR * max(pixels.shape)
    ends = np.roll(corners, -1, axis=0)
    sides = [
        refitted_side(pixels, round(near), one, other)
        for one, other in zip(corners, ends, strict=True)
    ]
    moved = np.array([meeting(sides[k - 1][1], sides[k][0]) for k in range(4)], np.float32)
    sound = np.isfinite(moved).all() and np.abs(moved - corners).max() < 3 * near
    return moved if sound else corners


def outline_share(pixels: Pixels, corners: Floats) -> float:
    """The share 0..1 of a quad's outline where the colour changes more than it does beside it;
    that of its weakest side.
    """
    reach = NEAR * max(pixels.shape)
    across = np.linspace(-1, 1, 9, dtype=np.float32) * reach
    shares = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        way = (end - start) / max(float(np.linalg.norm(end - start)), 1e-6)
        inward = np.array([-way[1], way[0]])
        along = start + np.linspace(0.05, 0.95, 10 * PARTS)[:, None] * (end - start)
        steps = [
            _step(pixels, along + off * reach * inward, across[:, None] * inward)
            for off in (0.0, -3.0, 3.0)
        ]
        shares.append(float(np.mean(steps[0] > 1.0 + 1.5 * np.maximum(*steps[1:]))))
    return min(shares)


def _step(pixels: Pixels, along: Floats, across: Floats) -> Floats:
    """By how much the colour changes across a line in each of its PARTS."""
    seen = colours_at(pixels, along[:, None] + across[None])
    parts = seen.reshape(PARTS, -1, *seen.shape[1:]).mean(axis=1)
    return np.asarray(np.abs(parts[:, 6:].mean(axis=1) - parts[:, :3].mean(axis=1)).max(axis=1))
