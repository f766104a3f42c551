"""The real re-reader under SIGKILL at random moments: each page is read again once."""

from __future__ import annotations

import random
import time
from pathlib import Path

from station import reading
from station.imaging.stand import Stand
from station.store import Store, check, texts
from tests.durability.fire import Post
from tests.station.test_reading import Parrot, item_of, picture

PAGES = 12
KILLS = 4
SEED = 20261122
LONGEST_S = 240.0


def test_a_re_reader_killed_at_random_gives_each_page_one_more_text(tmp_path: Path) -> None:
    config = tmp_path / "device.toml"
    home = tmp_path / "home"
    config.write_text(
        f'station = "st-001"\nhome = "{home}"\n[ocr]\ndriver = "blank"\nniceness = 0\n'
    )
    words = ["-m", "station", "reread", "--older-than", "none", "--config", str(config)]
    again, chance = Post("reread", words, tmp_path), random.Random(SEED)

    with Store.open(home, station="st-001") as store:
        item = item_of(store, *map(picture, range(PAGES)))
        list(reading.read(store, Parrot("旧"), Stand, go_on=lambda idle: not idle))
        until_s = time.monotonic() + LONGEST_S
        falls_at = 1
        try:
            while left(store):
                again.keep_alive(None)
                if again.kills < KILLS and attempts(store) >= falls_at:
                    again.kill()
                    falls_at = attempts(store) + chance.randint(1, 3)
                time.sleep(chance.uniform(0.0, 0.02))
                assert time.monotonic() < until_s
        finally:
            again.stop()

        models = [
            [said.model for said in texts.readings_of(store, item, shot + 1)]
            for shot in range(PAGES)
        ]
        assert again.kills == KILLS
        assert all(read_by in (["parrot", "none"], ["parrot"]) for read_by in models)
        # A page that it was killed at three times keeps its text, as one that crashes it would.
        assert sum(len(read_by) == 1 for read_by in models) <= KILLS // texts.ATTEMPTS
        assert attempts(store) <= PAGES + KILLS
        assert check.check(store).is_sound


def left(store: Store) -> bool:
    return texts.next_old(store, "none") is not None


def attempts(store: Store) -> int:
    begun: int = store.value("select count(*) from rereading")
    return begun
