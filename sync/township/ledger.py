"""The ledger (台账): what the township has accepted, each once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from sync import chain
from sync.ranges import Ranges
from sync.township.database import Database
from sync.township.folding import folded
from sync.wire import FileKind

EXCERPT_BYTES = 4096
QUARANTINE_ROWS_MAXIMUM = 1000
"""Per station; a station gone mad must not fill the disk."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How far a station's journal is durable here."""

    durable_seq: int
    chain: str


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """Who receives from a station; a higher `lease_epoch` fences off the one before."""

    receiver: str
    lease_epoch: int
    session: str
    epoch: str


class PartialFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file on its way; `have` is durable in the staging area."""

    sha256: str
    station: str
    size_bytes: int
    kind: FileKind
    name: str
    have: Ranges
    rejected: str


class Ledger:
    """Facts over one database. Nothing written is durable before `commit`.

    All methods raise StorageError.
    """

    def __init__(self, path: Path, *, busy_timeout_s: float = 5.0) -> None:
        self._db = Database(path, busy_timeout_s=busy_timeout_s)

    @property
    def server_gen(self) -> str:
        """Which life of the ledger this is; read anew, for `township restored` draws another."""
        return str(self._db.read("SELECT value FROM facts WHERE name = 'server_gen'")[0]["value"])

    def commit(self) -> None:
        """Make all of it durable."""
        self._db.commit()

    def close(self) -> None:
        """Close; what was not committed is gone."""
        self._db.close()

    def standing(self, station: str, epoch: str) -> Standing:
        """How far this journal is here; a journal never heard of stands at its first chain."""
        rows = self._db.read(
            "SELECT durable_seq, chain FROM stations WHERE station = ? AND epoch = ?",
            station,
            epoch,
        )
        if not rows:
            return Standing(durable_seq=0, chain=chain.first(station, epoch))
        return Standing(**dict(rows[0]))

    def chain_at(self, station: str, epoch: str, seq: int) -> str:
        """The chain after entry `seq`, which must be durable here."""
        if seq == 0:
            return chain.first(station, epoch)
        rows = self._db.read(
            "SELECT chain FROM entries WHERE station = ? AND epoch = ? AND seq = ?",
            station,
            epoch,
            seq,
        )
        return str(rows[0]["chain"])

    def add_entry(
        self, station: str, epoch: str, seq: int, *, kind: str, payload: str, chain: str, at: str
    ) -> None:
        """The next entry of a journal, and with it the journal's standing."""
        self._db.write(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)",
            station,
            epoch,
            seq,
            kind,
            payload,
            chain,
        )
        self._db.write(
            "INSERT INTO stations VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "durable_seq = excluded.durable_seq, chain = excluded.chain, "
            "heard_at = excluded.heard_at",
            station,
            epoch,
            seq,
            chain,
            at,
        )

    def lease(self, station: str) -> Lease | None:
        """The lease in force."""
        rows = self._db.read(
            "SELECT receiver, lease_epoch, session, epoch FROM leases WHERE station = ?", station
        )
        return Lease(**dict(rows[0])) if rows else None

    def give_lease(self, station: str, *, receiver: str, session: str, epoch: str) -> None:
        """This receiver takes the station; the same session said again changes nothing."""
        self._db.write(
            "INSERT INTO leases VALUES (?, ?, 1, ?, ?) ON CONFLICT DO UPDATE SET "
            "receiver = excluded.receiver, session = excluded.session, epoch = excluded.epoch, "
            "lease_epoch = lease_epoch + 1 "
            "WHERE session != excluded.session OR receiver != excluded.receiver",
            station,
            receiver,
            session,
            epoch,
        )

    def stored(self, sha256: str) -> bool:
        """Whether the file is in the vault, by this ledger's word."""
        return bool(self._db.read("SELECT 1 FROM objects WHERE sha256 = ?", sha256))

    def partial(self, sha256: str) -> PartialFile | None:
        """The file on its way."""
        rows = self._db.read("SELECT * FROM files WHERE sha256 = ?", sha256)
        return _partial(dict(rows[0])) if rows else None

    def partials(self, station: str | None = None, limit: int = 64) -> list[PartialFile]:
        """Files on their way, of one station or of all."""
        rows = self._db.read(
            "SELECT * FROM files WHERE ? IN (station, '') LIMIT ?", station or "", limit
        )
        return [_partial(dict(row)) for row in rows]

    def begin_file(
        self, sha256: str, *, station: str, size_bytes: int, kind: str, name: str
    ) -> None:
        """A file is announced, from its beginning; an earlier rejection is over."""
        self._db.write(
            "INSERT OR REPLACE INTO files (sha256, station, size_bytes, kind, name) "
            "VALUES (?, ?, ?, ?, ?)",
            sha256,
            station,
            size_bytes,
            kind,
            name,
        )

    def set_have(self, sha256: str, have: Ranges, *, rejected: str = "") -> None:
        """Say which ranges are durable; with `rejected`, why the file must come anew."""
        self._db.write(
            "UPDATE files SET have = ?, rejected = ? WHERE sha256 = ?",
            msgspec.json.encode(have).decode(),
            rejected,
            sha256,
        )

    def store_object(self, file: PartialFile, *, at: str) -> None:
        """The file is whole and in the vault."""
        self._db.write(
            "INSERT OR IGNORE INTO objects VALUES (?, ?, ?, ?, ?)",
            file.sha256,
            file.station,
            file.size_bytes,
            file.kind,
            at,
        )
        self._db.write("DELETE FROM files WHERE sha256 = ?", file.sha256)

    def add_record(
        self, station: str, epoch: str, seq: int, *, sha256: str, code: str, title: str
    ) -> None:
        """An item was sealed; its document is the file `sha256`, which may come later."""
        self._db.write(
            "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)",
            station,
            epoch,
            seq,
            sha256,
            code,
            title,
            folded(f"{code} {title}"),
        )

    def is_record(self, sha256: str) -> bool:
        """Whether a sealed item names this document."""
        return bool(self._db.read("SELECT 1 FROM records WHERE sha256 = ?", sha256))

    def unindexed(self) -> list[str]:
        """Stored record documents without a page, but for those set aside as unreadable."""
        rows = self._db.read(
            "SELECT DISTINCT sha256 FROM records JOIN objects USING (sha256)"
            " WHERE sha256 NOT IN (SELECT sha256 FROM pages)"
            " AND 'record/' || sha256 NOT IN (SELECT topic FROM quarantine)"
        )
        return [row["sha256"] for row in rows]

    def add_page(self, sha256: str, number: int, shot: int, *, text: str) -> None:
        """One page of a record document, to be found by its words."""
        self._db.write(
            "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?)",
            sha256,
            number,
            shot,
            text,
            folded(text),
        )

    def quarantine(self, station: str, topic: str, reason: str, data: bytes, *, at: str) -> None:
        """Keep what could not be believed: its beginning and its hash, the newest of each."""
        self._db.write(
            "INSERT INTO quarantine (station, topic, reason, sha256, excerpt, at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            station,
            _storable(topic),
            _storable(reason)[:500],
            hashlib.sha256(data).hexdigest(),
            data[:EXCERPT_BYTES],
            at,
        )
        self._db.write(
            "DELETE FROM quarantine WHERE station = ? AND id <= (SELECT id FROM quarantine "
            "WHERE station = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
            station,
            station,
            QUARANTINE_ROWS_MAXIMUM,
        )


def _partial(row: dict[str, object]) -> PartialFile:
    have = msgspec.json.decode(str(row.pop("have")), type=Ranges)
    return msgspec.convert({**row, "have": have}, PartialFile)


def _storable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
