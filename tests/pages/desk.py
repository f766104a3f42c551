"""What the sheet lies on, seen from straight above: BGR float32, `MM` millimetres a pixel."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from tests.pages.scene import Desk

MM = 0.3
SIDE_PX = 2400


def noise(rng: np.random.Generator, sigma_x: float, sigma_y: float, side: int) -> np.ndarray:
    """Smooth noise of unit deviation, side x side float32, made small and enlarged."""
    x, y = (max(1, int(sigma / 2)) for sigma in (sigma_x, sigma_y))
    small = rng.standard_normal((side // y + 1, side // x + 1), dtype=np.float32)
    small = cv2.GaussianBlur(small, (0, 0), sigma_x / x, sigmaY=sigma_y / y)
    big = cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC)
    return big / max(1e-6, float(big.std()))


def plain(bgr: tuple[float, float, float], lift: float) -> np.ndarray:
    """One colour, `lift` grey levels lighter."""
    return np.full((SIDE_PX, SIDE_PX, 3), np.array(bgr) + lift, np.float32)


def dark(rng: np.random.Generator) -> np.ndarray:
    """Dark lacquered table, cloudy, finely scratched."""
    base = plain((34, 38, 46), rng.uniform(-8, 10))
    base += noise(rng, 90, 90, SIDE_PX)[..., None] * 3
    base += noise(rng, 14, 0.8, SIDE_PX)[..., None] * 1.6
    return base


def wood(rng: np.random.Generator) -> np.ndarray:
    """Boards of varnished wood with grain along them."""
    light = rng.uniform(0.55, 1.05)
    base = plain((92, 138, 184), 0.0)
    grain = noise(rng, 160, 2.0, SIDE_PX) * 7 + noise(rng, 400, 9.0, SIDE_PX) * 11
    rings = np.sin(noise(rng, 500, 60, SIDE_PX) * 3.2 + np.linspace(0, 60, SIDE_PX)[:, None]) * 5
    base += (grain + rings.astype(np.float32))[..., None] * np.array((1.0, 1.05, 1.1), np.float32)
    board_px = int(rng.uniform(110, 170) / MM)
    for top in range(int(rng.integers(0, board_px)), SIDE_PX, board_px):
        base[top : top + board_px] += rng.normal(0, 7)
        base[top : top + 4] *= 0.55
    return base * light


def white(rng: np.random.Generator) -> np.ndarray:
    """White laminate, hardly darker than paper."""
    base = plain((226, 229, 231), rng.uniform(-8, 4))
    base += noise(rng, 120, 120, SIDE_PX)[..., None] * 1.5
    base += noise(rng, 1.2, 1.2, SIDE_PX)[..., None] * 1.0
    return base


def tiles(rng: np.random.Generator) -> np.ndarray:
    """Glazed tiles with grout."""
    tint = ((205, 212, 214), (176, 190, 182), (150, 168, 190))[int(rng.integers(0, 3))]
    base = plain(tint, 0.0)
    tile_px = int(rng.uniform(80, 150) / MM)
    for top in range(0, SIDE_PX, tile_px):
        for left in range(0, SIDE_PX, tile_px):
            base[top : top + tile_px, left : left + tile_px] += rng.normal(0, 4)
    grout = int(3.5 / MM)
    for at in range(int(rng.integers(0, tile_px)), SIDE_PX, tile_px):
        base[at : at + grout] = (122, 130, 136)
        base[:, at : at + grout] = (122, 130, 136)
    return cv2.GaussianBlur(base, (0, 0), 1.5) + noise(rng, 60, 60, SIDE_PX)[..., None] * 2


def mat(rng: np.random.Generator) -> np.ndarray:
    """Green cutting mat with a centimetre grid."""
    base = plain((88, 104, 34), 0.0) + noise(rng, 1.0, 1.0, SIDE_PX)[..., None] * 2.5
    cm = 10 / MM
    for index in range(int(SIDE_PX / cm)):
        at, thick = round(index * cm), 4 if index % 5 == 0 else 2
        base[at : at + thick] = (142, 172, 120)
        base[:, at : at + thick] = (142, 172, 120)
        label = str(index % 60)
        for place in ((round(3 * cm) + 6, at - 6), (at + 6, round(3 * cm) - 6)):
            cv2.putText(base, label, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (150, 180, 130), 1)
    return cv2.GaussianBlur(base, (0, 0), 0.9)


def terrazzo(rng: np.random.Generator) -> np.ndarray:
    """Polished terrazzo: grey cement with stone chips."""
    base = plain((128, 138, 142), 0.0)
    shades = ((70, 80, 88), (185, 192, 196), (105, 120, 140), (150, 158, 150))
    for _ in range(5200):
        x, y = rng.integers(0, SIDE_PX, 2)
        axes = (int(rng.integers(2, 13)), int(rng.integers(2, 9)))
        shade = shades[int(rng.integers(0, len(shades)))]
        turn = float(rng.uniform(0, 180))
        cv2.ellipse(base, (int(x), int(y)), axes, turn, 0, 360, shade, -1)
    return cv2.GaussianBlur(base, (0, 0), 0.8) + noise(rng, 80, 80, SIDE_PX)[..., None] * 3


def black(rng: np.random.Generator) -> np.ndarray:
    """The inside of a copier's lid, left open: black that the machine's glass greys in bands."""
    base = plain((13, 12, 12), rng.uniform(-4, 8))
    base += noise(rng, 500, 3, SIDE_PX)[..., None] * 1.2
    return np.maximum(base, 0)


DESKS: dict[Desk, Callable[[np.random.Generator], np.ndarray]] = {
    "dark": dark,
    "wood": wood,
    "white": white,
    "tiles": tiles,
    "mat": mat,
    "terrazzo": terrazzo,
    "black": black,
}
TABLES: tuple[Desk, ...] = ("dark", "wood", "white", "tiles", "mat", "terrazzo")
"""Where people lay pages; `black` is a machine's."""


def to_mm() -> np.ndarray:
    """The 3 x 3 matrix from desk pixels to millimetres about the middle of the desk."""
    half = MM * (SIDE_PX - 1) / 2
    return np.array([[MM, 0, -half], [0, MM, -half], [0, 0, 1.0]])
