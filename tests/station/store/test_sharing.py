"""Several processes at one store, and a disk without space."""

import multiprocessing
import os
import subprocess
import time
from collections.abc import Iterator
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import pytest

from firmware_config.errors import DiskFullError
from station.model import Exposure
from station.store import Store, check, frames, journal, pages, status
from tests.station.store.samples import an_item, exposure, page, text

AT_ONCE_S = 2.0
FORK = multiprocessing.get_context("fork")


def test_processes_that_write_at_once_all_get_their_turn(tmp_path: Path) -> None:
    Store.open(tmp_path, station="st01").close()
    done = [FORK.Value("i", 0) for _ in range(3)]
    workers = [
        FORK.Process(target=work, args=(tmp_path, count))
        for work, count in zip((_capture, _capture, _read), done, strict=True)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    first, second, pages_read = (count.value for count in done)
    assert min(first, second, pages_read) > 0
    with Store.open(tmp_path, station="st01") as store:
        counts = status.status(store)
        assert (counts.captured, counts.read) == (first + second, pages_read)
        assert check.check(store).is_sound


def _capture(home: Path, count: "Synchronized[int]") -> None:
    with Store.open(home, station="st01") as store:
        item, until = an_item(store).id, time.monotonic() + AT_ONCE_S
        while time.monotonic() < until:
            frames.keep(store, item, exposure(f"{os.getpid()} {count.value}"))
            count.value += 1


def _read(home: Path, count: "Synchronized[int]") -> None:
    with Store.open(home, station="st01") as store:
        until = time.monotonic() + AT_ONCE_S
        while time.monotonic() < until:
            if (frame := pages.next_to_read(store)) is not None:
                pages.begin_attempt(store, frame)
                pages.add_pages(store, [(page(frame), text("土地承包合同"))])
                count.value += 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Four megabytes of disk."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"DISK FULL NOT TESTED: no tmpfs can be mounted here: {mounted.stderr}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_takes_nothing_by_halves_and_goes_on_when_there_is_space(
    small_disk: Path,
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1_000_000))
    with Store.open(small_disk / "home", station="st01") as store:
        item = an_item(store).id
        kept = _keep_until_full(store, item)
        entries = journal.head(store).seq

        for number in range(3):
            with pytest.raises(DiskFullError) as raised:
                frames.keep(store, item, _big(100 + number))
            assert "磁盘已满" in raised.value.hint
        report = check.check(store)
        assert report.is_sound, report.problems
        assert status.status(store).captured == kept
        assert journal.head(store).seq == entries
        assert list((small_disk / "home" / "spool" / "tmp").iterdir()) == []

        ballast.unlink()
        assert frames.keep(store, item, _big(200)).shot == kept + 1
        assert check.check(store).is_sound


def test_a_disk_too_full_for_the_row_alone_keeps_neither_frame_nor_entry(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    with Store.open(small_disk / "home", station="st01") as store:
        item = an_item(store).id
        _fill(ballast)
        before = journal.head(store)

        with pytest.raises(DiskFullError):
            for _ in range(1000):
                # There is no room for another page of the log, sooner or later.
                journal.note(store, "check.done", {"text": "x" * 3000})
        assert check.check(store).is_sound
        full = journal.head(store)
        with pytest.raises(DiskFullError):
            frames.declare_blank(store, item)
        assert journal.head(store) == full
        assert full.seq >= before.seq

        ballast.unlink()
        frames.declare_blank(store, item)
        assert journal.head(store).seq == full.seq + 1


def _big(number: int) -> Exposure:
    data = number.to_bytes(4, "big") * 50_000
    return Exposure(data=data, media_type="image/jpeg", source=f"{number}.jpg")


def _keep_until_full(store: Store, item: int) -> int:
    for number in range(100):
        try:
            frames.keep(store, item, _big(number))
        except DiskFullError:
            return number
    raise AssertionError("the disk never filled")


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return
