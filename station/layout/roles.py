"""Headings and notes, told from the body by their size and place."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from station.layout.block import Setting
from station.layout.stance import Span, Spans

LARGER = 1.22
"""A heading is so much larger than the body."""
LONGEST = 40
"""Characters of a heading's line."""
SMALLER = 0.9
"""A footnote is so much smaller than the body, and below a rule or marked as one."""
MARKED = re.compile(r"\s*([①-⑳❶-❿*＊※]|[\[［〔【(（]\d{1,2}[\]］〕】)）]|注[:：释]|註)")


def headings(found: Spans, texts: Sequence[str]) -> set[int]:
    """Indices of the lines that are much larger than most of the writing."""
    size = body_size(found, texts)
    return {
        index
        for index, span in found.items()
        if span.size > LARGER * size and 1 < len(texts[index]) <= LONGEST
    }


def notes(found: Spans, texts: Sequence[str], setting: Setting) -> set[int]:
    """Indices of the lines at the foot that are marked as notes, or small below a rule."""
    size = body_size(found, texts)
    told: set[int] = set()
    small = False
    for index in sorted(found, key=lambda n: -found[n].bottom):
        span = found[index]
        small = span.size < SMALLER * size
        marked = MARKED.match(texts[index]) is not None
        if not small and not marked:
            break
        told.add(index)
    ruled = _ruled_off([found[index] for index in told], found, setting)
    return told if ruled or any(MARKED.match(texts[index]) for index in told) else set()


def body_size(found: Spans, texts: Sequence[str]) -> float:
    """How large most characters are written, in pixels."""
    weights = [max(1, len(texts[index])) for index in found]
    sizes = np.repeat([span.size for span in found.values()], weights)
    return float(np.median(sizes)) if len(sizes) else 0.0


def _ruled_off(foot: Sequence[Span], found: Spans, setting: Setting) -> bool:
    """Whether a rule stands between the foot and all that is above it."""
    if not foot or len(foot) == len(found):
        return False
    top = min(span.top for span in foot)
    above = max((s.bottom for s in found.values() if s.bottom <= top), default=top)
    return any(above < rule.at < top for rule in setting.floors)
