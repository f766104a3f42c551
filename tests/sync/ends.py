"""Both ends for the end-to-end tests: a station with frames, a township process, brokers."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from firmware_config.schema import Fonds, Sync
from firmware_config.township_schema import Vault
from station.model import Exposure, Line, Page, Quality, Text
from station.store import Store, frames, pages, records
from sync import broker
from sync.owed import StoreOutbox
from sync.township import report
from sync.township.database import Database
from sync.township.vault_folder import FolderVault
from sync.uplink import send_all

STATION = "village-7"
PATIENCE_S = 20.0
FULL_AFTER_ONE = '[vault]\ndriver = "faulty"\nfault = "full:1"\n'


def need(kind: broker.Kind) -> None:
    """Skip, loudly, when the broker is not on this machine."""
    if kind == "mosquitto" and broker.mosquitto_program() is None:
        pytest.skip("mosquitto is not installed: apt-get install mosquitto")


def settings(port: int, **changes: object) -> Sync:
    """A station's settings for a broker on loopback."""
    base = Sync(broker_host=broker.HOST, broker_port=port, retry_first_s=0.1, no_progress_s=2.0)
    return msgspec.structs.replace(base, **changes)


def picture(seed: int, size_bytes: int = 150_000) -> bytes:
    """Bytes that no one can deflate, always the same for a seed."""
    return random.Random(seed).randbytes(size_bytes)


def capture(store: Store, count: int, *, size_bytes: int = 150_000, seed: int = 0) -> list[str]:
    """An item of `count` frames; their digests."""
    item = frames.open_item(store, Fonds(number="Z001"), year=1991)
    kept = [
        frames.keep(
            store,
            item.id,
            Exposure(data=picture(seed + n, size_bytes), media_type="image/jpeg", source=f"{n}"),
        )
        for n in range(count)
    ]
    frames.close_item(store, item.id)
    return [frame.digest for frame in kept]


@contextlib.contextmanager
def station(home: Path) -> Iterator[tuple[Store, StoreOutbox]]:
    """A station's store and its outbox."""
    with Store.open(home / "station", station=STATION) as store:
        yield store, StoreOutbox(store)


@contextlib.contextmanager
def township(home: Path, port: int, config: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """A township process, killed on leaving."""
    process = start_township(home, port, config)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def start_township(home: Path, port: int, config: str = "") -> subprocess.Popen[bytes]:
    """Start `township receive`; its words go to township.log."""
    folder = home / "township"
    folder.mkdir(exist_ok=True)
    (home / "township.toml").write_text(config)
    command = [sys.executable, "-m", "sync.township.cli", "receive", "--home", str(folder)]
    command += ["--config", str(home / "township.toml"), "--broker", f"{broker.HOST}:{port}"]
    with (home / "township.log").open("ab") as log:
        return subprocess.Popen(command, stderr=log)


def terminate(process: subprocess.Popen[bytes]) -> int:
    """SIGTERM; the exit code."""
    os.kill(process.pid, signal.SIGTERM)
    return process.wait(PATIENCE_S)


def never() -> bool:
    """Do not stop."""
    return False


def deliver(
    outbox: StoreOutbox,
    sync: Sync,
    *,
    timeout_s: float = PATIENCE_S,
    stop: Callable[[], bool] = never,
) -> None:
    """Send all, or fail with LinkError. `stop` is asked at every turn of the uplink."""
    send_all(STATION, outbox, sync, stop, timeout_s=timeout_s)


def once(fact: Callable[[], bool], act: Callable[[], None]) -> Callable[[], bool]:
    """A `stop` that never stops, but does `act` when `fact` is true for the first time."""
    done: list[bool] = []

    def stop() -> bool:
        if not done and fact():
            done.append(True)
            act()
        return False

    return stop


def staged_bytes(home: Path) -> int:
    """Bytes of unfinished files that the ledger says are durable."""
    path = home / "township" / "township.db"
    if not path.is_file():
        return 0
    database = Database(path)
    try:
        pieces = [p for row in database.read("SELECT have FROM files") for p in ranges(row["have"])]
        return sum(end - start for start, end in pieces)
    finally:
        database.close()


def until(fact: Callable[[], bool], timeout_s: float = PATIENCE_S) -> None:
    """Wait for a fact of another process to become true."""
    until_s = time.monotonic() + timeout_s
    while not fact():
        assert time.monotonic() < until_s, "it never became true"
        time.sleep(0.01)


def verified(home: Path) -> report.Verification:
    """What `township verify` finds."""
    folder = home / "township"
    database = Database(folder / "township.db")
    try:
        return report.verify(database, FolderVault(Vault(), folder))
    finally:
        database.close()


def assert_all_there(home: Path, store: Store, digests: list[str]) -> None:
    """Every frame once, each object hashing to its name, both chains the same."""
    found = verified(home)
    assert found.wrong == ()
    assert found.frames_awaited == 0
    assert found.objects >= len(set(digests))
    vault = FolderVault(Vault(), home / "township")
    for digest in digests:
        with vault.open(digest) as stream:
            assert hashlib.sha256(stream.read()).hexdigest() == digest
    assert found.entries == StoreOutbox(store).head().seq


def ranges(text: str) -> list[tuple[int, int]]:
    """The ranges a ledger row holds."""
    return msgspec.json.decode(text, type=list[tuple[int, int]])


def seal_item_with_text(store: Store, line: str) -> None:
    """An item of one page on which `line` stands, captured, read and sealed."""
    capture(store, 1, seed=77)
    frame = pages.next_to_read(store)
    assert frame is not None
    box = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
    page = Page(
        item=frame.item,
        shot=frame.shot,
        quad=None,
        skew_deg=0.0,
        quality=Quality(verdict="good"),
        image="",
        width_px=9,
        height_px=9,
    )
    text = Text(lines=(Line(text=line, score=1.0, box=box),), engine="replay", model="none")
    pages.add_pages(store, [(page, text)])
    (item,) = records.ready_to_seal(store)
    records.seal(store, item, title="任职通知")
