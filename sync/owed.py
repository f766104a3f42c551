"""The station's store as the uplink sees it: the outbox, and the bytes of its files."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from firmware_config.errors import DamageError, StorageError
from station.store import Store, outbox, waking

DAMAGED_HINT = "本机有图像文件损坏，无法发送，请不要清理设备，并联系技术员。"

log = logging.getLogger(__name__)


class StoreOutbox:
    """sync.outbox.Outbox over a store; says one line for each thing receipted."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen = waking.data_version(store)

    def head(self) -> outbox.Head:
        """Where the journal stands."""
        return outbox.head(self._store)

    def accepted(self) -> tuple[str, int]:
        """The server_gen last named, and the last entry the township has."""
        return outbox.server_generation(self._store) or "", outbox.accepted_seq(self._store)

    def entries_after(self, seq: int, limit: int) -> Sequence[outbox.Entry]:
        """Entries that follow `seq`."""
        return outbox.entries_after(self._store, seq, limit)

    def files_waiting(self, limit: int = 100) -> Sequence[outbox.Waiting]:
        """The next files to send, at most `limit`."""
        return outbox.files_waiting(self._store, limit)

    def read(self, digest: str, start: int, end: int) -> bytes:
        """Bytes of a blob. Raises StorageError when it is gone, DamageError when it is short."""
        try:
            with self._store.spool.path(digest).open("rb") as blob:
                blob.seek(start)
                data = blob.read(end - start)
        except OSError as error:
            raise StorageError(f"cannot read blob {digest}: {error.strerror}") from error
        if len(data) != end - start:
            raise DamageError(f"blob {digest} ends before byte {end}")
        return data

    def check(self, digest: str) -> None:
        """Hash a blob. Raises StorageError when it is gone, DamageError when it is damaged."""
        if self._store.spool.actual_digest(digest) != digest:
            raise DamageError(f"our own copy of {digest} is damaged", hint=DAMAGED_HINT)

    def accept_entries(self, *, durable_seq: int, chain: str, server_gen: str) -> None:
        """The township has the entries up to `durable_seq`."""
        outbox.accept_entries(
            self._store, durable_seq=durable_seq, chain=chain, server_gen=server_gen
        )
        if durable_seq:
            log.info("receipted: journal up to %d", durable_seq)

    def accept_file(self, digest: str, *, server_gen: str) -> None:
        """The township has the file."""
        outbox.accept_file(self._store, digest, server_gen=server_gen)
        log.info("receipted: file %s", digest)

    def rewind(self, *, server_gen: str, durable_seq: int) -> None:
        """The township lost what came after `durable_seq`, and perhaps files: ask for each."""
        outbox.rewind(self._store, server_gen=server_gen, durable_seq=durable_seq)
        log.warning("rewound: the township stands at %d again", durable_seq)

    def changed(self) -> bool:
        """Whether another process has written since the last call."""
        now = waking.data_version(self._store)
        changed, self._seen = now != self._seen, now
        return changed

    def empty(self) -> bool:
        """Whether the township has everything."""
        return outbox.empty(self._store)
