"""What is missing or turned over: folded corners, torn edges and corners, punched holes."""

from __future__ import annotations

import cv2
import numpy as np

from tests.pages.scene import Corner, Paper, Side
from tests.pages.sheet import DPI

HOLE_MM, HOLE_INSET_MM, HOLE_PITCH_MM = 6.0, 12.0, 80.0
"""ISO 838: two holes of 6 mm, 80 mm apart, 12 mm from the edge."""


def worn(
    sheet: np.ndarray, paper: Paper, colour: np.ndarray, rng: np.random.Generator, dpi: float
) -> None:
    """Tear, punch and fold `sheet` (BGRA uint8) in place."""
    height, width = sheet.shape[:2]
    for side in paper.torn:
        _tear(sheet, _edge_depth(side, paper.torn_mm * 0.5, rng, width, height, dpi))
    if paper.torn_corner:
        _tear(sheet, _corner_depth(paper.torn_corner, paper.torn_mm, rng, width, height, dpi))
    for centre in hole_centres(paper.holes, width, height, dpi):
        _punch(sheet, centre, HOLE_MM / 2 * dpi / 25.4)
    if paper.folded:
        region = fold_region(paper.folded, paper.fold_mm, width, height, dpi)
        _fold(sheet, region, colour, dpi)


def hole_centres(count: int, width: int, height: int, dpi: float) -> list[tuple[float, float]]:
    """Centres of punched holes along the left edge, in page pixels."""
    middle = (count - 1) / 2
    step, inset = HOLE_PITCH_MM * dpi / 25.4, HOLE_INSET_MM * dpi / 25.4
    return [(inset - 0.5, height / 2 - 0.5 + (n - middle) * step) for n in range(count)]


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


def _edge_depth(
    side: Side, most_mm: float, rng: np.random.Generator, width: int, height: int, dpi: float
) -> np.ndarray:
    """How far inside a ragged edge each pixel is, in millimetres; negative is torn off."""
    length = height if side in ("left", "right") else width
    walk = _ragged(rng, length)
    bites = np.zeros(length, np.float32)
    for _ in range(int(rng.integers(1, 4))):
        at, reach = rng.uniform(0, length), rng.uniform(0.02, 0.09) * length
        bites += rng.uniform(0.4, 1.0) * np.exp(-(((np.arange(length) - at) / reach) ** 2))
    line = (np.clip(bites, 0, 1) * most_mm + walk * 0.5).astype(np.float32)
    along, across = np.arange(width), np.arange(height)
    mm = np.float32(25.4 / dpi)
    if side in ("left", "right"):
        inside = (along if side == "left" else along[::-1]) * mm
        return inside[None, :].astype(np.float32) - line[:, None]
    inside = (across if side == "top" else across[::-1]) * mm
    return inside[:, None].astype(np.float32) - line[None, :]


def _corner_depth(
    corner: Corner, size_mm: float, rng: np.random.Generator, width: int, height: int, dpi: float
) -> np.ndarray:
    """The same for a corner torn off along a ragged slanting line."""
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
    x = x[::-1] if corner in ("TR", "BR") else x
    y = y[::-1] if corner in ("BL", "BR") else y
    lean = rng.uniform(0.6, 1.4)
    inside = (x[None, :] + y[:, None] * lean) * np.float32(25.4 / dpi / 1.4)
    return inside - size_mm - _ragged(rng, width)[None, :] * 0.8


def _ragged(rng: np.random.Generator, length: int) -> np.ndarray:
    """A wandering line of unit scale."""
    coarse = rng.normal(0, 1, length // 60 + 2).astype(np.float32)
    fine = rng.normal(0, 1, length // 8 + 2).astype(np.float32)
    return sum(
        cv2.resize(part[None], (length, 1), interpolation=cv2.INTER_CUBIC)[0] * size
        for part, size in ((coarse, 0.8), (fine, 0.25))
    )


def _tear(sheet: np.ndarray, depth_mm: np.ndarray) -> None:
    """Remove what lies outside and show the paper's white fibres along the tear."""
    fibres = (depth_mm < 0.9) & (depth_mm >= 0)
    fibres &= sheet[..., 3] > 0
    light = sheet[fibres, :3].astype(np.uint16)
    sheet[fibres, :3] = np.minimum(250, np.maximum(light, 200) * 17 // 16)
    sheet[depth_mm < 0] = 0


def _punch(sheet: np.ndarray, centre: tuple[float, float], radius: float) -> None:
    mask = np.full(sheet.shape[:2], 255, np.uint8)
    at = (round(centre[0] * 16), round(centre[1] * 16))
    cv2.circle(mask, at, round(radius * 16), (0,), -1, cv2.LINE_AA, 4)
    left, top = (max(0, int(value - radius - 2)) for value in centre)
    part = slice(top, int(centre[1] + radius + 3)), slice(left, int(centre[0] + radius + 3))
    if not mask[part].size:
        return  # off the sheet
    kept = mask[part][..., None].astype(np.float32) / 255
    sheet[part] = cv2.convertScaleAbs(sheet[part] * kept)


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
