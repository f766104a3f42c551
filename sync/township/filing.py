"""Segments into the staging area, whole files into the vault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from firmware_config.errors import InputError
from sync.parcel import Parcel, check_of, unpack
from sync.ranges import Ranges, covers, gaps, united
from sync.township.disk import disk
from sync.township.ledger import Ledger, PartialFile
from sync.township.vault import Vault, digest_of
from sync.wire import FileInit, FileState

FILE_BYTES_MAXIMUM = 4 << 30
STATES_IN_GRANT = 64


class Staging(Protocol):
    """Where partial files lie; see sync.township.staging."""

    def write(self, digest: str, offset: int, data: bytes) -> None:
        """Put bytes; not durable yet."""

    def sync(self) -> None:
        """Make them durable."""

    def discard(self, digest: str) -> None:
        """Drop the part."""

    def has(self, digest: str) -> bool:
        """Whether there is a part."""

    def path(self, digest: str) -> Path:
        """Where the part lies."""


class Filing:
    """One receiver's files. `now` gives the wall time as text, for the ledger."""

    def __init__(
        self, ledger: Ledger, staging: Staging, vault: Vault, now: Callable[[], str]
    ) -> None:
        self._ledger = ledger
        self._staging = staging
        self._vault = vault
        self._now = now
        self._unsynced: dict[str, Ranges] = {}
        self._recover()

    def begin(self, parcel: Parcel) -> None:
        """A file is announced. Raises InputError when it cannot be taken."""
        digest = parcel.address.digest
        init = unpack(parcel.payload, parcel.enc, FileInit)
        if init.checksum != digest:
            raise InputError(f"init of {digest} speaks of {init.checksum}")
        if init.size > FILE_BYTES_MAXIMUM:
            raise InputError(f"{digest} has {init.size} bytes, over {FILE_BYTES_MAXIMUM}")
        known = self._ledger.partial(digest)
        if self._ledger.stored(digest) or (
            known and known.size_bytes == init.size and not known.rejected
        ):
            return
        self._forget(digest)
        self._ledger.begin_file(
            digest,
            station=parcel.address.station,
            size_bytes=init.size,
            kind=init.kind,
            name=init.name,
        )

    def add(self, parcel: Parcel) -> bool:
        """Bytes of a file; False when they are of no use and more must be told."""
        address, data = parcel.address, parcel.payload
        file = self._ledger.partial(address.digest)
        if file is None or file.rejected:
            return self._ledger.stored(address.digest)
        end = address.offset + len(data)
        if end > file.size_bytes or check_of(data) != address.check:
            return False
        pending = self._unsynced.get(address.digest, ())
        if not covers(united(file.have, pending), address.offset, end):
            self._staging.write(address.digest, address.offset, data)
            self._unsynced[address.digest] = united(pending, [(address.offset, end)])
        return True

    def finish(self, parcel: Parcel) -> bool:
        """All was sent: hash the whole, and keep it. False when something is missing."""
        self.sync()
        digest = parcel.address.digest
        file = self._ledger.partial(digest)
        if file is None or file.rejected:
            return self._ledger.stored(digest)
        if gaps(file.have, file.size_bytes):
            return False
        self._keep(file)
        return True

    def sync(self) -> None:
        """Make staged bytes durable, then say so in the ledger's open transaction."""
        if not self._unsynced:
            return
        self._staging.sync()
        for digest, ranges in self._unsynced.items():
            if file := self._ledger.partial(digest):
                self._ledger.set_have(digest, united(file.have, ranges))
        self._unsynced.clear()

    def state(self, digest: str) -> FileState:
        """What a receipt may say of the file: durable only once the ledger has committed."""
        if self._ledger.stored(digest):
            return FileState(sha256=digest, state="stored")
        if (file := self._ledger.partial(digest)) is None:
            return FileState(sha256=digest, state="unknown")
        if file.rejected:
            return FileState(sha256=digest, state="rejected", reason=file.rejected)
        return FileState(sha256=digest, state="receiving", have=file.have)

    def states_of(self, station: str) -> tuple[FileState, ...]:
        """The files of a station that are on their way."""
        partials = self._ledger.partials(station, STATES_IN_GRANT)
        return tuple(self.state(file.sha256) for file in partials)

    def _keep(self, file: PartialFile) -> None:
        digest = file.sha256
        if file.size_bytes == 0:
            self._staging.write(digest, 0, b"")
            self._staging.sync()
        with disk(f"staging {digest}"):
            whole = digest_of(self._staging.path(digest).open("rb"))
        if whole != digest:
            self._forget(digest)
            self._ledger.set_have(digest, (), rejected="digest")
            return
        self._vault.put(digest, self._staging.path(digest))
        self._ledger.store_object(file, at=self._now())
        self._staging.discard(digest)

    def _forget(self, digest: str) -> None:
        self._unsynced.pop(digest, None)
        self._staging.discard(digest)

    def _recover(self) -> None:
        """After a crash between vault and ledger the part is gone, the object is there."""
        for file in self._ledger.partials(limit=-1):
            if self._staging.has(file.sha256):
                continue
            whole = self._vault.has(file.sha256)
            if whole and digest_of(self._vault.open(file.sha256)) == file.sha256:
                # It may have been moved in by one who died before making its name durable.
                self._vault.put(file.sha256, self._staging.path(file.sha256))
                self._ledger.store_object(file, at=self._now())
            elif file.have:
                self._ledger.set_have(file.sha256, ())
        self._ledger.commit()
