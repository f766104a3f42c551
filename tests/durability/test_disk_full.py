"""The disk fills while pages are taken: the operator hears it; with room again, work goes on."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from station.store import Store, listing
from station.store.check import check

PICTURE_BYTES = 900_000


@pytest.fixture
def small_disk(tmp_path: Path):
    mount = tmp_path / "small"
    mount.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(mount)]
    if os.geteuid() != 0 or subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("=== NOT SHOWN HERE: a full disk needs root to mount a tmpfs ===")
    yield mount
    subprocess.run(["umount", str(mount)], check=True)


class Station:
    """The real capture process with a pedal at standard input; what the lamp shows is on stderr."""

    def __init__(self, home: Path, folder: Path):
        words = [sys.executable, "-m", "station", "capture", "--home", str(home)]
        words += ["--script", "-", "--folder", str(folder)]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        assert self.process.stdin is not None
        assert self.process.stderr is not None
        self.pedal, self.heard = self.process.stdin, self.process.stderr

    def press(self) -> str:
        """Press, and what the operator hears: saved or not saved."""
        self.pedal.write(b"page\n")
        self.pedal.flush()
        while line := self.heard.readline().decode():
            for outcome in ("frame kept", "not saved"):
                if outcome in line:
                    return outcome
        raise AssertionError(f"capture ended with {self.process.wait()}")

    def leave(self) -> None:
        self.pedal.close()
        assert self.process.wait(20) == 0


def test_a_full_disk_is_told_nothing_is_half_written_and_work_goes_on(small_disk, tmp_path):
    home = small_disk / "home"
    station = Station(home, pictures(tmp_path / "stack", count=24))
    told = [station.press() for _ in range(14)]
    assert "not saved" in told, "twelve megabytes did not fill"
    kept = told.count("frame kept")
    assert_whole(home, kept)

    (small_disk / "filler").unlink(missing_ok=True)
    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    told = [station.press() for _ in range(4)]
    assert told == ["frame kept"] * 4
    station.leave()
    assert_whole(home, kept + 4)


def pictures(folder: Path, *, count: int) -> Path:
    folder.mkdir()
    chance = random.Random(7)
    for number in range(count):
        (folder / f"{number:02d}.jpg").write_bytes(chance.randbytes(PICTURE_BYTES))
    return folder


def assert_whole(home: Path, kept: int) -> None:
    """Exactly the acknowledged frames, each sound, and no remains of the others."""
    with Store.open(home, station="st-001") as store:
        frames = [f for item in listing.items(store) for f in listing.frames_of(store, item.id)]
        assert len(frames) == kept
        assert check(store).is_sound
    assert not list((home / "spool" / "tmp").iterdir())
