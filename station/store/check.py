"""The fixity check: is everything on disk still what it was when it was kept?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from firmware_config.errors import StorageError
from station.model import Noun
from station.store import journal
from station.store.opening import Store

ProblemKind = Literal["blob-missing", "blob-damaged", "chain-broken", "fact-differs", "database"]
ENTRIES_AT_ONCE = 1000


class Problem(Noun, frozen=True, kw_only=True):
    """Something that is not as it was: which blob, entry or table, and how."""

    kind: ProblemKind
    what: str
    detail: str


class Report(Noun, frozen=True, kw_only=True):
    """What was checked and what was found.

    `orphans` are blobs without a row, left by a power cut before the row was written. They
    were never acknowledged and do no harm.
    """

    blobs: int
    blob_bytes: int
    entries: int
    frames: int
    orphans: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def is_sound(self) -> bool:
        """Whether no problem was found."""
        return not self.problems


def check(store: Store) -> Report:
    """Re-hash every blob, follow the journal's chain, compare the facts with the journal.

    Problems are returned, not raised; StorageError only where the database cannot be read.
    """
    # Files before rows: a frame that is kept meanwhile is then no orphan.
    files = set(store.spool.digests())
    sizes: dict[str, int] = dict(
        store.rows("select distinct digest, size_bytes from blob order by digest")
    )
    problems = [
        *_database_problems(store),
        *_blob_problems(store, sizes),
        *_chain_problems(store),
        *_fact_problems(store),
    ]
    return Report(
        blobs=len(sizes),
        blob_bytes=sum(sizes.values()),
        entries=journal.head(store).seq,
        frames=store.value("select count(*) from frame"),
        orphans=tuple(sorted(files - sizes.keys())),
        problems=tuple(problems),
    )


def _database_problems(store: Store) -> Iterator[Problem]:
    for (said,) in store.rows("pragma integrity_check"):
        if said != "ok":
            yield Problem(kind="database", what="integrity_check", detail=said)
    for table, row, parent, _ in store.rows("pragma foreign_key_check"):
        yield Problem(kind="database", what=table, detail=f"row {row} has no {parent}")


def _blob_problems(store: Store, sizes: dict[str, int]) -> Iterator[Problem]:
    for digest, size_bytes in sizes.items():
        if not store.spool.path(digest).exists():
            yield Problem(kind="blob-missing", what=digest, detail=f"{size_bytes} bytes are gone")
            continue
        try:
            actual = store.spool.actual_digest(digest)
        except StorageError as error:
            yield Problem(kind="blob-damaged", what=digest, detail=error.message)
            continue
        if actual != digest:
            detail = f"{store.spool.size(digest)} bytes of {size_bytes}, digest {actual}"
            yield Problem(kind="blob-damaged", what=digest, detail=detail)


def _chain_problems(store: Store) -> Iterator[Problem]:
    chain, seq = journal.first_link(store.station, store.epoch), 0
    while entries := journal.entries_after(store, seq, ENTRIES_AT_ONCE):
        for entry in entries:
            detail = _wrong_with(store, entry, chain=chain, seq=seq + 1)
            if detail:
                yield Problem(kind="chain-broken", what=str(entry.seq), detail=detail)
            # From what stands there, so that one broken link is reported once.
            chain, seq = entry.chain, entry.seq


def _wrong_with(store: Store, entry: journal.Entry, *, chain: str, seq: int) -> str:
    if entry.seq != seq:
        return f"follows {seq - 1}"
    if entry.chain != journal.next_link(chain, seq, entry.payload):
        return "chain does not follow from the payload"
    try:
        said = msgspec.json.decode(entry.payload, type=journal.Payload)
    except msgspec.DecodeError as error:
        return f"payload cannot be read: {error}"
    expected = (store.station, store.epoch, seq, chain)
    if (said.st, said.epoch, said.seq, said.prev) != expected:
        return "payload speaks of another place in the journal"
    return ""


# The table each type of entry tells of, and its columns under their names in the entry's body.
TOLD = {
    "item.opened": ("item", {"item": "id", "code": "code", "batch": "batch", "year": "year"}),
    "frame.kept": (
        "frame",
        {
            "item": "item",
            "shot": "shot",
            "sha256": "digest",
            "size": "size_bytes",
            "media_type": "media_type",
            "source": "source",
            "supersedes": "supersedes",
        },
    ),
    "target.measured": (
        "target",
        {
            "batch": "batch",
            "class": "class",
            "dpi": "dpi",
            "px_per_mm": "px_per_mm",
            "sha256": "sha256",
        },
    ),
    "item.sealed": (
        "record",
        {"item": "item", "title": "title", "pages": "pages", "sha256": "digest"},
    ),
}


def _fact_problems(store: Store) -> Iterator[Problem]:
    for entry_type, (table, columns) in TOLD.items():
        differs = " or ".join(
            f"cast(payload as text) ->> '$.body.{name}' is not fact.{column}"
            for name, column in columns.items()
        )
        rows = store.rows(
            f"select journal.seq from journal left join {table} as fact on fact.seq = journal.seq"
            # A payload that is not JSON any more has broken the chain, which says so.
            f" where type = ? and json_valid(cast(payload as text)) and ({differs})",
            entry_type,
        )
        for (seq,) in rows:
            detail = f"{table} is not what {entry_type} says"
            yield Problem(kind="fact-differs", what=str(seq), detail=detail)
