"""Words that a person should look at. Pure marks: the text stays, and search finds it all."""

from __future__ import annotations

import itertools

from station.model import Line

Span = tuple[int, int]
"""First character and the one after the last, counted in `Line.text`."""
JOINING = ".,:/-%"
"""Between digits and letters these belong to the word: a date or an amount is one."""


def doubtful(line: Line, below_percent: int) -> tuple[Span, ...]:
    """Where in a line stands what is right with a chance of less than `below_percent`.

    Chinese is marked by the character, neighbours together; a number or a word of letters as a
    whole, for with one digit wrong an amount is wrong. Without known chances nothing is marked.
    """
    if len(line.certainty) != len(line.text):
        return ()
    doubted = [
        percent < below_percent and not character.isspace()
        for character, percent in zip(line.text, line.certainty, strict=True)
    ]
    for start, end in _words(line.text):
        if any(doubted[start:end]):
            doubted[start:end] = [True] * (end - start)
    return tuple(_runs(doubted))


def _words(text: str) -> list[Span]:
    """Runs of ASCII letters, digits and what joins them."""
    return _runs([c.isascii() and (c.isalnum() or c in JOINING) for c in text])


def _runs(flags: list[bool]) -> list[Span]:
    """Where flags are set, run by run."""
    runs, start = [], 0
    for flag, group in itertools.groupby(flags):
        end = start + len(list(group))
        if flag:
            runs.append((start, end))
        start = end
    return runs
