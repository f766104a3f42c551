"""How lines run, place by place: the slopes that a bulging page gives to its text and its edges.

Text: the ink of neighbouring strips is compared, as a line continues from one to the next a little
higher or lower (normalised correlation of profiles, place by place: Postl's projection made
local). No line is ever singled out, so rules, tables and writing by hand count alike. Edges: the
strongest steady way along the sheet's upper and lower edge, by dynamic programming.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.paper import Grey
from station.model import Noun

Floats = NDArray[np.float64]
Size = tuple[int, int]

STRIPS = 32
APART = 2
"""Strips that are compared lie so many strips from each other."""
BANDS = 10
STEEPEST = 0.2
ALIKE = 0.35
"""Correlation from which two strips are taken to show the same lines."""
EDGE_APART = 3
EDGE_STEPS = range(-2, 3)
EDGE_STEP_COST = 0.06
EDGE_CLEAR = 0.5
EDGE_WEIGHT = 2.0
"""An edge is one clean line where text is many ragged ones."""


class Bends(Noun, frozen=True, kw_only=True):
    """Slopes dy/dx measured at places (`x`, `v`: -1 to 1 over the sheet), with their weights."""

    x: Floats
    v: Floats
    slope: Floats
    weight: Floats

    def and_(self, other: Bends) -> Bends:
        """Both together."""
        return Bends(
            x=np.concatenate([self.x, other.x]),
            v=np.concatenate([self.v, other.v]),
            slope=np.concatenate([self.slope, other.slope]),
            weight=np.concatenate([self.weight, other.weight]),
        )


def text_bends(ink: Grey) -> Bends:
    """The slopes of lines from left to right in the ink (HxW, 0 or 255) of a sheet."""
    high, wide = ink.shape
    squeezed = cv2.resize(ink, (STRIPS, high), interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(squeezed.T.astype(np.float32), (9, 1), 1.5)
    strips = np.asarray(smooth - cv2.blur(smooth, (high // 12 | 1, 1)), np.float32)
    rows = ((np.arange(BANDS) + 0.5) * high / BANDS).astype(int)
    step = APART * wide / STRIPS
    reach = max(2, round(STEEPEST * step))
    scores, energy = _likeness(strips, rows, reach)
    best = scores.argmax(axis=0)
    inner = (best > 0) & (best < 2 * reach)
    shift = _peaks(scores, np.clip(best, 1, 2 * reach - 1)) - reach
    clear = np.clip(scores.max(axis=0) - ALIKE, 0, 1) * np.minimum(1, np.sqrt(energy) / 4)
    x = (np.arange(STRIPS - APART) + (APART + 1) / 2) / STRIPS * 2 - 1
    places = np.meshgrid(x, (rows + 0.5) / high * 2 - 1, indexing="ij")
    return Bends(
        x=places[0].ravel(),
        v=places[1].ravel(),
        slope=(shift / step).ravel(),
        weight=np.where(inner, clear, 0.0).ravel(),
    )


def _likeness(
    strips: NDArray[np.float32], rows: NDArray[np.intp], reach: int
) -> tuple[Floats, Floats]:
    """Correlation of strips `APART`, by shift, strip and row; and the energy of the first."""
    left, right = strips[:-APART], strips[APART:]
    long = strips.shape[1]
    window = (long // BANDS * 2) | 1

    def energy(part: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(np.maximum(cv2.blur(part * part, (window, 1)), 0), np.float32)

    own = energy(left)
    wider = cv2.copyMakeBorder(right, 0, 0, reach, reach, cv2.BORDER_CONSTANT, value=(0.0,))
    scores = []
    for start in range(2 * reach + 1):
        other = np.asarray(wider[:, start : start + long], np.float32, order="C")
        both = cv2.blur(left * other, (window, 1))[:, rows]
        scores.append(both / np.sqrt(own[:, rows] * energy(other)[:, rows] + 25.0))
    return np.stack(scores).astype(np.float64), own[:, rows].astype(np.float64)


def edge_bends(look: Grey, margin: Size, *, top: bool) -> Bends:
    """The slopes of the sheet's upper or lower edge, that lies about `margin` (x, y) inside."""
    across, down = margin
    row = down if top else look.shape[0] - down
    reach = max(4, down - 2)
    zone = look[max(0, row - reach) : row + reach + 1, across : look.shape[1] - across]
    count = 2 * STRIPS
    profiles = cv2.resize(zone, (count, zone.shape[0]), interpolation=cv2.INTER_AREA).T
    smooth = cv2.GaussianBlur(profiles.astype(np.float32), (7, 1), 1.2)
    step = np.abs(smooth[:, 2:] - smooth[:, :-2]).astype(np.float64)
    clear = step / (step.max(axis=1, keepdims=True) + 8.0)
    way = _steadiest(clear)
    at = np.arange(count)
    place = _peaks(clear.T, np.clip(way, 1, clear.shape[1] - 2))
    sure = clear[at, way]
    x = (at + 0.5) / count * 2 - 1
    apart = EDGE_APART * zone.shape[1] / count
    return Bends(
        x=(x[EDGE_APART:] + x[:-EDGE_APART]) / 2,
        v=np.full(count - EDGE_APART, -1.0 if top else 1.0),
        slope=(place[EDGE_APART:] - place[:-EDGE_APART]) / apart,
        weight=EDGE_WEIGHT
        * np.clip(np.minimum(sure[EDGE_APART:], sure[:-EDGE_APART]) - EDGE_CLEAR, 0, 1),
    )


def _steadiest(clear: Floats) -> NDArray[np.intp]:
    """The way through `clear` (steps x places) that gathers most and wanders least."""
    count, places = clear.shape
    edge, at = len(EDGE_STEPS) // 2, np.arange(places)
    costs = np.array([EDGE_STEP_COST * abs(step) for step in EDGE_STEPS])[:, None]
    room = np.full(places + 2 * edge, -1e9)
    gathered = room[edge:-edge]
    before = np.lib.stride_tricks.sliding_window_view(room, places)  # of `gathered`, by step
    gathered[:] = clear[0]
    came = np.zeros((count, places), np.intp)
    for number in range(1, count):
        options = before - costs
        came[number] = options.argmax(axis=0)
        gathered[:] = clear[number] + options[came[number], at]
    way = [int(gathered.argmax())]
    for number in range(count - 1, 0, -1):
        way.append(way[-1] + int(came[number, way[-1]]) - edge)
    return np.array(way[::-1]).clip(0, places - 1)


def _peaks(scores: Floats, best: NDArray[np.intp]) -> Floats:
    """Where along the first axis the parabola through the best and its neighbours is highest."""
    left, top, right = (
        np.take_along_axis(scores, (best + side)[None], axis=0)[0] for side in (-1, 0, 1)
    )
    bend = left - 2 * top + right
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.where(bend < 0, 0.5 * (left - right) / bend, 0.0)
    return np.asarray(best + np.clip(shift, -1, 1), np.float64)
