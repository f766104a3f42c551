"""Which way up a page lies: 0, 90, 180 or 270 degrees.

Two questions, asked of a few clear lines and a reader of lines. Which end comes first? The reader
finds a line's worth of characters one way and next to nothing the other. Are the characters
upright in the line, or do they lie on their backs as those of a column do when it is laid flat?
Readers trained on both read both, so each character is turned in its place: one way leaves them
legible, the other stands them on their heads. Together the answers tell a horizontal page lying
on its side from a vertical one that stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np

from station.imaging.picture import Pixels
from station.imaging.strips import Strip, restacked, strips_of
from station.model import Noun

Degrees = Literal[0, 90, 180, 270]

STRIPS, AT_ONCE = 8, 4
"""Lines that are cut out, and how many are asked before the rest. A reading costs about 25 ms."""
ENOUGH = 3
"""Lines that read well in Chinese; upside down none does, so the other end need not be asked."""
LEGIBLE, ILLEGIBLE = 0.6, 0.3
"""Of one line. Of a page, to say anything: clouds and the dashes of a frame reach 0.23."""
SURE = 0.3
"""Of the margins; under it the page stays as it lies."""
SPARSE = 0.7
"""Share of a line's squares that must hold a character for the line to count as read in full."""
LEGIBLE_FLAT = 0.2
"""Blurred characters no longer read on their backs; those that did must read better upright. So a
legible line speaks for itself by this much."""
DIGIT = 0.2
"""Counts so much of a character: 0, 1, 6, 8 and 9 read upside down as well."""


class LineReader(Protocol):
    """Reads one line cut out of a page."""

    def read_strip(self, strip: Pixels) -> tuple[str, float]:
        """The characters of a strip (HxWx3 BGR uint8, longer than high) and their mean score."""
        ...


class _Reading(Noun, frozen=True, kw_only=True):
    strip: Pixels
    chinese: bool
    legibility: float


class Turn(Noun, frozen=True, kw_only=True):
    """How the writing of a page stands: `deg` clockwise from upright, `confidence` 0 to 1.

    `deg` is 0 where the confidence is too small to turn the page by.
    """

    deg: Degrees
    confidence: float


def upright(image: Pixels, reader: LineReader) -> Turn:
    """How far the writing of a level page (HxWx3 BGR uint8) stands turned, by quarters."""
    found = strips_of(image, STRIPS)
    kinds = [found.rows, found.columns]
    if found.columns_share > found.rows_share:
        kinds.reverse()
    best = Turn(deg=0, confidence=0.0)
    for strips in filter(None, kinds):
        turn = _turn_of(strips, reader)
        if turn.confidence > best.confidence:
            best = turn
        if best.confidence >= SURE:
            return best
    return Turn(deg=0, confidence=best.confidence)


def turned_back(image: Pixels, deg: Degrees) -> Pixels:
    """The page upright again, whose writing stands turned by `deg` clockwise."""
    return np.ascontiguousarray(np.rot90(image, deg // 90))


def _turn_of(strips: Sequence[Strip], reader: LineReader) -> Turn:
    forward, backward = _which_end(strips, reader)
    best, other = _evidence(forward), _evidence(backward)
    half = other > best
    if max(best, other) < ILLEGIBLE:
        return Turn(deg=0, confidence=0.0)
    readable = sorted(backward if half else forward, key=lambda line: -line.legibility)
    tall = strips[0].tall
    flat, stood = _which_way(readable, reader)
    column = stood > flat
    quarters = 2 * half + (not column if tall else -column)
    return Turn(deg=_degrees(quarters), confidence=min(_margin(best, other), _margin(flat, stood)))


def _degrees(quarters: int) -> Degrees:
    ways: tuple[Degrees, ...] = (0, 90, 180, 270)
    return ways[quarters % 4]


def _margin(one: float, other: float) -> float:
    """0 to 1: how far apart two legibilities are, for how legible either is."""
    return abs(one - other) / (max(one, other) + 0.2)


def _which_end(
    strips: Sequence[Strip], reader: LineReader
) -> tuple[list[_Reading], list[_Reading]]:
    """The lines read from the one end and, unless enough read well, from the other."""
    forward: list[_Reading] = []
    backward: list[_Reading] = []
    for few in (strips[:AT_ONCE], strips[AT_ONCE:]):
        for strip in few:
            forward.append(_read(strip.pixels, reader))
            if sum(line.chinese and line.legibility >= LEGIBLE for line in forward) >= ENOUGH:
                return forward, backward
        backward += [_read(np.rot90(strip.pixels, 2), reader) for strip in few]
        best, other = _evidence(forward), _evidence(backward)
        if max(best, other) >= LEGIBLE and _margin(best, other) >= SURE:
            break
    return forward, backward


def _which_way(readable: list[_Reading], reader: LineReader) -> tuple[float, float]:
    """Evidence that the characters stand as in a line, and that they lie as in a column."""
    chinese = [line for line in readable[:AT_ONCE] if line.chinese]
    if not chinese:
        return 1.0, 0.0  # Latin and numbers are not written in columns.
    flat: list[_Reading] = []
    stood: list[_Reading] = []
    ways = 0.0, 0.0
    for few in (chinese[:ENOUGH], chinese[ENOUGH:]):
        flat += [_read(restacked(line.strip, 1), reader) for line in few]
        stood += [_read(restacked(line.strip, 3), reader) for line in few]
        ways = max(_evidence(flat), LEGIBLE_FLAT * _evidence(chinese)), _evidence(stood)
        if _margin(*ways) >= SURE:
            break
    return ways


def _read(strip: Pixels, reader: LineReader) -> _Reading:
    strip = np.ascontiguousarray(strip)
    text, score = reader.read_strip(strip)
    squares = strip.shape[1] / strip.shape[0]
    words = [character for character in text if character.isalnum()]
    chinese = 2 * sum("\u3400" <= character <= "\u9fff" for character in words) >= len(words) > 0
    return _Reading(strip=strip, chinese=chinese, legibility=_legibility(words, score, squares))


def _legibility(words: list[str], score: float, squares: float) -> float:
    """0 to 1: how sure the characters are, and how many of those a line so long must have."""
    count = sum(DIGIT if character.isdigit() else 1.0 for character in words)
    return max(0.0, 2 * score - 1) * min(1.0, count / (SPARSE * squares))


def _evidence(lines: Sequence[_Reading]) -> float:
    """Mean of the best lines: others may be a picture, or run over a seal."""
    best = sorted((line.legibility for line in lines), reverse=True)[:ENOUGH]
    return float(np.mean(best)) if best else 0.0
