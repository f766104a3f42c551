"""How likely a quad is to be the sheet: a logistic model over what is seen of it.

The weights were fitted on drawn desks (never on the photographs that judge the finder), so that
the value is the share of quads looking like this that were right. They say what one would: the
edge goes all the way along every side and stops at the corners; inside is lighter than outside;
the rim inside is even; the larger of two like quads is the sheet; a side that lies on the
frame's border is borne out by nothing.
"""

from __future__ import annotations

import numpy as np

from station.imaging.edges import Floats
from station.imaging.quads import Quads, Sides, areas
from station.imaging.within import Within

SOME_INK = 0.05
"""Share of ink of a page with some writing on it."""

WEIGHTS = {
    "always": -7.25,
    "least support": 1.06,
    "support": 6.80,
    "beyond": -2.43,
    "most beyond": -2.46,
    "least contrast": 1.31,
    "contrast": 1.63,
    "least light": 0.41,
    "light": 0.56,
    "too dark": -1.92,
    "rough": -3.15,
    "tinted": -0.09,
    "area": 1.01,
    "borders": -2.03,
    "two borders": 0.02,
    "perspective": 0.75,
    "skew": -0.80,
    "even": 2.26,
    "written": 0.13,
    "written outside": -0.38,
}


def cues(found: Quads, seen: Sides, frame_area_px: float) -> dict[str, Floats]:
    """The numbers that WEIGHTS weigh, Q each."""
    step = seen.inner - seen.outer
    contrast = 1 - np.exp(-np.linalg.norm(step * [1, 1.5, 1.5], axis=2) / 12)
    light = np.tanh(step[..., 0] / 15)
    rim = seen.inner[..., 1:] - seen.inner[..., 1:].mean(axis=1, keepdims=True)
    borders = seen.border.sum(axis=1)
    perspective, skew = _shape(found.corners)
    return {
        "always": np.ones(len(borders), np.float32),
        "least support": _least(seen.support, seen),
        "support": _mean(seen.support, seen),
        "beyond": _mean(seen.beyond, seen),
        "most beyond": -_least(-seen.beyond, seen),
        "least contrast": _least(contrast, seen),
        "contrast": _mean(contrast, seen),
        "least light": _least(light, seen),
        "light": _mean(light, seen),
        "too dark": np.clip(
            3 - 4 * _mean(seen.inner[..., 0] / (seen.outer[..., 0] + 1), seen), 0, 1
        ),
        "rough": _mean(np.tanh(seen.rough / 25), seen),
        "tinted": np.tanh(np.linalg.norm(rim, axis=2).max(axis=1) / 12),
        "area": np.log(np.abs(areas(found.corners)) / frame_area_px),
        "borders": borders,
        "two borders": borders >= 2,
        "perspective": perspective,
        "skew": skew,
    }


def side_odds(found: Quads, seen: Sides, frame_area_px: float) -> Floats:
    """Log odds that each quad is the sheet, Q, going by its sides."""
    return _weighed(cues(found, seen, frame_area_px))


def within_odds(looks: Within) -> Floats:
    """What the look into each quad adds to its log odds, Q."""
    return _weighed(
        {
            "even": looks.even,
            "written": np.tanh(looks.written / SOME_INK),
            "written outside": np.tanh(looks.written_outside / SOME_INK),
        }
    )


def _weighed(numbers: dict[str, Floats]) -> Floats:
    total = sum(WEIGHTS[name] * number for name, number in numbers.items())
    return np.asarray(total, dtype=np.float32)


def _least(value: Floats, seen: Sides) -> Floats:
    return np.asarray(np.where(seen.border, np.inf, value).min(axis=1), dtype=np.float32)


def _mean(value: Floats, seen: Sides) -> Floats:
    weight = np.where(seen.border, 0, seen.length_px)
    total = np.maximum(weight.sum(axis=1), 1)
    return np.asarray((value * weight).sum(axis=1) / total, dtype=np.float32)


def _shape(corners: Floats) -> tuple[Floats, Floats]:
    """How unlike opposite sides are, and the cosine at the sharpest corner, Q each."""
    way = np.roll(corners, -1, axis=1) - corners
    length = np.linalg.norm(way, axis=2)
    unlike = np.abs(np.log(length[:, :2] / length[:, 2:])).sum(axis=1)
    unit = way / length[..., None]
    cosine = np.abs((unit * np.roll(unit, 1, axis=1)).sum(axis=2)).max(axis=1)
    return np.tanh(2 * unlike), cosine
