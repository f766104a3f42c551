"""Processes under fire: each is killed with SIGKILL at random moments and started again.

Nothing here knows how the processes work. The operator's only evidence is the line that capture
logs after it has acknowledged a page.
"""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

LONGEST_LIFE_S = 0.8
DIES_YOUNG = 0.15
"""The share of lives that end before the process has said that it is ready."""


class Post:
    """One process, started again whenever it has died, as systemd would.

    It says READY=1 as to systemd; from then on it has a random time to live, so that the shots fall
    on its work and not all on its start.
    """

    def __init__(self, name: str, words: Sequence[str], folder: Path):
        self.name = name
        self.words = list(words)
        self.log = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.kills = 0
        self.dies_at_s = float("inf")
        self._address = str(folder / f"{name}.notify")
        self._heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._heard.bind(self._address)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def keep_alive(self, chance: random.Random | None) -> None:
        """Start it if it is dead; with `chance` it gets a moment to die at."""
        now_s = time.monotonic()
        if self.alive:
            if self._is_ready() and chance and self.dies_at_s == float("inf"):
                self.dies_at_s = now_s + chance.uniform(0.0, LONGEST_LIFE_S)
            return
        self._is_ready()  # what the dead one said does not count
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.words],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env={**os.environ, "NOTIFY_SOCKET": self._address},
            )
        young = chance is not None and chance.random() < DIES_YOUNG
        self.dies_at_s = now_s + chance.uniform(0.0, 0.5) if chance and young else float("inf")

    def _is_ready(self) -> bool:
        ready = False
        try:
            while True:
                ready = self._heard.recv(256) == b"READY=1" or ready
        except BlockingIOError:
            return ready

    def shoot_if_due(self) -> None:
        if self.alive and time.monotonic() >= self.dies_at_s:
            self.kill()

    def kill(self) -> None:
        """SIGKILL, now."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.kills += 1

    def stop(self) -> None:
        """The end of the test, not a shot."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


class Pedal:
    """An operator who presses again only when the last page was acknowledged.

    Each life of the capture process sees a folder of the pictures not yet acknowledged, so every
    acknowledgement belongs to one known picture.
    """

    ACKNOWLEDGED = b"frame kept"

    def __init__(self, post: Post, pictures: Sequence[Path], folder: Path, *, item_pages: int):
        self.post = post
        self.left = list(pictures)
        self.folder = folder
        self.item_pages = item_pages
        self.acknowledged: list[Path] = []
        self.lives = 0
        self._process: object = None
        self._shown: list[Path] = []
        self._read = 0
        self._waiting = False

    def load(self) -> None:
        """Before a new life of capture: lay out what is left."""
        self.lives += 1
        stack = self.folder / f"{self.lives:04d}"
        stack.mkdir(parents=True)
        # With nothing left there still is a picture under the camera; nobody presses.
        for path in self.left or self.acknowledged[:1]:
            os.link(path, stack / path.name)
        self._shown = list(self.left)
        self._read = self.post.log.stat().st_size if self.post.log.exists() else 0
        self._waiting = False
        self.post.words[-1] = str(stack)

    def press(self) -> None:
        """Take note of acknowledgements; press when the last press was answered."""
        self._listen()
        if not self.left or self._waiting or not self.post.alive:
            return
        process = self.post.process
        assert process is not None
        assert process.stdin is not None
        word = b"page\n"
        if self.acknowledged and len(self.acknowledged) % self.item_pages == 0:
            word = b"next-item\npage\n"
        try:
            process.stdin.write(word)
            process.stdin.flush()
        except BrokenPipeError:
            return
        self._waiting = True

    def _listen(self) -> None:
        if not self.post.log.exists():
            return
        with self.post.log.open("rb") as log:
            log.seek(self._read)
            fresh = log.read()
        complete = fresh[: fresh.rfind(b"\n") + 1]
        self._read += len(complete)
        for _ in range(complete.count(self.ACKNOWLEDGED)):
            picture = self._shown.pop(0)
            self.acknowledged.append(picture)
            self.left.remove(picture)
            self._waiting = False
