"""Whether a frame is itself a page: the ground of its writing reaches the frame's border."""

from __future__ import annotations

import numpy as np

from station.imaging.edges import INK, Scene

DARKEST = 30
"""Lab L (0..255) below which nothing is seen."""
LEAST_INK = 0.002
MOST_INK = 0.4
GRAINY = 0.08
"""A frame half of which is so much darker than its ground is noise, not writing."""
RIM = 0.03
"""Width of the frame's border zone, in shorter sides of the frame."""


def share_of_page(seen: Scene) -> float:
    """Share of the frame's border zone that looks like the ground of its writing, 0..1.

    0 where there is no writing, unless the frame is plain and light: a blank page.
    """
    ground = seen.colours
    if np.median(ground[:, :, 0]) < DARKEST:
        return 0.0
    ink = seen.ink > INK
    share = float(ink.mean())
    if share > MOST_INK or np.median(seen.ink) > GRAINY:
        return 0.0
    paper = np.median(ground[ink] if share > LEAST_INK else ground.reshape(-1, 3), axis=0)
    if share <= LEAST_INK and (paper[0] < 160 or ground[:, :, 0].std() > 12):
        return 0.0
    width = max(2, int(RIM * min(ink.shape)))
    rim = np.ones(ink.shape, bool)
    rim[width:-width, width:-width] = False
    apart = np.abs(ground[rim] - paper)
    alike = (apart[:, 0] < 0.35 * paper[0]) & (apart[:, 1:].max(axis=1) < 14)
    return float(alike.mean())
