"""Exposures, pages and texts to try the store with, and a clock that stands where it is put."""

from __future__ import annotations

import msgspec

from firmware_config.schema import Fonds
from station.model import Exposure, Frame, Line, Page, Quality, Text
from station.store import Store, frames, pages
from station.store.clock import Moment
from station.store.frames import Item

FONDS = Fonds(number="Z109", name="小孙庄村民委员会")
BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


class SetClock:
    """A clock set by hand, backwards too."""

    def __init__(self) -> None:
        self.moment = Moment(boot_id="boot-1", mono_ms=0, wall="2026-11-22T00:00:00Z", state="ntp")

    def now(self) -> Moment:
        return self.moment


def exposure(content: str = "picture") -> Exposure:
    return Exposure(data=content.encode(), media_type="image/jpeg", source=f"{content}.jpg")


def text(*lines: str, model: str = "m", needs_person: bool = False) -> Text:
    return Text(
        lines=tuple(Line(text=line, score=0.9, box=BOX) for line in lines),
        engine="e",
        model=model,
        needs_person=needs_person,
    )


def page(frame: Frame, *, image: str = "", fingerprint: bytes = b"") -> Page:
    return Page(
        item=frame.item,
        shot=frame.shot,
        quad=BOX,
        skew_deg=1.5,
        quality=Quality(verdict="good", numbers={"sharpness": 2.0}),
        image=image,
        width_px=9,
        height_px=9,
        fingerprint=fingerprint,
    )


def spread(frame: Frame, *sides: str) -> list[tuple[Page, Text | None]]:
    """A frame that shows a page for each of `sides`."""
    return [
        (msgspec.structs.replace(page(frame), part=part), text(side))
        for part, side in enumerate(sides)
    ]


def an_item(store: Store, *, batch: int | None = None) -> Item:
    return frames.open_item(store, FONDS, batch=batch, year=2011)


def read(store: Store, *lines: str) -> list[Frame]:
    """Read all that waits, every page with these lines."""
    done = []
    while (frame := pages.next_to_read(store)) is not None:
        pages.begin_attempt(store, frame)
        image = store.spool.keep(f"page image of {frame.digest}".encode())
        pages.add_pages(store, [(page(frame, image=image), text(*lines) if lines else None)])
        done.append(frame)
    return done


def a_page_saying(store: Store, *lines: str, item: Item | None = None) -> Frame:
    frame = frames.keep(store, (item or an_item(store)).id, exposure("".join(lines) or "empty"))
    pages.add_pages(store, [(page(frame), text(*lines))])
    return frame
