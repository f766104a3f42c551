"""From a clean drawing to a sheet of old paper with its edges: colour, fibres, stains, folds."""

from __future__ import annotations

import cv2
import numpy as np

from tests.pages.desk import noise
from tests.pages.project import bands
from tests.pages.scene import Corner, Paper
from tests.pages.sheet import DPI

FRESH_BGR = np.array((240, 245, 247), np.float32)
OLD_BGR = np.array((158, 205, 226), np.float32)
STAIN_BGR = np.array((1.6, 0.9, 0.6), np.float32)
FIBRE_PX = 1024


def aged(
    pixels: np.ndarray, paper: Paper, rng: np.random.Generator, dpi: float = DPI
) -> np.ndarray:
    """Give the sheet as BGRA uint8, its colour multiplied by alpha (0 where the desk shows)."""
    height, width = pixels.shape[:2]
    colour = FRESH_BGR + (OLD_BGR - FRESH_BGR) * paper.yellowing
    relief = _relief(paper, rng, width, height, dpi)
    if paper.yellowing > 0.3:
        relief *= _browned_edges(paper, width, height, dpi)
    starved = 1 + noise(rng, 40, 40, 512) * 0.05
    cover = np.minimum(cv2.resize(starved, (width, height)) * (paper.ink / 255), 1 / 255)
    stains = [_stain(rng, width, height) for _ in range(paper.stains)]
    sheet = np.full((height, width, 4), 255, np.uint8)
    for top, bottom in bands(height):
        gap = cv2.subtract(255.0, pixels[top:bottom], dtype=cv2.CV_32F)
        ink = cv2.merge([cover[top:bottom]] * 3)
        ground = cv2.merge([relief[top:bottom] * float(value) for value in colour])
        for stain in stains:
            ground *= 1 - stain[top:bottom, :, None] * STAIN_BGR
        sheet[top:bottom, :, :3] = cv2.convertScaleAbs(ground * (1 - gap * ink))
    if paper.folded:
        region = fold_region(paper.folded, paper.fold_mm, width, height, dpi)
        _fold(sheet, region, colour, dpi)
    return sheet


def fold_region(
    corner: Corner, fold_mm: float, width: int, height: int, dpi: float = DPI
) -> np.ndarray:
    """Points of a folded corner in page pixels: crease end, corner, crease end, corner's new place.

    4 x 2; the second is on no paper, the triangle of the others is the back of the sheet.
    """
    right, bottom = corner in ("TR", "BR"), corner in ("BR", "BL")
    tip = np.array([width - 0.5 if right else -0.5, bottom * height - 0.5])
    size = fold_mm * dpi / 25.4
    along = tip + np.array([-size if right else size, 0.0])
    down = tip + np.array([0.0, -size * 0.8 if bottom else size * 0.8])
    crease = (down - along) / np.linalg.norm(down - along)
    foot = along + crease * ((tip - along) @ crease)
    return np.stack([along, tip, down, 2 * foot - tip])


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


def _fold(sheet: np.ndarray, region: np.ndarray, colour: np.ndarray, dpi: float) -> None:
    along, tip, down, landed = region
    height, width = sheet.shape[:2]
    shade = np.zeros((height, width), np.uint8)
    _fill(shade, (along, down, landed))
    under = cv2.GaussianBlur(shade, (0, 0), dpi / 25.4 * 1.2).astype(np.float32) / 255
    sheet[..., :3] = cv2.convertScaleAbs(sheet[..., :3] * (1 - 0.35 * under[..., None]))
    back = shade > 127
    sheet[back, :3] = (colour * 0.93).astype(np.uint8)
    gone = np.zeros((height, width), np.uint8)
    _fill(gone, (along, tip, down))
    sheet[gone > 127] = 0


def _fill(mask: np.ndarray, points: tuple[np.ndarray, ...]) -> None:
    fixed = np.round(np.stack(points) * 16).astype(np.int32)
    cv2.fillPoly(mask, [fixed], (255,), lineType=cv2.LINE_AA, shift=4)
