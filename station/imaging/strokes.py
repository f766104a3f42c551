"""The strokes of a page: where they are, how dark, and how steep their edges."""

from __future__ import annotations

import cv2
import numpy as np

from station.imaging.flat import bands
from station.imaging.paper import Grey
from station.model import Noun

LEAST_GAP = 10
REACH_PX = 9
HALO_PX = REACH_PX // 2 + 2
"""How far a row sees."""
RULE_SHARE = 15
"""The page's long side over the shortest ruled line; no stroke is as long."""
STEP_PX = 4
"""Of ruled lines, looked for at half the size."""
NEAR = np.ones((3, 3), np.uint8)


class Strokes(Noun, frozen=True, kw_only=True):
    """What lies near each pixel, HxW uint8: `reached` the strongest gap, `steepest` the steepest
    slope; `edge` is 255 on edges of anything written but `rules`, which are at half the size.
    `room` is for what is made of them.
    """

    reached: Grey
    steepest: Grey
    edge: Grey
    rules: Grey
    room: Grey


def strokes_of(gap: Grey, aside: Grey, noise: float) -> Strokes:
    """The strokes of a page of `gap`; `aside` (0 or 255, any size) is looked away from."""
    least = max(LEAST_GAP, 5 * noise)
    rules = _rules(gap, least)
    beside = cv2.resize(aside, rules.shape[::-1], interpolation=cv2.INTER_NEAREST)
    hidden = np.asarray(cv2.max(beside, rules), np.uint8)
    # Allocated together: a large piece of memory comes in large pages, which is far cheaper, and
    # the allocator keeps twice the largest piece it gave for the next page.
    reached, steepest, edge, room = np.empty((4, *gap.shape), np.uint8)
    wide = np.ones((REACH_PX, REACH_PX), np.uint8)
    for rows in bands(gap.shape[0]):
        above = max(0, rows.start - HALO_PX)
        inner = slice(rows.start - above, rows.stop - above)
        soft = cv2.GaussianBlur(gap[above : rows.stop + HALO_PX], (3, 3), 0)
        slope = cv2.morphologyEx(soft, cv2.MORPH_GRADIENT, NEAR)
        reached[rows] = cv2.dilate(soft, wide)[inner]
        steepest[rows] = cv2.dilate(slope, wide)[inner]
        # An edge of something written: both its slope and its gap are over the least.
        bare = cv2.threshold(cv2.min(soft, slope), least, 255, cv2.THRESH_BINARY_INV)[1]
        edge[rows] = bare[inner]
        raise_rows(edge, rows, hidden, 2)
        cv2.bitwise_not(edge[rows], dst=edge[rows])
    return Strokes(reached=reached, steepest=steepest, edge=edge, rules=rules, room=room)


def raise_rows(plane: Grey, rows: slice, small: Grey, times: int) -> None:
    """Make `rows` of `plane` at least as bright as those of its copy, `times` as small."""
    part = small[rows.start // times : rows.stop // times]
    if part.any():
        # Repeated by hand: cv2.resize takes thrice as long to do the same.
        wide = np.asarray(cv2.merge([part] * times), np.uint8).reshape(len(part), -1)
        wide = wide[:, : plane.shape[1]]
        for first in range(times):
            lines = plane[rows.start + first : rows.stop : times, : wide.shape[1]]
            cv2.max(lines[: len(wide)], wide[: len(lines)], dst=lines[: len(wide)])


def _rules(gap: Grey, least: float) -> Grey:
    """255 on ruled lines, at half the size of `gap`."""
    size = (max(1, gap.shape[1] // 2), max(1, gap.shape[0] // 2))
    even = gap[: 2 * size[1], : 2 * size[0]]
    half = cv2.resize(even, size, interpolation=cv2.INTER_AREA)
    written = np.asarray(cv2.threshold(half, least, 255, cv2.THRESH_BINARY)[1], np.uint8)
    length = max(size) // RULE_SHARE // STEP_PX
    across = cv2.transpose(_columns(np.asarray(cv2.transpose(written), np.uint8), length))
    return np.asarray(cv2.dilate(cv2.max(across, _columns(written, length)), NEAR), np.uint8)


def _columns(mask: Grey, length: int) -> Grey:
    """What of `mask` (0 or 255) lies in columns of `length` steps, looked for step by step."""
    end = len(mask) // STEP_PX * STEP_PX
    columns = np.zeros_like(mask)
    if end and length:
        full = np.minimum.reduce([mask[first:end:STEP_PX] for first in range(STEP_PX)])
        lines = cv2.morphologyEx(full, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
        columns[:end] = lines.repeat(STEP_PX, axis=0)
    return columns
