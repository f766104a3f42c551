"""From page to text: read, lay out, restore where that pays, and rescue what reads badly."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec
import numpy as np

from firmware_config.schema import Rescue
from station.imaging.back import Slopes
from station.imaging.guard import restored_reads_better, worth
from station.imaging.halves import halves
from station.imaging.handwriting import hands
from station.imaging.mirrored import front_lines
from station.imaging.orientation import Degrees, turned_back
from station.imaging.picture import Pixels
from station.imaging.restore import Restored, for_reading, for_viewing
from station.imaging.seal_words import beside_seals, seals_read
from station.layout.arrange import laid_out
from station.model import Line, Noun, Quad, Text
from station.ocr.certainty import calibrated
from station.ocr.engine import Engine

OTHER_WAYS_UP: tuple[Degrees, ...] = (180, 90, 270)
TURN_GAIN = 1.5
"""Another way up must be worth so much more: beads of rubbish are read in every direction."""
DEFAULT = Rescue()


class Transcript(Noun, frozen=True, kw_only=True):
    """The text of a page; `turn_deg`, how far the page must still be turned back for it; and the
    derivative it was read from if that was not the page itself."""

    text: Text
    turn_deg: Degrees = 0
    restored: Restored | None = None


class _Reading(Noun, frozen=True, kw_only=True):
    """One reading of a page: its lines as they were found on `image`, in any order."""

    text: Text
    image: Pixels
    turn_deg: Degrees = 0
    restored: Restored | None = None
    slopes: Slopes | None = None


Way = tuple[str, Callable[[], _Reading]]


def transcribe(
    page: Pixels,
    engine: Engine,
    rescue: Rescue = DEFAULT,
    *,
    may_turn: bool = True,
    may_be_blank: bool = False,
    clock_s: Callable[[], float] = time.monotonic,
) -> Transcript:
    """What stands on an upright page (HxWx3 BGR uint8).

    A page that reads badly is read again: restored, closer, and other ways up where `may_turn`;
    until it reads well or `rescue.limit_s` would be passed. The best reading is taken. Its text
    says what was tried, and whether a person must look. Raises EngineError.
    """
    started_s = clock_s()
    best = _as_it_is(page, engine)
    reading_s = clock_s() - started_s
    tried: list[str] = []
    for name, way in _rescues(page, best.text.lines, engine, may_turn=may_turn):
        late = clock_s() - started_s + reading_s > rescue.limit_s
        if late or _reads_well(best.text, rescue, may_be_blank=may_be_blank):
            break
        tried.append(name)
        best = _better(best, way())
    needs_person = not _reads_well(best.text, rescue, may_be_blank=may_be_blank)
    text = _told(best, turned_back(page, best.turn_deg), engine)
    text = msgspec.structs.replace(text, tried=tuple(tried), needs_person=needs_person)
    return Transcript(text=text, turn_deg=best.turn_deg, restored=best.restored)


def _as_it_is(page: Pixels, engine: Engine) -> _Reading:
    """Read once or, where something keeps the page from being read and can be taken out, twice."""
    reading = _read(page, engine)
    restored = for_reading(page, reading.slopes)
    if not restored.kept:
        return reading
    again = _read(restored.image, engine)
    mirrored = "back" in restored.applied
    if not restored_reads_better(reading.text.lines, again.text.lines, mirrored=mirrored):
        return reading
    return msgspec.structs.replace(again, restored=restored)


def _read(image: Pixels, engine: Engine) -> _Reading:
    """What the engine finds, but for writing of the other side that shines through and seals."""
    text = engine.read(image)
    front = front_lines(text.lines, image, engine)
    text = msgspec.structs.replace(text, lines=beside_seals(front.lines, image))
    return _Reading(text=text, image=image, slopes=front.slopes)


def _told(reading: _Reading, page: Pixels, engine: Engine) -> Text:
    """The text in reading order, then the seals of the upright page itself, which a restored one
    may have lost; each line with its hand and the chances that its characters are right."""
    lines = (*hands(reading.text.lines, reading.image), *seals_read(page, engine))
    text = msgspec.structs.replace(reading.text, lines=calibrated(lines))
    return laid_out(text, reading.image)


def _rescues(
    page: Pixels, first: Sequence[Line], engine: Engine, *, may_turn: bool
) -> Iterator[Way]:
    """What else may be tried, in turn; each reads the page once."""
    yield "restored", lambda: _restored(page, engine)
    yield "closer", lambda: _closer(page, first, engine)
    if may_turn:
        for deg in OTHER_WAYS_UP:
            yield f"turned {deg}", partial(_turned, page, deg, engine)


def _restored(page: Pixels, engine: Engine) -> _Reading:
    """Even light and stronger ink, as made for people's eyes."""
    restored = for_viewing(page)
    reading = _read(restored.image, engine)
    return msgspec.structs.replace(reading, restored=restored if restored.kept else None)


def _closer(page: Pixels, first: Sequence[Line], engine: Engine) -> _Reading:
    """Half a page at a time, so that small writing is looked for at a larger scale."""
    columns = _runs_down(first)
    lines: list[Line] = []
    for half, start in halves(page, columns=columns):
        if not half.size:  # of a page one pixel high or wide
            continue
        text = _read(np.ascontiguousarray(half), engine).text
        shift = (float(start), 0.0) if columns else (0.0, float(start))
        lines += (_moved(line, shift) for line in text.lines)
    return _Reading(text=msgspec.structs.replace(text, lines=tuple(lines)), image=page)


def _turned(page: Pixels, deg: Degrees, engine: Engine) -> _Reading:
    reading = _read(turned_back(page, deg), engine)
    return msgspec.structs.replace(reading, turn_deg=deg)


def _runs_down(lines: Sequence[Line]) -> bool:
    """Whether most of the writing stands in columns."""
    spans = [(np.ptp([x for x, _ in line.box]), np.ptp([y for _, y in line.box])) for line in lines]
    return bool(sum(down for _, down in spans) > sum(along for along, _ in spans))


def _moved(line: Line, by: tuple[float, float]) -> Line:
    corners = [(x + by[0], y + by[1]) for x, y in line.box]
    box: Quad = (corners[0], corners[1], corners[2], corners[3])
    return msgspec.structs.replace(line, box=box)


def _better(best: _Reading, other: _Reading) -> _Reading:
    gain = TURN_GAIN if other.turn_deg != best.turn_deg else 1.0
    return other if worth(other.text.lines) > gain * worth(best.text.lines) else best


def _reads_well(text: Text, rescue: Rescue, *, may_be_blank: bool) -> bool:
    """Whether a person can be spared; a page without text is read well only if it may be blank."""
    characters = sum(len(line.text) for line in text.lines)
    if not characters:
        return may_be_blank
    score = sum(len(line.text) * line.score for line in text.lines) / characters
    return score >= rescue.below_score
