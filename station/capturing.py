"""PROCESS 1: every press becomes a frame on disk, and the operator is told how it looks.

A page is acknowledged only when its frame is durable: blob, then row, then a look, then the tone
and the lamp. A look that fails says nothing, and changes nothing. What the page says is the
reader's business; if the reader dies, the pedal does not notice.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from firmware_config.errors import DriverError, LampError, OurError
from firmware_config.schema import Fonds
from station.model import Exposure, Frame, Glance, Press, PressKind, Reason, Signal
from station.store import Store, frames, listing

log = logging.getLogger("station.capturing")

AGAIN: dict[Reason, str] = {
    "no-page": "没有拍到纸页",
    "dark": "太暗",
    "blurred": "模糊",
    "hand": "有手",
    "cut": "缺边",
    "glare": "反光",
    "bright": "太亮",
    "several": "不止一张",
}
"""What another exposure mends, the gravest first, in the operator's words."""


class Camera(Protocol):
    """Gives one exposure a call. Raises CameraError."""

    def expose(self) -> Exposure:
        """Take a picture now."""
        ...


class Controls(Protocol):
    """Gives the operator's acts as they happen, each once."""

    def presses(self) -> Iterator[Press]:
        """Block until the next press; end when there can be no more."""
        ...


class Lamp(Protocol):
    """Tells the operator, at once and without blocking. Raises LampError."""

    def show(self, signal: Signal, words: str = "") -> None:
        """Show a signal and say the words (Chinese)."""
        ...


class Looker(Protocol):
    """Looks at a frame that is already durable, within a time that an operator waits."""

    def look(self, path: Path, previous: bytes) -> Glance | None:
        """What is seen; None where nothing can be said. `previous` is the last fingerprint."""
        ...


def capture(
    sitting: Sitting, controls: Controls, *, clock: Callable[[], float] = time.monotonic
) -> None:
    """Answer presses until the operator switches off or the controls end.

    Whatever else fails, the operator hears "not saved" and may press again. A lamp that fails
    ends the sitting: at its start with DriverError, later with LampError, so that systemd tries
    again.
    """
    try:
        sitting.begin()
    except LampError as error:
        raise DriverError(error.message) from error
    free_at_s = 0.0
    told_to_wait = False
    for press in controls.presses():
        if press.at_s < free_at_s:
            # One answer for all of them: it follows the tone of what was saved.
            if not told_to_wait:
                sitting.lamp.show(Signal.WAIT)
            told_to_wait = True
            continue
        told_to_wait = False
        try:
            sitting.answer(press)
        except LampError:
            raise
        except OurError as error:
            log.error("not saved (%s): %s", press.kind, error.message)  # noqa: TRY400
            sitting.lamp.show(Signal.NOT_SAVED, error.hint)
        free_at_s = clock()
        if press.kind is PressKind.POWER_OFF:
            return


class Sitting:
    """What one operator is doing: the batch and the item that presses belong to.

    No fact of it is only in memory: after a crash, or the night, the next sitting goes on with
    the item that was open. `year` is asked whenever an item is opened: a service lives over New
    Year. Without a `looker` every page is acknowledged as soon as it is kept.
    """

    def __init__(
        self,
        store: Store,
        camera: Camera,
        lamp: Lamp,
        *,
        fonds: Fonds,
        year: Callable[[], int],
        looker: Looker | None = None,
    ) -> None:
        self.store = store
        self.camera = camera
        self.lamp = lamp
        self.looker = looker
        self.fonds = fonds
        self.year = year
        self._asked_about: tuple[int, int] | None = None
        # Of the last page and the one before, which a retake of the last is compared with.
        self._fingerprints: deque[bytes] = deque(maxlen=2)

    def begin(self) -> None:
        """Show that presses are answered, and say what they would go on with."""
        item = listing.current_item(self.store)
        pages = listing.count_pages(self.store, item.id) if item else 0
        self.lamp.show(Signal.READY, f"接着上一件，已有{pages}页" if pages else "")

    def answer(self, press: Press) -> None:
        """Do what one press asks for and tell the operator."""
        match press.kind:
            case PressKind.PAGE:
                self.take_page(press)
            case PressKind.RETAKE:
                self.redo_last_page()
            case PressKind.BLANK:
                self.declare_blank()
            case PressKind.NEXT_ITEM:
                self.finish_item()
            case PressKind.CLOSE_BATCH:
                self.finish_batch()
            case PressKind.POWER_OFF:
                # The item stays open: tomorrow's pages may belong to it.
                self.lamp.show(Signal.OFF, "可以断电")

    def take_page(self, press: Press) -> None:
        """Expose, keep, look, and only then say so."""
        self.lamp.show(Signal.HOLD)
        exposure = self.camera.expose()
        item = listing.current_item(self.store) or self._open_item()
        frame = frames.keep(self.store, item.id, exposure)
        number = listing.count_pages(self.store, item.id)
        kept_s = time.monotonic()
        self.lamp.show(*told_of(self._seen_on(frame), number))
        log.info(
            "frame kept: %s shot %d, %d bytes, %.0f ms after the press, told after %.0f ms",
            item.code, frame.shot, frame.size_bytes,
            (kept_s - press.at_s) * 1000, (time.monotonic() - press.at_s) * 1000,
        )  # fmt: skip

    def _seen_on(self, frame: Frame) -> Glance | None:
        """What the page looks like; it is kept, and no failure from here on changes that."""
        if self.looker is None:
            return None
        if frame.supersedes is not None and self._fingerprints:
            self._fingerprints.pop()
        previous = self._fingerprints[-1] if self._fingerprints else b""
        try:
            seen = self.looker.look(self.store.spool.path(frame.digest), previous)
        except OurError as error:
            log.warning("the look failed: %s", error.message)
            seen = None
        self._fingerprints.append(seen.fingerprint if seen else b"")
        return seen

    def redo_last_page(self) -> None:
        """Mark the last page: the next press supersedes it."""
        self._asked_about = None
        item = listing.current_item(self.store)
        shot = frames.ask_retake(self.store, item.id) if item else None
        if shot is None:
            self.lamp.show(Signal.DECIDE, "没有可重拍的页")
        else:
            self.lamp.show(Signal.AGAIN, "请重拍上一页")

    def declare_blank(self) -> None:
        """Record that the original has a blank or missing page here; never before a page.

        An item of blanks alone would use up an archival code and never be sealed.
        """
        item = self._item_with_pages()
        if item is None:
            self.lamp.show(Signal.DECIDE, "请先拍一页再登记空白")
            return
        frames.declare_blank(self.store, item.id)
        self.lamp.show(Signal.SAVED, "已登记空白页")

    def finish_item(self) -> None:
        """Close the open item; one whose first page was not saved keeps its code for the next."""
        item = self._item_with_pages()
        if item is None:
            self.lamp.show(Signal.DECIDE, "没有打开的件")
        elif self._is_whole(item):
            pages = listing.count_pages(self.store, item.id)
            frames.close_item(self.store, item.id)
            self.lamp.show(Signal.SAVED, f"本件完成，共{pages}页")

    def finish_batch(self) -> None:
        """Close the item and the batch, and say the totals."""
        batch = listing.current_batch(self.store)
        if batch is None:
            self.lamp.show(Signal.DECIDE, "没有打开的批")
            return
        item = listing.current_item(self.store)
        if item is not None:
            if not self._is_whole(item):
                return
            frames.close_item(self.store, item.id)
        totals = frames.close_batch(self.store, batch)
        self.lamp.show(Signal.SAVED, f"本批完成，共{totals.items}件{totals.pages}页")

    def _is_whole(self, item: frames.Item) -> bool:
        """Whether no retake is pending; the operator is told once, and may then insist."""
        shot = frames.marked_for_retake(self.store, item.id)
        if shot is None or self._asked_about == (item.id, shot):
            return True
        self._asked_about = (item.id, shot)
        self.lamp.show(Signal.DECIDE, "上一页还没重拍")
        return False

    def _item_with_pages(self) -> frames.Item | None:
        item = listing.current_item(self.store)
        return item if item and listing.count_pages(self.store, item.id) else None

    def _open_item(self) -> frames.Item:
        batch = listing.current_batch(self.store) or frames.open_batch(self.store)
        return frames.open_item(self.store, self.fonds, batch=batch, year=self.year())


def told_of(seen: Glance | None, number: int) -> tuple[Signal, str]:
    """What the operator is told about the page just kept: only what is beyond doubt."""
    sure = seen.quality.sure if seen else ()
    again = [word for reason, word in AGAIN.items() if reason in sure]
    if again:
        return Signal.AGAIN, f"第{number}页{again[0]}，请重拍"
    if "same" in sure:
        return Signal.SAME, "与上一页相同？踩下保留，按黄键撤销"
    return Signal.SAVED, f"第{number}页"
