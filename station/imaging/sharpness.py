"""Whether the text of a page is sharp, at whatever size it was taken.

How fast grey levels part with distance (the structure function) says how thick strokes look; blur
makes them thick against the height of the characters, in both directions or along a motion. Only
the surroundings of ink count, so that neither the desk nor bare paper has a say.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.paper import Grey, noise_of
from station.imaging.sheet import Sheet
from station.model import Noun

LAGS_PX = (1, 2, 3, 4, 6, 8, 12, 16, 24)
TILE_PX = 320
TILES = 12
EDGE_REACH_PX = 17
LEAST_EDGES = 150


class Sharpness(Noun, frozen=True, kw_only=True):
    """`heights` is the height of the characters over the thickness their strokes show.

    Crisp text has 8 and more, text hard to read less than 4. `edge_px` is the width of edges in
    the same direction; below about 3 pixels the picture is as sharp as its pixels allow.
    `smear` is the thickness over that in the other direction: much above 2 the page moved.
    """

    heights: float
    edge_px: float
    smear: float


def sharpness_of(sheet: Sheet) -> Sharpness | None:
    """The sharpness of the text, or None where there is too little ink to tell."""
    height_px = _text_height_px(sheet)
    tiles = _inked_tiles(sheet)
    if height_px <= 0 or not tiles:
        return None
    lags = [
        _thickness_px([_turned(g, d) for g, _ in tiles], [_turned(m, d) for _, m in tiles])
        for d in (0, 1)
    ]
    worse = int(lags[1] > lags[0])
    edge_px = _edge_width_px([_turned(grey, worse) for grey, _ in tiles])
    if edge_px is None or min(lags) <= 0:
        return None
    return Sharpness(
        heights=height_px / lags[worse], edge_px=edge_px, smear=lags[worse] / lags[1 - worse]
    )


def _turned(tile: Grey, down: int) -> Grey:
    return np.ascontiguousarray(tile.T) if down else tile


def _text_height_px(sheet: Sheet) -> float:
    """Median size of the pieces of ink, in pixels of the full page."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(sheet.ink)
    pieces = stats[1:][stats[1:, cv2.CC_STAT_AREA] >= 8]
    if not len(pieces):
        return 0.0
    sizes = np.maximum(pieces[:, cv2.CC_STAT_WIDTH], pieces[:, cv2.CC_STAT_HEIGHT])
    return float(np.median(sizes) * sheet.grey.shape[1] / sheet.small.shape[1])


def _inked_tiles(sheet: Sheet) -> list[tuple[Grey, Grey]]:
    """The tiles of the full page that bear most ink, each with a mask of what lies near ink."""
    factor = sheet.small.shape[1] / sheet.grey.shape[1]
    step = max(8, round(TILE_PX * factor))
    near = np.asarray(cv2.dilate(sheet.ink, np.ones((5, 5), np.uint8)), np.uint8)
    places = []
    for y in range(0, sheet.ink.shape[0], step):
        for x in range(0, sheet.ink.shape[1], step):
            inked = int(np.count_nonzero(sheet.ink[y : y + step, x : x + step]))
            if inked:
                places.append((inked, y, x))
    tiles = []
    for _, y, x in sorted(places, reverse=True)[:TILES]:
        mask = near[y : y + step, x : x + step]
        top, left = round(y / factor), round(x / factor)
        grey = sheet.grey[top : top + round(step / factor), left : left + round(step / factor)]
        if min(grey.shape) > LAGS_PX[-1]:
            size = (grey.shape[1], grey.shape[0])
            full = cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST)
            tiles.append((grey, np.asarray(full, np.uint8)))
    return tiles


def _thickness_px(tiles: list[Grey], masks: list[Grey]) -> float:
    """The distance at which grey levels along rows have parted by half of what they ever do."""
    parted = np.array([_parted(tiles, masks, lag) for lag in LAGS_PX])
    half = parted.max() / 2
    if half <= 0:
        return 0.0
    first = int(np.argmax(parted >= half))
    if first == 0:
        return float(half / parted[0])
    share = (half - parted[first - 1]) / (parted[first] - parted[first - 1])
    return float(LAGS_PX[first - 1] + share * (LAGS_PX[first] - LAGS_PX[first - 1]))


def _parted(tiles: list[Grey], masks: list[Grey], lag_px: int) -> float:
    total, count = 0.0, 0
    for tile, mask in zip(tiles, masks, strict=True):
        apart = cv2.absdiff(tile[:, lag_px:], tile[:, :-lag_px])
        near = mask[:, lag_px // 2 :][:, : apart.shape[1]]
        levels = np.bincount(apart[near > 0], minlength=256)
        total += float(levels @ np.square(np.arange(256.0)))
        count += int(levels.sum())
    return total / max(1, count)


def _edge_width_px(tiles: list[Grey]) -> float | None:
    """Contrast over steepness at the edges across rows, in the sharper part of them."""
    widths = [width for tile in tiles for width in _edge_widths(tile)]
    return float(np.percentile(widths, 35)) if len(widths) >= LEAST_EDGES else None


def _edge_widths(tile: Grey) -> NDArray[np.float32]:
    smooth = cv2.GaussianBlur(tile, (0, 0), 0.7).astype(np.float32)
    steep = np.abs(cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=1)) / 2
    row = np.ones((1, EDGE_REACH_PX), np.uint8)
    contrast = cv2.dilate(smooth, row) - cv2.erode(smooth, row)
    edge = (steep >= cv2.dilate(steep, row)) & (contrast > 3 * noise_of(tile) + 25)
    return np.asarray(contrast[edge] / np.maximum(steep[edge], 0.5), np.float32)
