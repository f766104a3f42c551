import sqlite3
from multiprocessing import get_context
from pathlib import Path

import pytest

from firmware_config.errors import ConfigError, DamageError, StorageError
from station.store import Store, check, frames, journal, pages, search, texts
from tests.station.store.samples import a_page_saying, an_item, exposure, read, text

GOLDEN = sorted((Path(__file__).parent / "golden").glob("version_*.sql"))
FACT_TABLES = (
    *("identity", "journal", "blob", "batch", "batch_closed", "item", "item_closed", "frame"),
    *("retake", "blank", "attempt", "page", "text", "failure", "set_aside", "record"),
    *("receipt_entries", "receipt_file", "rewind", "rereading", "target"),
)


def test_the_database_waits_for_the_disk(store: Store) -> None:
    assert store.value("pragma journal_mode") == "wal"
    assert store.value("pragma synchronous") == 2  # FULL
    assert store.value("pragma foreign_keys") == 1
    assert store.value("pragma busy_timeout") == 10_000


def test_a_process_that_must_not_wait_leaves_the_log_to_others(tmp_path: Path) -> None:
    log = tmp_path / "station.db-wal"

    def log_bytes_after_keeping(store: Store) -> int:
        # The log begins again from its start after it was copied, so its size is its peak.
        item = an_item(store).id
        for _ in range(400):
            frames.declare_blank(store, item)
        return log.stat().st_size

    with Store.open(tmp_path, station="st01") as store:
        patient = log_bytes_after_keeping(store)
    with Store.open(tmp_path, station="st01", checkpoint_pages=16_000) as store:
        hurried = log_bytes_after_keeping(store)

    assert patient < 1_100 * 4_120 < hurried


def test_all_tables_but_the_index_are_strict(store: Store) -> None:
    loose = store.rows(
        "select name from pragma_table_list where type = 'table' and not strict"
        " and name not glob 'sqlite_*' and name not glob '_sqlite_*'"
    )

    assert loose == []


def test_state_survives_closing(tmp_path: Path) -> None:
    with Store.open(tmp_path, station="st01") as store:
        epoch, item = store.epoch, an_item(store)
    with Store.open(tmp_path, station="st01") as store:
        assert store.epoch == epoch
        frames.keep(store, item.id, exposure())
        assert an_item(store).id == item.id + 1


def test_the_state_of_another_station_is_refused(tmp_path: Path) -> None:
    Store.open(tmp_path, station="st01").close()

    with pytest.raises(ConfigError, match="st01"):
        Store.open(tmp_path, station="st02")


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    with Store.open(tmp_path, station="st01") as store:
        store.run(
            "insert into _sqlite_migrations (migration_set, name, applied_at)"
            " values ('station', 'm999_of_the_future', '2030-01-01')"
        )

    with pytest.raises(StorageError, match="newer"):
        Store.open(tmp_path, station="st01")


def test_a_file_that_is_no_database_is_damage(tmp_path: Path) -> None:
    (tmp_path / "station.db").write_bytes(b"no database at all, but long enough" * 100)

    with pytest.raises(DamageError):
        Store.open(tmp_path, station="st01")


@pytest.mark.parametrize("table", FACT_TABLES)
def test_facts_can_be_neither_changed_nor_deleted(store: Store, table: str) -> None:
    triggers = {name for (name,) in store.rows("select name from sqlite_master")}

    assert {f"{table}_no_update", f"{table}_no_delete"} <= triggers


def test_a_changed_fact_is_refused_by_the_database_itself(store: Store) -> None:
    frame = frames.keep(store, an_item(store).id, exposure())

    for sql in (
        "update frame set source = 'another'",
        "delete from frame",
        "insert or replace into journal select seq, type, x'', chain from journal",
    ):
        with pytest.raises(StorageError, match="never changed"):
            store.run(sql)
    assert store.value("select source from frame") == frame.source


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    before = journal.head(store)

    with pytest.raises(RuntimeError), store.transaction():
        journal.append(store, "check.done", {})
        raise RuntimeError

    assert journal.head(store) == before
    journal.note(store, "check.done", {})


def test_many_processes_may_open_a_new_home_at_once(tmp_path: Path) -> None:
    with get_context("fork").Pool(4) as pool:
        epochs = pool.map(_epoch_of, [tmp_path / "home"] * 8)

    assert len(set(epochs)) == 1


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_a_database_of_an_older_version_is_opened_read_and_gone_on_with(
    tmp_path: Path, golden: Path
) -> None:
    old_database(tmp_path, golden)

    with Store.open(tmp_path, station="golden") as store:
        assert store.epoch == "0123456789abcdef"
        assert [hit.snippet for hit in search.search(store, "成水")] == ["任命李成水同志"]
        assert {problem.kind for problem in check.check(store).problems} == {"blob-missing"}
        a_page_saying(store, "新的一页")
        read(store)
        assert journal.head(store).seq == 6


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_a_page_of_an_older_version_may_be_read_again(tmp_path: Path, golden: Path) -> None:
    old_database(tmp_path, golden)

    with Store.open(tmp_path, station="golden") as store:
        ((_, before),) = pages.readings(store, 1)[0].pages
        texts.add_again(store, store.value("select id from page"), text("任命李成永同志"))
        assert texts.readings_of(store, 1, 1) == [before, text("任命李成永同志")]
        for words in ("成水", "成永"):
            assert [hit.item for hit in search.search(store, words)] == [1]


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_a_database_of_an_older_version_becomes_the_same_as_a_new_one(
    tmp_path: Path, store: Store, golden: Path
) -> None:
    old_database(tmp_path, golden)
    schema = "select type, name, sql from sqlite_master order by type, name"

    with Store.open(tmp_path, station="golden") as migrated:
        assert migrated.rows(schema) == store.rows(schema)


def old_database(home: Path, golden: Path) -> None:
    with sqlite3.connect(home / "station.db") as old:
        old.executescript(golden.read_text())
    old.close()


def _epoch_of(home: Path) -> str:
    with Store.open(home, station="st01") as store:
        return store.epoch
