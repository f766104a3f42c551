"""One master, visited once or many times, by workers that may die of it."""

import hashlib
import resource
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from firmware_config.errors import ConfigError, StorageError
from firmware_config.schema import Imaging, Ocr
from station.batch.results import Place, Reading
from station.batch.visiting import Plan, visit
from station.batch.worklist import Master
from tests.station.batch.conftest import TOLD
from tests.station.batch.pictures import draw

VISIT = (
    "import sys, msgspec; sys.path[:0] = {path!r};"
    "from station.batch.visiting import Plan, visit; from station.batch.worklist import Master;"
    "plan = msgspec.json.decode(sys.argv[1], type=Plan);"
    "print(visit(Master(path=sys.argv[2]), plan).state)"
)
"""A worker of its own for one master."""


@pytest.fixture
def plan(told, tmp_path) -> Plan:
    return Plan(
        out=str(tmp_path / "out"),
        imaging=Imaging(),
        ocr=Ocr(driver="told", replay=str(told), threads=1),
    )


def changed(plan: Plan, **how) -> Plan:
    return msgspec.structs.replace(plan, **how)


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def place(plan: Plan, path: Path) -> Place:
    return Place(Path(plan.out), digest_of(path), "told")


def files(out: str) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in Path(out).rglob("*")
        if path.is_file()
    }


def times_read(told: Path) -> int:
    return len((told / "log").read_text().splitlines()) if (told / "log").exists() else 0


def in_a_worker(plan: Plan, path: Path) -> subprocess.CompletedProcess[str]:
    program = VISIT.format(path=[str(TOLD), *sys.path])
    words = [sys.executable, "-c", program, msgspec.json.encode(plan).decode(), str(path)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)


def test_a_master_is_read_once_however_often_it_is_visited(plan, told, tmp_path):
    path = draw(tmp_path / "1.jpg", 1)

    first = visit(Master(path=str(path)), plan)
    reads = times_read(told)
    again = visit(Master(path=str(path), digest=digest_of(path)), plan)

    assert (first.state, again.state) == ("read", "there")
    assert first.pages == again.pages == 1
    assert times_read(told) == reads > 0


def test_the_reading_says_what_was_read_from_what_by_whom(plan, tmp_path):
    path = draw(tmp_path / "1.jpg", 1)
    visit(Master(path=str(path)), plan)

    reading = place(plan, path).reading()

    assert (reading.master, reading.model) == (digest_of(path), "told")
    (page,) = reading.pages
    assert page.quad is not None
    assert page.text.lines[0].text.startswith("page ")
    assert page.image == ""


def test_two_runs_write_the_same_bytes(plan, tmp_path):
    path = draw(tmp_path / "1.jpg", 1)
    other = changed(plan, out=str(tmp_path / "other"))

    visit(Master(path=str(path)), plan)
    visit(Master(path=str(path)), other)

    assert files(plan.out) == files(other.out) != {}


def test_images_are_kept_by_their_digest_where_they_are_wanted(plan, tmp_path):
    path = draw(tmp_path / "1.jpg", 1)

    visit(Master(path=str(path)), changed(plan, images=True))

    (page,) = place(plan, path).reading().pages
    assert digest_of(place(plan, path).folder / f"{page.image}.jpg") == page.image


@pytest.mark.parametrize("left", [b"", b'{"master":"'])
def test_a_reading_that_is_not_whole_is_done_again(plan, tmp_path, left):
    path = draw(tmp_path / "1.jpg", 1)
    visit(Master(path=str(path)), plan)
    (place(plan, path).folder / "told.json").write_bytes(left)

    assert visit(Master(path=str(path)), plan).state == "read"
    assert isinstance(place(plan, path).reading(), Reading)


def test_what_is_no_picture_is_written_down_and_not_tried_again_unasked(plan, told, tmp_path):
    path = tmp_path / "1.jpg"
    path.write_bytes(b"no picture")

    states = [visit(Master(path=str(path)), plan) for _ in range(2)]

    assert [outcome.state for outcome in states] == ["failed", "failed"]
    assert states[0].error == states[1].error != ""
    assert place(plan, path).failure().tries == 1
    assert times_read(told) == 0


def test_asked_to_it_tries_again_what_had_failed(plan, tmp_path):
    path = draw(tmp_path / "1.jpg", 1)
    place(plan, path).fail("the reader of last year could not")

    assert visit(Master(path=str(path)), plan).state == "failed"
    assert visit(Master(path=str(path)), changed(plan, again=True)).state == "read"
    assert place(plan, path).failure() is None


def test_a_master_that_is_not_what_its_list_says_leaves_nothing_behind(plan, tmp_path):
    path = draw(tmp_path / "1.jpg", 1)

    outcome = visit(Master(path=str(path), digest="a" * 64), plan)

    assert outcome.state == "unreadable"
    assert files(plan.out) == {}


def test_a_file_that_is_gone_is_told(plan, tmp_path):
    outcome = visit(Master(path=str(tmp_path / "gone.jpg")), plan)

    assert outcome.state == "unreadable"
    assert "cannot read" in outcome.error


def test_looking_reads_nothing(plan, told, tmp_path):
    path = draw(tmp_path / "1.jpg", 1)

    assert visit(Master(path=str(path)), changed(plan, look_only=True)).state == "missing"
    assert times_read(told) == 0


@pytest.mark.parametrize(("fault", "word"), [("error", "EngineError"), ("memory", "MemoryError")])
def test_a_page_on_which_the_engine_fails_is_set_aside_after_three_times(
    plan, tmp_path, fault, word
):
    path = draw(tmp_path / "1.jpg", 1)
    faulty = changed(plan, ocr=Ocr(driver="faulty", replay=fault))

    outcome = visit(Master(path=str(path)), faulty)

    failure = Place(Path(plan.out), digest_of(path), "none").failure()
    assert outcome.state == "failed"
    assert failure.tries == 3
    assert word in failure.error


@pytest.mark.parametrize(("paper", "code"), [("red", 137), ("blue", 1)])
def test_a_page_that_kills_or_hangs_its_worker_is_set_aside_after_three_workers(
    plan, told, tmp_path, paper, code
):
    path = draw(tmp_path / "1.jpg", 1, paper)
    plan = changed(plan, limit_s=2.0 if paper == "blue" else 60.0)

    ends = [in_a_worker(plan, path) for _ in range(4)]

    assert [end.returncode for end in ends] == [code, code, code, 0]
    assert ends[3].stdout == "failed\n"
    assert times_read(told) == place(plan, path).failure().tries == 3


def test_a_missing_engine_counts_against_no_page(plan, tmp_path):
    path = draw(tmp_path / "1.jpg", 1)

    with pytest.raises(ConfigError):
        visit(Master(path=str(path)), changed(plan, ocr=Ocr(driver="replay", replay="/nowhere")))

    assert files(plan.out) == {}


def test_a_full_disk_counts_against_no_page(plan, tmp_path):
    path = draw(tmp_path / "1.jpg", 1)
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, most))
    try:
        with pytest.raises(StorageError):
            visit(Master(path=str(path)), plan)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    assert place(plan, path).tries() == 0
    assert visit(Master(path=str(path)), plan).state == "read"
