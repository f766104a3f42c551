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
BARE, WRITTEN = 0.03, 0.09
"""Share of places with writing: drawn desks have up to 0.06, pages from 0.13 on."""
THIN = 4
"""Every fourth pixel of every fourth row is enough to know a ground."""
HARDLY = (0.01, 0.03)
"""The same, where a few lines of writing are enough to doubt that there is none."""
FAR = (0.035, 0.06)
"""Margins of writing, in longer sides of the frame, that a page's own margins seldom reach."""
UNSURE = 0.45
CELL_PX = 12
STROKE_INK = 0.3
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


def page_chance(seen: Scene) -> float:
    """The chance, 0..1, that the frame is itself a page: its ground is all over, and written on.

    A desk has a ground too, but no strokes. A bare light frame may be either, and writing far from
    all four borders may stand on a sheet whose edges do not show on a desk as white: then the
    chance is below a half, and somebody has to look.
    """
    written = written_places(seen)
    strokes = _ramp(float(written.mean()), BARE, WRITTEN)
    far = _ramp(_margin(written), *FAR)
    lightness = float(np.median(seen.colours[::4, ::4, 0]))
    bare = UNSURE * _ramp(lightness, 180, 240)
    return share_of_page(seen) * max(strokes * (1 - far * (1 - UNSURE)), bare)


def desk_chance(seen: Scene) -> float:
    """The chance, 0..1, that a frame that is no page shows none: less where there is writing."""
    return 1 - UNSURE * _ramp(float(written_places(seen).mean()), *HARDLY)


def written_places(seen: Scene, ink: float = STROKE_INK) -> Mask:
    """Where in the frame writing stands that is as dark as `ink`, one place for CELL_PX squared.

    Grain is paler than writing, and a joint between tiles or a ruled line is one place wide.
    """
    strokes = cv2.threshold(seen.ink, ink, 1, cv2.THRESH_BINARY)[1]
    size = tuple(max(1, side // CELL_PX) for side in strokes.shape[::-1])
    dense = cv2.resize(strokes, size, interpolation=cv2.INTER_AREA) > 0.03
    brush = np.ones((2, 2), np.uint8)
    return np.asarray(cv2.morphologyEx(dense.astype(np.uint8), cv2.MORPH_OPEN, brush) > 0)


def _margin(written: Mask) -> float:
    """How near to a border writing comes, as a share of the frame's longer side."""
    rows, columns = (np.nonzero(written.mean(axis=axis) > 0.03)[0] for axis in (1, 0))
    if not (len(rows) and len(columns)):
        return 0.5
    height, width = written.shape
    gaps = (rows[0], height - 1 - rows[-1], columns[0], width - 1 - columns[-1])
    return float(min(gaps) / max(written.shape))


def _ramp(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0, 1))


def share_of_page(seen: Scene) -> float:
    """Share of the frame's border zone that looks like the ground of its writing, 0..1.

    0 where there is no writing, unless the frame is plain and light: a blank page. The black a
    scanner leaves around a page has no say.
    """
    black = scanner_black(seen)
    thin = (slice(None, None, THIN), slice(None, None, THIN))
    bare = ~black[thin]
    ground, ink = seen.colours[thin][bare], seen.ink[thin][bare] > INK
    rim = (_rim(black) & ~black)[thin]
    if not rim.any() or np.median(ground[:, 0]) < DARKEST:
        return 0.0
    share = float(ink.mean())
    if share > MOST_INK or np.median(seen.ink[thin]) > GRAINY:
        return 0.0
    paper = np.median(ground, axis=0)
    if share > LEAST_INK:
        paper = max(paper, np.median(ground[ink], axis=0), key=lambda colour: float(colour[0]))
    if share <= LEAST_INK and (paper[0] < 160 or ground[:, 0].std() > 12):
        return 0.0
    return float(_alike(seen.colours[thin][rim], paper).mean())


def scanner_black(seen: Scene) -> Mask:
    """HxW: the black that a scanner or copier left along the border; nothing on photographs."""
    light = seen.colours[:, :, 0]
    none = np.zeros(light.shape, bool)
    if (light[_rim(none)] < DARKEST).mean() < LEAST_BLACK:
        return none
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
