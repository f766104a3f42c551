"""A hand in view: something that is no paper and reaches into the page over its edge.

Skin of any tone is redder than the paper it lies on, whatever light falls on both, and a glove has
a colour of its own; so ratios of the colours are compared, which a shadow leaves as they are
(log-chromaticity, Finlayson and Hordley 2001). A stain, a seal or a tab at the edge ends there,
the desk that shows through a torn corner goes on along it, and a hand does neither.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.across import across
from station.imaging.levels import strongest_of
from station.imaging.paper import Grey
from station.imaging.sheet import Sheet
from station.model import Noun

Floats = NDArray[np.float32]

REDDER, REDDER_ALONE = 0.09, 0.17
"""Log of red over green, above that of the paper: pale skin on yellow paper has 0.1, dark skin on
white 0.5. The second where nothing outside the page can tell a stain from a finger."""
OTHER_COLOUR, OTHER_COLOUR_ALONE = 0.2, 0.28
"""Distance of the log ratios from the paper's: a stain has 0.1, a blue or green glove 0.5. A white
glove has as little as a stain and is not seen."""
DARKEST = 24
"""Grey level under which ratios are noise."""
STROKE_PX = 9
"""Thinner than this at 400 px is writing, a rule or the rim of a seal."""
LEAST_SHARE, MOST_SHARE = 0.0015, 0.4
LEAST_DEPTH = 0.02
"""Of the page's long side, beyond the edge where nothing is judged."""
LEAST_SHAPE = 0.3
"""Depth over width at the edge; a strip of desk beside the sheet has 0.1."""
LEAST_SOLID = 0.5
"""Of its convex outline; a hand with its fingers spread fills 0.65."""
COLOURED_PAPER = 0.45
"""Log of red over green; ink on redder paper differs from it as skin does from white."""
GOES_ON = 0.5
"""Share of the blob's part of the edge beyond which it must be seen to go on."""
AS_THE_DESK = 0.12
"""Distance of the log ratios, and of the log brightness halved, that is no difference."""
LEAST_STEP = 0.08
"""Distance of the logs from the paper beside it: hands have 0.12 and more, light that turns warmer
towards a corner 0.02."""
MOST_FOREIGN = 0.5
"""Of the page: a cover or a poster of many colours, not hands, which fill up to 0.3."""


class Hand(Noun, frozen=True, kw_only=True):
    """`share` of the page that a hand covers, 0 without one; `sure` when it goes on outside.

    `across` is the share of the sheet's outline that something of any colour lies across.
    """

    share: float
    sure: bool
    across: float


class _Colours(NamedTuple):
    """Logs of red over green, blue over green, and half the brightness, HxW each."""

    red: Floats
    blue: Floats
    light: Floats


def hand_of(sheet: Sheet) -> Hand:
    """The hands over a page."""
    seen = _colours(sheet.around)
    ring = sheet.ring_px
    height, width = sheet.middle.shape
    within = np.zeros(sheet.seen.shape, np.uint8)
    within[ring : ring + height, ring : ring + width] = sheet.middle
    limits = (REDDER, OTHER_COLOUR) if ring else (REDDER_ALONE, OTHER_COLOUR_ALONE)
    foreign = _foreign(seen, sheet.around, within, limits)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(foreign)
    area = max(1, int(np.count_nonzero(within)))
    rim = _rim(within)
    deep = cv2.distanceTransform(1 - rim, cv2.DIST_L2, 3)
    share, sure = 0.0, False
    for label in range(1, count):
        size = int(stats[label, cv2.CC_STAT_AREA])
        if not LEAST_SHARE * area <= size <= MOST_SHARE * area:
            continue
        blob = np.asarray(labels == label, np.uint8)
        reaches_in = _reaches_in(blob, rim, np.asarray(deep, np.float32))
        if reaches_in and _step_at(seen, blob, within) >= LEAST_STEP:
            outside = _outside(seen, blob, within, sheet.seen) if ring else None
            if outside is not False:
                share += size / area
                sure = sure or outside is True
    sure = sure and float(np.median(seen.red[within > 0])) < COLOURED_PAPER
    sure = sure and int(np.count_nonzero(foreign)) <= MOST_FOREIGN * area
    shades = np.asarray(cv2.merge((seen.red, seen.blue, 2 * seen.light)), np.float32)
    return Hand(share=share, sure=sure, across=across(shades, sheet.seen, ring))


def _colours(picture: NDArray[np.uint8]) -> _Colours:
    smooth = cv2.medianBlur(picture, 5).astype(np.float32) + 8.0
    blue, green, red = cv2.split(np.log(smooth))
    return _Colours(red - green, blue - green, (red + green + blue) / 6)


def _foreign(
    seen: _Colours, picture: NDArray[np.uint8], within: Grey, limits: tuple[float, float]
) -> Grey:
    """What within the page is as skin or gloves are, without what is thin."""
    if not within.any():
        return within
    red = seen.red - float(np.median(seen.red[within > 0]))
    blue = seen.blue - float(np.median(seen.blue[within > 0]))
    coloured = (red > limits[0]) | (np.hypot(red, blue) > limits[1])
    foreign = coloured & (strongest_of(picture) > DARKEST) & (within > 0)
    brush = _disc(STROKE_PX)
    return np.asarray(cv2.morphologyEx(foreign.astype(np.uint8), cv2.MORPH_OPEN, brush), np.uint8)


def _reaches_in(blob: Grey, rim: Grey, deep: Floats) -> bool:
    """Solid, touching the rim, and no mere strip of desk along it; `deep` is the way to the rim."""
    touching = int(np.count_nonzero(blob & rim)) / 2  # the rim is two pixels wide
    depth = float(deep[blob > 0].max())
    outline = cv2.convexHull(np.argwhere(blob)[:, ::-1].astype(np.int32))
    solid = int(blob.sum()) / max(1.0, float(cv2.contourArea(outline)))
    return (
        touching > 0
        and depth > LEAST_DEPTH * max(blob.shape)
        and depth > LEAST_SHAPE * touching
        and solid > LEAST_SOLID
    )


def _step_at(seen: _Colours, blob: Grey, within: Grey) -> float:
    """How far the blob just within its outline is from the paper just outside, in logs."""
    inner = (blob > 0) & (cv2.erode(blob, _disc(7)) == 0) & (cv2.erode(within, _disc(7)) > 0)
    outer = (cv2.dilate(blob, _disc(11)) > 0) & (cv2.dilate(blob, _disc(5)) == 0) & (within > 0)
    if not inner.any() or not outer.any():
        return 0.0
    apart = [float(np.median(log[inner]) - np.median(log[outer])) for log in seen]
    return float(np.linalg.norm(apart))


def _disc(size_px: int) -> Grey:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size_px, size_px)), np.uint8)


def _rim(within: Grey) -> Grey:
    """The outermost pixels of what is inside, 1."""
    inner = cv2.erode(within, np.ones((5, 5), np.uint8), borderValue=(0.0,))
    return np.asarray(cv2.subtract(within, inner) > 0, np.uint8)


def _outside(seen: _Colours, blob: Grey, within: Grey, frame: Grey) -> bool | None:
    """Whether a blob goes on beyond the page while the desk beside it is another; None: unseen."""
    near = max(blob.shape) // 12
    beyond = (within == 0) & (frame > 0)
    reach = cv2.dilate(blob, np.ones((near, near), np.uint8)) > 0
    wide = cv2.dilate(blob, np.ones((5 * near, 5 * near), np.uint8)) > 0
    next_to, desk = beyond & reach, beyond & wide & ~reach
    if np.count_nonzero(next_to) < 40 or np.count_nonzero(desk) < 40:
        return None
    likeness = _distance(seen, blob > 0)
    goes_on = float((likeness[next_to] < AS_THE_DESK).mean())
    desk_like = float((likeness[desk] < AS_THE_DESK).mean())
    if desk_like > GOES_ON or goes_on < desk_like:
        return False
    return goes_on > 2 * desk_like and goes_on > 0.2


def _distance(seen: _Colours, blob: NDArray[np.bool_]) -> Floats:
    """How far every pixel is from the usual colour of a blob, in logs."""
    apart = [channel - float(np.median(channel[blob])) for channel in seen]
    return np.asarray(np.sqrt(sum(np.square(channel) for channel in apart)), np.float32)
