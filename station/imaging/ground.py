"""Whether a frame is itself a page: the ground of its writing reaches the frame's border.

A scanner adds black of its own around a page, which is no desk: no light comes back from there, so
that it is one level of black, where a desk under a lens has grain, falling light and veiling glare.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from station.imaging.edges import INK, Floats, Scene

Mask = npt.NDArray[np.bool_]

DARKEST = 30
"""Lab L (0..255) below which nothing is seen."""
LEAST_INK = 0.002
MOST_INK = 0.4
GRAINY = 0.08
"""A frame half of which is so much darker than its ground is noise, not writing."""
RIM = 0.03
"""Width of the frame's border zone, in shorter sides of the frame."""
EDGE_PX = 6
"""Where black goes over into paper, at working size."""
BLACK = 0.045
"""Of the page's L; drawn dark desks have 0.09 and more, whatever the exposure."""
LEVELS = 4.0
"""Steps of L (0..255) that nine tenths of a scanner's black span."""
LEAST_BLACK = 0.02
"""Share of the border zone; less black says nothing."""


def share_of_page(seen: Scene) -> float:
    """Share of the frame's border zone that looks like the ground of its writing, 0..1.

    0 where there is no writing, unless the frame is plain and light: a blank page. The black a
    scanner leaves around a page has no say.
    """
    black = scanner_black(seen)
    rim = _rim(black) & ~black
    ground, ink = seen.colours[~black], seen.ink[~black] > INK
    if not rim.any() or np.median(ground[:, 0]) < DARKEST:
        return 0.0
    share = float(ink.mean())
    if share > MOST_INK or np.median(seen.ink) > GRAINY:
        return 0.0
    paper = np.median(ground[ink] if share > LEAST_INK else ground, axis=0)
    if share <= LEAST_INK and (paper[0] < 160 or ground[:, 0].std() > 12):
        return 0.0
    return float(_alike(seen.colours[rim], paper).mean())


def scanner_black(seen: Scene) -> Mask:
    """HxW: the black that a scanner or copier left along the border; nothing on photographs."""
    light = seen.colours[:, :, 0]
    none = np.zeros(light.shape, bool)
    dark = np.pad((light < DARKEST).astype(np.uint8), 1, constant_values=1)
    _, labels = cv2.connectedComponents(dark, connectivity=4)
    hangs = (labels == labels[0, 0])[1:-1, 1:-1]
    if hangs.all() or hangs[_rim(none)].mean() < LEAST_BLACK:
        return none
    brush = np.ones((EDGE_PX + 1, EDGE_PX + 1), np.uint8)
    core = cv2.erode(hangs.astype(np.uint8), brush) > 0
    low, high = np.percentile(light[core if core.any() else hangs], [5, 95])
    if high - low > LEVELS or high > BLACK * np.median(light[~hangs]):
        return none
    return np.asarray(cv2.dilate(hangs.astype(np.uint8), brush) > 0)


def _rim(frame: Mask) -> Mask:
    """The frame's border zone."""
    width = max(2, int(RIM * min(frame.shape)))
    rim = np.ones(frame.shape, bool)
    rim[width:-width, width:-width] = False
    return rim


def _alike(colours: Floats, paper: Floats) -> Mask:
    apart = np.abs(colours - paper)
    return np.asarray((apart[:, 0] < 0.35 * paper[0]) & (apart[:, 1:].max(axis=1) < 14))
