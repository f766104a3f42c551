"""Each of the four processes is killed a hundred times or more while a hundred pages go through."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from station.store import Store, listing, pages
from station.store.check import check
from station.store.status import status
from sync.commands.demo_processes import Processes
from tests.durability.fire import Pedal, Post

PAGES = 110
KILLS = 100
SEED = 20261122
LONGEST_S = 600.0


def pictures(folder: Path) -> list[Path]:
    """Small page-like pictures, each another."""
    folder.mkdir()
    made = []
    for number in range(PAGES):
        page = np.full((480, 360, 3), 60, np.uint8)
        page[30:450, 30:330] = 235
        cv2.putText(page, str(number), (80, 240), cv2.FONT_HERSHEY_SIMPLEX, 3, (20, 20, 20), 6)
        path = folder / f"{number:03d}.jpg"
        cv2.imwrite(str(path), page)
        made.append(path)
    return made


def test_every_acknowledged_frame_is_read_sent_and_receipted_exactly_once(tmp_path):
    stock = pictures(tmp_path / "stock")
    with Processes(tmp_path) as processes:
        home = processes.write_station("st-001", pages=tmp_path / "stock", script="")
        with (tmp_path / "station.toml").open("a") as config:
            config.write('[ocr]\ndriver = "blank"\nniceness = 0\n')
        processes.write_township(processes.township_home)
        processes.start_broker()
        acknowledged, kills = under_fire(processes, stock, tmp_path)
        processes.stop_all()
        assert min(kills.values()) >= KILLS, kills
        assert sorted(acknowledged) == stock
        assert_all_there(home, {sha256(path) for path in acknowledged})
        assert_township_has_each_once(processes, home)


def under_fire(
    processes: Processes, stock: list[Path], folder: Path
) -> tuple[list[Path], dict[str, int]]:
    posts = {name: Post(name, words, folder) for name, words in processes.words().items()}
    posts["capture"].words += ["--script", "-", "--folder", ""]
    pedal = Pedal(posts["capture"], stock, folder / "stacks", item_pages=10)
    chance = random.Random(SEED)
    until_s = time.monotonic() + LONGEST_S
    try:
        while pedal.left or min(post.kills for post in posts.values()) < KILLS:
            one_round(posts, pedal, chance)
            assert time.monotonic() < until_s, f"{len(pedal.left)} pages left"
        calm(posts, pedal, processes, until_s)
    finally:
        for post in posts.values():
            post.stop()
    return pedal.acknowledged, {name: post.kills for name, post in posts.items()}


def one_round(posts: dict[str, Post], pedal: Pedal, chance: random.Random | None) -> None:
    """A hundredth of a second: keep all alive, press, shoot who is due."""
    if not posts["capture"].alive:
        pedal.press()
        pedal.load()
    for post in posts.values():
        post.keep_alive(chance)
        if chance:
            post.shoot_if_due()
    pedal.press()
    time.sleep(0.01)


def calm(posts: dict[str, Post], pedal: Pedal, processes: Processes, until_s: float) -> None:
    """No more shots: what waits must now go through by itself."""
    for post in posts.values():
        post.dies_at_s = float("inf")
    close_the_open_item(posts["capture"], pedal)
    with Store.open(processes.station_home, station="st-001") as store:
        while True:
            one_round(posts, pedal, None)
            now = status(store)
            if now.set_aside and not now.to_read:
                read_what_was_set_aside(processes.home)
            unread = now.to_read + now.set_aside + now.items_open + now.items_to_seal
            if unread + now.outbox_entries + now.outbox_files == 0:
                return
            assert time.monotonic() < until_s, f"stuck: {now}"


def read_what_was_set_aside(folder: Path) -> None:
    """A frame that was being read at three kills is set aside; the technician tries it again."""
    words = ["read", "--set-aside", "--config", str(folder / "station.toml")]
    subprocess.run([sys.executable, "-m", "station", *words], check=True, capture_output=True)


def close_the_open_item(capture: Post, pedal: Pedal) -> None:
    if not capture.alive:
        pedal.load()
    capture.keep_alive(None)
    assert capture.process is not None
    assert capture.process.stdin is not None
    capture.process.stdin.write(b"next-item\n")
    capture.process.stdin.flush()


def assert_all_there(home: Path, acknowledged: set[str]) -> None:
    with Store.open(home, station="st-001") as store:
        kept = [f for item in listing.items(store) for f in listing.frames_of(store, item.id)]
        assert acknowledged <= {frame.digest for frame in kept}
        assert len({(frame.item, frame.shot) for frame in kept}) == len(kept)
        read = [
            (known.frame.item, known.frame.shot)
            for item in listing.items(store)
            for known in pages.readings(store, item.id)
            if known.pages
        ]
        assert len(read) == len(set(read))
        now = status(store)
        assert len(read) == len(kept)
        assert now.failed == now.set_aside == 0
        assert now.frames_receipted == len(kept)
        assert check(store).is_sound


def assert_township_has_each_once(processes: Processes, home: Path) -> None:
    config = str(processes.home / "township.toml")
    words = [sys.executable, "-m", "sync.township.cli", "verify", "--config", config, "--json"]
    answer = subprocess.run(words, check=True, capture_output=True)
    verified = json.loads(answer.stdout)
    with Store.open(home, station="st-001") as store:
        files = store.value("select count(distinct digest) from blob where kind <> 'page'")
        assert verified["entries"] == store.value("select count(*) from journal")
        assert verified["objects"] == files
        assert verified["frames"] == status(store).captured
        assert verified["frames_awaited"] == 0


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
