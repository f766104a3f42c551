"""Reading order of what stands on a page.

A page is taken apart from large to small, as in the recursive XY-cut (Nagy and Seth 1984), but
by what separates text rather than by white alone: a ruled line, writing that runs the other way
at its head or foot, a gutter between columns of prose (tolerating headlines across it, as the
topological order of Breuel 2003 does). What cannot be taken apart further is read row by row, so
that a table or a form without rules keeps label and value together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from station.layout.block import Block, Item, Rule, Setting
from station.layout.columns import SAME_ROW, are_beside, are_columns, at_a_gutter, in_tiers
from station.layout.stance import Span, around, spans, stance
from station.model import Line

RULED = 0.8
"""A ruled line parts a block when it runs along this share of it."""
BAND_SIZES = 2.5
"""White that is so many sizes high parts a block."""
HEAD_GAP = 0.8
"""So does this much above a headline, which is larger than the rest by `HEAD_SIZES`."""
HEAD_SIZES = 1.2
HEAD_SIDE = 0.6
"""Further along than this share of a block, a headline stands over the last column only."""


def order(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The same lines as a reader takes them, from their boxes alone."""
    if not lines:
        return ()
    stand = stance(lines)
    items = [Item(span, (index,)) for index, span in enumerate(spans(lines, stand))]
    return tuple(lines[index] for index in read(items, Setting(vertical=stand.vertical)))


def read(block: Block, setting: Setting) -> list[int]:
    """Indices of the block's lines in reading order."""
    return [index for item in in_order(sorted(block), setting) for index in item.lines]


def in_order(block: Block, setting: Setting) -> Block:
    """The items in reading order."""
    ordered: Block = []
    waiting = [block] if block else []
    while waiting:
        block = waiting.pop()
        parts = _taken_apart(block, setting)
        if parts:
            waiting += reversed(parts)
        else:
            ordered += _row_by_row(block)
    return ordered


def _taken_apart(block: Block, setting: Setting) -> list[Block]:
    """Two parts or more, one read after the other; nothing where there is but one."""
    if len(block) > 1:
        for cut in (_at_floors, _at_a_wall, _head_and_foot, in_tiers, _at_a_band, at_a_gutter):
            parts = [part for part in cut(block, setting) if part]
            if len(parts) > 1:
                return parts
    return []


def _at_floors(block: Block, setting: Setting) -> list[Block]:
    """Above and below every line that runs along the whole block and through no writing."""
    whole = around([item.span for item in block])
    parts = [block]
    for rule in sorted(setting.floors):
        if whole.top < rule.at < whole.bottom and (
            _along(rule, whole.left, whole.right) >= RULED * whole.width
        ):
            above, below = _parted(parts[-1], lambda span: (span.top, span.bottom), rule)
            if above and below:
                parts[-1:] = [above, below]
    return parts


def _at_a_wall(block: Block, setting: Setting) -> list[Block]:
    """Left and right of such a line across the rows; not where it rules a table's column."""
    whole = around([item.span for item in block])
    for rule in setting.walls:
        if whole.left < rule.at < whole.right and (
            _along(rule, whole.top, whole.bottom) >= RULED * whole.height
        ):
            left, right = _parted(block, lambda span: (span.left, span.right), rule)
            if left and right and (setting.vertical or are_columns(left, right, setting)):
                return [left, right]
    return []


def _along(rule: Rule, start: float, end: float) -> float:
    return min(rule.end, end) - max(rule.start, start)


def _parted(
    block: Block, ends: Callable[[Span], tuple[float, float]], rule: Rule
) -> tuple[Block, Block]:
    """The block before and after `rule`; nothing when the rule runs through something."""
    before: Block = []
    after: Block = []
    for item in block:
        low, high = ends(item.span)
        slack = min(item.span.width, item.span.height) / 3
        if low + slack < rule.at < high - slack:
            return [], []
        (before if low + high < 2 * rule.at else after).append(item)
    return before, after


def _head_and_foot(block: Block, setting: Setting) -> list[Block]:
    """Writing across the rows that stands before or after all of them."""
    del setting
    rows = [item.span for item in block if not item.span.tall]
    if not rows or len(rows) == len(block):
        return []
    left, right = min(span.left for span in rows), max(span.right for span in rows)
    size = float(np.median([span.size for span in rows]))
    head = [item for item in block if item.span.tall and _leads(item.span, left, size)]
    foot = [item for item in block if item.span.tall and item.span.left > right - size / 2]
    body = [item for item in block if item not in head and item not in foot]
    return [head, body, foot]


def _leads(span: Span, left: float, size: float) -> bool:
    """A headline beside all rows; a small label belongs to the row where it begins."""
    return span.right < left + size / 2 and span.height > 4 * size


def _at_a_band(block: Block, setting: Setting) -> list[Block]:
    """Above and below white from edge to edge that is wide, or that a headline follows."""
    del setting
    size = float(np.median([item.span.size for item in block]))
    found = sorted(block, key=lambda item: item.span.top)
    reach = found[0].span.bottom
    if _is_headline(found[0].span, found[1:], size):
        return [found[:1], found[1:]]
    for place, item in enumerate(found):
        gap = item.span.top - reach
        if gap > BAND_SIZES * size or (gap > HEAD_GAP * size and _is_headed(found[place:], size)):
            return [found[:place], found[place:]]
        reach = max(reach, item.span.bottom)
    return []


def _is_headline(first: Span, below: Block, size: float) -> bool:
    """Whether a line stands alone above all others, in the middle or over the first columns."""
    if min(item.span.top for item in below) < first.centre:
        return False
    if sum(are_beside(item.span, below[0].span) for item in below) < 2:
        return False
    whole = around([first, *(item.span for item in below)])
    aside = first.middle > whole.left + HEAD_SIDE * whole.width
    return not aside and (first.height > HEAD_SIZES * size or first.width > whole.width / 2)


def _is_headed(block: Block, size: float) -> bool:
    """Whether something larger stands in the first row of items that are sorted by their tops."""
    first = block[0].span
    return any(
        item.span.height > HEAD_SIZES * size and not item.span.tall
        for item in block
        if item.span.top < first.bottom
    )


def _row_by_row(block: Block) -> Block:
    """Each next item is the one that the fewest of the remaining ones come before.

    Where precedence is a total order that is the order; where boxes contradict one another, as
    on a bent page, it still ends.
    """
    left, top, _, bottom, tall = np.array([item.span for item in block]).T
    if tall.any() and not tall.all():
        # What is written across many rows is read with the first, so only its head counts.
        row = np.median((bottom - top)[tall == 0])
        bottom = np.where(tall, np.minimum(bottom, top + row), bottom)
    overlap = np.minimum.outer(bottom, bottom) - np.maximum.outer(top, top)
    same_row = overlap > SAME_ROW * np.minimum.outer(bottom - top, bottom - top)
    middle = top + bottom
    before = np.where(same_row, np.less.outer(left, left), np.less.outer(middle, middle))
    waiting = before.sum(axis=0).astype(np.float64)
    ordered = []
    for _ in block:
        index = int(np.argmin(waiting))
        ordered.append(block[index])
        waiting -= before[index]
        waiting[index] = np.inf
    return ordered
