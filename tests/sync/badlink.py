"""A TCP line that breaks: stands before a broker, counts bytes, and resets connections."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator

BLOCK_BYTES = 65_536
RESET = struct.pack("ii", 1, 0)


class BadLink:
    """Forwards `port` to a broker, one connection at a time.

    `cut_after_bytes` and `cut_every_s` reset each connection, `cut` the one that stands.
    """

    def __init__(
        self, broker_port: int, *, cut_after_bytes: int = 0, cut_every_s: float = 0.0
    ) -> None:
        self._broker_port = broker_port
        self._cut_after_bytes = cut_after_bytes
        self._cut_every_s = cut_every_s
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ended = threading.Event()
        self._to_be_cut = threading.Event()
        self.port: int = self._listener.getsockname()[1]
        self.up_bytes = 0
        self.cuts = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        self._to_be_cut.set()

    def close(self) -> None:
        self._ended.set()
        self._thread.join(5)
        self._listener.close()

    def _accept(self) -> None:
        while not self._ended.is_set():
            if not select.select([self._listener], [], [], 0.05)[0]:
                continue
            near, _ = self._listener.accept()
            with near, contextlib.suppress(OSError):
                far = socket.create_connection(("127.0.0.1", self._broker_port), 1)
                with far:
                    self._forward(near, far)

    def _forward(self, near: socket.socket, far: socket.socket) -> None:
        until_s = time.monotonic() + (self._cut_every_s or 1e6)
        budget = self._cut_after_bytes or 1 << 60
        while not self._ended.is_set():
            for ready in select.select([near, far], [], [], 0.05)[0]:
                data = ready.recv(BLOCK_BYTES)
                if not data:
                    return
                (far if ready is near else near).sendall(data)
                if ready is near:
                    self.up_bytes += len(data)
                    budget -= len(data)
            if budget <= 0 or time.monotonic() > until_s or self._to_be_cut.is_set():
                self._to_be_cut.clear()
                self.cuts += 1
                for end in (near, far):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                return


@contextlib.contextmanager
def bad_link(
    broker_port: int, *, cut_after_bytes: int = 0, cut_every_s: float = 0.0
) -> Iterator[BadLink]:
    """A bad link, taken down on leaving."""
    link = BadLink(broker_port, cut_after_bytes=cut_after_bytes, cut_every_s=cut_every_s)
    try:
        yield link
    finally:
        link.close()
