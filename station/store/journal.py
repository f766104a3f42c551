"""The journal: what happened, in order, each entry chained to the one before by SHA-256.

`chain_n = sha256(chain_{n-1} + str(seq) + sha256(payload))`, every part in ASCII and every
digest in hex, so that `sha256sum` alone can follow it. Payloads are stored and sent byte for byte.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec

from station.model import Noun
from station.store.opening import Store

EntryType = Literal[
    "batch.opened",
    "item.opened",
    "frame.kept",
    "frame.blank",
    "retake.asked",
    "item.closed",
    "item.sealed",
    "batch.closed",
    "target.measured",
    "check.done",
    "time.fix",
]


class Payload(Noun, frozen=True, kw_only=True):
    """What one entry says. Encoded in this order of fields, the keys of `body` sorted."""

    st: str
    epoch: str
    seq: int
    type: EntryType
    body: dict[str, Any]
    boot_id: str
    mono_ms: int
    wall: str
    clock: str
    prev: str


class Head(Noun, frozen=True, kw_only=True):
    """Where the journal stands; before the first entry seq is 0."""

    epoch: str
    seq: int
    chain: str


class Entry(Noun, frozen=True, kw_only=True):
    """One entry as it was stored."""

    seq: int
    payload: bytes
    chain: str


def first_link(station: str, epoch: str) -> str:
    """chain_0."""
    return _sha256_hex(f"{station}/{epoch}".encode())


def next_link(chain: str, seq: int, payload: bytes) -> str:
    """chain_n from chain_{n-1}."""
    return _sha256_hex(f"{chain}{seq}{_sha256_hex(payload)}".encode("ascii"))


def head(store: Store) -> Head:
    """The last entry's place."""
    row = store.row("select seq, chain from journal where seq = (select max(seq) from journal)")
    seq, chain = row or (0, first_link(store.station, store.epoch))
    return Head(epoch=store.epoch, seq=seq, chain=chain)


def append(store: Store, entry_type: EntryType, body: dict[str, Any]) -> int:
    """Add an entry and return its seq. Within the caller's transaction, with the fact it tells."""
    last = head(store)
    now = store.clock.now()
    payload = msgspec.json.encode(
        Payload(
            st=store.station,
            epoch=store.epoch,
            seq=last.seq + 1,
            type=entry_type,
            body=body,
            boot_id=now.boot_id,
            mono_ms=now.mono_ms,
            wall=now.wall,
            clock=now.state,
            prev=last.chain,
        ),
        order="deterministic",
    )
    chain = next_link(last.chain, last.seq + 1, payload)
    store.run(
        "insert into journal (seq, type, payload, chain) values (?, ?, ?, ?)",
        *(last.seq + 1, entry_type, payload, chain),
    )
    return last.seq + 1


def note(store: Store, entry_type: EntryType, body: dict[str, Any]) -> int:
    """Add an entry that stands alone: `check.done`, `time.fix`."""
    with store.transaction():
        return append(store, entry_type, body)


def entries_after(store: Store, seq: int, limit: int = 100) -> list[Entry]:
    """Up to `limit` entries that follow `seq`, in order."""
    rows = store.rows(
        "select seq, payload, chain from journal where seq > ? order by seq limit ?", seq, limit
    )
    return [Entry(seq=seq, payload=payload, chain=chain) for seq, payload, chain in rows]


def _sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
