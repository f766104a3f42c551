"""Small drawn pages: strokes of ink, of the back, of pencil, and red marks."""

from __future__ import annotations

import cv2
import numpy as np

Pixels = np.ndarray
PAPER = np.array((205, 225, 235), np.float32)


def page(
    *, ink: float = 0.85, back: float = 0.0, pencil: bool = False, seed: int = 5
) -> tuple[Pixels, Pixels]:
    """A page of 900 x 1200 px, BGR uint8, and its ink alone (0 to 255)."""
    rng = np.random.default_rng(seed)
    front = strokes(rng, 0, 1200)
    behind = cv2.GaussianBlur(strokes(rng, 20, 1200)[:, ::-1], (0, 0), 3)
    light = (1 - ink * front) * (1 - back * behind)
    if pencil:
        light[1000:1150, 200:700] = 1 - 0.3 * strokes(rng, 0, 150)[:, 200:700]
    noisy = PAPER * light[..., None] + rng.normal(0, 1.2, (1200, 900, 1))
    return noisy.clip(0, 255).astype(np.uint8), (255 * front).astype(np.uint8)


def strokes(rng: np.random.Generator, first: int, height: int) -> Pixels:
    """Lines of characters made of a few strokes each, 0 to 1."""
    drawn = np.zeros((height, 900), np.float32)
    for top in range(first + 60, height - 240, 64):
        for left in range(80, 820, 40):
            for _ in range(4):
                x, y = rng.integers(0, 30, 2), rng.integers(0, 32, 2)
                ends = (int(left + x[0]), int(top + y[0])), (int(left + x[1]), int(top + y[1]))
                cv2.line(drawn, *ends, (1.0,), 3, cv2.LINE_AA)
    if height < 240:
        for left in range(200, 700, 40):
            cv2.line(drawn, (left, 60), (left + 25, 90), (1.0,), 2, cv2.LINE_AA)
            cv2.line(drawn, (left + 25, 60), (left, 90), (1.0,), 2, cv2.LINE_AA)
    return drawn


def sealed(picture: Pixels, centre: tuple[int, int], radius: int = 90) -> Pixels:
    """The page with a round red seal: a ring and a star's place, translucent."""
    cover = np.zeros(picture.shape[:2], np.float32)
    cv2.circle(cover, centre, radius, (1.0,), 9, cv2.LINE_AA)
    cv2.circle(cover, centre, radius // 4, (1.0,), -1, cv2.LINE_AA)
    red = 1 - 0.8 * cover[..., None] * (1 - np.array((48, 38, 205)) / 255)
    return (picture * red).astype(np.uint8)
