"""Sealed items become folders of files, named by archival code and serial, for the archive.

The master goes out byte for byte as the camera gave it, and is written again where it is not
that. Everything else is made of the page image, of which only the access copy is restored. A run
that was stopped is gone on with; what is there is not written again, for a record never changes.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import cv2
import msgspec
import numpy as np

from firmware_config.schema import Export
from station.export.encoding import MEDIA_TYPES, Pixels, access_copy, lossless
from station.export.names import Copy, file_of
from station.imaging.restore import for_viewing
from station.model import Noun
from station.store import Store, listing, records
from station.store.border import our_errors
from station.store.records import Document, RecordPage
from station.store.spool import PART, put

SUMS = "SHA256SUMS"
TABLE = "pages.csv"
COLUMNS = (
    "档号",
    "页号",
    "题名",
    "判定",
    "原因",
    "分辨率dpi",
    "宽",
    "高",
    "主文件",
    "主文件SHA-256",
)


Row = tuple[object, ...]


class Exported(Noun, frozen=True, kw_only=True):
    """One page on its way out; `written` counts the files that were not there yet."""

    code: str
    number: int
    files: tuple[str, ...]
    written: int


def export(store: Store, folder: Path, settings: Export, *, codes: set[str]) -> Iterator[Exported]:
    """Write every sealed item, or those of `codes`, into `folder`; each page as it is done.

    At the end `pages.csv` lists the pages and `SHA256SUMS` all files, for `sha256sum -c`. Raises
    StorageError and its kinds; what was written stays and counts.
    """
    rows: list[Row] = [COLUMNS]
    for document in _documents(store, codes):
        for page in document.pages:
            yield _page(store, folder, settings, document, page)
        rows += _rows(document)
    _write(folder / TABLE, _table(rows))
    _write(folder / SUMS, _sums(folder))


def _documents(store: Store, codes: set[str]) -> Iterator[Document]:
    for item in listing.items(store):
        record = records.record_of(store, item.id) if not codes or item.code in codes else None
        if record is not None:
            yield msgspec.json.decode(record.document, type=Document)


def _page(
    store: Store, folder: Path, settings: Export, document: Document, page: RecordPage
) -> Exported:
    files, written = [], 0
    for path, data in _copies(store, folder, settings, document.code, page):
        files.append(str(path))
        if data is not None:
            _write(folder / path, data)
            written += 1
    return Exported(code=document.code, number=page.number, files=tuple(files), written=written)


def _copies(
    store: Store, folder: Path, settings: Export, code: str, page: RecordPage
) -> Iterator[tuple[PurePosixPath, bytes | None]]:
    """The files of a page and what is in them, None for what is there already."""

    if settings.master and page.part == 0:
        path = file_of(code, page.number, "master", page.master.media_type)
        sound = (folder / path).is_file() and _digest(folder / path) == page.master.sha256
        yield path, None if sound else store.spool.read(page.master.sha256)
    if page.image is None:
        return
    pixels: Pixels | None = None
    dpi = page.quality.numbers.get("dpi", 0.0) if page.quality else 0.0
    for copy, media_type in _wanted(settings):
        path = file_of(code, page.number, copy, media_type)
        missing = not (folder / path).is_file()
        if missing and pixels is None:
            pixels = _decoded(store.spool.read(page.image.sha256))
        yield path, _encoded(pixels, copy, settings, dpi, path.stem) if missing else None


def _wanted(settings: Export) -> Iterator[tuple[Copy, str]]:
    if settings.archival != "none":
        yield "archival", MEDIA_TYPES[settings.archival]
    yield "access", "image/jpeg"
    yield "thumbnail", "image/jpeg"


def _encoded(pixels: Pixels | None, copy: Copy, settings: Export, dpi: float, name: str) -> bytes:
    assert pixels is not None  # decoded by the first copy that is missing
    if copy == "archival" and settings.archival != "none":
        return lossless(pixels, settings.archival, dpi=dpi, name=name)
    if copy == "access" and settings.access_restored:
        pixels = for_viewing(pixels).image
    long_side_px = settings.thumbnail_px if copy == "thumbnail" else settings.access_long_side_px
    quality = settings.access_jpeg_quality
    return access_copy(pixels, long_side_px=long_side_px, quality=quality, dpi=dpi)


def _decoded(data: bytes) -> Pixels:
    """Our own JPEG, which the spool has just compared with its digest."""
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def _rows(document: Document) -> Iterator[Row]:
    """A row for each page of an item."""
    first = {page.shot: page.number for page in reversed(document.pages)}
    for page in document.pages:
        image, master = page.image, page.master
        yield (
            *(document.code, page.number, document.title),
            *_judged(page),
            *((image.width_px, image.height_px) if image else ("", "")),
            file_of(document.code, first[page.shot], "master", master.media_type),
            master.sha256,
        )


def _judged(page: RecordPage) -> Row:
    """Verdict, reasons and dpi; why it was not read; nothing is written where nothing is known."""
    quality = page.quality
    if quality is None:
        return page.unread, "", ""
    return quality.verdict, " ".join(quality.reasons), round(quality.numbers.get("dpi", 0.0)) or ""


def _table(rows: list[Row]) -> bytes:
    """The rows in UTF-8 with a mark, which spreadsheets want for Chinese."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _sums(folder: Path) -> bytes:
    """A line for each file, as sha256sum writes it, of what now stands on the disk."""
    with our_errors("read the export"):
        files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != PART)
        return b"".join(
            f"{_digest(path)}  {path.relative_to(folder)}\n".encode()
            for path in files
            if path.name != SUMS
        )


def _digest(path: Path) -> str:
    with our_errors("read the export"), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, data: bytes) -> None:
    with our_errors(f"export {path.name}"):
        put(path, data)
