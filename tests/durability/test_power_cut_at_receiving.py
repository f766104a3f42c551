"""The power is cut at the township while files arrive. What it receipted is there afterwards."""

from __future__ import annotations

import hashlib
import random
import subprocess
import time
from pathlib import Path

import pytest

from firmware_config.schema import Fonds
from station.model import Exposure
from station.store import Store, frames
from station.store.status import Status, status
from sync.commands.demo_processes import Processes
from tests.durability.power import Disk, why_not

CUTS = 25
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


def test_what_the_township_receipted_is_there_after_every_power_cut(disk, tmp_path):
    chance = random.Random(20261122)
    with Processes(tmp_path) as processes:
        processes.write_station("st-001", pages=tmp_path, script="")
        processes.write_township(disk.mount / "township")
        processes.start_broker()
        with Store.open(processes.station_home, station="st-001") as store:
            fill(store, chance)
            processes.start("sync")
            for _ in range(CUTS):
                township = processes.start("township")
                wait_for_a_receipt(store, township)
                time.sleep(chance.uniform(0.0, 0.4))
                disk.cut_power(township)
                assert missing_at_township(store, disk.mount / "township") == set()
                if all_receipted(status(store)):
                    fill(store, chance)


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


def missing_at_township(store: Store, home: Path) -> set[str]:
    """Receipted files that the township lacks, or holds with other bytes than their name says."""
    receipted = {digest for (digest,) in store.rows("select digest from receipt_file")}
    held = {path.name: path for path in (home / "vault").rglob("*") if path.is_file()}
    return {
        digest
        for digest in receipted
        if digest not in held or hashlib.sha256(held[digest].read_bytes()).hexdigest() != digest
    }
