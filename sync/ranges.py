"""Byte ranges of a file: sorted, disjoint, half-open `(start, end)` pairs. Pure."""

from __future__ import annotations

from collections.abc import Iterable

Range = tuple[int, int]
Ranges = tuple[Range, ...]


def united(*many: Iterable[Range]) -> Ranges:
    """All bytes that stand in any of `many`; touching ranges become one."""
    merged: list[Range] = []
    for start, end in sorted(piece for pieces in many for piece in pieces):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def gaps(have: Ranges, size_bytes: int) -> Ranges:
    """What of `[0, size_bytes)` is not in `have`."""
    missing: list[Range] = []
    at = 0
    for start, end in have:
        if start > at:
            missing.append((at, start))
        at = max(at, end)
    if at < size_bytes:
        missing.append((at, size_bytes))
    return tuple(missing)


def length(ranges: Ranges) -> int:
    """Bytes in `ranges`."""
    return sum(end - start for start, end in ranges)


def covers(have: Ranges, start: int, end: int) -> bool:
    """Whether all of `[start, end)` is in `have`."""
    return any(first <= start and end <= last for first, last in have)
