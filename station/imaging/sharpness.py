"""Whether the text of a page is sharp, at whatever size it was taken.

The width of an edge is its contrast over its steepness. It is measured beside ink only, so that
neither the desk nor bare paper has a say, on writing brought to one size, and in eight directions:
a page out of focus has wide edges in all of them, one that moved in those of its way.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.paper import Grey, halved, noise_of
from station.imaging.sheet import Sheet
from station.model import Noun

Square = tuple[int, int, int]
"""Left, top and side."""

CHARACTER_PX = 36
"""Larger writing is measured at this height; smaller as it is."""
LARGEST_TEXT = 0.04
"""Of the page's long side: pieces of ink taller than that are joined writing or drawings."""
CHARACTERS = 9
"""Along a tile."""
TILE_PX = (160, 640)
TILES = 8
COLUMNS = 1024
"""More than there are tiles in a row."""
DIRECTIONS = 8
EDGE_REACH_PX = 17
STEEPEST = 0.93
"""Share of the pixels beside edges that are less steep."""
LEAST_PIXELS = 60
LEAST_DIRECTIONS = 5


Slopes = tuple[NDArray[np.float32], NDArray[np.int8]]
"""Steepness over contrast (1/px) and direction (0..7) of pixels beside edges."""


class Sharpness(Noun, frozen=True, kw_only=True):
    """Widths of edges in pixels of writing at most 36 px high.

    `smear_px` is that in the widest three of eight directions, `moved` is that over the width
    across it, and `sharpest_px` is `smear_px` in the sharper quarter of the places measured: a
    photograph on the page is soft, the writing below it is not. Crisp writing has 3 to 4 and 1 to
    1.5. `text_px` is the height of the writing in the frame.
    """

    smear_px: float
    moved: float
    sharpest_px: float
    text_px: float


def sharpness_of(sheet: Sheet) -> Sharpness | None:
    """The sharpness of the text, or None where there is too little ink to tell."""
    text_px = _text_height_px(sheet)
    if text_px <= 0:
        return None
    places = [_slopes(*tile) for tile in _written_tiles(sheet, text_px)]
    if not places:
        return None
    together = (np.concatenate([one[0] for one in places]), np.concatenate([p[1] for p in places]))
    whole = _smear(_edge_widths(together))
    if whole is None:
        return None
    each = [smear[0] for one in places if (smear := _smear(_edge_widths(one)))]
    return Sharpness(
        smear_px=whole[0],
        moved=whole[1],
        sharpest_px=float(np.percentile(each, 25)) if each else whole[0],
        text_px=text_px,
    )


def _smear(widths: NDArray[np.float64]) -> tuple[float, float] | None:
    """The width in the widest directions, and that over the width across them."""
    if np.count_nonzero(widths) < LEAST_DIRECTIONS:
        return None
    smeared = np.array([_around(widths, k) for k in range(DIRECTIONS)])
    way = int(smeared.argmax())
    across = _around(widths, way + DIRECTIONS // 2) or float(widths[widths > 0].min())
    return float(smeared[way]), float(smeared[way] / across)


def _text_height_px(sheet: Sheet) -> float:
    """Median size of the pieces of ink, in pixels of the frame."""
    pieces = sheet.pieces[sheet.pieces[:, cv2.CC_STAT_AREA] >= 8]
    if not len(pieces):
        return 0.0
    sizes = np.maximum(pieces[:, cv2.CC_STAT_WIDTH], pieces[:, cv2.CC_STAT_HEIGHT])
    tallest = LARGEST_TEXT * max(sheet.small.shape)
    return float(min(np.median(sizes), tallest) * _enlargement(sheet))


def _enlargement(sheet: Sheet) -> float:
    """Pixels of the frame for one of `small`."""
    return sheet.long_side_px / float(max(sheet.small.shape))


def _written_tiles(sheet: Sheet, text_px: float) -> list[tuple[Grey, Grey]]:
    """The parts of the frame that bear most writing, each with a mask of what lies near ink.

    The writing is at most CHARACTER_PX high; rules, seals and photographs are none.
    """
    tile_px = float(np.clip(CHARACTERS * text_px, *TILE_PX))
    step = max(8, round(tile_px / _enlargement(sheet)))
    near = np.asarray(cv2.dilate(sheet.ink, np.ones((5, 5), np.uint8)), np.uint8)
    ratio = CHARACTER_PX / text_px if 0.9 * text_px > CHARACTER_PX else 1.0
    size_px = text_px / _enlargement(sheet)
    squares = [(x, y, step) for x, y in _fullest(sheet.pieces, size_px, step)]
    tiles = [_tile(sheet, near, square, ratio) for square in squares]
    return [tile for tile in tiles if min(tile[0].shape) > EDGE_REACH_PX]


def _fullest(pieces: NDArray[np.int32], size_px: float, step: int) -> list[tuple[int, int]]:
    """Left and top of the squares of `step` that hold most ink in pieces of about `size_px`."""
    left, top, width, height, area = pieces.T
    tall = np.maximum(width, height)
    written = (tall > size_px / 3) & (tall < 3 * size_px)
    column, row = (left + width // 2)[written] // step, (top + height // 2)[written] // step
    full = np.bincount(row * COLUMNS + column, area[written])
    best = np.argsort(-full, kind="stable")[:TILES]
    return [(int(k % COLUMNS) * step, int(k // COLUMNS) * step) for k in best if full[k] > 0]


def _tile(sheet: Sheet, near: Grey, square: Square, ratio: float) -> tuple[Grey, Grey]:
    """A square of `small` as the frame has it, made smaller by `ratio`, and its part of `near`."""
    x, y, step = square
    outline = np.array([[[x, y], [x + step, y], [x + step, y + step], [x, y + step]]], np.float64)
    corners = cv2.perspectiveTransform(outline, sheet.to_frame)[0]
    height, width = sheet.frame.shape[:2]
    left, top = (int(edge) for edge in corners.min(axis=0).clip(0, (width, height)))
    right, bottom = (int(edge) for edge in corners.max(axis=0).clip(0, (width, height)))
    size = (round((right - left) * ratio), round((bottom - top) * ratio))
    if not all(size):
        return np.zeros((0, 0), np.uint8), np.zeros((0, 0), np.uint8)
    grey = cv2.cvtColor(sheet.frame[top:bottom, left:right], cv2.COLOR_BGR2GRAY)
    grey = halved(np.asarray(grey, np.uint8), 2 * max(size) - 1)
    grey = cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR)
    shift = np.array([[ratio, 0, -ratio * left], [0, ratio, -ratio * top], [0, 0, 1.0]])
    mask = cv2.warpPerspective(near, shift @ sheet.to_frame, size, flags=cv2.INTER_NEAREST)
    return np.asarray(grey, np.uint8), np.asarray(mask, np.uint8)


def _slopes(grey: Grey, mask: Grey) -> Slopes:
    smooth = cv2.GaussianBlur(grey, (0, 0), 0.7)
    reach = np.ones((EDGE_REACH_PX, EDGE_REACH_PX), np.uint8)
    contrast = cv2.subtract(cv2.dilate(smooth, reach), cv2.erode(smooth, reach))
    beside = (mask > 0) & (contrast > 3 * noise_of(grey) + 25)
    if not beside.any():
        return np.zeros(0, np.float32), np.zeros(0, np.int8)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)[beside][::2]
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)[beside][::2]
    steep, way = (polar.ravel() for polar in cv2.cartToPolar(across, down))
    sixteenths = np.rint(way * (DIRECTIONS / math.pi)).astype(np.int8)
    return np.asarray(steep / contrast[beside][::2], np.float32), sixteenths % DIRECTIONS


def _edge_widths(slopes: Slopes) -> NDArray[np.float64]:
    """The width of the steeper edges by their direction, in pixels; 0 where there are too few."""
    steep, ways = slopes
    widths = np.zeros(DIRECTIONS)
    for k in range(DIRECTIONS):
        those = steep[ways == k]
        if those.size >= LEAST_PIXELS:
            kth = int(those.size * STEEPEST)
            widths[k] = 1 / max(1e-3, float(np.partition(those, kth)[kth]))
    return widths


def _around(widths: NDArray[np.float64], way: int) -> float:
    """The mean width in a direction and its neighbours, of those that are known."""
    three = widths[[(way + k) % DIRECTIONS for k in (-1, 0, 1)]]
    return float(three[three > 0].mean()) if three.any() else 0.0
