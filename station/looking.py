"""The look at a frame before its page is turned, in a process of its own.

The frame is durable by then, and nothing that happens here can change that: a picture that crashes
the decoder takes only this process with it, one that hangs it is given up at the limit, and the
next look starts afresh. Where there is no answer the operator is told that the page is saved.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from firmware_config.errors import OurError
from station.imaging.stand import Stand
from station.model import Glance, Noun

log = logging.getLogger("station.looking")

READY = b"ready"
NOTHING = b""
START_LIMIT_S = 60.0
"""A process that is not ready by then never will be."""


class Ask(Noun, frozen=True, kw_only=True):
    """A frame to look at, and the fingerprint of the page before it."""

    path: str
    previous: bytes


class Eye:
    """Looks at frames on the disk, one at a time; each look takes `limit_s` at the longest."""

    def __init__(self, stand: Stand, *, limit_s: float) -> None:
        self.stand = stand
        self.limit_s = limit_s
        self._open()

    def look(self, path: Path, previous: bytes) -> Glance | None:
        """What is seen on the frame at `path`; None where nothing can be said in time.

        A process that still starts, which takes a Pi seconds, is not waited for.
        """
        until_s = time.monotonic() + self.limit_s
        try:
            if not self.ready():
                log.info("not looked at: what looks is still starting")
                return None
            self._connection.send_bytes(
                msgspec.msgpack.encode(Ask(path=str(path), previous=previous))
            )
            if self._connection.poll(max(0.0, until_s - time.monotonic())):
                answer = self._connection.recv_bytes()
                return msgspec.msgpack.decode(answer, type=Glance) if answer else None
            log.warning("the look took more than %.1f s: %s", self.limit_s, path.name)
        except (EOFError, OSError, msgspec.MsgspecError) as error:
            log.warning("the look failed (%s): %s", type(error).__name__, path.name)
        self.close()
        self._open()
        return None

    @property
    def process_id(self) -> int:
        """The process that looks."""
        return self._process.pid or 0

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._connection.close()

    def _open(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self.stand), daemon=True)
        self._process.start()
        theirs.close()
        self._ready = False
        self._started_s = time.monotonic()

    def ready(self, within_s: float = 0.0) -> bool:
        """Whether the process has loaded what it needs. Raises OSError if it never will."""
        if not self._ready and self._connection.poll(within_s):
            self._ready = self._connection.recv_bytes() == READY
        if not self._ready and time.monotonic() - self._started_s > START_LIMIT_S:
            raise OSError("it does not start")
        return self._ready


def _serve(connection: Connection, stand: Stand) -> None:
    """Answer until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other end decides when this ends
    with suppress(OSError):
        # Where memory is short the kernel is to take this process, never the one with the pedal.
        Path("/proc/self/oom_score_adj").write_text("1000")
    import cv2

    from station.imaging.glance import glance

    cv2.setNumThreads(2)
    with suppress(EOFError, OSError):  # the other end is gone, so this one is done
        connection.send_bytes(READY)
        while True:
            ask = msgspec.msgpack.decode(connection.recv_bytes(), type=Ask)
            try:
                seen = glance(Path(ask.path).read_bytes(), stand, previous=ask.previous)
                answer = msgspec.msgpack.encode(seen)
            except (OurError, cv2.error, OSError, MemoryError) as error:
                log.warning("nothing can be seen: %s", error)
                answer = NOTHING
            connection.send_bytes(answer)
