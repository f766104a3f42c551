"""The power is cut at the township while files arrive. What it receipted is there afterwards."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from firmware_config.errors import StorageError
from firmware_config.schema import Fonds
from station.model import Exposure
from station.store import Store, frames
from station.store.status import Status, status
from sync.commands.demo_processes import Processes
from sync.township.database import Database
from tests.durability.power import Disk, why_not

CUTS = 25
CUTS_FOR_A_CONTROL = 6
FRAMES = 400
LONGEST_S = 60.0


@pytest.fixture
def disk(tmp_path: Path):
    (tmp_path / "probe").mkdir()
    if reason := why_not(tmp_path / "probe"):
        pytest.skip(f"=== NOT SHOWN HERE: {reason} ===")
    made = Disk(tmp_path, megabytes=256)
    yield made
    made.detach()


@pytest.fixture
def processes(disk: Disk, tmp_path: Path):
    """A broker and the configurations; the township's state lies on the disk that is cut."""
    with Processes(tmp_path) as made:
        made.write_station("st-001", pages=tmp_path, script="")
        made.write_township(disk.mount / "township")
        made.start_broker()
        yield made


def test_what_the_township_receipted_is_there_after_every_power_cut(disk, processes):
    chance = random.Random(20261122)
    with Store.open(processes.station_home, station="st-001") as store:
        fill(store, chance)
        processes.start("sync")
        for _ in range(CUTS):
            cut_while_receiving(disk, processes.start("township"), store, chance)
            assert lost(store, disk.mount / "township") == []
            if all_receipted(status(store)):
                fill(store, chance)


@pytest.mark.parametrize("control", ["no-fsync", "normal", "off", "receipt-first"])
def test_a_township_that_breaks_the_rule_does_lose(disk, processes, control):
    chance = random.Random(20261122)
    words = [sys.executable, "-m", "tests.durability.careless_township"]
    words += [str(processes.home / "township.toml"), control]
    with Store.open(processes.station_home, station="st-001") as store:
        fill(store, chance)
        processes.start("sync")
        for _ in range(CUTS_FOR_A_CONTROL):
            cut_while_receiving(disk, subprocess.Popen(words), store, chance)
            if lost(store, disk.mount / "township"):
                return
            fill(store, chance)
    pytest.fail(f"{control} lost nothing in {CUTS_FOR_A_CONTROL} cuts: the test does not bite")


def cut_while_receiving(
    disk: Disk, township: subprocess.Popen[bytes], store: Store, chance: random.Random
) -> None:
    """Cut at a random moment after the first new receipt."""
    try:
        wait_for_a_receipt(store, township)
        time.sleep(chance.uniform(0.0, 0.4))
        disk.cut_power(township)
    finally:
        township.kill()


def fill(store: Store, chance: random.Random) -> None:
    item = frames.open_item(store, Fonds(number="Z001"), year=2026)
    for _ in range(FRAMES // 10):
        data = chance.randbytes(chance.randrange(50_000, 400_000))
        exposure = Exposure(data=data, media_type="image/jpeg", source="power cut")
        frames.keep(store, item.id, exposure)
    frames.close_item(store, item.id)


def wait_for_a_receipt(store: Store, township: subprocess.Popen[bytes]) -> None:
    """Until the station has one more file receipted, or all."""
    before = status(store)
    until_s = time.monotonic() + LONGEST_S
    while status(store).outbox_files == before.outbox_files and not all_receipted(status(store)):
        assert township.poll() is None, "the township ended by itself"
        assert time.monotonic() < until_s, f"no receipt came: {status(store)}"
        time.sleep(0.02)


def all_receipted(now: Status) -> bool:
    return now.outbox_files == 0


def lost(store: Store, home: Path) -> list[str]:
    """What the station holds a receipt for and the township does not have, each in a sentence."""
    try:
        database = Database(home / "township.db")
        try:
            return [*lost_entries(store, database), *lost_files(store, database, home)]
        finally:
            database.close()
    except StorageError as error:
        return [error.message]


def lost_entries(store: Store, database: Database) -> list[str]:
    receipted = store.value("select coalesce(max(durable_seq), 0) from receipt_entries")
    rows = database.read(
        "SELECT durable_seq, (SELECT count(*) FROM entries WHERE entries.epoch = stations.epoch)"
        " AS entries FROM stations WHERE station = ? AND epoch = ?",
        *(store.station, store.epoch),
    )
    held = min(rows[0]["durable_seq"], rows[0]["entries"]) if rows else 0
    return [] if held >= receipted else [f"entries {held + 1} to {receipted}"]


def lost_files(store: Store, database: Database, home: Path) -> list[str]:
    """Receipted files not in the ledger, or whose bytes in the vault are not what they say."""
    receipted = {digest for (digest,) in store.rows("select digest from receipt_file")}
    known = {row["sha256"] for row in database.read("SELECT sha256 FROM objects")}
    held = {path.name: path for path in (home / "vault").rglob("*") if path.is_file()}
    whole = {
        digest
        for digest in receipted & known & held.keys()
        if hashlib.sha256(held[digest].read_bytes()).hexdigest() == digest
    }
    return [f"file {digest}" for digest in sorted(receipted - whole)]
