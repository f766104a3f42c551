"""Light on the desk: a field of factors and a glare, both smooth, given every few pixels."""

from __future__ import annotations

import math

import cv2
import numpy as np

from tests.pages.project import Step, nodes
from tests.pages.scene import Scene

STEP: Step = (8, 8)
MEAN_GREY = 235.0


def tint(scene: Scene) -> np.ndarray:
    """The lamp's colour as a BGR factor."""
    warmth = scene.light.warmth
    return np.array((1 - 0.13 * warmth, 1.0, 1 + 0.06 * warmth), np.float32)


def fields(
    scene: Scene, px_per_mm: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Light's fall, the cast shadow (0..1) and glare (0..1), float32 at `nodes` of `STEP`."""
    light = scene.light
    grid = nodes((0, 0, scene.width_px, scene.height_px), STEP)
    xs, ys = grid[..., 0] / scene.width_px - 0.5, grid[..., 1] / scene.height_px - 0.5
    towards = math.radians(light.slope_deg)
    along = xs * math.cos(towards) + ys * math.sin(towards)
    fall = 1 - light.slope * (along + 0.5)
    fall *= (1 - light.vignette * (xs**2 + ys**2) / 0.5) * light.exposure
    dim, bright = np.zeros_like(fall), np.zeros_like(fall)
    if light.shadow:
        dim = _shadow(xs, ys, scene, px_per_mm, rng) * light.shadow
    if light.glare:
        bright = _glare(xs, ys, rng) * light.glare
    return tuple(field.astype(np.float32) for field in (fall, dim, bright))


def _shadow(
    xs: np.ndarray, ys: np.ndarray, scene: Scene, px_per_mm: float, rng: np.random.Generator
) -> np.ndarray:
    """The shadow of a head and shoulders or of an arm: a half plane with a round bulge."""
    angle = rng.uniform(0, 2 * math.pi)
    across = xs * math.cos(angle) + ys * math.sin(angle)
    beside = -xs * math.sin(angle) + ys * math.cos(angle)
    bulge = 0.18 * np.exp(-(((beside - rng.uniform(-0.2, 0.2)) / 0.16) ** 2))
    inside = (across + bulge > rng.uniform(0.02, 0.16)).astype(np.float32)
    soft_px = max(0.6, scene.light.shadow_soft_mm * px_per_mm / STEP[0] / 2)
    return cv2.GaussianBlur(inside, (0, 0), soft_px)


def _glare(xs: np.ndarray, ys: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A lamp's mirror image on glossy paper: a bright core in a wide halo."""
    x, y = rng.uniform(-0.22, 0.22, 2)
    distance = np.hypot(xs - x, (ys - y) * rng.uniform(0.7, 1.6))
    return np.exp(-((distance / 0.09) ** 2)) + 0.35 * np.exp(-((distance / 0.24) ** 2))
