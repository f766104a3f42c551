"""Is this the page before once more? Compared stroke by stroke, because forms are alike.

A fingerprint is a small picture of the ink, 512 px long, as a JPEG of at most 16 KB: fine enough to
tell one character from another, so that forms that differ in a name are not the same page. In half
of that a page of small print is so coarsely packed that it is no longer like itself.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from station.imaging.levels import level_at
from station.imaging.paper import Grey, halved
from station.imaging.sheet import Sheet

Floats = NDArray[np.float32]

LONG_SIDE_PX = 512
LIMIT_BYTES = 16384
QUALITIES = (80, 60, 45, 30, 20, 12, 6, 2)
LEAST_INK = 0.002
"""Share of the page in strokes; emptier pages are never called the same."""
WINDOW_PX = 15
"""About two characters of a printed page."""
WORST_PERCENT = 0.05
"""Of the inked windows; a changed character fills more, a speck less."""
LEAST_INKED = 0.3
"""Of the ink in the fullest windows; in emptier ones a speck weighs too much."""
LEAST_LIKELY = 0.5
LEAST_PX = 4
"""Narrower pages are never called the same."""


def fingerprint_of(sheet: Sheet) -> bytes:
    """What the next page is compared with; empty for a page without ink."""
    if np.count_nonzero(sheet.ink) < LEAST_INK * np.count_nonzero(sheet.inside):
        return b""
    surface = cv2.resize(sheet.surface, sheet.small.shape[::-1], interpolation=cv2.INTER_LINEAR)
    strokes = cv2.dilate(sheet.ink, np.ones((3, 3), np.uint8))
    darker = cv2.bitwise_and(cv2.subtract(surface, sheet.small), strokes)
    ratio = LONG_SIDE_PX / max(darker.shape)
    size = tuple(max(1, round(side * ratio)) for side in darker.shape[::-1])
    ink = np.asarray(cv2.resize(darker, size, interpolation=cv2.INTER_AREA), np.uint8)
    strongest = level_at(ink[ink > 0], 95) if ink.any() else 255.0
    return _packed(np.asarray(np.clip(ink * (200.0 / strongest), 0, 255), np.uint8))


def _packed(ink: Grey) -> bytes:
    for quality in QUALITIES:
        data = cv2.imencode(".jpg", ink, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
        if len(data) <= LIMIT_BYTES:
            return data
    return b""


def likeness(one: bytes, other: bytes) -> float:
    """How alike two pages are in the place where they are least alike, 0 to 1.

    0 for pages of different shape, for an empty fingerprint and for what is none.
    """
    first, second = _unpacked(one), _unpacked(other)
    if first is None or second is None:
        return 0.0
    if any(
        abs(a - b) > 0.03 * LONG_SIDE_PX for a, b in zip(first.shape, second.shape, strict=True)
    ):
        return 0.0
    size = (first.shape[1], first.shape[0])
    second = np.asarray(cv2.resize(second, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    move = _move_between(_half(first), _half(second))
    return 0.0 if move is None else _least_alike(_smooth(first), _laid(_smooth(second), move))


def _unpacked(fingerprint: bytes) -> Grey | None:
    if not fingerprint:
        return None
    ink = cv2.imdecode(np.frombuffer(fingerprint, np.uint8), cv2.IMREAD_GRAYSCALE)
    return None if ink is None or min(ink.shape) < LEAST_PX else np.asarray(ink, np.uint8)


def _smooth(ink: Grey) -> Floats:
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), 0.8), np.float32)


def _half(ink: Grey) -> Floats:
    """Every two by two pixels as one, which is exact enough to lay pages on each other."""
    return _smooth(halved(ink, (max(ink.shape) + 1) // 2))


def _blurred_correlation(first: Floats, second: Floats) -> float:
    """Whether it is worth laying one on the other, which costs a hundred times more."""
    one, other = (cv2.GaussianBlur(page, (0, 0), 5.0).ravel() for page in (first, second))
    spread = float(one.std() * other.std())
    return float(((one - one.mean()) * (other - other.mean())).mean()) / max(spread, 1e-6)


def _move_between(first: Floats, second: Floats) -> Floats | None:
    """The affine move (2x3) from the pixels of one page to those of the other, if they fit.

    Both were found and turned a little differently. Both are halves; the move is of whole ones.
    """
    if _blurred_correlation(first, second) < LEAST_LIKELY:
        return None
    start, whole = np.eye(2, 3, dtype=np.float32), np.full(first.shape, 255, np.uint8)
    rules = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 1e-4)
    try:
        likely, move = cv2.findTransformECC(
            first, second, start, cv2.MOTION_AFFINE, rules, whole, 5
        )
    except cv2.error:  # it does not converge: the pages have nothing in common
        return None
    if likely < LEAST_LIKELY:
        return None
    middle = np.full(2, 0.5)  # of the first of the four pixels that were one
    shift = 2 * move[:, 2] + middle - move[:, :2] @ middle
    return np.asarray(np.column_stack((move[:, :2], shift)), np.float32)


def _laid(second: Floats, move: Floats) -> Floats:
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(second, move, second.shape[::-1], flags=how), np.float32)


def _least_alike(first: Floats, second: Floats) -> float:
    """The lowest local correlation, over the windows in which either page has ink."""
    window = (WINDOW_PX, WINDOW_PX)
    mean = [cv2.blur(page, window) for page in (first, second)]
    power = [
        cv2.blur(page * page, window) - m * m for page, m in zip((first, second), mean, strict=True)
    ]
    both = cv2.blur(first * second, window) - mean[0] * mean[1]
    inked = np.maximum(power[0], power[1])
    floor = LEAST_INKED * float(np.percentile(inked, 98)) + 1.0
    alike = both / np.sqrt(np.maximum(power[0], 1.0) * np.maximum(power[1], 1.0))
    seen = alike[inked > floor]
    return float(np.clip(np.percentile(seen, WORST_PERCENT), 0.0, 1.0)) if seen.size else 0.0
