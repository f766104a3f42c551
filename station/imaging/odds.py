"""How likely a quad is to be the sheet: a logistic model over what is seen of it.

The weights were fitted on drawn desks (never on photographs that judge the finder), so that the
value is the share of quads looking like this that were right. They say what one would: the edge
goes all the way along every side and stops at the corners; what lies outside differs from what
lies inside, beyond a seam, a gutter or a ruled line too; inside is lighter, and its rim and its
whole are of one colour; no writing stands on what lies around, and no desk runs through it; of two
like quads the larger is the sheet; a side on the frame's border is borne out by nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from station.imaging.edges import Floats
from station.imaging.quads import Quads, Sides, areas

WEIGHTS = {
    "always": -5.77,
    "least support": 1.72,
    "support": 7.69,
    "beyond": -1.45,
    "most beyond": -2.40,
    "least contrast": 2.53,
    "contrast": 2.03,
    "least light": 0.41,
    "light": 0.79,
    "too dark": -0.76,
    "rough": -5.97,
    "area": 2.20,
    "borders": -2.83,
    "perspective": -0.10,
    "even": 1.07,
    "written around": -7.26,
    "desk across": -1.27,
}

Cues = dict[str, Floats]
"""Numbers that WEIGHTS weigh, by name, Q each."""


def side_cues(found: Quads, seen: Sides, frame_area_px: float) -> Cues:
    """What the sides of each quad say."""
    step = seen.inner - seen.outer
    contrast = np.minimum(_contrast(step), _contrast(seen.inner - seen.far))
    light = np.tanh(step[..., 0] / 15)
    darker = _mean(seen.inner[..., 0] / (seen.outer[..., 0] + 1), seen)
    return {
        "always": np.ones(len(found.sides)),
        "least support": _least(seen.support, seen),
        "support": _mean(seen.support, seen),
        "beyond": _mean(seen.beyond, seen),
        "most beyond": -_least(-seen.beyond, seen),
        "least contrast": _least(contrast, seen),
        "contrast": _mean(contrast, seen),
        "least light": _least(light, seen),
        "light": _mean(light, seen),
        "too dark": np.clip(3 - 4 * darker, 0, 1),
        "rough": _mean(np.tanh(seen.rough / 25), seen),
        "area": np.log(np.abs(areas(found.corners)) / frame_area_px),
        "borders": _unseen(seen),
        "perspective": _perspective(found.corners),
    }


def log_odds(cues: Cues, names: Iterable[str] = WEIGHTS) -> Floats:
    """Log odds that each quad is the sheet, Q; by the cues of these names."""
    return np.asarray(sum(WEIGHTS[name] * cues[name] for name in names if name in cues))


def _contrast(step: Floats) -> Floats:
    """0..1 for a difference in Lab; chroma tells more than light, for shadows have none."""
    return np.asarray(1 - np.exp(-np.linalg.norm(step * [1, 1.5, 1.5], axis=-1) / 12))


def _least(value: Floats, seen: Sides) -> Floats:
    return np.asarray(np.where(seen.border, np.inf, value).min(axis=1))


def _mean(value: Floats, seen: Sides) -> Floats:
    weight = np.where(seen.border, 0, seen.length_px)
    return np.asarray((value * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1))


def _unseen(seen: Sides) -> Floats:
    """How many sides lie on the border, Q; opposite ones are worth three: stripes have them."""
    opposite = seen.border[:, :2] & seen.border[:, 2:]
    return np.asarray(seen.border.sum(axis=1) + opposite.sum(axis=1))


def _perspective(corners: Floats) -> Floats:
    """How unlike opposite sides are in length, Q of 0..1."""
    way = np.roll(corners, -1, axis=1) - corners
    length = np.linalg.norm(way, axis=2)
    return np.asarray(np.tanh(2 * np.abs(np.log(length[:, :2] / length[:, 2:])).sum(axis=1)))
