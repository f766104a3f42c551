"""One station's state: an SQLite file and a folder of blobs, opened by every process for itself."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from firmware_config.errors import ConfigError, StorageError
from station.store.border import our_errors
from station.store.clock import Clock, SystemClock
from station.store.schema import migrations, name_this_station
from station.store.spool import Spool, sync_folder
from station.store.sqlite import Database

DATABASE = "station.db"
BUSY_TIMEOUT_S = 10.0
CHECKPOINT_PAGES = 1_000
CHECKPOINT_PAGES_OF_CAPTURE = 16_000

Row = tuple[Any, ...]


class Store:
    """What the processes share. Not for more than one thread.

    Nothing is changed but within `transaction()`, which must never last across OCR, a camera or
    a socket. Open with `Store.open`; closes as a context manager.
    """

    def __init__(
        self,
        db: Database,
        spool: Spool,
        *,
        home: Path,
        station: str,
        epoch: str,
        clock: Clock,
    ) -> None:
        self.db = db
        self.spool = spool
        self.home = home
        self.station = station
        self.epoch = epoch
        self.clock = clock

    @classmethod
    def open(
        cls,
        home: Path,
        *,
        station: str,
        clock: Clock | None = None,
        checkpoint_pages: int = CHECKPOINT_PAGES,
    ) -> Store:
        """Open the state in `home`, and make it where there is none.

        Whoever commits when the log has grown to `checkpoint_pages` of 4 KiB copies it into the
        database. Capture asks for CHECKPOINT_PAGES_OF_CAPTURE, so that this falls to processes
        nobody waits for, and still happens if they are all dead.

        Raises ConfigError when `home` belongs to another station, StorageError and its kinds
        when disk or database fail.
        """
        home = home.expanduser().absolute()
        with our_errors(f"open the store in {home}"):
            _make_folder(home)
            spool = Spool(home / "spool")
            with _opening_alone(home):
                db = _connect(home / DATABASE, checkpoint_pages)
                _migrate(db)
                owner, epoch = name_this_station(db, station)
        if owner != station:
            raise ConfigError(f"{home} holds the state of station {owner!r}, not {station!r}")
        return cls(db, spool, home=home, station=station, epoch=epoch, clock=clock or SystemClock())

    @classmethod
    def existing(cls, home: Path, *, station: str) -> Store:
        """Open a state that must be there: for looking, checking and searching.

        Raises ConfigError where there is none, so that a mistyped home is no clean bill.
        """
        if not (home.expanduser() / DATABASE).is_file():
            raise ConfigError(
                f"no {DATABASE} in {home}", hint="这里没有工作站的数据，请检查 --home 或配置。"
            )
        return cls.open(home, station=station)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; what was committed is safe with or without it."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the writer's lock from the first read on: all of it becomes durable, or none.

        BEGIN IMMEDIATE, because a deferred transaction that reads and then writes fails with
        "database is locked" whatever the timeout.
        """
        with our_errors("write to the database"):
            self.db.execute("begin immediate")
            try:
                yield
                self.db.execute("commit")
            except BaseException:
                self.db.rollback()
                raise

    def space_bytes(self) -> tuple[int, int]:
        """Free space and whole size of the disk that the home is on."""
        with our_errors("ask for the space left"):
            usage = shutil.disk_usage(self.home)
        return usage.free, usage.total

    def run(self, sql: str, *values: object) -> None:
        """Execute one statement that changes something."""
        with our_errors("write to the database"):
            self.db.execute(sql, values)

    def rows(self, sql: str, *values: object) -> list[Row]:
        """All rows of a query."""
        with our_errors("read the database"):
            return self.db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> Row | None:
        """The first row of a query, or None."""
        with our_errors("read the database"):
            found: Row | None = self.db.execute(sql, values).fetchone()
            return found

    def value(self, sql: str, *values: object) -> Any:
        """The first column of a query's first row, or None."""
        row = self.row(sql, *values)
        return None if row is None else row[0]


def _make_folder(home: Path) -> None:
    missing = [folder for folder in (home, *home.parents) if not folder.exists()]
    home.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        sync_folder(folder.parent)


@contextmanager
def _opening_alone(home: Path) -> Iterator[None]:
    """Going over to WAL and migrating do not wait for a lock, so processes take turns."""
    with (home / "opening.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _connect(path: Path, checkpoint_pages: int) -> Database:
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute("pragma foreign_keys = on")
    connection.execute(f"pragma wal_autocheckpoint = {checkpoint_pages:d}")
    return Database(connection, execute_plugins=False)


def _migrate(db: Database) -> None:
    ours = {migration.name for migration in migrations.pending(Database(memory=True))}
    newer = {migration.name for migration in migrations.applied(db)} - ours
    if newer:
        raise StorageError(f"the database was made by a newer version: {sorted(newer)}")
    if migrations.pending(db):
        migrations.apply(db)
