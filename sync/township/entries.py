"""Journal entries into the ledger: in order, each once, along the chain."""

from __future__ import annotations

from typing import Literal

import msgspec

from firmware_config.errors import InputError
from sync import chain
from sync.township.ledger import Ledger, Standing
from sync.wire import Digest, JournalEntry, Records

Verdict = Literal["next", "duplicate", "early", "fork", "broken"]


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What the township reads of a payload; the rest it keeps and does not judge."""

    st: str
    epoch: str
    seq: int
    type: str
    prev: str
    body: dict[str, object]


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `item.sealed`: which document describes which item."""

    sha256: Digest
    code: str
    title: str = ""


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a batch. `refused` stops the station until a person has looked."""

    again: bool = False
    refused: str = ""
    documents: tuple[str, ...] = ()


def judge(ledger: Ledger, station: str, epoch: str, entry: JournalEntry) -> Verdict:
    """Whether `entry` is the next one, was here before, or belongs to another history."""
    standing = ledger.standing(station, epoch)
    if entry.seq > standing.durable_seq + 1:
        return "early"
    before = ledger.chain_at(station, epoch, entry.seq - 1)
    follows = chain.following(before, entry.seq, entry.payload.encode()) == entry.chain
    if entry.seq == standing.durable_seq + 1:
        return "next" if follows else "broken"
    same = entry.chain == ledger.chain_at(station, epoch, entry.seq)
    return "duplicate" if same and follows else "fork"


def apply(ledger: Ledger, station: str, topic: str, records: Records, *, at: str) -> Applied:
    """Add what is new of `records`. Entries after an early or refused one are not looked at."""
    documents: list[str] = []
    for entry in records.entries:
        verdict = judge(ledger, station, records.epoch, entry)
        if verdict == "early":
            return Applied(again=True, documents=tuple(documents))
        if verdict in ("fork", "broken"):
            reason = f"{verdict} at epoch {records.epoch} seq {entry.seq}"
            ledger.quarantine(station, topic, reason, entry.payload.encode(), at=at)
            return Applied(refused=verdict, documents=tuple(documents))
        if verdict == "next":
            documents += _add(ledger, station, records.epoch, topic, entry, at)
    return Applied(documents=tuple(documents))


def _add(
    ledger: Ledger, station: str, epoch: str, topic: str, entry: JournalEntry, at: str
) -> list[str]:
    """One entry; what it names as a record document. A strange body blocks nobody: it is kept."""
    standing = ledger.standing(station, epoch)
    kind, documents = "", []
    try:
        body = _body(station, epoch, standing, entry)
        kind = body.type
        if kind == "item.sealed":
            sealed = _sealed(body)
            ledger.add_record(
                station,
                epoch,
                entry.seq,
                sha256=sealed.sha256,
                code=sealed.code,
                title=sealed.title,
            )
            documents.append(sealed.sha256)
    except InputError as error:
        ledger.quarantine(station, topic, error.message, entry.payload.encode(), at=at)
    ledger.add_entry(
        station, epoch, entry.seq, kind=kind, payload=entry.payload, chain=entry.chain, at=at
    )
    return documents


def _body(station: str, epoch: str, standing: Standing, entry: JournalEntry) -> Body:
    try:
        body = msgspec.json.decode(entry.payload, type=Body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError(f"entry {entry.seq} cannot be read: {error}") from error
    claimed = (body.st, body.epoch, body.seq, body.prev)
    if claimed != (station, epoch, entry.seq, standing.chain):
        raise InputError(f"entry {entry.seq} says that it is {claimed}")
    return body


def _sealed(body: Body) -> Sealed:
    try:
        return msgspec.convert(body.body, Sealed)
    except msgspec.ValidationError as error:
        raise InputError(f"item.sealed {body.seq}: {error}") from error
