"""The real reader under engines that kill it, and under SIGKILL at random moments."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from firmware_config.schema import Fonds
from station.model import Exposure
from station.store import Store, frames, pages, records
from station.store.status import status
from tests.durability.fire import Post

PAGES = 30
KILLS = 8
SEED = 20261122
LONGEST_S = 240.0


def a_home(folder: Path, count: int, ocr: str) -> Path:
    """A station with one closed item of `count` pages; its configuration."""
    with Store.open(folder / "home", station="st-001") as store:
        item = frames.open_item(store, Fonds(number="Z001"), year=2026)
        for number in range(count):
            page = np.full((480, 360, 3), 60, np.uint8)
            page[30:450, 30:330] = 235
            cv2.putText(page, str(number), (80, 240), cv2.FONT_HERSHEY_SIMPLEX, 3, (20, 20, 20), 6)
            data = cv2.imencode(".jpg", page)[1].tobytes()
            exposure = Exposure(data=data, media_type="image/jpeg", source=f"{number}.jpg")
            frames.keep(store, item.id, exposure)
        frames.close_item(store, item.id)
    config = folder / "device.toml"
    config.write_text(
        f'station = "st-001"\nhome = "{folder / "home"}"\n[ocr]\nniceness = 0\n{ocr}\n'
    )
    return config


def station(config: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "station", *words, "--config", str(config)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONGEST_S)


@pytest.mark.parametrize(
    ("fault", "exit_code"), [("crash", 137), ("memory", 70), ("hang", 1)], ids=str
)
def test_a_page_that_ends_the_reader_three_times_is_set_aside_and_kept(
    tmp_path: Path, fault: str, exit_code: int
) -> None:
    config = a_home(tmp_path, 1, f'driver = "faulty"\nreplay = "{fault}"\nframe_limit_s = 2.0')

    codes = [station(config, "read", "--once").returncode for _ in range(4)]

    assert codes == [exit_code] * pages.ATTEMPTS + [0]
    now = json.loads(station(config, "status", "--json").stdout)
    assert (now["set_aside"], now["to_read"], now["items_sealed"]) == (1, 0, 0)


def test_an_engine_that_fails_properly_ends_nothing(tmp_path: Path) -> None:
    config = a_home(tmp_path, 2, 'driver = "faulty"\nreplay = "error"')

    assert station(config, "read", "--once").returncode == 0
    with Store.open(tmp_path / "home", station="st-001") as store:
        assert status(store).set_aside == 2


def test_a_reader_killed_at_random_reads_no_finished_page_again(tmp_path: Path) -> None:
    config = a_home(tmp_path, PAGES, 'driver = "blank"')
    words = ["-m", "station", "read", "--config", str(config)]
    reader, chance = Post("read", words, tmp_path), random.Random(SEED)

    with Store.open(tmp_path / "home", station="st-001") as store:
        until_s = time.monotonic() + LONGEST_S
        try:
            while status(store).to_read:
                reader.keep_alive(chance if reader.kills < KILLS else None)
                reader.shoot_if_due()
                time.sleep(0.01)
                assert time.monotonic() < until_s
        finally:
            reader.stop()
        assert reader.kills > 0
        if status(store).set_aside:
            assert station(config, "read", "--set-aside").returncode == 0
        assert station(config, "read", "--once").returncode == 0

        (item,) = (item for (item,) in store.rows("select id from item"))
        assert all(len(known.pages) == 1 for known in pages.readings(store, item))
        # One attempt for each page, and one more at most for each time it was killed.
        assert store.value("select count(*) from attempt") <= PAGES + reader.kills
        assert records.record_of(store, item).pages == PAGES
