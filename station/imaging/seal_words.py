"""What stands in red seals: the issuer round the ring, the line across, the name in a chop.

A seal's paste is told from ink below it by its colour, as in seals.py, and laid straight: the
ring by polar coordinates about the ellipse that the rim makes in the picture, from the widest gap
in its writing (the foot, where a seal has none) clockwise; a chop column by column from the right.
Each is offered to the reader in a few ways, and the best is taken. Nothing here is certain: a
star or a frame may be read as a character, and a line must be found to be read as one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from station.imaging.crop import bounds
from station.imaging.orientation import LineReader
from station.imaging.paper import Grey
from station.imaging.picture import Pixels
from station.imaging.seal_rim import RED, Floats, Rim, rim_of
from station.imaging.seals import Box, seals
from station.model import Line, Quad

MARGIN = 0.06
"""Around a seal, of its longer side."""
STRIP_PX = 64
RINGS = ((0.60, 0.94), (0.54, 0.92))
"""Inner and outer edge of the writing, in radii: large characters and very large ones."""
LINE = (0.18, 0.66, 0.62)
"""The line across: its upper and lower edge below the centre and its half width, in radii."""
LEAST_SIDE_PX = 40
SQUARE = 0.8
"""A chop's shorter side over the longer."""
FRAME, LEAST_FRAME = 0.1, 0.8
"""Of a chop's side: its frame, which is no writing; the share of the side that it must fill."""
FAR_OFF, OFF = 0.35, 0.4
"""Where characters of a chop are parted: so far off the middle at most, in half sides, and how
much paste a cut farther off may save."""
BETTER = 0.5
"""Characters by which a later way must read more: the first begins at the widest gap."""
LEGIBLE, LEAST_CHINESE = 0.6, 2
"""Worse is not said at all."""
MOST_RED = 0.6
"""Density of paste for red light over that for green; that of other ink is about 1."""
LEAST_INK, ALL_RED = 0.3, 0.85
"""Density of ink for green light, and the share of a line's ink that is paste."""


class _Reading(NamedTuple):
    text: str
    score: float

    @property
    def worth(self) -> float:
        return sum("\u3400" <= one <= "\u9fff" for one in self.text) * max(0.0, self.score - 0.4)


NOTHING = _Reading("", 0.0)


def seals_read(page: Pixels, reader: LineReader) -> tuple[Line, ...]:
    """The words of the seals of a page (HxWx3 BGR uint8), with role `seal`; none if not legible.

    A seal costs about eight readings of a strip, a page without seals 10 ms. `certainty` has the
    reader's mean score for every character.
    """
    found = []
    for seal in seals(page):
        if seal.kind == "seal" and min(_sides(seal.box)) >= LEAST_SIDE_PX:
            paste, box = _paste(page, seal.box)
            found += [_line(one, box) for one in _words(paste, reader)]
    return tuple(found)


def beside_seals(lines: Sequence[Line], page: Pixels) -> tuple[Line, ...]:
    """`lines` without those of red paste within a seal of `page`: its words are no text."""
    boxes = [seal.box for seal in seals(page) if seal.kind == "seal"]
    return tuple(
        line
        for line in lines
        if not any(_within(line, box) and _is_red(line, page) for box in boxes)
    )


def _within(line: Line, box: Box) -> bool:
    """Whether the middle of a line lies in a box."""
    left, top, right, bottom = bounds(line.box)
    return box[0] < (left + right) / 2 < box[2] and box[1] < (top + bottom) / 2 < box[3]


def _is_red(line: Line, page: Pixels) -> bool:
    left, top, right, bottom = (max(0, round(side)) for side in bounds(line.box))
    if right <= left or bottom <= top:
        return False
    near = min(right - left, bottom - top) // 2  # with paper about it, to compare with
    upper, before = max(0, top - near), max(0, left - near)
    around = _densities(page[upper : bottom + near, before : right + near])
    inside = (slice(top - upper, bottom - upper), slice(left - before, right - before))
    green, red = (density[inside] for density in around)
    ink = green > LEAST_INK
    paste = ink & (red < MOST_RED * green)
    return int(paste.sum()) > ALL_RED * max(1, int(ink.sum()))


def _words(paste: Grey, reader: LineReader) -> Iterator[_Reading]:
    rim = rim_of(paste)
    if rim:
        ways = [_ring(paste, rim, reader), _across(paste, rim, reader)]
    else:
        ways = [_chop(square, reader) for square in _squares(paste)]
    for one in ways:
        if one.score >= LEGIBLE and one.worth > 0 and len(one.text) >= LEAST_CHINESE:
            yield one


def _line(reading: _Reading, box: Box) -> Line:
    left, top, right, bottom = box
    corners: Quad = ((left, top), (right, top), (right, bottom), (left, bottom))
    percent = (round(100 * reading.score),) * len(reading.text)
    return Line(text=reading.text, score=reading.score, box=corners, certainty=percent, role="seal")


def _paste(page: Pixels, box: Box) -> tuple[Grey, Box]:
    """How dense red paste lies, 0 to 255, around a seal, and where that is.

    Paste takes green light and little red; black ink takes both alike, and drops out.
    """
    margin = round(MARGIN * max(_sides(box)))
    left, top = max(0, box[0] - margin), max(0, box[1] - margin)
    piece = page[top : box[3] + margin, left : box[2] + margin]
    green, red = _densities(piece)
    dense = np.where(red < MOST_RED * green, green - red, 0)
    most = max(0.05, float(np.percentile(dense, 98)))
    grey = np.clip(255 * dense / most, 0, 255).astype(np.uint8)
    return grey, (left, top, left + piece.shape[1], top + piece.shape[0])


def _densities(piece: Pixels) -> tuple[Floats, Floats]:
    """How dense the ink on a piece of a page is for green and for red light."""
    paper = np.maximum(1.0, np.percentile(piece.reshape(-1, 3), 80, axis=0))
    green, red = (np.clip(piece[..., one] / paper[one], 0.02, 1.0) for one in (1, 2))
    return -np.log(green), -np.log(red)


def _ring(paste: Grey, rim: Rim, reader: LineReader) -> _Reading:
    """The writing round the ring, read from the widest gaps on."""
    best = NOTHING
    for inner, outer in RINGS:
        ring = _unrolled(paste, rim, inner, outer)
        for start in _gaps(ring):
            told = _read(_inked(np.roll(ring, -start, axis=1)), reader)
            if told.worth > best.worth + BETTER:
                best = told
    return best


def _unrolled(paste: Grey, rim: Rim, inner: float, outer: float) -> Grey:
    """A ring laid straight, clockwise from the foot; its outer edge is above."""
    length = round(math.pi * (inner + outer) / (outer - inner) * STRIP_PX)
    angle = math.pi / 2 + np.arange(length) * 2 * math.pi / length
    radius = np.linspace(outer, inner, STRIP_PX)[:, None]
    circle = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
    at = np.asarray(circle @ rim[1].T + rim[0], np.float32)
    across, down = np.ascontiguousarray(at[..., 0]), np.ascontiguousarray(at[..., 1])
    return np.asarray(cv2.remap(paste, across, down, cv2.INTER_LINEAR), np.uint8)


def _gaps(ring: Grey) -> list[int]:
    """The middle of the widest stretch without writing, and of the next."""
    bare = (ring > RED * 255).mean(axis=0) < 0.03
    twice = np.flatnonzero(~np.concatenate([bare, bare]))
    if not len(twice):
        return [0]
    steps = np.diff(twice)
    order = np.argsort(-steps, kind="stable")
    found: list[int] = []
    for place in order:
        middle = int(twice[place] + steps[place] // 2) % len(bare)
        if middle not in found:
            found.append(middle)
        if len(found) == 2:
            break
    return found


def _across(paste: Grey, rim: Rim, reader: LineReader) -> _Reading:
    """The line below the star."""
    upper, lower, half = LINE
    scale = float(np.sqrt(abs(np.linalg.det(rim[1]))))
    (x, y), reach = rim[0], half * scale
    piece = paste[
        max(0, round(y + upper * scale)) : round(y + lower * scale),
        max(0, round(x - reach)) : round(x + reach),
    ]
    rows = np.flatnonzero((piece > RED * 255).any(axis=1))
    if not len(rows):
        return NOTHING
    piece = piece[max(0, rows[0] - 3) : rows[-1] + 4]
    if piece.shape[1] < 2 * piece.shape[0]:
        return NOTHING
    return _read(_inked(piece), reader)


def _squares(paste: Grey) -> Iterator[Grey]:
    """The parts of a mark with a frame about them: chops, without the thumbs beside."""
    dark = (paste > RED * 255).astype(np.uint8)
    near = np.ones((max(3, min(paste.shape) // 40),) * 2, np.uint8)
    stats = cv2.connectedComponentsWithStats(cv2.morphologyEx(dark, cv2.MORPH_CLOSE, near))[2]
    for left, top, width, height, _ in stats[1:].tolist():
        square = min(width, height) >= max(LEAST_SIDE_PX, SQUARE * max(width, height))
        part = (slice(top, top + height), slice(left, left + width))
        if square and _framed(dark[part]):
            yield paste[part]


def _framed(dark: Grey) -> bool:
    """Whether paste lies along all four sides."""
    edge = max(1, round(FRAME * min(dark.shape)))
    sides = (dark[:edge], dark[-edge:], dark[:, :edge].T, dark[:, -edge:].T)
    return all(float(side.any(axis=0).mean()) >= LEAST_FRAME for side in sides)


def _chop(paste: Grey, reader: LineReader) -> _Reading:
    """A name of two to four characters, in one column or two from the right."""
    height, width = paste.shape
    frame = round(FRAME * min(height, width))
    inner = paste[frame : height - frame, frame : width - frame]
    left, right = _parted(inner.T)
    halves = [right.T, left.T]
    cells = [cell for half in halves for cell in _parted(half)]
    ways = [cells, [*cells[:2], halves[1]], [halves[0], *cells[2:]]]
    return max((_read(_inked(_beside(way)), reader) for way in ways), key=_worth)


def _parted(piece: Grey) -> tuple[Grey, Grey]:
    """The upper and lower part of a piece, cut near the middle where little paste lies."""
    off = np.abs(np.linspace(-1, 1, len(piece) + 1))[:-1]
    cut = int(np.argmin(piece.mean(axis=1) / 255 + np.where(off < FAR_OFF, OFF * off, 1)))
    return piece[:cut], piece[cut:]


def _beside(cells: list[Grey]) -> Grey:
    """Characters in a row, each as high as the strip."""
    edge = STRIP_PX // 12
    squares = [cv2.resize(_trimmed(cell), (STRIP_PX, STRIP_PX)) for cell in cells]
    padded = [cv2.copyMakeBorder(one, 0, 0, edge, edge, cv2.BORDER_CONSTANT) for one in squares]
    return np.asarray(np.hstack(padded), np.uint8)


def _trimmed(cell: Grey) -> Grey:
    """A cell without the bare paper round its character."""
    if not cell.size:
        return np.zeros((1, 1), np.uint8)
    dark = cell > RED * 255
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not len(rows):
        return cell
    return cell[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _inked(paste: Grey) -> Pixels:
    """Paste as black on white, with a little room above and below."""
    edge = max(2, paste.shape[0] // 10)
    black = np.pad(255 - paste, edge, constant_values=255)
    return np.asarray(cv2.cvtColor(black, cv2.COLOR_GRAY2BGR), np.uint8)


def _read(strip: Pixels, reader: LineReader) -> _Reading:
    return _Reading(*reader.read_strip(np.ascontiguousarray(strip)))


def _worth(reading: _Reading) -> float:
    return reading.worth


def _sides(box: Box) -> tuple[int, int]:
    return box[2] - box[0], box[3] - box[1]
