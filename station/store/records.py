"""Sealing: a closed item whose pages are all read becomes a record, a document that never changes.

The document is made of facts alone, so that it is the same to the byte whenever it is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from firmware_config.errors import UsageError
from firmware_config.schema import Fonds
from station.model import Noun, Page, Quad, Quality, Text
from station.store import journal
from station.store.folding import folded, printable
from station.store.numbering import page_numbers
from station.store.opening import Store
from station.store.pages import Reading, readings

SCHEMA = "station.record/1"


class Blob(Noun, frozen=True, kw_only=True):
    """A file by its content."""

    sha256: str
    size_bytes: int
    media_type: str
    source: str


class Image(Noun, frozen=True, kw_only=True):
    """The straightened page, a derivative that stays at the station."""

    sha256: str
    width_px: int
    height_px: int


class RecordPage(Noun, frozen=True, kw_only=True):
    """One page that counts: part 0, or a later one, of a frame. `seq` is the frame's entry.

    Without image, quad, skew and quality it could not be read, and `unread` says why.
    """

    number: int
    shot: int
    part: int
    seq: int
    master: Blob
    image: Image | None
    restored: str
    steps: tuple[str, ...]
    quad: Quad | None
    skew_deg: float | None
    quality: Quality | None
    text: Text | None
    unread: str


class Blank(Noun, frozen=True, kw_only=True):
    """The operator declared a blank side or a missing page here."""

    after_number: int


class Superseded(Noun, frozen=True, kw_only=True):
    """A shot that a retake replaced; kept, but not counted."""

    shot: int
    sha256: str
    by_shot: int


class Document(Noun, frozen=True, kw_only=True):
    """What travels to the township, as JSON in this order of fields."""

    schema: str
    station: str
    epoch: str
    item: int
    code: str
    title: str
    year: int
    fonds: Fonds
    metadata: dict[str, str]
    pages: tuple[RecordPage, ...]
    blanks: tuple[Blank, ...]
    superseded: tuple[Superseded, ...]


class Record(Noun, frozen=True, kw_only=True):
    """A sealed item. `document` is the JSON, the blob `digest`; `seq` is its journal entry."""

    item: int
    code: str
    title: str
    pages: int
    digest: str
    seq: int
    document: bytes


def ready_to_seal(store: Store) -> list[int]:
    """Items that are closed and read, oldest first."""
    return [item for (item,) in store.rows("select item from to_seal order by item")]


def seal(
    store: Store, item: int, *, title: str, metadata: Mapping[str, str] | None = None
) -> Record:
    """Seal an item, once: a second call returns the same record, whatever its title.

    `metadata` are further fields of the description (DA/T 18), kept as they are. Raises
    UsageError when the item is open, unread or empty.
    """
    sealed = record_of(store, item)
    if sealed is not None:
        return sealed
    if store.row("select 1 from to_seal where item = ?", item) is None:
        # Another process may have sealed it since; import and the reader both seal.
        if sealed := record_of(store, item):
            return sealed
        raise UsageError(f"item {item} is not ready to be sealed")
    # A closed item's facts stand still, so the document needs no transaction around it.
    document = _document(store, item, printable(title), dict(metadata or {}))
    encoded = msgspec.json.encode(document, order="deterministic")
    digest = store.spool.keep(encoded)
    with store.transaction():
        if store.row("select 1 from record where item = ?", item) is None:
            _add(store, document, digest, len(encoded))
    sealed = record_of(store, item)
    assert sealed is not None  # this transaction or another's has just sealed it
    return sealed


def record_of(store: Store, item: int) -> Record | None:
    """The item's record, or None while it is not sealed. Raises DamageError."""
    row = store.row(
        "select code, title, pages, digest, record.seq from record"
        " join item on item.id = record.item where item = ?",
        item,
    )
    if row is None:
        return None
    code, title, pages, digest, seq = row
    document = store.spool.read(digest)
    return Record(
        item=item,
        code=code,
        title=title,
        pages=pages,
        digest=digest,
        seq=seq,
        document=document,
    )


def _document(store: Store, item: int, title: str, metadata: dict[str, str]) -> Document:
    code, year, fonds = store.rows("select code, year, fonds from item where id = ?", item)[0]
    read = readings(store, item)
    parts = {reading.frame.shot: len(reading.pages) for reading in read}
    numbers = page_numbers((reading.frame for reading in read), parts)
    superseded = {f.supersedes: f.shot for f in (reading.frame for reading in read)}
    pages = [
        page
        for reading in read
        if reading.frame.shot not in superseded
        for page in _pages(numbers[reading.frame.shot], reading)
    ]
    blanks = store.rows("select after_shot from blank where item = ? order by seq", item)
    return Document(
        schema=SCHEMA,
        station=store.station,
        epoch=store.epoch,
        item=item,
        code=code,
        title=title,
        year=year,
        fonds=msgspec.json.decode(fonds, type=Fonds),
        metadata=metadata,
        pages=tuple(sorted(pages, key=lambda page: page.number)),
        blanks=tuple(Blank(after_number=numbers[shot][-1] if shot else 0) for (shot,) in blanks),
        superseded=tuple(
            Superseded(shot=r.frame.shot, sha256=r.frame.digest, by_shot=superseded[r.frame.shot])
            for r in read
            if r.frame.shot in superseded
        ),
    )


def _pages(numbers: range, reading: Reading) -> Iterator[RecordPage]:
    """The pages a frame shows; one that is unread where it has none."""
    found: Sequence[tuple[Page | None, Text | None]] = reading.pages or ((None, None),)
    for number, (page, text) in zip(numbers, found, strict=True):
        yield _page(number, reading, page, text)


def _page(number: int, reading: Reading, page: Page | None, text: Text | None) -> RecordPage:
    frame = reading.frame
    master = Blob(
        sha256=frame.digest,
        size_bytes=frame.size_bytes,
        media_type=frame.media_type,
        source=frame.source,
    )
    image = None
    if page is not None and page.image:
        image = Image(sha256=page.image, width_px=page.width_px, height_px=page.height_px)
    return RecordPage(
        number=number,
        shot=frame.shot,
        part=page.part if page else 0,
        seq=reading.seq,
        master=master,
        image=image,
        restored=page.restored if page else "",
        steps=page.steps if page else (),
        quad=page.quad if page else None,
        skew_deg=page.skew_deg if page else None,
        quality=page.quality if page else None,
        text=text,
        unread=reading.unread,
    )


def _add(store: Store, document: Document, digest: str, size_bytes: int) -> None:
    store.run(
        "insert into blob (digest, kind, size_bytes) values (?, 'record', ?)", digest, size_bytes
    )
    pages = len(document.pages)
    body: dict[str, Any] = {
        "item": document.item,
        "code": document.code,
        "title": document.title,
        "pages": pages,
        "sha256": digest,
        "size": size_bytes,
    }
    seq = journal.append(store, "item.sealed", body)
    store.run(
        "insert into record (item, seq, digest, size_bytes, title, folded_title, pages)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        *(document.item, seq, digest, size_bytes, document.title, folded(document.title), pages),
    )
