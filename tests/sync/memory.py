"""A station's outbox in memory: what is in it is durable, what is elsewhere dies in a crash."""

from __future__ import annotations

import hashlib

import msgspec

from firmware_config.errors import DamageError, StorageError
from sync import chain
from sync.wire import FileKind

EPOCH = "e1"


class Head(msgspec.Struct, frozen=True, kw_only=True):
    epoch: str
    seq: int
    chain: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    seq: int
    payload: bytes
    chain: str


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    digest: str
    size_bytes: int
    kind: FileKind


class MemoryOutbox:
    """sync.outbox.Outbox over lists. `accepted_files` are those the station may forget."""

    def __init__(self, station: str, epoch: str = EPOCH) -> None:
        self.station = station
        self.epoch = epoch
        self.entries: list[Entry] = []
        self.files: dict[str, bytes] = {}
        self.kinds: dict[str, FileKind] = {}
        self.accepted_files: set[str] = set()
        self.unreadable: set[str] = set()
        self.server_gen = ""
        self.seq = 0

    def add_entry(self, kind: str, body: dict[str, object]) -> None:
        head = self.head()
        payload = msgspec.json.encode(
            {
                "st": self.station,
                "epoch": self.epoch,
                "seq": head.seq + 1,
                "type": kind,
                "body": body,
                "prev": head.chain,
            }
        )
        link = chain.following(head.chain, head.seq + 1, payload)
        self.entries.append(Entry(seq=head.seq + 1, payload=payload, chain=link))

    def add_file(self, data: bytes, kind: FileKind = "master") -> str:
        digest = hashlib.sha256(data).hexdigest()
        self.files[digest] = data
        self.kinds[digest] = kind
        body = {"sha256": digest, "size": len(data), "code": f"A-{len(self.entries)}", "title": ""}
        self.add_entry("item.sealed" if kind == "record" else "frame.kept", body)
        return digest

    def head(self) -> Head:
        if not self.entries:
            return Head(epoch=self.epoch, seq=0, chain=chain.first(self.station, self.epoch))
        last = self.entries[-1]
        return Head(epoch=self.epoch, seq=last.seq, chain=last.chain)

    def accepted(self) -> tuple[str, int]:
        return self.server_gen, self.seq

    def entries_after(self, seq: int, limit: int) -> list[Entry]:
        return self.entries[seq : seq + limit]

    def files_waiting(self, limit: int = 100) -> list[Waiting]:
        waiting = [
            Waiting(digest=digest, size_bytes=len(data), kind=self.kinds[digest])
            for digest, data in self.files.items()
            if digest not in self.accepted_files
        ]
        return waiting[:limit]

    def check(self, digest: str) -> None:
        if hashlib.sha256(self.files[digest]).hexdigest() != digest:
            raise DamageError(f"{digest} is damaged")

    def read(self, digest: str, start: int, end: int) -> bytes:
        if digest in self.unreadable:
            raise StorageError(f"cannot read {digest}")
        return self.files[digest][start:end]

    def accept_entries(self, *, durable_seq: int, chain: str, server_gen: str) -> None:
        assert durable_seq == 0 or self.entries[durable_seq - 1].chain == chain
        self.seq, self.server_gen = durable_seq, server_gen

    def accept_file(self, digest: str, *, server_gen: str) -> None:
        self.accepted_files.add(digest)

    def rewind(self, *, server_gen: str, durable_seq: int) -> None:
        self.seq, self.server_gen = durable_seq, server_gen
        self.accepted_files.clear()

    def changed(self) -> bool:
        return False

    def empty(self) -> bool:
        return self.seq == len(self.entries) and not self.files_waiting()
