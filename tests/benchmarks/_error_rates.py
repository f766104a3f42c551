"""Character error rates: how much of what was read is wrong, with its uncertainty.

(S + D + I) / N, after NFKC and without blanks, and nothing else: traditional and simplified,
punctuation marks and case are told apart. What a page shows of a line only in part is neither
asked nor counted, as in the robust reading competitions (ICDAR 2015, "do not care").
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np

from tests.benchmarks._readers import ReadLine
from tests.benchmarks._reading_set import TruthLine, shared_px

LINKED = 0.35
"""Of the smaller box: lines that share so much speak of the same writing."""
RESAMPLED = 2000


class Errors(NamedTuple):
    """Of one page: wrong characters as ordered, wrong characters line by line, characters asked."""

    ordered: int
    by_line: int
    characters: int


class Group(NamedTuple):
    """Lines of the truth and lines read that lie on each other, in reading order each."""

    meant: list[TruthLine]
    told: list[ReadLine]
    wrong: int


def distance(read: str, truth: str) -> int:
    """Levenshtein's distance between comparable forms."""
    told, meant = comparable(read), comparable(truth)
    row = np.arange(len(told) + 1)
    codes = np.array([ord(character) for character in told], dtype=np.int64)
    steps = np.arange(len(told) + 1)
    for character in meant:
        best = np.minimum(row[1:] + 1, row[:-1] + (codes != ord(character)))
        row = np.concatenate([[row[0] + 1], best])
        row = np.minimum.accumulate(row - steps) + steps
    return int(row[-1])


def error_rate(read: str, truth: str) -> float:
    """The distance over the length of the truth; 0.0 is perfect, above 1.0 is possible."""
    return distance(read, truth) / max(1, len(comparable(truth)))


def comparable(text: str) -> str:
    """NFKC without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def errors_of(read: Sequence[ReadLine], truth: Sequence[TruthLine]) -> Errors:
    """Of one page. Where the truth has no boxes, line by line is as ordered."""
    said = counted(read, truth)
    asked = [line for line in truth if line.asked]
    ordered = distance(_words(said), _words(asked))
    if not all(line.box for line in asked):
        return Errors(ordered, ordered, len(comparable(_words(asked))))
    by_line = sum(group.wrong for group in grouped(said, asked))
    return Errors(ordered, by_line, len(comparable(_words(asked))))


def counted(read: Sequence[ReadLine], truth: Sequence[TruthLine]) -> list[ReadLine]:
    """The lines read without those that the page shows only in part."""
    return [line for line in read if _counts(line, truth)]


def grouped(read: Sequence[ReadLine], truth: Sequence[TruthLine]) -> list[Group]:
    """Read lines and true ones that lie on each other, however either was parted; all of both."""
    links = [
        (told, meant)
        for told, line in enumerate(read)
        for meant, true in enumerate(truth)
        if _share(line.box, true.box) >= LINKED
    ]
    told_of, meant_of = list(range(len(read))), [len(read) + at for at in range(len(truth))]
    for told, meant in links:
        old, new = meant_of[meant], told_of[told]
        told_of = [new if group == old else group for group in told_of]
        meant_of = [new if group == old else group for group in meant_of]
    return [
        _group(
            [line for line, group in zip(truth, meant_of, strict=True) if group == number],
            [line for line, group in zip(read, told_of, strict=True) if group == number],
        )
        for number in dict.fromkeys([*meant_of, *told_of])
    ]


def interval(errors: Sequence[int], characters: Sequence[int]) -> tuple[float, float, float]:
    """The rate over all pages, and the middle 95 % of it when pages are drawn again by chance."""
    wrong, asked = np.array(errors, np.float64), np.array(characters, np.float64)
    drawn = np.random.default_rng(0).integers(0, len(wrong), (RESAMPLED, len(wrong)))
    rates = wrong[drawn].sum(axis=1) / asked[drawn].sum(axis=1)
    low, high = np.percentile(rates, (2.5, 97.5))
    return float(wrong.sum() / asked.sum()), float(low), float(high)


def _group(meant: list[TruthLine], told: list[ReadLine]) -> Group:
    """The lines read in the order given or in that of the place, whichever fits the truth."""
    words = _words(meant)
    if not meant or len(told) < 2:
        return Group(meant, told, distance(_words(told), words))
    placed = _by_place(told, meant)
    here = _words(_by_place(meant, meant))
    tries = [
        (distance(_words(told), words), told),
        (distance(_words(placed), words), placed),
        (distance(_words(placed), here), placed),
    ]
    wrong, best = min(tries, key=lambda one: one[0])
    return Group(meant, best, wrong)


def _by_place(lines: Sequence[Any], meant: Sequence[TruthLine]) -> list[Any]:
    """Rows from the top, each from its beginning, along the writing of `meant`.

    Columns are rows of another direction: the longer side of a true box says which.
    """
    along, across = _axes(meant)
    depth = float(np.median([np.ptp(np.array(line.box) @ across) for line in meant]))
    middles = [np.mean(line.box, axis=0) for line in lines]
    deep = sorted(range(len(lines)), key=lambda at: float(middles[at] @ across))
    rows: list[list[int]] = []
    for at in deep:
        if rows and (middles[at] - middles[rows[-1][0]]) @ across < depth / 2:
            rows[-1].append(at)
        else:
            rows.append([at])
    return [
        lines[at] for row in rows for at in sorted(row, key=lambda at: float(middles[at] @ along))
    ]


def _axes(meant: Sequence[TruthLine]) -> tuple[Any, Any]:
    """Unit vectors along the writing and to the next line: down and left for columns."""
    boxes = np.array([line.box for line in meant], np.float64)
    upper, side = (boxes[:, 1] - boxes[:, 0]).sum(axis=0), (boxes[:, 3] - boxes[:, 0]).sum(axis=0)
    upper_px, side_px = float(np.linalg.norm(upper)), float(np.linalg.norm(side))
    if side_px > upper_px:
        return side / side_px, -upper / max(upper_px, 1.0)
    return upper / max(upper_px, 1.0), side / max(side_px, 1.0)


def _counts(line: ReadLine, truth: Sequence[TruthLine]) -> bool:
    """Whether a read line is anything but a line that the page shows only in part."""
    shares = {
        asked: max(
            (_share(line.box, true.box) for true in truth if true.box and true.asked is asked),
            default=0.0,
        )
        for asked in (True, False)
    }
    return shares[False] < LINKED or shares[True] >= LINKED


def _share(one: Any, other: Any) -> float:
    """What two quads have in common, of the smaller one."""
    first, second = np.array(one, np.float32), np.array(other, np.float32)
    if (first.max(axis=0) < second.min(axis=0)).any() or (
        second.max(axis=0) < first.min(axis=0)
    ).any():
        return 0.0
    smaller = min(cv2.contourArea(first), cv2.contourArea(second))
    return shared_px(first, second) / max(smaller, 1.0)


def _words(lines: Sequence[Any]) -> str:
    return "\n".join(line.text for line in lines)
