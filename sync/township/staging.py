"""Where files lie until they are whole. What was not synced may be gone after a power cut."""

from __future__ import annotations

import os
from pathlib import Path

from sync.township.disk import disk, make_folder, sync_folder

OPEN_FILES = 32


class Staging:
    """Partial files by digest under `folder`. Methods raise StorageError."""

    def __init__(self, folder: Path) -> None:
        with disk(f"staging {folder}"):
            make_folder(folder)
        self._folder = folder
        self._open: dict[str, int] = {}
        self._unsynced: set[str] = set()
        self._unnamed = False

    def path(self, digest: str) -> Path:
        """Where the part of `digest` lies."""
        return self._folder / f"{digest}.part"

    def has(self, digest: str) -> bool:
        """Whether there is a part of `digest`."""
        return self.path(digest).is_file()

    def write(self, digest: str, offset: int, data: bytes) -> None:
        """Put `data` at `offset`; durable only after `sync`."""
        with disk(f"staging {digest}"):
            descriptor = self._descriptor(digest)
            view = memoryview(data)
            while view:
                written = os.pwrite(descriptor, view, offset)
                view, offset = view[written:], offset + written
        self._unsynced.add(digest)

    def sync(self) -> None:
        """Make all that was written durable."""
        with disk("staging"):
            for digest in self._unsynced:
                os.fdatasync(self._open[digest])
            if self._unnamed:
                sync_folder(self._folder)
        self._unsynced.clear()
        self._unnamed = False

    def discard(self, digest: str) -> None:
        """Forget the part of `digest`; the vault may have taken it already."""
        self._close(digest)
        with disk(f"staging {digest}"):
            self.path(digest).unlink(missing_ok=True)

    def close(self) -> None:
        """Close all descriptors without making anything durable."""
        for digest in list(self._open):
            self._close(digest)

    def _descriptor(self, digest: str) -> int:
        if digest in self._open:
            return self._open[digest]
        if len(self._open) >= OPEN_FILES:
            self.sync()
            self.close()
        self._unnamed |= not self.has(digest)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._open[digest] = os.open(self.path(digest), flags, 0o640)
        return self._open[digest]

    def _close(self, digest: str) -> None:
        self._unsynced.discard(digest)
        if digest in self._open:
            os.close(self._open.pop(digest))
