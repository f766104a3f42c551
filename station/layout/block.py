"""What reading order is about: items of writing, and the ruled lines among them."""

from __future__ import annotations

from typing import NamedTuple

from station.layout.stance import Span


class Item(NamedTuple):
    """What is read without a break: a line, a table, a picture with its caption."""

    span: Span
    lines: tuple[int, ...]
    """Indices of its lines, in reading order."""


class Rule(NamedTuple):
    """A ruled line: `at` across it, from `start` to `end` along it."""

    at: float
    start: float
    end: float


class Setting(NamedTuple):
    """What stands on the page beside the writing, and which way that runs."""

    floors: tuple[Rule, ...] = ()
    """Lines along the rows."""
    walls: tuple[Rule, ...] = ()
    """Lines across them."""
    vertical: bool = False


Block = list[Item]
