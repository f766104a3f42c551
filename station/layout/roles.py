"""Headings and notes, told from the body by their size and place."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from station.layout.block import Setting
from station.layout.stance import Spans, around

MUCH_LARGER = 1.3
"""A heading is so much larger than the body."""
LARGER = 1.13
"""In the middle of the page, so much is enough."""
CENTRAL = 0.06
"""In the middle: off it by this share of the width at most."""
NARROWER = 0.9
"""And this much less wide than the page's writing."""
FEW = 0.25
"""Where more of the writing is large, it is no heading."""
FEWEST = 2
"""But so many lines may always be headings."""
LONGEST = 40
"""Characters of a heading's line."""
SMALLER = 0.9
"""A footnote is so much smaller than the body, and below a rule or marked as one."""
NUMBERED = re.compile(r"\s*([①-⑳❶-❿*＊※]|[\[［〔【]\d{1,2}[\]］〕】])")
MARKED = re.compile(r"\s*(注|註)\s*[\d①-⑳]?\s*[:：]")
MOST_RULES = 3
"""More rules among the body are ruled paper."""


def headings(found: Spans, texts: Sequence[str], size: float) -> set[int]:
    """The lines that are much larger than the body's `size`, or a little and in the middle."""
    if not found:
        return set()
    whole = around(list(found.values()))
    told = set()
    for index, span in found.items():
        central = abs(span.middle - whole.middle) < CENTRAL * whole.width
        least = LARGER if central and span.width < NARROWER * whole.width else MUCH_LARGER
        if span.size > least * size and 1 < len(texts[index]) <= LONGEST:
            told.add(index)
    written = sum(len(texts[index]) for index in found)
    many = sum(len(texts[index]) for index in told) > FEW * written and len(told) > FEWEST
    return set() if many else told


def notes(found: Spans, texts: Sequence[str], size: float, setting: Setting) -> set[int]:
    """The lines that are marked as notes, and the small ones at the foot, below a rule."""
    told = {index for index in found if MARKED.match(texts[index])}
    foot: set[int] = set()
    for index in sorted(found, key=lambda n: -found[n].bottom):
        if found[index].size > SMALLER * size and index not in told:
            break
        foot.add(index)
    marked = any(NUMBERED.match(texts[index]) for index in foot)
    return told | foot if marked or _ruled_off(foot, found, setting) else told


def body_size(found: Spans, texts: Sequence[str]) -> float:
    """How large most characters are written, in pixels."""
    weights = [max(1, len(texts[index])) for index in found]
    sizes = np.repeat([span.size for span in found.values()], weights)
    return float(np.median(sizes)) if len(sizes) else 0.0


def _ruled_off(foot: set[int], found: Spans, setting: Setting) -> bool:
    """Whether one rule stands between the foot and all that is above it, and hardly any other."""
    above = [span for index, span in found.items() if index not in foot]
    if not foot or not above:
        return False
    start, end = max(span.bottom for span in above), min(found[index].top for index in foot)
    inside = [rule for rule in setting.floors if min(s.top for s in above) < rule.at < end]
    return len(inside) <= MOST_RULES and any(rule.at > start for rule in inside)
