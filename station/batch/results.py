"""The folder of readings: OUT/ab/<sha256 of the master>/<model>.json.

A reading gets its name only when all of it is on the disk, and depends on nothing but the master,
the model and the settings. So it does not matter how often a task runs, or what is killed when:
what is there is whole, and is not done again. Beside it may stand, with the model's name,
`.tries`, one byte for each attempt that has begun, and `.failed.json`, why there is no reading.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import msgspec

from station.model import Noun, Quad, Quality, Text
from station.store.border import our_errors
from station.store.spool import PART, sync_folder

SUMS = "SHA256SUMS"
FAILED = ".failed.json"
SHARD_DIGITS = 2


class ReadPage(Noun, frozen=True, kw_only=True):
    """One written side of a master, as `station.model.Page`; `image` is "" where none was kept."""

    part: int
    quad: Quad | None
    skew_deg: float
    quality: Quality
    width_px: int
    height_px: int
    steps: tuple[str, ...]
    image: str
    restored: str
    restored_by: tuple[str, ...]
    text: Text | None


class Reading(Noun, frozen=True, kw_only=True):
    """All that one model reads from one master."""

    master: str
    model: str
    pages: tuple[ReadPage, ...]


class Failure(Noun, frozen=True, kw_only=True):
    """Why there is no reading, after how many attempts."""

    master: str
    model: str
    error: str
    tries: int


K = TypeVar("K", Reading, Failure)


class Place:
    """Where the reading of one master by one model lies. All methods raise StorageError."""

    def __init__(self, out: Path, digest: str, model: str) -> None:
        self.digest = digest
        self.model = model
        self.folder = folder_of(out, digest)
        self._name = quote(model, safe=" ")

    def reading(self) -> Reading | None:
        """The reading; None where there is none, or what is there is damaged."""
        return self._whole(self._path(".json"), Reading)

    def failure(self) -> Failure | None:
        """Why there is no reading; None where nothing is known against it."""
        return self._whole(self._path(FAILED), Failure)

    def begin(self) -> None:
        """Count an attempt, on the disk, before the work."""
        self._make()
        with our_errors("count an attempt"), self._path(".tries").open("ab") as file:
            file.write(b".")
            file.flush()
            os.fsync(file.fileno())

    def tries(self) -> int:
        """How many attempts have begun and did not come to an end."""
        with our_errors("count the attempts"):
            path = self._path(".tries")
            return path.stat().st_size if path.exists() else 0

    def forget(self) -> None:
        """Take back attempts and failure: the page is as if it had never been tried."""
        with our_errors("forget attempts"):
            self._path(".tries").unlink(missing_ok=True)
            self._unlist()
            self._path(FAILED).unlink(missing_ok=True)

    def keep(self, reading: Reading) -> None:
        """Write the reading, durably; nothing else about this master and model is left."""
        self._put(self._path(".json"), msgspec.json.encode(reading, order="deterministic"))
        self.forget()

    def fail(self, error: str) -> Failure:
        """Write down that there will be no reading."""
        failure = Failure(
            master=self.digest, model=self.model, error=error, tries=max(1, self.tries())
        )
        self._put(self._path(FAILED), msgspec.json.encode(failure))
        with our_errors("end an attempt"):
            self._path(".tries").unlink(missing_ok=True)
        return failure

    def keep_image(self, jpeg: bytes) -> str:
        """Write an image of a page beside the reading, named by its digest, which is returned."""
        digest = hashlib.sha256(jpeg).hexdigest()
        self._put(self.folder / f"{digest}.jpg", jpeg)
        return digest

    def _path(self, ending: str) -> Path:
        return self.folder / (self._name + ending)

    def _whole(self, path: Path, kind: type[K]) -> K | None:
        with our_errors("look for a reading"):
            try:
                found = msgspec.json.decode(path.read_bytes(), type=kind)
            except (FileNotFoundError, msgspec.DecodeError):
                return None
        return found if (found.master, found.model) == (self.digest, self.model) else None

    def _put(self, path: Path, data: bytes) -> None:
        self._make()
        # A name of its own: a task may run twice at once when a worker was only thought dead.
        part = path.with_name(f"{path.name}.{uuid.uuid4().hex}{PART}")
        with our_errors(f"write {path.name}"):
            self._unlist()
            try:
                with part.open("xb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                part.rename(path)
            finally:
                part.unlink(missing_ok=True)
            sync_folder(self.folder)

    def _unlist(self) -> None:
        # A list that is no longer true goes first; a shard without one is listed at the end.
        (self.folder.parent / SUMS).unlink(missing_ok=True)

    def _make(self) -> None:
        if self.folder.is_dir():
            return
        with our_errors("make a folder"):
            self.folder.mkdir(parents=True, exist_ok=True)
            sync_folder(self.folder.parent)
            sync_folder(self.folder.parent.parent)


def folder_of(out: Path, digest: str) -> Path:
    """Where all that is made of a master lies."""
    return out / digest[:SHARD_DIGITS] / digest
