"""Lines cut out of a page become characters, each with how sure it is.

PaddleOCR widens each line to 320 pixels, so a cell of a table costs as much as half a line of
prose; here a line has its own width. Network, alphabet and normalisation are PaddleOCR's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from station.ocr.cutting import HEIGHT_PX
from station.ocr.engine import Image

STEP_PX = 32
"""Widths are rounded up to a multiple, so that lines of about equal length go together."""
NARROWEST_PX = 64
TOGETHER_PX = 640
"""Together up to this width: short lines cost less so, long ones do not, and memory is bounded."""
PRESSED = 0.7
"""Width of a line for its first reading: the network was trained on lines pressed together, reads
them as well, and costs by width. docs/ocr.md has the errors at other widths."""
DOUBTFUL = 0.8
REPEATED = re.compile(r"([!-~])\1")
"""Equal narrow characters run into one: of 11111 pressed together, 1111 or 11 is read. Of three or
more, two always remained to tell."""

Floats = npt.NDArray[np.float32]


class Reading(NamedTuple):
    """The characters of a line; `chances`, 0 to 1, has one for each of them."""

    text: str
    chances: tuple[float, ...]

    @property
    def score(self) -> float:
        """Their mean, as PaddleOCR scores a line; 0.0 where nothing is read."""
        return sum(self.chances) / len(self.chances) if self.chances else 0.0

    @property
    def certainty(self) -> tuple[int, ...]:
        """Percent, one for each character; raw, not calibrated."""
        return tuple(round(100 * chance) for chance in self.chances)


class Recogniser:
    """`chances` and `alphabet` as in networks.py."""

    def __init__(self, chances: Callable[[Floats], Floats], alphabet: Sequence[str]) -> None:
        self._chances = chances
        self._alphabet = alphabet

    def read(self, strips: Sequence[Image]) -> list[Reading]:
        """A reading for each strip (48 x width x 3 BGR), in their order.

        Lines are pressed together first; the few that this may have cost something are read once
        more as they are.
        """
        readings = self.read_whole([_pressed(strip) for strip in strips])
        again = [place for place, reading in enumerate(readings) if _is_doubtful(reading)]
        whole = self.read_whole([strips[place] for place in again])
        for place, reading in zip(again, whole, strict=True):
            if reading.score >= readings[place].score or REPEATED.search(reading.text):
                readings[place] = reading
        return readings

    def read_whole(self, strips: Sequence[Image]) -> list[Reading]:
        """The same with no line pressed together: dearer, and for all but numbers no better."""
        readings: dict[int, Reading] = {}
        for places in _batches([strip.shape[1] for strip in strips]):
            batch = _stacked([strips[place] for place in places])
            chances = self._chances(batch)
            found = [self._decoded(one) for one in chances]
            readings.update(zip(places, found, strict=True))
        return [readings[place] for place in range(len(strips))]

    def _decoded(self, chances: Floats) -> Reading:
        """Greedy decoding of a CTC output (steps x characters): repeats and blanks (0) go.

        Graves et al., Connectionist Temporal Classification, ICML 2006, 3.2.
        """
        best = chances.argmax(axis=1)
        kept = best != 0
        kept[1:] &= best[1:] != best[:-1]
        text = "".join(self._alphabet[index] for index in best[kept])
        return Reading(text, tuple(chances[kept].max(axis=1, initial=0.0).tolist()))


def _pressed(strip: Image) -> Image:
    width = max(round(PRESSED * strip.shape[1]), 1)
    pressed = cv2.resize(strip, (width, HEIGHT_PX), interpolation=cv2.INTER_AREA)
    return pressed.astype(np.uint8, copy=False)


def _is_doubtful(reading: Reading) -> bool:
    return reading.score < DOUBTFUL or REPEATED.search(reading.text) is not None


def _batches(widths_px: Sequence[int]) -> Iterator[list[int]]:
    """Places of lines that are recognised together: of one width once rounded up."""
    by_width: dict[int, list[int]] = {}
    for place, width_px in enumerate(widths_px):
        by_width.setdefault(_rounded(width_px), []).append(place)
    for width_px, places in sorted(by_width.items()):
        at_once = max(TOGETHER_PX // width_px, 1)
        for start in range(0, len(places), at_once):
            yield places[start : start + at_once]


def _rounded(width_px: int) -> int:
    return max(-(-width_px // STEP_PX) * STEP_PX, NARROWEST_PX)


def _stacked(strips: Sequence[Image]) -> Floats:
    """Lines x 3 x 48 x width, -1 to 1; the grey of 0 on the right of a shorter line."""
    width_px = max(_rounded(strip.shape[1]) for strip in strips)
    batch = np.zeros((len(strips), 3, HEIGHT_PX, width_px), dtype=np.float32)
    for row, strip in zip(batch, strips, strict=True):
        row[:, :, : strip.shape[1]] = strip.transpose(2, 0, 1) / np.float32(127.5) - 1
    return batch
