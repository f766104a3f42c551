"""The ledger's file: SQLite, WAL, every commit on the disk before it is believed."""

from __future__ import annotations

import secrets
import sqlite3
from pathlib import Path
from typing import Any

from firmware_config.errors import DamageError, DiskFullError, StorageError
from sync.township.disk import FULL_HINT, HINT, disk, make_folder

SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS stations (
    station TEXT NOT NULL, epoch TEXT NOT NULL,
    durable_seq INTEGER NOT NULL, chain TEXT NOT NULL, heard_at TEXT NOT NULL,
    PRIMARY KEY (station, epoch)) STRICT;
CREATE TABLE IF NOT EXISTS leases (
    station TEXT PRIMARY KEY, receiver TEXT NOT NULL, lease_epoch INTEGER NOT NULL,
    session TEXT NOT NULL, epoch TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS entries (
    station TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL,
    type TEXT NOT NULL, payload TEXT NOT NULL, chain TEXT NOT NULL,
    PRIMARY KEY (station, epoch, seq)) STRICT;
CREATE TABLE IF NOT EXISTS files (
    sha256 TEXT PRIMARY KEY, station TEXT NOT NULL, size_bytes INTEGER NOT NULL,
    kind TEXT NOT NULL, name TEXT NOT NULL, have TEXT NOT NULL DEFAULT '[]',
    rejected TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE IF NOT EXISTS objects (
    sha256 TEXT PRIMARY KEY, station TEXT NOT NULL, size_bytes INTEGER NOT NULL,
    kind TEXT NOT NULL, stored_at TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS records (
    station TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL,
    sha256 TEXT NOT NULL, code TEXT NOT NULL, title TEXT NOT NULL, folded TEXT NOT NULL,
    PRIMARY KEY (station, epoch, seq)) STRICT;
CREATE INDEX IF NOT EXISTS records_by_document ON records (sha256);
CREATE TABLE IF NOT EXISTS pages (
    sha256 TEXT NOT NULL, number INTEGER NOT NULL, shot INTEGER NOT NULL,
    text TEXT NOT NULL, folded TEXT NOT NULL,
    PRIMARY KEY (sha256, number)) STRICT;
CREATE TABLE IF NOT EXISTS quarantine (
    id INTEGER PRIMARY KEY, station TEXT NOT NULL, topic TEXT NOT NULL, reason TEXT NOT NULL,
    sha256 TEXT NOT NULL, excerpt BLOB NOT NULL, at TEXT NOT NULL) STRICT;
"""


class Database:
    """One connection; the first write opens a transaction, `commit` makes it durable."""

    def __init__(self, path: Path, *, busy_timeout_s: float = 5.0) -> None:
        self.path = path
        with disk(f"ledger {path}"):
            make_folder(path.parent)
        try:
            self._db = sqlite3.connect(path, isolation_level=None, timeout=busy_timeout_s)
            self._db.row_factory = sqlite3.Row
            self._set_up()
        except sqlite3.Error as error:
            raise storage_error(path, error) from error

    def read(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """The rows of a query; what was written and not yet committed is seen."""
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise storage_error(self.path, error) from error

    def write(self, sql: str, *values: Any) -> int:
        """Run one statement inside the transaction; the rows it changed."""
        try:
            if not self._db.in_transaction:
                self._db.execute("BEGIN IMMEDIATE")
            return self._db.execute(sql, values).rowcount
        except sqlite3.Error as error:
            raise storage_error(self.path, error) from error

    def commit(self) -> None:
        """Make all writes durable. After an error nothing of them is there."""
        try:
            if self._db.in_transaction:
                self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise storage_error(self.path, error) from error

    def close(self) -> None:
        """Close without committing."""
        self._db.close()

    def _set_up(self) -> None:
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise StorageError(f"ledger {self.path} has schema {version}, newer than this program")
        if version == SCHEMA_VERSION:
            return
        self._db.executescript(f"BEGIN IMMEDIATE; {SCHEMA}")
        self._db.execute(
            "INSERT OR IGNORE INTO facts VALUES ('server_gen', ?)", (secrets.token_hex(8),)
        )
        self._db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        self._db.execute("COMMIT")


def storage_error(path: Path, error: sqlite3.Error) -> StorageError:
    """SQLite's complaint in our words."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    message = f"ledger {path}: {error}"
    if code == sqlite3.SQLITE_FULL:
        return DiskFullError(message, hint=FULL_HINT)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DamageError(message)
    return StorageError(message, hint=HINT)
