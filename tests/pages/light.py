"""Light on the desk: a field of factors and a glare, both smooth, made small and enlarged."""

from __future__ import annotations

import math

import cv2
import numpy as np

from tests.pages.scene import Scene

SMALL = 8


def lit(picture: np.ndarray, scene: Scene, px_per_mm: float, rng: np.random.Generator) -> None:
    """Multiply `picture` (BGR float32, in place) by the scene's light and add its glare."""
    light, size = scene.light, picture.shape[1::-1]
    ys, xs = _grid(scene)
    towards = math.radians(light.slope_deg)
    along = xs * math.cos(towards) + ys * math.sin(towards)
    field = 1 - light.slope * (along + 0.5)
    field *= 1 - light.vignette * (xs**2 + ys**2) / 0.5
    if light.shadow:
        field *= 1 - light.shadow * _shadow(xs, ys, scene, px_per_mm, rng)
    picture *= cv2.resize(field.astype(np.float32) * light.exposure, size)[..., None]
    picture *= np.array((1 - 0.13 * light.warmth, 1.0, 1 + 0.06 * light.warmth), np.float32)
    if light.glare:
        spot = _glare(xs, ys, rng) * light.glare * 235
        picture += cv2.resize(spot.astype(np.float32), size)[..., None]


def _grid(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates from -0.5 to 0.5 across the frame, one sample every `SMALL` pixels."""
    x = np.linspace(-0.5, 0.5, scene.width_px // SMALL + 2)
    y = np.linspace(-0.5, 0.5, scene.height_px // SMALL + 2)
    ys, xs = np.meshgrid(y, x, indexing="ij")
    return ys, xs


def _shadow(
    xs: np.ndarray, ys: np.ndarray, scene: Scene, px_per_mm: float, rng: np.random.Generator
) -> np.ndarray:
    """The shadow of a head and shoulders or of an arm: a half plane with a round bulge."""
    angle = rng.uniform(0, 2 * math.pi)
    across = xs * math.cos(angle) + ys * math.sin(angle)
    beside = -xs * math.sin(angle) + ys * math.cos(angle)
    bulge = 0.18 * np.exp(-(((beside - rng.uniform(-0.2, 0.2)) / 0.16) ** 2))
    inside = (across + bulge > rng.uniform(0.02, 0.16)).astype(np.float32)
    soft_px = max(0.6, scene.light.shadow_soft_mm * px_per_mm / SMALL / 2)
    return cv2.GaussianBlur(inside, (0, 0), soft_px)


def _glare(xs: np.ndarray, ys: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A lamp's mirror image on glossy paper: a bright core in a wide halo."""
    x, y = rng.uniform(-0.22, 0.22, 2)
    distance = np.hypot(xs - x, (ys - y) * rng.uniform(0.7, 1.6))
    return np.exp(-((distance / 0.09) ** 2)) + 0.35 * np.exp(-((distance / 0.24) ** 2))
