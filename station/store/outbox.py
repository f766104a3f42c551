"""The outbox: what the township has not yet said is durable there. Its only queue is here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from firmware_config.errors import DamageError
from station.model import Noun
from station.store.journal import Entry, Head, entries_after, first_link, head
from station.store.opening import Store

__all__ = [
    "Entry",
    "Head",
    "Waiting",
    "accept_entries",
    "accept_file",
    "accepted_seq",
    "empty",
    "entries_after",
    "files_waiting",
    "head",
    "rewind",
    "server_generation",
]

FORKED = "本机记录与乡镇服务器不一致，请停止发送并联系技术员。"


class Waiting(Noun, frozen=True, kw_only=True):
    """A file without a receipt."""

    digest: str
    size_bytes: int
    kind: Literal["record", "master"]


def files_waiting(store: Store, limit: int = 100) -> list[Waiting]:
    """The next files to send: records before masters, each kind as it came."""
    rows = store.rows(
        "select digest, size_bytes, kind from outbox_file order by kind desc, id limit ?", limit
    )
    return [Waiting(digest=digest, size_bytes=size, kind=kind) for digest, size, kind in rows]


def accept_entries(store: Store, *, durable_seq: int, chain: str, server_gen: str) -> None:
    """The township says: everything up to `durable_seq` is durable here, and this is its chain.

    The same word twice is one fact. Raises DamageError when it speaks of another journal than
    ours: a restored or cloned card.
    """
    ours = (
        first_link(store.station, store.epoch)
        if durable_seq == 0
        else store.value("select chain from journal where seq = ?", durable_seq)
    )
    if ours != chain:
        raise DamageError(f"the township has another entry {durable_seq} than we", hint=FORKED)
    store.run(
        "insert into receipt_entries (durable_seq, chain, server_gen) select ?, ?, ?"
        " where exists (select 1 from outbox_entry where seq <= ?)"
        " or not exists (select 1 from township)",
        *(durable_seq, chain, server_gen, durable_seq),
    )


def accept_file(store: Store, digest: str, *, server_gen: str = "") -> None:
    """The township says: this file is durable here, and is what its name says."""
    store.run(
        "insert into receipt_file (digest, server_gen) select digest, ? from outbox_file"
        " where digest = ?",
        *(server_gen, digest),
    )


def rewind(
    store: Store, *, server_gen: str, durable_seq: int, lacking: Iterable[str] | None = None
) -> None:
    """The township was restored from an older backup: what it forgot goes back into the outbox.

    Entries after `durable_seq` and the files whose digests are `lacking`; None means all files,
    of which the township will say for each that it has it or not.
    """
    everything = "select distinct digest from blob where kind <> 'page'"
    with store.transaction():
        files = [digest for (digest,) in store.rows(everything)] if lacking is None else [*lacking]
        store.run(
            "insert into rewind (server_gen, durable_seq, lacking) values (?, ?, ?)",
            *(server_gen, durable_seq, msgspec.json.encode(files).decode()),
        )


def server_generation(store: Store) -> str | None:
    """The generation of the township's database; None before its first word.

    When a grant names another, the township was restored and may have forgotten: `rewind`,
    which alone changes the answer.
    """
    generation: str | None = store.value("select server_gen from township")
    return generation


def accepted_seq(store: Store) -> int:
    """The last entry the township has by its receipts; 0 before the first."""
    waiting: int | None = store.value("select min(seq) from outbox_entry")
    return head(store).seq if waiting is None else waiting - 1


def empty(store: Store) -> bool:
    """Whether the township has everything."""
    waits = "exists (select 1 from outbox_entry) or exists (select 1 from outbox_file)"
    return not store.value(f"select {waits}")
