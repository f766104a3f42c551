"""The processes of a demo: started, watched, stopped; each writes its log beside the state."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from firmware_config.address import host_and_port
from firmware_config.errors import OurError
from sync import broker


class Processes:
    """A broker unless one is given, a township, and a station's capture, read and sync."""

    def __init__(self, home: Path, *, given: str = ""):
        self.home = home
        self.own_broker = not given
        self.host, self.port = host_and_port(given) if given else (broker.HOST, broker.free_port())
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.captured_all = False

    @property
    def station_home(self) -> Path:
        """Where the station keeps its state."""
        return self.home / "station"

    @property
    def township_home(self) -> Path:
        """Where the township keeps its ledger and vault."""
        return self.home / "township"

    def write_station(self, name: str, *, pages: Path, script: str) -> Path:
        """The station's configuration and the operator's script; returns the station's home."""
        (self.home / "presses.txt").write_text(script, encoding="utf-8")
        (self.home / "station.toml").write_text(
            f'station = "{name}"\nhome = {_quoted(self.station_home)}\n'
            f"[camera]\nfolder = {_quoted(pages.resolve())}\n"
            f"[controls]\nscript = {_quoted(self.home / 'presses.txt')}\n"
            f'[fonds]\nnumber = "Z109"\nname = "小孙庄村民委员会"\n'
            f'[sync]\nbroker_host = "{self.host}"\nbroker_port = {self.port}\n',
            encoding="utf-8",
        )
        return self.station_home

    def write_township(self, home: Path) -> None:
        """The township's configuration; its state goes to `home`."""
        (self.home / "township.toml").write_text(
            f'receiver = "rx01"\nhome = {_quoted(home)}\n'
            f'[link]\nbroker_host = "{self.host}"\nbroker_port = {self.port}\n',
            encoding="utf-8",
        )

    def start_all(self) -> None:
        """In any order the job would end well; the broker goes first so that no one waits."""
        self.start_broker()
        for name in self.words():
            self.start(name)

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """Start one of the four."""
        return self._start(name, *self.words()[name])

    def start_broker(self) -> None:
        """Our own on loopback, unless one was given."""
        if self.own_broker:
            process = self._start("broker", "-m", "sync.broker", "--port", str(self.port))
            broker.wait_for(process, self.port, "embedded")

    def words(self) -> dict[str, list[str]]:
        """How the interpreter is called for each of the four processes."""
        station = ["--config", str(self.home / "station.toml")]
        township = ["--config", str(self.home / "township.toml")]
        return {
            "capture": ["-m", "station", "capture", *station],
            "read": ["-m", "station", "read", *station],
            "sync": ["-m", "station", "sync", *station],
            "township": ["-m", "sync.township.cli", "receive", *township],
        }

    def watch(self) -> None:
        """Raise when a process has ended that should not have."""
        for name, process in list(self.running.items()):
            code = process.poll()
            if code is None:
                continue
            del self.running[name]
            if name == "capture" and code == 0:
                self.captured_all = True
                continue
            raise OurError(f"{name} ended with {code}: {self._last_words(name)}")

    def stop_all(self) -> None:
        """SIGTERM to each, the broker last; SIGKILL to who does not listen."""
        while self.running:
            _, process = self.running.popitem()
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop_all()

    def _start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        with (self.home / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        return self.running[name]

    def _last_words(self, name: str) -> str:
        text = (self.home / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        return " / ".join(text.strip().splitlines()[-3:])


def _quoted(path: Path) -> str:
    """A TOML string; JSON's escapes are TOML's too."""
    return json.dumps(str(path), ensure_ascii=False)
