"""`station batch` as a county runs it: the real command, its workers, and what kills them.

The told engine waits at each page until it is told to go on, so that every kill comes in the
middle of a page and nothing has to be waited for.
"""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.station.batch.conftest import TOLD
from tests.station.batch.pictures import draw

pytest.importorskip(
    "distributed", reason="SKIPPED LOUDLY: the extra `batch` is not installed, nothing was run"
)
import psutil

ROOT = Path(__file__).parents[3]
PICTURES = 12
POISON = 5
"""Red paper, which ends whoever reads it."""


class Desk:
    """A folder of pictures, one for the readings, and the engine's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pictures, self.out, self.told = (folder / n for n in ("pictures", "out", "told"))
        self.told.mkdir(parents=True)
        self.config = folder / "device.toml"
        self.config.write_text(f'[ocr]\ndriver = "told"\nreplay = "{self.told}"\n')

    def draw(self, count: int, poison: int = 0) -> None:
        for number in range(1, count + 1):
            paper = "red" if number == poison else "white"
            draw(self.pictures / f"{number}.jpg", number, paper)

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "station", "batch", "--config", self.config, "--json"]
        command += [self.pictures, self.out, "--workers", "2", "--task-pages", "2", *words]
        return subprocess.Popen(
            [os.fspath(word) for word in command],
            env=dict(os.environ, PYTHONPATH=f"{ROOT}:{TOLD}"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str) -> tuple[list[dict], int]:
        return ended(self.start(*words))

    def log(self) -> Counter[str]:
        """How often each page was given to the engine."""
        return Counter((self.told / "log").read_text().split())

    def readings(self) -> dict[str, bytes]:
        """Everything in the folder, apart from the lock."""
        found = (path for path in self.out.rglob("*") if path.is_file())
        return {
            str(path.relative_to(self.out)): path.read_bytes()
            for path in found
            if path.name != "batch.lock"
        }

    @contextmanager
    def leash(self) -> Iterator["Leash"]:
        """Hold the engines: each waits at each page until it is let go."""
        for name in ("told", "go"):
            os.mkfifo(self.told / name)
        with (
            (self.told / "told").open("rb+", buffering=0) as told,
            (self.told / "go").open("rb+", buffering=0) as go,
        ):
            yield Leash(told, go)
        for name in ("told", "go"):
            (self.told / name).unlink()


class Leash:
    def __init__(self, told, go) -> None:
        self._told, self._go = told, go

    def waiting(self) -> int:
        """The process that waits at a page now; comes back when there is one."""
        return int(self._told.readline())

    def let_go(self, times: int = 1) -> None:
        self._go.write(b"." * times)


def ended(command: subprocess.Popen[str]) -> tuple[list[dict], int]:
    stdout, stderr = command.communicate(timeout=300)
    assert "Traceback" not in stderr, stderr
    return [json.loads(line) for line in stdout.splitlines()], command.returncode


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """A run that nothing disturbs, with a page that kills its workers among the others."""
    desk = Desk(tmp_path_factory.mktemp("calm"))
    desk.draw(PICTURES, POISON)
    desk.answers, desk.code = desk.run()
    return desk


def test_every_page_is_read_but_the_one_that_kills_its_workers(calm):
    failed, end = calm.answers

    assert calm.code == 74
    assert (end["read"] + end["there"], end["failed"], end["pages"]) == (11, 1, 11)
    assert failed["source"].endswith("/5.jpg")
    failure = json.loads(
        calm.readings()[f"{failed['digest'][:2]}/{failed['digest']}/told.failed.json"]
    )
    assert failure["tries"] == 3
    assert end["pages_per_hour"] > 0


def test_it_can_be_verified_and_a_second_run_reads_nothing(calm):
    before, reads = calm.readings(), calm.log()

    verified, _ = calm.run("--verify")
    again, code = calm.run()

    assert verified[-1] | {"seconds": 0} == again[-1] | {"seconds": 0}
    assert (again[-1]["there"], again[-1]["failed"], again[-1]["read"], code) == (11, 1, 0, 74)
    assert calm.readings() == before
    assert calm.log() == reads


@pytest.fixture(scope="module")
def disturbed(tmp_path_factory, calm):
    """The same pictures; a worker is killed at a page, then everything, and it is run again."""
    desk = Desk(tmp_path_factory.mktemp("disturbed"))
    desk.draw(PICTURES, POISON)
    with desk.leash() as leash:
        command = desk.start()
        for _ in range(4):
            leash.waiting()
            leash.let_go()
        os.kill(leash.waiting(), signal.SIGKILL)
        for _ in range(3):
            leash.waiting()
            leash.let_go()
        leash.waiting()
        desk.listening = listening(command.pid)
        desk.second = desk.run()
        workers = psutil.Process(command.pid).children(recursive=True)
        command.kill()
        desk.alive = psutil.wait_procs(workers, timeout=60)[1]
        command.communicate()
    desk.done = {path.parent.name for path in desk.out.rglob("told.json")}
    desk.reads_before = desk.log()
    desk.answers, desk.code = desk.run()
    return desk


def listening(pid: int) -> list[str]:
    """The addresses at which a process and its children listen."""
    parent = psutil.Process(pid)
    return [
        connection.laddr.ip
        for process in (parent, *parent.children(recursive=True))
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]


def test_after_a_killed_worker_and_a_killed_command_the_bytes_are_the_same(disturbed, calm):
    assert disturbed.code == 74
    assert disturbed.readings() == calm.readings()


def test_only_the_pages_that_were_in_hand_are_read_again(disturbed, calm):
    # Three kills: one worker, then both with the command. The poison has its three deaths.
    twice = {page for page, times in disturbed.log().items() if times > calm.log()[page]}

    assert len(disturbed.done) >= 3
    assert 1 <= len(twice) <= 3
    assert disturbed.answers[-1]["there"] >= len(disturbed.done)


def test_no_worker_outlives_the_command(disturbed):
    assert disturbed.alive == []


def test_nobody_listens_beyond_this_machine(disturbed):
    assert len(disturbed.listening) >= 3
    assert set(disturbed.listening) == {"127.0.0.1"}


def test_a_second_batch_in_the_same_folder_is_refused(disturbed):
    assert disturbed.second == ([], 64)


def test_asked_to_stop_it_finishes_what_is_in_hand_and_goes_on_next_time(tmp_path):
    desk = Desk(tmp_path)
    desk.draw(PICTURES)
    with desk.leash() as leash:
        command = desk.start()
        workers = {leash.waiting(), leash.waiting()}
        os.killpg(command.pid, signal.SIGINT)
        leash.let_go(1000)
        (stopped,), code = ended(command)

    (end,), second = desk.run()

    assert len(workers) == 2
    assert code == 130
    assert 0 < stopped["read"] < PICTURES
    assert (end["there"], end["read"], second) == (stopped["read"], PICTURES - stopped["read"], 0)
    assert len(set(desk.log().values())) == 1


def test_the_readings_may_not_lie_among_the_masters(tmp_path):
    desk = Desk(tmp_path)
    desk.draw(1)
    desk.out = desk.pictures / "out"

    assert desk.run() == ([], 64)
    assert not desk.out.exists()


def test_a_machine_without_dask_says_what_to_install(tmp_path):
    desk = Desk(tmp_path)
    desk.draw(1)
    (tmp_path / "distributed.py").write_text("raise ModuleNotFoundError(name='distributed')\n")
    command = [sys.executable, "-m", "station", "batch", desk.pictures, desk.out]

    ran = subprocess.run(
        [os.fspath(word) for word in command],
        env=dict(os.environ, PYTHONPATH=f"{tmp_path}:{ROOT}"),
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 78
    assert "scan-station[batch]" in ran.stderr
