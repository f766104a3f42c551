"""How fast frames reach the township, beside the physical limit: TCP, a file, one fsync.

Twenty-five frames of 2 MiB go from a store through a real broker to a real township process, each
with its receipt after the township's commit. The limit is taken with as many bytes over loopback
just before.
"""

from __future__ import annotations

import os
import socket
import tempfile
import threading
import time
from pathlib import Path
from typing import get_args

from sync import broker
from tests.sync import ends

FRAMES, FRAME_BYTES = 25, 2 << 20


def run(out: Path) -> list[dict[str, object]]:
    kinds: tuple[broker.Kind, ...] = get_args(broker.Kind)
    if broker.mosquitto_program() is None:
        print("mosquitto is not installed: measured with the embedded broker alone")
        kinds = ("embedded",)
    rows = []
    for kind in kinds:
        with tempfile.TemporaryDirectory(dir=out) as folder:
            rows.append(measure(kind, Path(folder)))
    return rows


def measure(kind: broker.Kind, home: Path) -> dict[str, object]:
    floor = raw_mb_per_s(home)
    with (
        broker.running(kind) as port,
        ends.township(home, port),
        ends.station(home) as (store, outbox),
    ):
        ends.capture(store, 1)
        ends.deliver(outbox, ends.settings(port))
        ends.capture(store, FRAMES, size_bytes=FRAME_BYTES, seed=100)
        started_s, started_cpu_s = time.perf_counter(), time.process_time()
        ends.deliver(outbox, ends.settings(port))
        elapsed_s = time.perf_counter() - started_s
        cpu_s = time.process_time() - started_cpu_s
    speed = FRAMES * FRAME_BYTES / 1e6 / elapsed_s
    return {
        "broker": kind,
        "MB": FRAMES * FRAME_BYTES / 1e6,
        "MB/s receipted": speed,
        "MB/s TCP + file + fsync": floor,
        "limit / ours": floor / speed,
        "station CPU s": cpu_s,
    }


def raw_mb_per_s(home: Path) -> float:
    """As many bytes through a socket into a file that is flushed once."""
    with socket.create_server((broker.HOST, 0)) as server:

        def sink() -> None:
            connection, _ = server.accept()
            with connection, (home / "raw").open("wb") as file:
                while block := connection.recv(1 << 20):
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
                connection.send(b"k")

        receiver = threading.Thread(target=sink)
        receiver.start()
        data = os.urandom(FRAMES * FRAME_BYTES)
        started_s = time.perf_counter()
        with socket.create_connection(server.getsockname()) as sender:
            sender.sendall(data)
            sender.shutdown(socket.SHUT_WR)
            sender.recv(1)
            elapsed_s = time.perf_counter() - started_s
        receiver.join()
    return len(data) / 1e6 / elapsed_s
