"""Reading pages again when better weights have come, while nobody waits for anything else.

What is read is the straightened page that the station has kept, so boxes stand in the same pixels.
Nothing is held while the engine works: the attempt is committed before, the text after.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import cv2
import numpy as np

from firmware_config.errors import EngineError, InputError, StorageError
from firmware_config.schema import Rescue
from station.imaging.picture import Pixels
from station.model import Noun, Text
from station.ocr.engine import Engine
from station.reading import has_room
from station.store import Store, pages, texts
from station.store.turn import turn
from station.transcribing import DEFAULT, transcribe

log = logging.getLogger("station.rereading")


class Reread(Noun, frozen=True, kw_only=True):
    """A page that has one text more: `before` is the model that read it last, "" without one."""

    item: int
    shot: int
    part: int
    before: str
    text: Text


def reread(
    store: Store, engine: Engine, *, rescue: Rescue = DEFAULT, go_on: Callable[[bool], bool]
) -> Iterator[Reread]:
    """Read all pages whose latest text is not by `engine.model`; each that was read is given.

    Frames that were never read come first, whoever reads them. `go_on(idle)` is asked before each
    page; when idle it waits. False ends the work, and the next run goes on where this one was. A
    page that cannot be read keeps the text it has.
    """
    after = 0
    idle = False
    while go_on(idle):
        with turn(store):
            idle = pages.any_to_read(store) or not has_room(store)
            if idle:
                continue
            old = texts.next_old(store, engine.model, after=after)
            if old is None:
                return
            after = old.page
            text = _again(store, old, engine, rescue)
        if text is not None:
            yield Reread(item=old.item, shot=old.shot, part=old.part, before=old.model, text=text)


def _again(store: Store, old: texts.Old, engine: Engine, rescue: Rescue) -> Text | None:
    """One attempt at one page; its new text, or None."""
    texts.begin_again(store, old.page, engine.model)
    try:
        # The page's image is kept the way up it was read first, so it is not turned.
        text = transcribe(_pixels(store, old.image), engine, rescue, may_turn=False).text
    except (EngineError, InputError, StorageError) as error:
        log.error("not read again: item %d shot %d: %s", old.item, old.shot, error.message)  # noqa: TRY400
        return None
    texts.add_again(store, old.page, text)
    log.info("read again: item %d shot %d part %d, %d lines", *_place(old), len(text.lines))
    return text


def _pixels(store: Store, image: str) -> Pixels:
    """The straightened page. Raises StorageError, InputError when it is no picture any more."""
    pixels = cv2.imdecode(np.frombuffer(store.spool.read(image), np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise InputError(f"page image {image} cannot be decoded")
    return pixels.astype(np.uint8, copy=False)


def _place(old: texts.Old) -> tuple[int, int, int]:
    return old.item, old.shot, old.part
