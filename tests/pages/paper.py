"""From a clean drawing to a sheet of old paper with its edges: colour, fibres, stains, folds."""

from __future__ import annotations

import cv2
import numpy as np

from tests.pages.desk import noise
from tests.pages.project import bands
from tests.pages.scene import Paper
from tests.pages.wear import worn

FRESH_BGR = np.array((240, 245, 247), np.float32)
OLD_BGR = np.array((158, 205, 226), np.float32)
STAIN_BGR = np.array((1.6, 0.9, 0.6), np.float32)
FIBRE_PX = 1024


def aged(
    pixels: np.ndarray,
    paper: Paper,
    rng: np.random.Generator,
    dpi: float,
    back: np.ndarray | None = None,
) -> np.ndarray:
    """Give the sheet as BGRA uint8, its colour multiplied by alpha (0 where the desk shows).

    `pixels` and the `back` (as it reads from behind) are BGR uint8 on white.
    """
    height, width = pixels.shape[:2]
    colour = FRESH_BGR + (OLD_BGR - FRESH_BGR) * paper.yellowing
    relief = _relief(paper, rng, width, height, dpi)
    if paper.yellowing > 0.3:
        relief *= _browned_edges(paper, width, height, dpi)
    starved = 1 + noise(rng, 40, 40, 512) * 0.05
    cover = np.minimum(cv2.resize(starved, (width, height)) * (paper.ink / 255), 1 / 255)
    stains = [_stain(rng, width, height) for _ in range(paper.stains)]
    through = None if back is None else _through(back, paper.bleed, dpi)
    sheet = np.full((height, width, 4), 255, np.uint8)
    for top, bottom in bands(height):
        gap = cv2.subtract(255.0, pixels[top:bottom], dtype=cv2.CV_32F)
        ink = cv2.merge([cover[top:bottom]] * 3)
        ground = cv2.merge([relief[top:bottom] * float(value) for value in colour])
        for stain in stains:
            ground *= 1 - stain[top:bottom, :, None] * STAIN_BGR
        if through is not None:
            ground *= through[top:bottom]
        sheet[top:bottom, :, :3] = cv2.convertScaleAbs(ground * (1 - gap * ink))
    worn(sheet, paper, colour, rng, dpi)
    return sheet


def _through(back: np.ndarray, bleed: float, dpi: float) -> np.ndarray:
    """What the ink of the back takes from the light: mirrored, spread in the paper, browned."""
    height, width = back.shape[:2]
    gap = cv2.GaussianBlur(255 - back[:, ::-1], (0, 0), 0.16 * dpi / 25.4).astype(np.float32)
    uneven = noise(np.random.default_rng(int(bleed * 1e6)), 60, 60, 512) * 0.12 + 1
    gap *= cv2.resize(uneven, (width, height))[..., None] * (bleed / 255)
    return 1 - np.clip(gap, 0, 1) * np.array((0.95, 0.85, 0.7), np.float32)


def _relief(
    paper: Paper, rng: np.random.Generator, width: int, height: int, dpi: float
) -> np.ndarray:
    """Fibres, clouds and creases of the paper as a factor about 1."""
    side = 1024
    cloud = noise(rng, 60, 60, side) * 0.012 + noise(rng, 8, 8, side) * 0.006
    relief = 1 + paper.texture * cv2.resize(cloud, (width, height), interpolation=cv2.INTER_CUBIC)
    fibre = rng.standard_normal((FIBRE_PX, FIBRE_PX), dtype=np.float32)
    fibre = cv2.GaussianBlur(fibre, (0, 0), 1.4) * (0.03 * paper.texture)
    tiles = -(-height // FIBRE_PX), -(-width // FIBRE_PX)
    relief += np.tile(fibre, tiles)[:height, :width]
    if paper.creases:
        for position, vertical in ((0.5, False), (0.5, True), (rng.uniform(0.2, 0.8), False)):
            _crease(relief, position, paper.creases, rng, dpi, vertical=vertical)
    return relief


def _crease(
    relief: np.ndarray, position: float, depth: float, rng: np.random.Generator, dpi: float,
    *, vertical: bool,
) -> None:  # fmt: skip
    """A fold once made and opened again: bright on one flank, dark on the other."""
    target = relief.T if vertical else relief
    rows, columns = target.shape
    walk = np.cumsum(rng.normal(0, 0.15, columns))
    centre = rows * position + walk - np.linspace(0, walk[-1], columns)
    reach = round(dpi / 6)
    first = max(0, int(centre.min()) - reach)
    last = min(rows, int(centre.max()) + reach)
    offset = (np.arange(first, last)[:, None] - centre[None, :]) * 25.4 / dpi
    flank = -offset * np.exp(-((offset / 1.1) ** 2)) * 0.13
    line = -np.exp(-((offset / 0.16) ** 2)) * 0.10
    target[first:last] += (depth * (flank + line)).astype(np.float32)


def _browned_edges(paper: Paper, width: int, height: int, dpi: float) -> np.ndarray:
    x = np.minimum(np.arange(width), np.arange(width)[::-1]) * 25.4 / dpi
    y = np.minimum(np.arange(height), np.arange(height)[::-1]) * 25.4 / dpi
    inner = np.minimum(x[None, :], y[:, None]).astype(np.float32)
    return 1 - 0.22 * paper.yellowing * np.exp(-inner / 9.0)


def _stain(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    """The depth of a dried water stain with a darker rim, float32."""
    side = 512
    ys, xs = np.mgrid[0:side, 0:side].astype(np.float32) / side
    cx, cy = rng.uniform(0.1, 0.9, 2)
    wobble = noise(rng, 40, 40, side) * 0.03
    distance = np.hypot(xs - cx, ys - cy) + wobble - rng.uniform(0.08, 0.22)
    inside = 1 / (1 + np.exp(distance * 120))
    rim = np.exp(-((distance / 0.012) ** 2))
    return cv2.resize((inside * 0.10 + rim * 0.16).astype(np.float32), (width, height))
