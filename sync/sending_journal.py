"""Journal entries on their way: go-back-N over small batches. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from firmware_config.errors import LinkError
from sync import chain
from sync.outbox import Entry, Outbox
from sync.parcel import HEADER_BYTES, Parcel, pack
from sync.wire import Address, JournalEntry, Records

ENTRIES_AT_ONCE = 200


class JournalOnWire:
    """How far the journal is, in this session."""

    def __init__(self, station: str, outbox: Outbox) -> None:
        self._station = station
        self._outbox = outbox
        self._sent_seq = 0
        self._batches: deque[tuple[int, int]] = deque()
        self.may_have_more = True

    def begin(self, durable_seq: int) -> None:
        """A session begins after `durable_seq`; what was under way before does not count."""
        self._sent_seq = durable_seq
        self._batches.clear()
        self.may_have_more = True

    def next_entries(self, size_bytes: int) -> Sequence[Entry]:
        """Entries that follow what was sent, of about `size_bytes` together and at least one."""
        if not self.may_have_more:
            return ()
        entries = self._outbox.entries_after(self._sent_seq, ENTRIES_AT_ONCE)
        self.may_have_more = bool(entries)
        total = 0
        for count, entry in enumerate(entries):
            total += len(entry.payload)
            if total > size_bytes and count > 0:
                return entries[:count]
        return entries

    def took(self, entries: Sequence[Entry], size_bytes: int) -> None:
        """`entries` were handed to the link in a parcel of `size_bytes`."""
        self._sent_seq = entries[-1].seq
        self._batches.append((self._sent_seq, size_bytes))

    def told(self, durable_seq: int, *, again: bool) -> None:
        """The township has everything up to `durable_seq`."""
        while self._batches and self._batches[0][0] <= durable_seq:
            self._batches.popleft()
        if again and durable_seq < self._sent_seq:
            self.begin(durable_seq)

    def chain_at(self, seq: int) -> str:
        """Our chain after entry `seq`; empty when we have no such entry."""
        if seq == 0:
            return chain.first(self._station, self._outbox.head().epoch)
        entries = self._outbox.entries_after(seq - 1, 1)
        return entries[0].chain if entries else ""

    @property
    def unreceipted_bytes(self) -> int:
        """Bytes of batches that are on their way."""
        return sum(size_bytes for _, size_bytes in self._batches)


def packed(
    address: Address, epoch: str, entries: Sequence[Entry], *, lease: int, limit_bytes: int
) -> tuple[Parcel, Sequence[Entry]]:
    """A parcel within `limit_bytes`, and the entries that found room in it.

    Raises LinkError when not even one does.
    """
    while True:
        message = Records(epoch=epoch, entries=tuple(map(_journal_entry, entries)))
        parcel = pack(address, message, lease=lease)
        if len(parcel.payload) + HEADER_BYTES <= limit_bytes:
            return parcel, entries
        if len(entries) == 1:
            raise LinkError(
                f"journal entry {entries[0].seq} is larger than the broker's limit of {limit_bytes}"
            )
        entries = entries[: len(entries) // 2]


def _journal_entry(entry: Entry) -> JournalEntry:
    return JournalEntry(seq=entry.seq, payload=entry.payload.decode(), chain=entry.chain)
