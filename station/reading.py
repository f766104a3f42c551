"""PROCESS 2: a frame becomes a page, its text, and, when the item is complete, a record.

Nothing is held while the engine works: the attempt is committed before, the page after.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence

import cv2
import msgspec

from firmware_config.errors import EngineError, InputError
from station.catalogue import title
from station.imaging import orientation
from station.imaging import page as imaging
from station.imaging.guard import restored_reads_better
from station.imaging.picture import Picture, Pixels, decode
from station.imaging.restore import Restored, for_reading
from station.imaging.stand import Stand
from station.layout.arrange import laid_out
from station.model import Frame, Page, Point, Quad, Text
from station.ocr.engine import Engine
from station.store import Store, listing, pages, records
from station.store.turn import turn

RESERVE_BYTES = 64 << 20
RESERVE_SHARE = 20
"""On a small disk the reserve is a twentieth of it."""
HALF_TURN_DEG = 180
log = logging.getLogger("station.reading")


def read(
    store: Store, engine: Engine, stand: Callable[[], Stand], *, go_on: Callable[[bool], bool]
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
            found = read_frame(store, frame, engine, stand()) if frame else ()
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


def read_frame(store: Store, frame: Frame, engine: Engine | None, stand: Stand) -> tuple[Page, ...]:
    """One attempt at one frame; its pages, or none.

    A frame that cannot be decoded is kept and shown as failed.
    """
    pages.begin_attempt(store, frame)
    try:
        picture = decode(
            store.spool.read(frame.digest), maximum_megapixels=stand.settings.maximum_megapixels
        )
        found = read_picture(store, frame, picture, engine, stand)
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
    store: Store, frame: Frame, picture: Picture, engine: Engine | None, stand: Stand
) -> list[tuple[Page, Text | None]]:
    """Dress the picture, read its pages, add all to the store; without `engine`, no text."""
    jpeg_quality = stand.settings.page_jpeg_quality
    found = pages_of(
        *(frame, picture, engine, stand),
        keep=lambda image: store.spool.keep(jpeg_of(image, jpeg_quality)),
        previous=pages.last_fingerprint(store, frame.item, frame.shot),
    )
    pages.add_pages(store, found)
    return found


def pages_of(
    frame: Frame,
    picture: Picture,
    engine: Engine | None,
    stand: Stand,
    *,
    keep: Callable[[Pixels], str],
    previous: bytes = b"",
) -> list[tuple[Page, Text | None]]:
    """The pages of a picture and what is read on them, wherever they go from here.

    `keep` takes an image of a page and gives the name by which it is found; `previous` is the
    fingerprint of the page before. Raises InputError and EngineError.
    """
    dressed = imaging.dress(picture.pixels, stand, previous=previous)
    turn_deg: orientation.Degrees = _turn_deg(dressed, engine) if engine else 0
    if turn_deg == HALF_TURN_DEG:
        dressed = dressed[::-1]  # a book that lies upside down begins on its other side
    found = []
    for part, one in enumerate(dressed):
        page = _page_of(frame, part, one, turn_deg, scale=picture.scale)
        upright = orientation.turned_back(one.image, turn_deg)
        found.append(_read(page, upright, engine, keep))
    return found


def _turn_deg(dressed: Sequence[imaging.Dressed], engine: Engine) -> orientation.Degrees:
    """How far the writing of a frame stands turned clockwise; all pages of a book lie alike."""
    turns = [orientation.upright(one.image, engine) for one in dressed]
    return max(turns, key=lambda turn: turn.confidence).deg


def _page_of(
    frame: Frame, part: int, dressed: imaging.Dressed, turn_deg: int, *, scale: float
) -> Page:
    """The page without its images. `scale` is that of the picture it was dressed from."""
    height_px, width_px = dressed.image.shape[:2]
    if turn_deg % HALF_TURN_DEG:
        height_px, width_px = width_px, height_px
    return Page(
        item=frame.item,
        shot=frame.shot,
        part=part,
        quad=_in_full_pixels(dressed.quad, scale),
        skew_deg=_turned(dressed.skew_deg, turn_deg),
        quality=dressed.quality,
        image="",
        width_px=width_px,
        height_px=height_px,
        fingerprint=dressed.fingerprint,
        seconds=dressed.seconds,
        steps=(*dressed.steps, f"turned {turn_deg}") if turn_deg else dressed.steps,
    )


def _read(
    page: Page, image: Pixels, engine: Engine | None, keep: Callable[[Pixels], str]
) -> tuple[Page, Text | None]:
    """The page with its images kept, and its text."""
    started_s = time.perf_counter()
    text, restored = _text_of(image, engine) if engine else (None, None)
    seconds = page.seconds | {"ocr": time.perf_counter() - started_s}
    page = msgspec.structs.replace(
        page,
        image=keep(image),
        restored=keep(restored.image) if restored else "",
        restored_by=restored.applied if restored else (),
        seconds=seconds | {"total": sum(seconds.values())},
    )
    return page, text


def _text_of(page: Pixels, engine: Engine) -> tuple[Text, Restored | None]:
    """What is read from a page, and the derivative it was read from if that was not the page.

    A page that something keeps from being read is read twice: the restored one counts only where
    more is read from it.
    """
    text = laid_out(engine.read(page), page)
    restored = for_reading(page)
    if restored.kept:
        again = laid_out(engine.read(restored.image), restored.image)
        mirrored = "back" in restored.applied
        if restored_reads_better(text.lines, again.lines, mirrored=mirrored):
            return again, restored
    return text, None


def seal_complete(store: Store) -> None:
    """Seal every closed item whose frames have all been read, or failed, or been given up."""
    for item in records.ready_to_seal(store):
        record = records.seal(store, item, title=title.of(listing.first_text(store, item)))
        log.info("item sealed: %s, %d pages, %s", record.code, record.pages, record.title)


def _turned(skew_deg: float, by_deg: int) -> float:
    """The sum, above -180 and up to 180 degrees."""
    return skew_deg if not by_deg else 180.0 - (180.0 - skew_deg - by_deg) % 360.0


def _in_full_pixels(quad: Quad | None, scale: float) -> Quad | None:
    if quad is None:
        return None
    corners: list[Point] = [(x / scale, y / scale) for x, y in quad]
    return corners[0], corners[1], corners[2], corners[3]


def jpeg_of(image: Pixels, quality: int) -> bytes:
    """A page's image as it is kept. Raises InputError when it is too large for a JPEG."""
    encoded, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not encoded:
        raise InputError(f"page of {image.shape[1]}x{image.shape[0]} px cannot be encoded as JPEG")
    return data.tobytes()
