"""The quads of a frame that may be a sheet, and all that is seen of each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from station.imaging.cut import Flags
from station.imaging.edges import Floats, Scene
from station.imaging.ground import Mask, written_places
from station.imaging.lines import evidence, find_lines
from station.imaging.odds import Cues, log_odds, side_cues
from station.imaging.quads import BORDER_LINES, Quads, quads, sides
from station.imaging.within import desk_across, evenness, writing_outside

Ranks = npt.NDArray[np.intp]

MOST_BORDERS = 2
"""A sheet cut on three sides shows too little of itself to be told from anything else."""
DARKEST_PAPER, SHADED_PAPER = 0.45, 0.75
"""L of what lies around a quad, over that of its rim: a desk, a page in the shade."""
SLENDEREST_CUT = 2.6
"""Longer over shorter sides; a strip of the frame is no cut sheet."""
LIKELY = 96
"""Quads that are looked into, likeliest by their sides first."""
DARKNESS = ("least light", "light", "too dark")
"""What speaks against a dark page, of which the photographs on it have all the better odds."""


class Candidates(NamedTuple):
    """Q quads.

    `corners` Qx4x2 (working px), `border` Qx4, the sides on the frame's border, `outside` Qx3, Lab
    of what lies around; `written` the frame's places of writing (ground.py).
    """

    corners: Floats
    border: Flags
    outside: Floats
    cues: Cues
    written: Mask


def candidates(seen: Scene, most: int = LIKELY) -> Candidates:
    """At most `most` quads with all their cues."""
    height, width = seen.ridges.shape
    lines = find_lines(seen)
    found = quads(lines, width, height)
    borders = (found.sides >= len(lines.distances) - BORDER_LINES).sum(axis=1)
    fair = (borders <= MOST_BORDERS) & ((borders == 0) | (_slenderness(found) < SLENDEREST_CUT))
    found = Quads(found.corners[fair], found.sides[fair])
    if not len(found.sides):
        return Candidates(
            *(np.zeros((0, 4, 2), np.float32), np.zeros((0, 4), bool), np.zeros((0, 3)), {}),
            np.zeros((0, 0), bool),
        )
    looks = sides(found, lines, evidence(seen, lines))
    cues = side_cues(found, looks, width * height)
    likely = _likely(cues, most)
    corners = found.corners[likely] + np.array([(width - 1) / 2, (height - 1) / 2], np.float32)
    cues = {name: cue[likely] for name, cue in cues.items()}
    outside = np.median(looks.outer[likely], axis=1)
    cues["even"], middle = evenness(seen, corners)
    beside = outside[:, 0] / (np.median(looks.inner[likely, :, 0], axis=1) + 1)
    like_paper = np.clip((beside - DARKEST_PAPER) / (SHADED_PAPER - DARKEST_PAPER), 0, 1)
    written = written_places(seen)
    writing = writing_outside(seen, written, corners, outside)
    cues["written around"] = like_paper * writing
    cues["desk across"] = desk_across(seen, corners, middle, outside)
    return Candidates(corners, looks.border[likely], outside, cues, written)


def _likely(cues: Cues, most: int) -> Ranks:
    """Indices of the likeliest, in order; a third of them likeliest but for being dark."""
    odds, fair = log_odds(cues), log_odds(cues, [name for name in cues if name not in DARKNESS])
    ranks = np.argsort(-odds)
    kept = np.zeros(len(odds), bool)
    kept[np.argsort(-fair)[: most // 3]] = True
    kept[ranks[~kept[ranks]][: most - int(kept.sum())]] = True
    return np.asarray(ranks[kept[ranks]])


def _slenderness(found: Quads) -> Floats:
    """Longer over shorter pair of opposite sides, Q."""
    length = np.linalg.norm(np.roll(found.corners, -1, axis=1) - found.corners, axis=2)
    pairs = length[:, :2] + length[:, 2:]
    return np.asarray(pairs.max(axis=1) / np.maximum(pairs.min(axis=1), 1e-6))
