"""The blobs: files named by the SHA-256 of what is in them, durable before anyone hears of them."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from firmware_config.errors import DamageError
from station.store.border import our_errors

TEMPORARY = "tmp"
PART = ".part"
"""Behind the name of a file that is being put."""
READ_BYTES = 1 << 20


class Spool:
    """A folder of blobs at spool/ab/<sha256>. Content is never changed and never deleted.

    What is being written stands in spool/tmp/ until it is durable, under its writer's thread id.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with our_errors("make the spool"):
            (folder / TEMPORARY).mkdir(parents=True, exist_ok=True)
            shards = {shard.name for shard in folder.iterdir()}
            # Whoever made these folders may have been killed before saying so to the disk.
            sync_folder(folder)
            sync_folder(folder.parent)
        self._durable_shards = shards - {TEMPORARY}
        self.sweep()

    def keep(self, data: bytes) -> str:
        """Write `data` durably and return its digest.

        Two fsyncs: the file before it gets its name, the folder after; a third the first time in
        a folder. What is there already is written again, which heals it if it was damaged.
        Raises DiskFullError, StorageError.
        """
        temporary = self.folder / TEMPORARY / str(threading.get_native_id())
        with our_errors("keep a blob"):
            try:
                digest = _write_durably(temporary, data)
                path = self.path(digest)
                self._make_shard(path.parent)
                temporary.rename(path)
            except OSError:
                temporary.unlink(missing_ok=True)
                raise
            sync_folder(path.parent)
        return digest

    def path(self, digest: str) -> Path:
        """Where the blob is, or would be."""
        return self.folder / digest[:2] / digest

    def read(self, digest: str) -> bytes:
        """The blob's content. Raises DamageError when it is not what its name says."""
        with our_errors("read a blob"):
            data = self.path(digest).read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise DamageError(f"blob {digest} is not what its name says")
        return data

    def size(self, digest: str) -> int:
        """The blob's size in bytes. Raises StorageError when there is no such blob."""
        with our_errors("find a blob"):
            return self.path(digest).stat().st_size

    def digests(self) -> Iterator[str]:
        """The names of all blobs, in order."""
        with our_errors("list the spool"):
            for shard in sorted(self.folder.iterdir()):
                if shard.is_dir() and shard.name != TEMPORARY:
                    yield from sorted(blob.name for blob in shard.iterdir())

    def actual_digest(self, digest: str) -> str:
        """The SHA-256 of what stands in the file now, read in pieces."""
        sha256 = hashlib.sha256()
        with our_errors("read a blob"), self.path(digest).open("rb") as file:
            while piece := file.read(READ_BYTES):
                sha256.update(piece)
        return sha256.hexdigest()

    def sweep(self) -> int:
        """Remove what killed writers left half-written; how many. Blobs are never removed."""
        with our_errors("sweep the spool"):
            left = list((self.folder / TEMPORARY).iterdir())
            stale = [path for path in left if not _writer_lives(path)]
            for path in stale:
                path.unlink(missing_ok=True)
        return len(stale)

    def _make_shard(self, shard: Path) -> None:
        if shard.name not in self._durable_shards:
            shard.mkdir(exist_ok=True)
            sync_folder(self.folder)
            self._durable_shards.add(shard.name)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put(path: Path, data: bytes) -> None:
    """Give a file outside the spool its name only when all of it is on the disk.

    What has that name already is replaced at once. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + PART)
    _write_durably(part, data)
    part.rename(path)
    sync_folder(path.parent)


def _write_durably(path: Path, data: bytes) -> str:
    with path.open("wb", buffering=0) as file:
        left = memoryview(data)
        while left:
            left = left[file.write(left) :]
        # Linux takes this as a call to begin writing back, so the disk works while we hash:
        # a third less of the time for 5 MB.
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        digest = hashlib.sha256(data).hexdigest()
        os.fsync(file.fileno())
    return digest


def _writer_lives(path: Path) -> bool:
    try:
        # Signal 0 asks only. Not /proc, which systemd's ProtectProc= may hide from us.
        os.kill(int(path.name), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
