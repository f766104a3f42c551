"""Notes between the lines (夹注): small writing in two files within one line of large."""

from __future__ import annotations

import numpy as np

from station.layout.block import Block, Item, Setting
from station.layout.order import in_order
from station.layout.stance import Span, around

SMALLER = 0.72
"""A note is at most so large beside the words it stands between."""
WITHIN = 0.25
"""Its middle is inside the line it belongs to, by this share of the line's height."""
NEAR_SIZES = 2.5
"""It stands so many sizes from the large words at most, before or after them."""


def joined(block: Block, setting: Setting) -> tuple[Block, set[int]]:
    """The block with each double file of notes as one item, and the indices of its lines."""
    taken: set[int] = set()
    pairs: Block = []
    least = min((item.span.height for item in block), default=0.0) / SMALLER
    notes = [item for item in block if not item.span.tall]
    for host in sorted(block, key=lambda item: -item.span.height):
        if not host.span.tall and host.span.height >= least:
            small = [
                item
                for item in notes
                if _is_note_of(item.span, host.span) and item.lines[0] not in taken
            ]
            for group in _files(small):
                taken.update(index for item in group for index in item.lines)
                told = tuple(index for item in in_order(group, setting) for index in item.lines)
                pairs.append(Item(around([item.span for item in group]), told))
    return [item for item in block if item.lines[0] not in taken] + pairs, taken


def _is_note_of(note: Span, host: Span) -> bool:
    inner = WITHIN * host.height
    if note.height > SMALLER * host.height:
        return False
    between = host.top - inner / 2 < note.centre < host.bottom + inner / 2
    away = max(note.left - host.right, host.left - note.right)
    return between and -host.height / 2 < away < NEAR_SIZES * host.height


def _files(small: Block) -> list[Block]:
    """The groups of notes in which one stands above another."""
    groups: list[Block] = []
    reach = -np.inf
    for item in sorted(small, key=lambda item: item.span.left):
        if not groups or item.span.left > reach:
            groups.append([])
        groups[-1].append(item)
        reach = max(reach, item.span.right)
    return [group for group in groups if _are_stacked(group)]


def _are_stacked(group: Block) -> bool:
    tops = sorted((item.span for item in group), key=lambda span: span.top)
    return len(group) > 1 and tops[-1].top > tops[0].centre
