"""What the station owes the township, as the uplink sees it; station.store keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sync.wire import FileKind


class Waiting(Protocol):
    """A file without a receipt."""

    @property
    def digest(self) -> str:
        """SHA-256, hex."""

    @property
    def size_bytes(self) -> int:
        """Its size."""

    @property
    def kind(self) -> FileKind:
        """A record document or a master."""


class Head(Protocol):
    """Where the journal stands."""

    @property
    def epoch(self) -> str:
        """This life of the journal."""

    @property
    def seq(self) -> int:
        """Number of the last entry."""

    @property
    def chain(self) -> str:
        """Chain after it."""


class Entry(Protocol):
    """A journal entry as it was stored."""

    @property
    def seq(self) -> int:
        """Its number."""

    @property
    def payload(self) -> bytes:
        """Its bytes, UTF-8 JSON."""

    @property
    def chain(self) -> str:
        """Chain after it."""


class Outbox(Protocol):
    """What the station owes: station.store in the program, a dictionary in a test."""

    def head(self) -> Head:
        """Where the journal stands."""

    def accepted(self) -> tuple[str, int]:
        """The server_gen the township last named, and the entries it has by its receipts."""

    def entries_after(self, seq: int, limit: int) -> Sequence[Entry]:
        """Entries that follow `seq`, in order."""

    def files_waiting(self, limit: int = 100) -> Sequence[Waiting]:
        """The first `limit` files without a receipt, in the order in which they should go."""

    def read(self, digest: str, start: int, end: int) -> bytes:
        """Bytes of a file. Raises StorageError."""

    def check(self, digest: str) -> None:
        """Hash a whole file. Raises DamageError when it is not what its name says."""

    def accept_entries(self, *, durable_seq: int, chain: str, server_gen: str) -> None:
        """The township has the entries up to `durable_seq`."""

    def accept_file(self, digest: str, *, server_gen: str) -> None:
        """The township has the file."""

    def rewind(self, *, server_gen: str, durable_seq: int) -> None:
        """The township lost what came after `durable_seq`, and perhaps files."""
