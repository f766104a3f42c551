"""PROCESS 2: a frame becomes a page, its text, and, when the item is complete, a record.

Nothing is held while the engine works: the attempt is committed before, the page after.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from firmware_config.errors import EngineError, InputError
from firmware_config.schema import Rescue
from station.catalogue import title
from station.imaging.picture import Picture, decode
from station.imaging.stand import Stand
from station.model import Frame, Page, Text
from station.ocr.engine import Engine
from station.paging import jpeg_of, pages_of
from station.store import Store, listing, pages, records
from station.store.turn import turn
from station.transcribing import DEFAULT

RESERVE_BYTES = 64 << 20
RESERVE_SHARE = 20
"""On a small disk the reserve is a twentieth of it."""
log = logging.getLogger("station.reading")


def read(
    store: Store,
    engine: Engine,
    stand: Callable[[], Stand],
    *,
    rescue: Rescue = DEFAULT,
    go_on: Callable[[bool], bool],
) -> Iterator[Page]:
    """Read what waits and seal what is complete; each page that was read is given.

    `stand` is asked for each frame: targets are measured and cradles learned while this runs.
    `go_on(idle)` is asked before each round; when idle it waits for more. False ends the work.
    """
    idle = False
    waits_for_room = False
    while go_on(idle):
        if not has_room(store):
            if not waits_for_room:
                log.error("the disk is nearly full: reading waits, what is left is for capture")
            idle = waits_for_room = True
            continue
        waits_for_room = False
        with turn(store):
            frame = pages.next_to_read(store)
            found = read_frame(store, frame, engine, stand(), rescue) if frame else ()
            seal_complete(store)
        yield from found
        idle = frame is None


def has_room(store: Store) -> bool:
    """Whether the disk has more than the last reserve, which belongs to capture.

    Asked before the attempt is written, so that a full disk never counts against a frame.
    """
    free, total = store.space_bytes()
    return free > min(RESERVE_BYTES, total // RESERVE_SHARE)


def give_up(store: Store, frame: Frame) -> None:
    """A person decides: this frame cannot be read, its item is sealed without its text."""
    pages.add_failure(store, frame, "given up after it was set aside")
    seal_complete(store)


def read_frame(
    store: Store, frame: Frame, engine: Engine | None, stand: Stand, rescue: Rescue = DEFAULT
) -> tuple[Page, ...]:
    """One attempt at one frame; its pages, or none.

    A frame that cannot be decoded is kept and shown as failed.
    """
    pages.begin_attempt(store, frame)
    try:
        picture = decode(
            store.spool.read(frame.digest), maximum_megapixels=stand.settings.maximum_megapixels
        )
        found = read_picture(store, frame, picture, engine, stand, rescue)
    except InputError as error:
        pages.add_failure(store, frame, error.message)
        log.error("cannot read: item %d shot %d: %s", frame.item, frame.shot, error.message)  # noqa: TRY400
    except EngineError as error:
        # The attempt is on disk; the third one sets the frame aside.
        log.error("engine failed: item %d shot %d: %s", frame.item, frame.shot, error.message)  # noqa: TRY400
    else:
        for page, text in found:
            log.info(
                "page read: item %d shot %d part %d, %s %s, %d lines, %.1f s",
                *(page.item, page.shot, page.part, page.quality.verdict),
                *(",".join(page.quality.reasons) or "-", len(text.lines) if text else 0),
                page.seconds["total"],
            )
        return tuple(page for page, _ in found)
    return ()


def read_picture(
    store: Store,
    frame: Frame,
    picture: Picture,
    engine: Engine | None,
    stand: Stand,
    rescue: Rescue = DEFAULT,
) -> list[tuple[Page, Text | None]]:
    """Dress the picture, read its pages, add all to the store; without `engine`, no text."""
    jpeg_quality = stand.settings.page_jpeg_quality
    found = pages_of(
        *(frame, picture, engine, stand, rescue),
        keep=lambda image: store.spool.keep(jpeg_of(image, jpeg_quality)),
        previous=pages.last_fingerprint(store, frame.item, frame.shot),
    )
    pages.add_pages(store, found)
    return found


def seal_complete(store: Store) -> None:
    """Seal every closed item whose frames have all been read, or failed, or been given up."""
    for item in records.ready_to_seal(store):
        record = records.seal(store, item, title=title.of(listing.first_text(store, item)))
        log.info("item sealed: %s, %d pages, %s", record.code, record.pages, record.title)
