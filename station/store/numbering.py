"""Which page number a shot bears: the place, among the pages that count, of what it replaces."""

from __future__ import annotations

from collections.abc import Iterable

from station.model import Frame


def page_numbers(frames: Iterable[Frame]) -> dict[int, int]:
    """From shot to page number, 1 upwards, of one item's frames in the order of their shots.

    A retake bears the number of the shot it supersedes, however late it was taken.
    """
    numbers: dict[int, int] = {}
    places = 0
    for frame in frames:
        if frame.supersedes is None:
            places += 1
        numbers[frame.shot] = places if frame.supersedes is None else numbers[frame.supersedes]
    return numbers
