"""What a worker does with one master, once or many times: in the end there is one reading.

An attempt is on the disk before the work, as in the station. A page that kills its worker, hangs
it or makes it fail is known by that, whoever comes next, and is set aside after the third time.
"""

from __future__ import annotations

import faulthandler
import hashlib
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Literal

import cv2
import msgspec

from firmware_config import drivers
from firmware_config.errors import DamageError, EngineError, InputError, StorageError
from firmware_config.schema import Imaging, Ocr
from station.batch.results import Place, Reading, ReadPage
from station.batch.worklist import Master
from station.imaging.picture import Pixels, decode, media_type
from station.imaging.stand import Stand
from station.model import Frame, Noun, Page, Text
from station.ocr.engine import Engine
from station.paging import jpeg_of, pages_of

MOST_TRIES = 3
_alone = threading.Lock()
"""One page at a time in a process, also where a worker was given more threads."""

State = Literal["read", "there", "failed", "missing", "unreadable"]


class Plan(Noun, frozen=True, kw_only=True):
    """What all workers are told. `limit_s` is the longest that one picture may take."""

    out: str
    imaging: Imaging
    ocr: Ocr
    limit_s: float = 300.0
    images: bool = False
    """Whether the straightened pages are kept beside the readings."""
    again: bool = False
    """Whether what has failed is tried once more."""
    look_only: bool = False
    """Whether nothing is read, and only what is missing is told."""


class Outcome(Noun, frozen=True, kw_only=True):
    """What became of a master: `read` now, `there` already, `failed` for good with this model,
    `missing` when we only looked, `unreadable` when its file was not to be had.
    """

    source: str
    state: State
    digest: str = ""
    pages: int = 0
    lines: int = 0
    error: str = ""
    cpu_s: float = 0.0


def visit_all(masters: Sequence[Master], plan: Plan) -> list[Outcome]:
    """One task: its masters one after another. Raises what `visit` raises."""
    return [visit(master, plan) for master in masters]


def visit(master: Master, plan: Plan) -> Outcome:
    """See to it that there is a reading of `master`, or a word why not.

    Raises ConfigError where there is no engine and StorageError where nothing can be written:
    neither says anything about the page.
    """
    started_s = time.process_time()
    with _alone:
        try:
            outcome = _visit(master, plan)
        except (InputError, DamageError) as error:
            outcome = Outcome(
                source=master.path, state="unreadable", digest=master.digest, error=error.message
            )
    return msgspec.structs.replace(outcome, cpu_s=time.process_time() - started_s)


@lru_cache(maxsize=1)
def _engine(settings: Ocr) -> Engine:
    """One engine a process, with one thread: the machine is filled by processes."""
    cv2.setNumThreads(1)
    engine: Engine = drivers.load("station.engines", settings.driver)(settings)
    return engine


@lru_cache(maxsize=1)
def _model(settings: Ocr) -> str:
    """The name of the weights, without loading them: most of a second run only looks."""
    model: str = drivers.load("station.engines", settings.driver).model
    return model


def _visit(master: Master, plan: Plan) -> Outcome:
    data = b"" if master.digest else _content(master)
    digest = master.digest or hashlib.sha256(data).hexdigest()
    place = Place(Path(plan.out), digest, _model(plan.ocr))
    if plan.again and place.reading() is None:
        place.forget()
    known = _known(master, place)
    if known or plan.look_only:
        return known or Outcome(source=master.path, state="missing", digest=digest)
    return _tried(master, data or _content(master), plan, place)


def _known(master: Master, place: Place) -> Outcome | None:
    """What there is already."""
    reading, failure = place.reading(), place.failure()
    if reading is not None:
        return _told(master, "there", reading)
    if failure is not None:
        return Outcome(source=master.path, state="failed", digest=place.digest, error=failure.error)
    return None


def _tried(master: Master, data: bytes, plan: Plan, place: Place) -> Outcome:
    """Attempts, until there is a reading or there have been enough of them."""
    engine = _engine(plan.ocr)  # before the attempt: that it fails says nothing about the page
    error = "it ended its worker each time: a crash, or longer than the limit"
    while place.tries() < MOST_TRIES:
        place.begin()
        try:
            with _ended_after(plan.limit_s):
                reading = _read(data, plan, engine, place)
            place.keep(reading)
        except InputError as no_picture:
            error = no_picture.message
            break
        except (EngineError, MemoryError) as failed:
            error = f"{type(failed).__name__}: {failed}"
        except StorageError:
            place.forget()  # a full disk says nothing about the page
            raise
        else:
            return _told(master, "read", reading)
    failure = place.fail(error)
    return Outcome(source=master.path, state="failed", digest=place.digest, error=failure.error)


@contextmanager
def _ended_after(limit_s: float) -> Iterator[None]:
    """End this process, wherever it hangs, when the work takes longer than `limit_s`."""
    faulthandler.dump_traceback_later(limit_s, exit=True, file=sys.__stderr__ or 2)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def _read(data: bytes, plan: Plan, engine: Engine, place: Place) -> Reading:
    picture = decode(data, maximum_megapixels=plan.imaging.maximum_megapixels)
    frame = Frame(
        item=0,
        shot=0,
        digest=place.digest,
        size_bytes=len(data),
        media_type=media_type(data),
        source="",
    )

    def keep(image: Pixels) -> str:
        if not plan.images:
            return ""
        return place.keep_image(jpeg_of(image, plan.imaging.page_jpeg_quality))

    # Pictures come from anywhere and in any order: no cradle, and no page before this one.
    found = pages_of(frame, picture, engine, Stand(settings=plan.imaging), keep=keep)
    return Reading(
        master=place.digest,
        model=engine.model,
        pages=tuple(_page(page, text) for page, text in found),
    )


def _page(page: Page, text: Text | None) -> ReadPage:
    """Without what differs from run to run, such as the seconds it took."""
    return ReadPage(
        part=page.part,
        quad=page.quad,
        skew_deg=page.skew_deg,
        quality=page.quality,
        width_px=page.width_px,
        height_px=page.height_px,
        steps=page.steps,
        image=page.image,
        restored=page.restored,
        restored_by=page.restored_by,
        text=text,
    )


def _content(master: Master) -> bytes:
    """Raises InputError, and DamageError where it is not what the list says."""
    try:
        data = Path(master.path).read_bytes()
    except OSError as error:
        raise InputError(f"cannot read the file: {error.strerror}") from error
    if master.digest and hashlib.sha256(data).hexdigest() != master.digest:
        raise DamageError("the master is not what its digest says")
    return data


def _told(master: Master, state: State, reading: Reading) -> Outcome:
    lines = sum(len(page.text.lines) for page in reading.pages if page.text)
    return Outcome(
        source=master.path,
        state=state,
        digest=reading.master,
        pages=len(reading.pages),
        lines=lines,
    )
