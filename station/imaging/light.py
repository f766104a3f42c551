"""How a page is lit: dark, bright, unevenly, or with a lamp mirrored in it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.levels import level_at, strongest_of
from station.imaging.paper import Grey
from station.imaging.sheet import Sheet
from station.model import Noun

CLIPPED = 253
BRIGHTEST = 0.995
MARGIN = 0.04
"""Of the page's long side."""
BRIGHT_PAPER = 240
"""Where even the darker paper is brighter than this, a mirrored lamp cannot be told from it."""
FADES = 0.35
"""Of the way from that paper to white; what surrounds mirrored light stands above it."""


class Light(Noun, frozen=True, kw_only=True):
    """Grey levels 0 to 255 and shares 0 to 1.

    `paper` is the usual brightness of the paper, `evenness` its darkest over its brightest part,
    `margins` the same along the edges of the page, where pictures seldom stand, `clipped` the share
    of the page that is pure white, `glare` the share of it under a mirrored lamp, `brightest` the
    brightest place of the page in its strongest colour and `beside` that of the desk, `ink` the
    grey of its darker strokes (0 without any), `pictures` the share of it in dark parts of
    pictures.
    """

    paper: float
    evenness: float
    margins: float
    clipped: float
    glare: float
    brightest: float
    beside: float
    ink: float
    pictures: float


def light_of(sheet: Sheet) -> Light:
    """The light on a page."""
    paper = sheet.paper
    low, usual, high = (level_at(paper, percent) for percent in (5, 50, 95))
    inside = sheet.inside if sheet.middle.any() else None
    counts = cv2.calcHist([sheet.small], [0], inside, [256], [0, 256])
    levels = np.asarray(counts.ravel(), np.float64)
    strokes = sheet.small[sheet.ink > 0]
    on_page, on_desk = _strongest(sheet)
    return Light(
        paper=usual,
        evenness=low / max(high, 1.0),
        margins=_margins(sheet),
        clipped=float(levels[CLIPPED:].sum() / max(1.0, levels.sum())),
        glare=_glare(sheet, level_at(paper, 25)),
        brightest=max(_reached(levels), on_page),
        beside=on_desk,
        ink=level_at(strokes, 10) if strokes.size else 0.0,
        pictures=_share(sheet.pictures, sheet.middle),
    )


def _reached(levels: NDArray[np.float64]) -> float:
    """The grey that all but the brightest 0.5 % of the pixels reach at most."""
    return float(np.searchsorted(levels.cumsum(), BRIGHTEST * levels.sum()))


def _strongest(sheet: Sheet) -> tuple[float, float]:
    """The same of the strongest of the three colours, on the page and beside it: red paper in good
    light is not dark, nor is a black cover on a desk in good light.
    """
    height, width = sheet.middle.shape
    ring = sheet.ring_px
    strongest = strongest_of(sheet.around)
    beside = cv2.erode(sheet.seen, np.ones((5, 5), np.uint8))  # without what was filled in
    beside[ring : ring + height, ring : ring + width] = 0
    page = strongest[ring : ring + height, ring : ring + width]
    parts = page[sheet.middle > 0], strongest[beside > 0]
    on_page, on_desk = (level_at(one, 100 * BRIGHTEST) if one.size else 0.0 for one in parts)
    return on_page, on_desk


def _margins(sheet: Sheet) -> float:
    """Darkest over brightest paper along the edges."""
    reach = 2 * max(1, round(MARGIN * max(sheet.middle.shape))) + 1
    kernel = np.ones((reach, reach), np.uint8)
    inner = cv2.erode(sheet.middle, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=(0.0,))
    along = sheet.surface[(sheet.middle > 0) & (inner == 0)]
    if not along.size:
        return 1.0
    return level_at(along, 5) / max(level_at(along, 95), 1.0)


def _glare(sheet: Sheet, paper: float) -> float:
    """Share of the page in clipped patches that fade into `paper`, as mirrored light does.

    White paper that is simply bright has no darker surroundings, and a white label no fading.
    """
    white = np.asarray((sheet.surface >= CLIPPED) & (sheet.middle > 0), np.uint8)
    if paper > BRIGHT_PAPER or not white.any():
        return 0.0
    around = cv2.dilate(white, np.ones((9, 9), np.uint8)) - cv2.dilate(
        white, np.ones((3, 3), np.uint8)
    )
    halo = sheet.surface[(around > 0) & (sheet.middle > 0)]
    fades = halo.size > 0 and level_at(halo, 50) > paper + FADES * (255 - paper)
    return float(white.sum() / max(1, np.count_nonzero(sheet.middle))) if fades else 0.0


def _share(part: Grey, whole: Grey) -> float:
    return int(np.count_nonzero(part)) / max(1, int(np.count_nonzero(whole)))
