"""Page numbers and running heads: what stands outside the body of a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from station.layout.block import Rule, Setting
from station.layout.stance import Span, Spans
from station.model import Role

Side = Literal["left", "top", "right", "bottom"]

ORNAMENT = " 　-—–―－─·•．.…。()（）[]〔〕【】<>《》~～*"
NUMERAL = "〇零○一二三四五六七八九十百廿卅"
PAGE_NUMBER = re.compile(
    rf"[第]?(\d{{1,3}}|[{NUMERAL}]{{1,5}})[页頁葉]?([/／,，\s]*共?\s*\d{{1,4}}\s*[页頁]?)?"
    rf"|[第]\s*(\d{{1,4}}|[{NUMERAL}]{{1,5}})\s*[页頁葉]"
)
FEWEST_LINES = 5
"""A page with fewer lines in its body has no running head."""
MOST_BESIDE = 3
"""A running head and the numbers beside it are at most so many boxes."""
LONGEST = 30
"""Characters of a running head."""
SMALLER = 0.93
"""A running head is so much smaller than the body, or ruled off from it."""
GAP_SIZES = 0.7
"""It stands so many sizes away from the body."""
RULE_SIZES = 2.5
"""A rule below it is at most so many sizes away."""


class Margin(NamedTuple):
    """A line outside the body: which, what it is, and whether it is read before the body."""

    line: int
    role: Role
    first: bool


def margins(
    found: Spans, texts: Sequence[str], tables: Sequence[Span], setting: Setting
) -> list[Margin]:
    """The lines outside the body. On a page of vertical writing they may stand on any side."""
    told: list[Margin] = []
    sides: tuple[Side, ...] = ("top", "bottom")
    if setting.vertical:
        sides = ("left", "right", "top", "bottom")
    for side in sides:
        taken = {margin.line for margin in told}
        rest = {index: span for index, span in found.items() if index not in taken}
        told += _outermost(rest, texts, tables, setting, side)
    return told


def _outermost(
    found: Spans, texts: Sequence[str], tables: Sequence[Span], setting: Setting, side: Side
) -> list[Margin]:
    """The lines nearest to one side, if they are no part of the body."""
    depths = {index: _depth(span, side) for index, span in found.items()}
    if len(depths) < 2:
        return []
    _, edge = min(depths.values())
    beside = [index for index, depth in depths.items() if sum(depth) / 2 < edge]
    inner = [depth[0] for index, depth in depths.items() if index not in beside]
    inner += [_depth(table, side)[0] for table in tables]
    if len(beside) > MOST_BESIDE or not inner:
        return []
    size = float(np.median([span.size for span in found.values()]))
    gap = min(inner) - max(depths[index][1] for index in beside)
    numbers = [index for index in beside if _is_number(texts[index])]
    if setting.vertical and side in ("top", "bottom"):
        numbers = [index for index in numbers if found[index].size < SMALLER * size]
    heads = [index for index in beside if index not in numbers]
    if gap < 0 or not all(_may_head(found[n], texts[n], size, setting, side) for n in heads):
        return []
    if heads and (gap < GAP_SIZES * size or len(inner) < FEWEST_LINES):
        return []
    if heads and side == "bottom" and not numbers:
        return []
    first = side in ("left", "top")
    told = [Margin(index, "page-number", first) for index in numbers]
    return told + [Margin(index, "running-head", first) for index in heads]


def _depth(span: Span, side: Side) -> tuple[float, float]:
    """How far a line's near and far edge are from a side, but for a constant."""
    return {
        "left": (span.left, span.right),
        "top": (span.top, span.bottom),
        "right": (-span.right, -span.left),
        "bottom": (-span.bottom, -span.top),
    }[side]


def _is_number(text: str) -> bool:
    bare = text.strip(ORNAMENT)
    return bool(PAGE_NUMBER.fullmatch(bare))


def _may_head(span: Span, text: str, size: float, setting: Setting, side: Side) -> bool:
    """Whether a line is small, or ruled off, as a running head is."""
    if len(text) > LONGEST or span.size > size * 1.1:
        return False
    if setting.vertical and (span.tall != (side in ("left", "right"))):
        return False
    if setting.vertical and not span.tall:
        return span.size < SMALLER * size
    rules = setting.walls if side in ("left", "right") else setting.floors
    return span.size < SMALLER * size or any(_is_under(rule, span, size, side) for rule in rules)


def _is_under(rule: Rule, span: Span, size: float, side: Side) -> bool:
    """Whether a rule runs along the inner side of a line."""
    _, far = _depth(span, side)
    at = -rule.at if side in ("right", "bottom") else rule.at
    length = span.height if side in ("left", "right") else span.width
    return -size / 4 < at - far < RULE_SIZES * size and rule.end - rule.start > length
