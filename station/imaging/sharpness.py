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
DIRECTIONS = 8
EDGE_REACH_PX = 17
STEEPEST_PERCENT = 93
LEAST_PIXELS = 150
LEAST_DIRECTIONS = 5


class Sharpness(Noun, frozen=True, kw_only=True):
    """Widths of edges in pixels of writing at most 36 px high.

    `edge_px` is that in the middle of all directions, `smear_px` that in the widest three, and
    `moved` is `smear_px` over the width across it. Crisp writing has 3 to 4 and 1 to 1.5; a
    picture is as sharp as its pixels allow below 4.5. `text_px` is the height of the writing in
    the frame.
    """

    edge_px: float
    smear_px: float
    moved: float
    text_px: float


def sharpness_of(sheet: Sheet) -> Sharpness | None:
    """The sharpness of the text, or None where there is too little ink to tell."""
    text_px = _text_height_px(sheet)
    if text_px <= 0:
        return None
    widths = _edge_widths(_inked_tiles(sheet, text_px))
    if np.count_nonzero(widths) < LEAST_DIRECTIONS:
        return None
    known = widths[widths > 0]
    smeared = np.array([_around(widths, k) for k in range(DIRECTIONS)])
    way = int(smeared.argmax())
    across = _around(widths, way + DIRECTIONS // 2) or float(known.min())
    return Sharpness(
        edge_px=float(np.median(known)),
        smear_px=float(smeared[way]),
        moved=float(smeared[way] / across),
        text_px=text_px,
    )


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


def _inked_tiles(sheet: Sheet, text_px: float) -> list[tuple[Grey, Grey]]:
    """The parts of the frame that bear most ink, each with a mask of what lies near ink.

    Their writing is at most CHARACTER_PX high.
    """
    tile_px = float(np.clip(CHARACTERS * text_px, *TILE_PX))
    step = max(8, round(tile_px / _enlargement(sheet)))
    near = np.asarray(cv2.dilate(sheet.ink, np.ones((5, 5), np.uint8)), np.uint8)
    places = []
    for y in range(0, near.shape[0], step):
        for x in range(0, near.shape[1], step):
            inked = int(np.count_nonzero(sheet.ink[y : y + step, x : x + step]))
            if inked:
                places.append((inked, (x, y, step)))
    ratio = CHARACTER_PX / text_px if 0.9 * text_px > CHARACTER_PX else 1.0
    best = sorted(places, reverse=True)[:TILES]
    tiles = [_tile(sheet, near, square, ratio) for _, square in best]
    return [tile for tile in tiles if min(tile[0].shape) > EDGE_REACH_PX]


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


def _edge_widths(tiles: list[tuple[Grey, Grey]]) -> NDArray[np.float64]:
    """The width of the steeper edges by their direction, in pixels; 0 where there are too few."""
    steep: list[NDArray[np.float32]] = []
    ways: list[NDArray[np.int64]] = []
    for grey, mask in tiles:
        steepness, way = _slopes(grey, mask)
        steep.append(steepness)
        ways.append(way)
    if not steep:
        return np.zeros(DIRECTIONS)
    # Neighbours tell much the same.
    all_steep, all_ways = np.concatenate(steep)[::2], np.concatenate(ways)[::2]
    widths = np.zeros(DIRECTIONS)
    for k in range(DIRECTIONS):
        those = all_steep[all_ways == k]
        if those.size >= LEAST_PIXELS:
            widths[k] = 1 / max(1e-3, float(np.percentile(those, STEEPEST_PERCENT)))
    return widths


def _slopes(grey: Grey, mask: Grey) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Steepness over contrast (1/px) and direction (0..7) of every pixel beside an edge."""
    smooth = cv2.GaussianBlur(grey, (0, 0), 0.7)
    reach = np.ones((EDGE_REACH_PX, EDGE_REACH_PX), np.uint8)
    contrast = cv2.subtract(cv2.dilate(smooth, reach), cv2.erode(smooth, reach))
    beside = (mask > 0) & (contrast > 3 * noise_of(grey) + 25)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3)[beside] / 8
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3)[beside] / 8
    steep = np.hypot(across, down) / contrast[beside]
    way = np.rint(np.arctan2(down, across) * (DIRECTIONS / math.pi)).astype(np.int64) % DIRECTIONS
    return np.asarray(steep, np.float32), way


def _around(widths: NDArray[np.float64], way: int) -> float:
    """The mean width in a direction and its neighbours, of those that are known."""
    three = widths[[(way + k) % DIRECTIONS for k in (-1, 0, 1)]]
    return float(three[three > 0].mean()) if three.any() else 0.0
