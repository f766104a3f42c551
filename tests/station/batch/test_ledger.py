"""The lists by which anyone can check a folder of readings."""

import subprocess
from pathlib import Path

import pytest

from station.batch import ledger
from station.batch.results import SUMS, Place, Reading

ONE, TWO, THREE = "ab" + "1" * 62, "ab" + "2" * 62, "cd" + "3" * 62


def keep(out: Path, *digests: str) -> None:
    for digest in digests:
        Place(out, digest, "told").keep(Reading(master=digest, model="told", pages=()))


@pytest.fixture
def out(tmp_path) -> Path:
    """Two shards, listed."""
    keep(tmp_path, ONE, THREE)
    Place(tmp_path, TWO, "told").fail("no picture")
    for name in ledger.unlisted(tmp_path):
        ledger.list_shard(tmp_path, name)
    (tmp_path / SUMS).write_bytes(ledger.top(tmp_path))
    return tmp_path


def file_of(out: Path, digest: str) -> Path:
    return out / digest[:2] / digest / "told.json"


def test_sha256sum_agrees_with_every_list(out):
    lists = [SUMS, "ab/" + SUMS, "cd/" + SUMS]

    checked = subprocess.run(["sha256sum", "-c", *lists], cwd=out, capture_output=True, check=True)

    assert checked.stdout.count(b": OK\n") == 5


def test_a_shard_counts_what_it_holds(out):
    shard = ledger.check_shard(out, "ab")

    assert (shard.readings, shard.failures, shard.faults) == (1, 1, ())


def test_a_new_reading_takes_its_shard_off_the_list(out):
    keep(out, "ab" + "4" * 62)

    assert ledger.unlisted(out) == ["ab"]


def test_a_bit_that_fell_over_is_found(out):
    path = file_of(out, ONE)
    path.write_bytes(path.read_bytes().replace(b"told", b"tolt"))

    assert ledger.check_shard(out, "ab").faults == (f"ab/{ONE}/told.json: not as listed",)


def test_half_a_reading_is_called_damaged(out):
    path = file_of(out, ONE)
    path.write_bytes(path.read_bytes()[:20])

    assert f"ab/{ONE}/told.json: damaged" in ledger.check_shard(out, "ab").faults


def test_a_reading_in_the_place_of_another_is_called_damaged(out):
    file_of(out, ONE).write_bytes(file_of(out, THREE).read_bytes())

    assert f"ab/{ONE}/told.json: damaged" in ledger.check_shard(out, "ab").faults


def test_a_lost_reading_and_one_that_nobody_listed_are_found(out):
    file_of(out, ONE).rename(out / "ab" / TWO / "other.json")

    faults = ledger.check_shard(out, "ab").faults

    assert f"ab/{ONE}/told.json: not as listed" in faults
    assert f"ab/{TWO}/other.json: not as listed" in faults


def test_listing_sweeps_what_a_killed_writer_left(out):
    part = out / "ab" / ONE / "told.json.0123.part"
    part.write_bytes(b"half")

    ledger.list_shard(out, "ab")

    assert not part.exists()
    assert ledger.check_shard(out, "ab").faults == ()


def test_two_models_stand_beside_one_another(out):
    Place(out, ONE, "better").keep(Reading(master=ONE, model="better", pages=()))
    ledger.list_shard(out, "ab")

    assert ledger.check_shard(out, "ab").readings == 2
    assert Place(out, ONE, "told").reading() is not None
