"""The power is cut while frames are kept. What was acknowledged is there afterwards."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from station.store import Store, listing
from station.store.check import check
from tests.durability.power import Disk, why_not

CUTS = 30
CUTS_FOR_A_CONTROL = 6


@pytest.fixture
def disk(tmp_path: Path):
    (tmp_path / "probe").mkdir()
    if reason := why_not(tmp_path / "probe"):
        pytest.skip(f"=== NOT SHOWN HERE: {reason} ===")
    made = Disk(tmp_path)
    yield made
    made.detach()


def cut_once(disk: Disk, seed: int, control: str = "") -> list[str]:
    """Keep frames, cut at a random moment; the digests that were acknowledged."""
    home = disk.mount / "home"
    words = [sys.executable, "-m", "tests.durability.keeper", str(home), str(seed), control]
    writer = subprocess.Popen(words, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline().decode().strip()]
    time.sleep(random.Random(seed).uniform(0.0, 0.3))
    disk.cut_power(writer)
    acknowledged += writer.stdout.read().decode().splitlines()
    assert all(len(digest) == 64 for digest in acknowledged), "the keeper failed"
    return acknowledged


def lost_after(disk: Disk, acknowledged: list[str]) -> set[str]:
    """Acknowledged digests without a row, or whose bytes are not what the digest says."""
    with Store.open(disk.mount / "home", station="st-001") as store:
        items = listing.items(store)
        kept = {frame.digest for item in items for frame in listing.frames_of(store, item.id)}
        damaged = {problem.what for problem in check(store).problems}
    return {digest for digest in acknowledged if digest not in kept or digest in damaged}


def test_an_acknowledged_frame_is_there_after_every_one_of_thirty_power_cuts(disk):
    acknowledged: list[str] = []
    total = 0
    for seed in range(CUTS):
        fresh = cut_once(disk, seed)
        acknowledged += fresh
        total += len(fresh)
        assert lost_after(disk, acknowledged) == set()
        make_room(disk, acknowledged)
    assert total > CUTS


@pytest.mark.parametrize("control", ["no-fsync", "normal", "ack-first"])
def test_a_station_that_breaks_the_rule_does_lose(disk, control):
    for seed in range(CUTS_FOR_A_CONTROL):
        try:
            if lost_after(disk, cut_once(disk, seed, control)):
                return
        except Exception as error:
            print(f"{control}: the store does not even open: {error}", file=sys.stderr)
            return
    pytest.fail(f"{control} lost nothing in {CUTS_FOR_A_CONTROL} cuts: the test does not bite")


def make_room(disk: Disk, acknowledged: list[str]) -> None:
    """Begin again on an empty home before the small disk fills."""
    free = os.statvfs(disk.mount)
    if free.f_bavail * free.f_frsize < 30 << 20:
        subprocess.run(["rm", "-rf", str(disk.mount / "home")], check=True)
        acknowledged.clear()
