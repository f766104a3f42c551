"""Things that lie on the desk around the sheet, painted on the desk seen from above."""

from __future__ import annotations

import math

import cv2
import numpy as np

from tests.pages.desk import MM, SIDE_PX


def scattered(
    desk: np.ndarray, count: int, sheet_mm: tuple[float, float], rng: np.random.Generator
) -> None:
    """Lay `count` things about the sheet (which lies over them, in the middle of the desk)."""
    things = (_paper, _pen, _cup, _ruler, _book)
    start = rng.uniform(0, 2 * math.pi)
    for index in range(count):
        angle = start + index * 2 * math.pi / count + rng.normal(0, 0.25)
        reach_mm = rng.uniform(0.98, 1.25)
        x = math.cos(angle) * (sheet_mm[0] / 2 + 12) * reach_mm
        y = math.sin(angle) * (sheet_mm[1] / 2 + 12) * reach_mm
        at = (SIDE_PX / 2 + x / MM, SIDE_PX / 2 + y / MM)
        things[int(rng.integers(0, len(things)))](desk, at, float(rng.uniform(0, 180)), rng)


def _block(
    desk: np.ndarray, at: tuple[float, float], size_mm: tuple[float, float], turn_deg: float,
    colour: tuple[float, float, float], *, lift_mm: float = 3.0,
) -> np.ndarray:  # fmt: skip
    """Paint a turned rectangle with its shadow; gives its corners, 4 x 2 desk pixels."""
    corners = cv2.boxPoints((at, (size_mm[0] / MM, size_mm[1] / MM), turn_deg))
    shadow = np.zeros(desk.shape[:2], np.uint8)
    cv2.fillPoly(shadow, [(corners + lift_mm / MM).astype(np.int32)], (255,))
    dim = cv2.blur(shadow, (int(2 * lift_mm / MM) | 1,) * 2).astype(np.float32) / 255
    desk *= 1 - 0.4 * dim[..., None]
    cv2.fillPoly(desk, [corners.astype(np.int32)], colour, lineType=cv2.LINE_AA)
    return corners


def _paper(
    desk: np.ndarray, at: tuple[float, float], turn_deg: float, rng: np.random.Generator
) -> None:
    """Another sheet, with grey lines of print."""
    shade = float(rng.uniform(185, 235))
    turn_deg = float(rng.normal(0, 12))
    size = (185.0, 260.0)
    _block(desk, at, size, turn_deg, (shade * 0.94, shade * 0.98, shade), lift_mm=1.0)
    cosine, sine = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    for row in range(24):
        v = -100.0 + row * 8.5
        ends = []
        for u in (-68.0, float(rng.uniform(20, 68))):
            x, y = u * cosine - v * sine, u * sine + v * cosine
            ends.append((int(at[0] + x / MM), int(at[1] + y / MM)))
        cv2.line(desk, ends[0], ends[1], (95, 95, 98), 7, cv2.LINE_AA)


def _pen(
    desk: np.ndarray, at: tuple[float, float], turn_deg: float, rng: np.random.Generator
) -> None:
    colour = ((40, 30, 30), (130, 50, 30), (40, 40, 170))[int(rng.integers(0, 3))]
    corners = _block(desk, at, (142.0, 9.0), turn_deg, colour)
    shine = ((corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2)
    first, last = (tuple(int(v) for v in point) for point in shine)
    cv2.line(desk, first, last, tuple(c + 60 for c in colour), 5, cv2.LINE_AA)


def _cup(
    desk: np.ndarray, at: tuple[float, float], turn_deg: float, rng: np.random.Generator
) -> None:
    """An enamel cup of tea."""
    centre = (int(at[0]), int(at[1]))
    _block(desk, at, (60.0, 60.0), turn_deg, (60, 60, 60), lift_mm=14.0)
    for radius_mm, colour in ((45, (225, 228, 230)), (41, (110, 60, 40)), (39, (60, 95, 140))):
        cv2.circle(desk, centre, int(radius_mm / MM), colour, -1, cv2.LINE_AA)


def _ruler(
    desk: np.ndarray, at: tuple[float, float], turn_deg: float, rng: np.random.Generator
) -> None:
    corners = _block(desk, at, (210.0, 30.0), turn_deg, (120, 205, 228), lift_mm=1.5)
    for index in range(1, 200):
        share = index / 200
        edge = corners[0] * (1 - share) + corners[1] * share
        inner = (corners[3] - corners[0]) * (0.36 if index % 10 == 0 else 0.2)
        first, last = edge.astype(int), (edge + inner).astype(int)
        cv2.line(desk, tuple(map(int, first)), tuple(map(int, last)), (40, 50, 60), 1)


def _book(
    desk: np.ndarray, at: tuple[float, float], turn_deg: float, rng: np.random.Generator
) -> None:
    colour = ((60, 50, 120), (110, 90, 50), (60, 95, 60))[int(rng.integers(0, 3))]
    _block(desk, at, (150.0, 210.0), turn_deg / 6, colour, lift_mm=10.0)
    _block(desk, at, (90.0, 30.0), turn_deg / 6, (200, 215, 220), lift_mm=0.0)


def book_cover(
    desk: np.ndarray, size_mm: tuple[float, ...], turn_deg: float, rng: np.random.Generator
) -> None:
    """The boards of an open book, a little larger than its pages and farther from the lens."""
    colour = ((60, 44, 92), (96, 70, 38), (50, 62, 66), (44, 40, 40))[int(rng.integers(0, 4))]
    wide, high = size_mm[0] + rng.uniform(14, 26), size_mm[1] + rng.uniform(12, 22)
    _block(desk, (SIDE_PX / 2, SIDE_PX / 2), (wide, high), turn_deg, colour, lift_mm=5.0)
