"""Invented black-and-white photographs: people in rows, a portrait, a village; grain and toning."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

WORK_PX = 900
"""Long side at which pictures are made before they are enlarged to the page."""


def invented_picture(seed: int, width_px: int, height_px: int) -> Image.Image:
    """A photograph of `width_px` x `height_px` with its white border, as RGB."""
    rng = np.random.default_rng([seed, 5])
    shrink = WORK_PX / max(width_px, height_px)
    width, height = round(width_px * shrink), round(height_px * shrink)
    scene = _portrait if height > width else (_group if rng.random() < 0.6 else _village)
    grey = _finished(scene(rng, width, height), rng)
    grey = cv2.resize(grey, (width_px, height_px), interpolation=cv2.INTER_CUBIC)
    border = round(0.028 * max(width_px, height_px))
    inner = grey[border : height_px - border, border : width_px - border]
    framed = np.full((height_px, width_px), 236, np.float32)
    framed[border : height_px - border, border : width_px - border] = inner
    tone = float(rng.uniform(0.0, 1.0))
    warm = 1 - (1 - framed / 255) * 0.06
    red = np.clip(framed * warm + 10 * tone, 0, 255)
    blue = np.clip(framed * (1 - 0.13 * tone), 0, 255)
    return Image.fromarray(np.stack((red, framed, blue), axis=-1).astype(np.uint8))


def _ground(rng: np.random.Generator, width: int, height: int, horizon: float) -> np.ndarray:
    """Sky, far hills and earth in grey levels."""
    ys = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    picture = np.repeat(210 - 35 * ys, width, 1)
    picture += _cloud(rng, width, height, 60) * 7
    for depth, shade in ((0.16, 165.0), (0.07, 130.0)):
        ridge = _wander(rng, width) * 0.05 + horizon - depth
        picture = np.where(ys > ridge[None, :], shade + _cloud(rng, width, height, 6) * 9, picture)
    earth = 118 + 50 * (ys - horizon) + _cloud(rng, width, height, 4) * 10
    return np.where(ys > horizon, earth, picture).astype(np.float32)


def _village(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    """Tiled houses with doors and a tree before hills."""
    picture = _ground(rng, width, height, 0.62)
    left = rng.uniform(-0.05, 0.05) * width
    while left < width:
        wide, high = rng.uniform(0.22, 0.36) * width, rng.uniform(0.16, 0.24) * height
        foot = rng.uniform(0.66, 0.74) * height
        _house(picture, rng, left, foot, wide, high)
        left += wide * rng.uniform(1.0, 1.25)
    x, foot = rng.uniform(0.1, 0.9) * width, 0.78 * height
    trunk = [
        (x - 6, foot),
        (x + 7, foot),
        (x + 4, foot - 0.4 * height),
        (x - 3, foot - 0.4 * height),
    ]
    _fill(picture, trunk, 48)
    for _ in range(140):
        spot = (
            int(x + rng.normal(0, 0.08) * width),
            int(foot - (0.45 + rng.normal(0, 0.08)) * height),
        )
        cv2.circle(picture, spot, int(rng.integers(5, 17)), (float(rng.uniform(40, 95)),), -1)
    return picture


def _house(
    picture: np.ndarray,
    rng: np.random.Generator,
    left: float,
    foot: float,
    wide: float,
    high: float,
) -> None:
    wall, roof = rng.uniform(150, 200), rng.uniform(62, 92)
    _fill(
        picture,
        [(left, foot), (left + wide, foot), (left + wide, foot - high), (left, foot - high)],
        wall,
    )
    over, top = wide * 0.06, foot - high * 1.6
    _fill(picture, [(left - over, foot - high), (left + wide + over, foot - high),
                    (left + wide * 0.9, top), (left + wide * 0.1, top)], roof)  # fmt: skip
    for row in np.arange(top, foot - high, 6):
        cv2.line(
            picture,
            (int(left + wide * 0.1), int(row)),
            (int(left + wide * 0.9), int(row)),
            (roof - 14,),
            1,
        )
    for at, size in ((0.42, 0.16), (0.12, 0.14), (0.74, 0.14)):
        tall = high * (0.75 if at == 0.42 else 0.4)
        low = foot if at == 0.42 else foot - high * 0.3
        x = left + wide * at
        box = [(x, low), (x + wide * size, low), (x + wide * size, low - tall), (x, low - tall)]
        _fill(picture, box, rng.uniform(45, 80))


def _group(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    """Two or three rows of cadres before a wall, the front row seated."""
    picture = _ground(rng, width, height, 0.45)
    _house(picture, rng, width * 0.08, height * 0.62, width * 0.84, height * 0.36)
    rows = int(rng.integers(2, 4))
    for row in range(rows):
        count = int(rng.integers(5, 9))
        size = height * (0.055 + 0.006 * row)
        y = height * (0.40 + 0.17 * row)
        for index in range(count):
            x = width * (0.12 + 0.76 * (index + 0.5 + rng.normal(0, 0.06)) / count)
            _person(picture, rng, x, y + rng.normal(0, 0.008) * height, size)
    return picture


def _portrait(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    """Head and shoulders in a studio."""
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    lamp = np.exp(-((xs / width - 0.55) ** 2 + (ys / height - 0.35) ** 2) / 0.2)
    picture = (105 + 95 * lamp).astype(np.float32)
    _person(picture, rng, width * rng.uniform(0.47, 0.53), height * 0.38, height * 0.17)
    return picture


JACKET = ((-0.5, 1.35), (0.5, 1.35), (1.7, 2.1), (1.9, 6), (-1.9, 6), (-1.7, 2.1))
NECK = ((-0.4, 0.95), (0.4, 0.95), (0, 2.3))
SEAM = ((-0.03, 2.2), (0.03, 2.2), (0.03, 6), (-0.03, 6))
CAP = ((-0.8, -0.45), (0.8, -0.45), (0.62, -1.1), (-0.62, -1.1))
"""Outlines in half heads about a face's middle."""


def _person(picture: np.ndarray, rng: np.random.Generator, x: float, y: float, size: float) -> None:
    """A head of half height `size` at x, y with jacket, hair, eyes and mouth; some wear a cap."""
    jacket, face = rng.uniform(45, 125), rng.uniform(165, 205)

    def cut(outline: tuple[tuple[float, float], ...], shade: float) -> None:
        _fill(picture, [(x + across * size, y + down * size) for across, down in outline], shade)

    def oval(across: float, down: float, wide: float, high: float, shade: float) -> None:
        centre = (x + across * size, y + down * size)
        _oval(picture, centre, (wide * size, high * size), shade)

    cut(JACKET, jacket)
    cut(NECK, face - 30)
    cut(SEAM, jacket - 22)
    oval(0, -0.22, 0.82, 0.98, rng.uniform(28, 50))
    oval(0, 0, 0.72, 0.95, face)
    oval(0.28, 0.1, 0.40, 0.72, face - 16)
    if rng.random() < 0.35:
        cut(CAP, jacket - 12)
    for side in (-0.28, 0.28):
        oval(side, -0.08, 0.12, 0.055, 50)
        oval(side, -0.27, 0.18, 0.035, 70)
    oval(0, 0.18, 0.09, 0.14, face - 28)
    oval(0, 0.48, 0.22, 0.05, 105)


def _finished(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Soft lens, falling corners, grain, fading from one side, scratches."""
    height, width = grey.shape
    grey = cv2.GaussianBlur(grey, (0, 0), 1.6)
    ys, xs = np.mgrid[-0.5 : 0.5 : height * 1j, -0.5 : 0.5 : width * 1j].astype(np.float32)
    grey *= 1 - 0.5 * (xs**2 + ys**2)
    grey *= 1 + _cloud(rng, width, height, 30) * 0.05
    grey += _cloud(rng, width, height, 0.8) * 5
    fade = np.clip(0.12 + 0.22 * (xs * rng.uniform(-1, 1) + ys * rng.uniform(-1, 1)), 0, 0.4)
    grey = grey * (1 - fade) + 205 * fade
    for _ in range(int(rng.integers(2, 7))):
        at = rng.uniform(0, 1, 2) * (width, height)
        end = at + rng.normal(0, 0.12, 2) * (width, height)
        cv2.line(grey, tuple(map(int, at)), tuple(map(int, end)), (225.0,), 1, cv2.LINE_AA)
    return np.clip(grey, 12, 240)


def _cloud(rng: np.random.Generator, width: int, height: int, sigma: float) -> np.ndarray:
    step = max(1, int(sigma / 2))
    small = rng.standard_normal((height // step + 2, width // step + 2), dtype=np.float32)
    small = cv2.GaussianBlur(small, (0, 0), max(0.5, sigma / step))
    return cv2.resize(small / float(small.std()), (width, height))


def _wander(rng: np.random.Generator, width: int) -> np.ndarray:
    return cv2.resize(
        rng.normal(0, 1, (1, 9)).astype(np.float32), (width, 1), interpolation=cv2.INTER_CUBIC
    )[0]


def _fill(picture: np.ndarray, points: list[tuple[float, float]], shade: float) -> None:
    fixed = np.round(np.array(points) * 16).astype(np.int32)
    cv2.fillPoly(picture, [fixed], (float(shade),), cv2.LINE_AA, 4)


def _oval(
    picture: np.ndarray, centre: tuple[float, float], axes: tuple[float, float], shade: float
) -> None:
    at, size = (tuple(round(v * 16) for v in pair) for pair in (centre, axes))
    cv2.ellipse(picture, at, size, 0, 0, 360, (float(shade),), -1, cv2.LINE_AA, 4)
