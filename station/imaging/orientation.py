"""Which way up a page lies: 0, 90, 180 or 270 degrees.

Two questions, asked of its longest lines and a reader of lines. Which end comes first? The reader
finds a line's worth of characters one way and next to nothing the other. Are the characters
upright in the line, or do they lie on their backs as those of a column do when it is laid flat?
Readers trained on both read both, so each character is turned in its place: one way leaves them
legible, the other stands them on their heads. Together the answers tell a horizontal page lying
on its side from a vertical one that stands.

Lines are asked one by one and what they say is added up, until the odds are long enough (Wald,
Sequential Tests of Statistical Hypotheses, 1945).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Literal, NamedTuple, Protocol

import numpy as np

from station.imaging.crop import Strip
from station.imaging.picture import Pixels
from station.imaging.strips import restacked, strips_at
from station.model import Noun, Quad

Degrees = Literal[0, 90, 180, 270]

LOOKS = ((640, 0), (960, 1))
"""Longer side at which lines are looked for, and quarters by which the page is laid down for it.
Blur and noise vanish in the first look; the second, where there are no more than `FEW` lines, sees
small print, and lines that were not seen upright or on their side."""
FEW, MOST = 2, 8
"""Lines. A reading costs about 25 ms, and a line takes two to four."""
END = 6.0
"""Log odds of a line that is legible from the one end only."""
STOOD, FLAT, READ = 12.0, -7.0, -4.0
"""Log odds of a column: for a line legible once its characters stand, once they lie, and at all; a
blurred row no longer reads with its characters on their backs. A logistic curve through 1787 lines
has 14, -10 and -3.5; lines of one page are not independent."""
ENOUGH, SURE_ODDS = 10.0, 3.0
"""Log odds at which no further line is asked, and under which the page stays as it lies."""
SURE = 1 / (1 + math.exp(-SURE_ODDS))
LEGIBLE, ILLEGIBLE = 0.8, 0.3
"""Of a line: upside down none of Chinese reads so well, the other end need not be asked. Of a
page's best line: less says nothing, as much is read in blur and in pictures."""
GUESSED = 0.4
"""Score at which characters are worth nothing."""
SPARSE = 0.7
"""Share of a line's squares that must hold a character for the line to count as read in full."""
WHOLE = 4.0
"""Squares of a line that counts in full: of two characters both may be read from either end."""
DIGIT = 0.2
"""Counts so much of a character: 0, 1, 6, 8 and 9 read upside down as well."""


class LineReader(Protocol):
    """Reads one line cut out of a page."""

    def read_strip(self, strip: Pixels) -> tuple[str, float]:
        """The characters of a strip (HxWx3 BGR uint8, longer than high) and their mean score."""
        ...


class PageReader(LineReader, Protocol):
    """Finds the lines of a page too."""

    def boxes(self, image: Pixels, side_px: int) -> Sequence[Quad]:
        """Where lines and columns are on a page that may lie any way, shrunk to `side_px`."""
        ...


class _Reading(NamedTuple):
    """`legibility`, 0 to 1; `weight`, less than 1 for a line of a few characters."""

    strip: Pixels
    chinese: bool
    legibility: float
    weight: float

    @property
    def is_clear(self) -> bool:
        """Whether the line cannot be legible another way as well."""
        return self.chinese and self.legibility >= LEGIBLE and self.weight == 1.0


class Turn(Noun, frozen=True, kw_only=True):
    """How the writing of a page stands: `deg` clockwise from upright, `confidence` 0 to 1.

    `deg` is 0 where the confidence is too small to turn the page by.
    """

    deg: Degrees
    confidence: float


UNKNOWN = Turn(deg=0, confidence=0.0)


def upright(image: Pixels, reader: PageReader) -> Turn:
    """How far the writing of a level page (HxWx3 BGR uint8) stands turned, by quarters."""
    best = UNKNOWN
    for side_px, quarters in LOOKS:
        page = np.ascontiguousarray(np.rot90(image, quarters))
        strips = strips_at(page, reader.boxes(page, side_px), MOST)
        kinds = [[strip for strip in strips if strip.tall == tall] for tall in (False, True)]
        for alike in sorted(filter(None, kinds), key=len, reverse=True):
            turn = _turn_of(alike, reader, quarters)
            if turn.confidence >= SURE:
                return turn
            best = max(best, turn, key=lambda one: one.confidence)
        if len(strips) > FEW:
            break
    return Turn(deg=0, confidence=best.confidence)


def turned_back(image: Pixels, deg: Degrees) -> Pixels:
    """The page upright again, whose writing stands turned by `deg` clockwise."""
    return np.ascontiguousarray(np.rot90(image, deg // 90))


def _turn_of(strips: Sequence[Strip], reader: LineReader, quarters: int) -> Turn:
    """What strips of one kind, rows or columns, say of a page laid down by so many `quarters`."""
    end, lines, asked = _which_end(strips, reader)
    if abs(end) < SURE_ODDS or max(line.legibility for line in lines) < ILLEGIBLE:
        return UNKNOWN
    clearest = sorted(lines, key=lambda line: line.weight * line.legibility, reverse=True)
    others = (_read(np.rot90(strip.pixels, 2 * (end < 0)), reader) for strip in strips[asked:])
    column = _which_kind(chain(clearest, others), reader)
    quarters += 2 * (end < 0) + strips[0].tall - (column > 0)
    ways: tuple[Degrees, ...] = (0, 90, 180, 270)
    odds = min(abs(end), abs(column))
    return Turn(deg=ways[quarters % 4], confidence=1 / (1 + math.exp(-odds)))


def _which_end(strips: Sequence[Strip], reader: LineReader) -> tuple[float, list[_Reading], int]:
    """Log odds that the strips begin at their left; the lines as read from the likelier end; and
    how many strips were asked."""
    odds, forward, backward = 0.0, [], []
    for strip in strips:
        forward.append(_read(strip.pixels, reader))
        said = forward[-1].legibility
        if not forward[-1].is_clear:
            backward.append(_read(np.rot90(strip.pixels, 2), reader))
            said -= backward[-1].legibility
        odds += END * forward[-1].weight * said
        if abs(odds) >= ENOUGH:
            break
    return odds, forward if odds > 0 else backward, len(forward)


def _which_kind(lines: Iterable[_Reading], reader: LineReader) -> float:
    """Log odds that the characters lie as in a column laid flat, not stand as in a row."""
    odds = 0.0
    for line in lines:
        said = READ * line.legibility
        if line.chinese:  # Latin and numbers are not written in columns.
            flat = _read(restacked(line.strip, 1), reader)
            said += FLAT * flat.legibility
            if not flat.is_clear:
                said += STOOD * _read(restacked(line.strip, 3), reader).legibility
        odds += line.weight * said
        if abs(odds) >= ENOUGH:
            break
    return odds


def _read(strip: Pixels, reader: LineReader) -> _Reading:
    strip = np.ascontiguousarray(strip)
    text, score = reader.read_strip(strip)
    squares = strip.shape[1] / strip.shape[0]
    words = [character for character in text if character.isalnum()]
    count = sum(DIGIT if character.isdigit() else 1.0 for character in words)
    sure = max(0.0, score - GUESSED) / (1 - GUESSED)
    return _Reading(
        strip=strip,
        chinese=2 * sum("\u3400" <= word <= "\u9fff" for word in words) >= len(words) > 0,
        legibility=sure * min(1.0, count / (SPARSE * squares)),
        weight=min(1.0, squares / WHOLE),
    )
