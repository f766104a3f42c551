"""Columns and tiers: what is read one after the other though it stands side by side."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from station.layout.block import Block, Setting
from station.layout.stance import Span, around

SAME_ROW = 0.4
"""Two lines share a row when they overlap by this share of the lower one's height."""
PROSE_LINES = 3
"""Fewer lines side by side are no columns."""
PROSE_ASPECT = 6.0
"""The median line of a column of prose is so many times longer than high."""
PROSE_FILL = 0.6
"""The median line fills this share of its column; cells of a table are shorter."""
TIER_GAP = 1.0
"""Tiers of vertical writing stand so many sizes apart."""
PARTNERED = 0.8
"""Tiers where more of the columns stand below one another are a table."""
APART = 0.5
"""Columns where fewer of the lines have another beside them do not belong together."""
CLOSE = 1.2
"""Lines of a paragraph stand at most so many heights apart."""


def at_a_gutter(block: Block, setting: Setting) -> list[Block]:
    """The block cut between columns of prose; nothing where there are none."""
    for gutter in _gutters(block):
        parts: list[Block] = [[]]
        for run in _runs(block, gutter):
            left, right = _sides(run, gutter)
            if are_columns(left, right, setting):
                parts += [left, right, []]
            else:
                parts[-1] += run
        if len(parts) > 1:
            return parts
    return []


def in_tiers(block: Block, setting: Setting) -> list[Block]:
    """The tiers of a page of vertical writing, where white parts them from edge to edge.

    Where every short column of one has one of the other below it they are rows of a table.
    """
    if not setting.vertical or len(block) < PROSE_LINES:
        return []
    size = float(np.median([item.span.size for item in block]))
    for gutter, gap in _gaps(block):
        left, right = _sides(block, gutter)
        if gap < TIER_GAP * size:
            break
        partnered = _partners(left, right) + _partners(right, left) >= PARTNERED * len(block)
        if not partnered or (is_prose(left) and is_prose(right)):
            return [left, right]
    return []


def _gaps(block: Block) -> list[tuple[float, float]]:
    """The white that nothing crosses: its middle and width, the widest first."""
    ends = sorted((item.span.left, item.span.right) for item in block)
    reach, found = ends[0][1], []
    for left, right in ends[1:]:
        if left > reach:
            found.append(((left + reach) / 2, left - reach))
        reach = max(reach, right)
    return sorted(found, key=lambda gap: -gap[1])


def _gutters(block: Block) -> list[float]:
    """Left edges that few items cross, the fewest first."""
    lefts = sorted({item.span.left for item in block})[1:]
    crossings = {x: sum(item.span.crosses(x) for item in block) for x in lefts}
    return sorted((x for x in lefts if crossings[x] <= len(block) / 3), key=crossings.__getitem__)


def _sides(block: Block, x: float) -> tuple[Block, Block]:
    left = [item for item in block if item.span.middle < x]
    return left, [item for item in block if item.span.middle >= x]


def _runs(block: Block, gutter: float) -> Iterator[Block]:
    """The block from top to bottom, cut before and after every item that crosses the gutter."""
    run: Block = []
    for item in sorted(block, key=lambda item: item.span.centre):
        if item.span.crosses(gutter):
            yield from (run, [item])
            run = []
        else:
            run.append(item)
    yield run


def are_columns(left: Block, right: Block, setting: Setting) -> bool:
    """Whether two sides are read one after the other: prose, or nothing of one beside the other."""
    if is_prose(left) and is_prose(right):
        return True
    if setting.vertical:
        return False
    fewer, more = sorted((left, right), key=len)
    if len(fewer) < 2 or not (_is_close(left) and _is_close(right)):
        return False
    return _stand_abreast(left, right) and _partners(fewer, more) < APART * len(fewer)


def _is_close(block: Block) -> bool:
    """Whether its lines follow one another without a gap, as those of one paragraph do."""
    found = sorted((item.span for item in block), key=lambda span: span.top)
    size = float(np.median([span.size for span in found]))
    reach = found[0].bottom
    for span in found[1:]:
        if span.top - reach > CLOSE * size:
            return False
        reach = max(reach, span.bottom)
    return True


def _stand_abreast(left: Block, right: Block) -> bool:
    one, other = (around([item.span for item in side]) for side in (left, right))
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared > APART * min(one.height, other.height)


def are_beside(one: Span, other: Span) -> bool:
    """Whether two share a row."""
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap > SAME_ROW * min(one.height, other.height)


def _partners(block: Block, others: Block) -> int:
    """How many items share a row with one of the others."""
    if not block or not others:
        return 0
    _, top, _, bottom, _ = np.array([item.span for item in block]).T
    _, low, _, high, _ = np.array([item.span for item in others]).T
    overlap = np.minimum.outer(bottom, high) - np.maximum.outer(top, low)
    beside = overlap > SAME_ROW * np.minimum.outer(bottom - top, high - low)
    return int(beside.any(axis=1).sum())


def is_prose(block: Block) -> bool:
    """Whether lines are long beside their height and fill their column."""
    if len(block) < PROSE_LINES:
        return False
    left, top, right, bottom, _ = np.array([item.span for item in block]).T
    width = np.median(right - left)
    if width < PROSE_ASPECT * np.median(bottom - top):
        return False
    fills = width >= PROSE_FILL * (right.max() - left.min())
    return bool(fills) or len(at_a_gutter(block, Setting())) > 1
