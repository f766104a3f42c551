"""Red marks on paper: the round seal of an office, a name chop, a fingerprint."""

from __future__ import annotations

import math

import cv2
import numpy as np
from PIL import Image, ImageDraw

from tests.pages.fonts import font
from tests.pages.sheet import px

SEAL_BGR = np.array((48, 38, 205), np.float32)


def round_seal(text: str, rng: np.random.Generator, *, across_mm: float = 42.0) -> Image.Image:
    """Draw an office's seal: ring, star, `text` along the arc from left to right."""
    size = px(across_mm)
    stencil = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(stencil)
    ring = max(2, round(size * 0.026))
    draw.ellipse((2, 2, size - 3, size - 3), outline=255, width=ring)
    draw.polygon(_star(size / 2, size * 0.14), fill=255)
    glyph_px = round(size * min(0.14, 1.45 / len(text)))
    span_deg = min(270.0, 28.0 * (len(text) - 1))
    for index, character in enumerate(text):
        share = index / max(1, len(text) - 1) - 0.5
        _on_arc(stencil, character, glyph_px, share * span_deg)
    return inked(np.asarray(stencil), rng)


def chop(name: str, rng: np.random.Generator, *, side_mm: float = 12.0) -> Image.Image:
    """Draw a square name chop, two columns from right to left."""
    size = px(side_mm)
    stencil = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(stencil)
    draw.rectangle((1, 1, size - 2, size - 2), outline=255, width=max(2, size // 18))
    cell = size * 0.42
    letters = (name + "印")[:4]
    for index, character in enumerate(letters):
        column, row = divmod(index, 2)
        at = (size * 0.52 - column * cell, size * 0.08 + row * cell)
        draw.text(at, character, fill=255, font=font("song-bold", round(cell * 0.95)))
    return inked(np.asarray(stencil), rng)


def fingerprint(rng: np.random.Generator, *, length_mm: float = 19.0) -> Image.Image:
    """Draw the whorl of a thumb pressed in red paste."""
    height, width = px(length_mm), px(length_mm * 0.72)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = (xs / width - 0.5) * 2, (ys / height - 0.5) * 2
    wander = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 25)
    wander /= max(1e-6, float(np.abs(wander).max()))
    radius = np.hypot(u * 0.9, v + 0.15 + 0.2 * u * u) + 0.12 * wander
    ridges = (np.sin(radius * 2 * math.pi * 9.5) > -0.25).astype(np.float32)
    inside = np.clip((1 - np.hypot(u, v)) * 9, 0, 1)
    return inked((ridges * inside * 235).astype(np.uint8), rng)


def inked(stencil: np.ndarray, rng: np.random.Generator) -> Image.Image:
    """Turn a stencil into seal paste on white: uneven, a little starved, soft at the edge."""
    height, width = stencil.shape
    cover = cv2.GaussianBlur(stencil, (0, 0), 1.1).astype(np.float32) / 255
    coarse = cv2.resize(rng.uniform(0.55, 1.0, (7, 7)).astype(np.float32), (width, height))
    grain = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 1.5)
    cover *= np.clip(coarse + grain * 0.35, 0.2, 0.88)
    bgr = 255 - cover[..., None] * (255 - SEAL_BGR)
    return Image.fromarray(np.ascontiguousarray(bgr.astype(np.uint8)[:, :, ::-1]))


def _star(centre: float, radius: float) -> list[tuple[float, float]]:
    points = []
    for index in range(10):
        reach = radius if index % 2 == 0 else radius * 0.382
        angle = math.radians(index * 36 - 90)
        points.append((centre + reach * math.cos(angle), centre + reach * math.sin(angle)))
    return points


def _on_arc(stencil: Image.Image, character: str, glyph_px: int, angle_deg: float) -> None:
    size = stencil.width
    tile = Image.new("L", (glyph_px * 2, glyph_px * 2), 0)
    at = (glyph_px, glyph_px)
    draw = ImageDraw.Draw(tile)
    draw.text(at, character, fill=255, font=font("song-bold", glyph_px), anchor="mm")
    tile = tile.rotate(-angle_deg, Image.Resampling.BICUBIC)
    reach, angle = size * 0.385, math.radians(angle_deg - 90)
    x = size / 2 + reach * math.cos(angle) - glyph_px
    y = size / 2 + reach * math.sin(angle) - glyph_px
    stencil.paste(255, (round(x), round(y)), tile)
