"""A receiver over a real ledger in a folder, spoken to without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from firmware_config.township_schema import Township, Vault
from sync.parcel import Parcel, pack, segment, unpack
from sync.township.ledger import Ledger
from sync.township.receiving import Receiving
from sync.township.staging import Staging
from sync.township.vault import Vault as AnyVault
from sync.township.vault_folder import FolderVault
from sync.wire import Address, FileInit, Grant, Hello, JournalEntry, Message, Receipt, Records
from tests.sync.memory import MemoryOutbox

STATION = "s1"
M = TypeVar("M", bound=Message)


class Desk:
    """What a station says to it comes back as grants and receipts."""

    def __init__(
        self,
        home: Path,
        vault: AnyVault | None = None,
        *,
        busy_timeout_s: float = 5.0,
        **changes: object,
    ) -> None:
        self.home = home
        policy = Township(receiver="rx01", home=str(home))
        self.ledger = Ledger(home / "township.db", busy_timeout_s=busy_timeout_s)
        self.vault = vault or FolderVault(Vault(), home)
        self.staging = Staging(home / "staging")
        self.receiving = Receiving(
            msgspec.structs.replace(policy, **changes),
            self.ledger,
            self.staging,
            self.vault,
            session="life-1",
            now=lambda: "2026-11-22T00:00:00Z",
        )
        self.outbox = MemoryOutbox(STATION)
        self.now_s = 0.0

    def close(self) -> None:
        self.staging.close()
        self.ledger.close()

    def hello(self, session: str = "one", **changes: object) -> Grant:
        head = self.outbox.head()
        words = {"session": session, "epoch": head.epoch, "seq": head.seq, "chain": head.chain}
        hello = Hello(**{**words, **changes})  # type: ignore[arg-type]
        self.receiving.take(pack(Address(kind="hello", station=STATION), hello), self.now_s)
        return self._said(Grant)

    def records(self, *seqs: int, epoch: str = "e1") -> Receipt:
        entries = [self.outbox.entries[seq - 1] for seq in seqs]
        return self.entries(
            *(JournalEntry(seq=e.seq, payload=e.payload.decode(), chain=e.chain) for e in entries),
            epoch=epoch,
        )

    def entries(self, *entries: JournalEntry, epoch: str = "e1") -> Receipt:
        message = Records(epoch=epoch, entries=entries)
        return self.send(pack(self._to("records"), message))

    def init(self, digest: str, size: int, *, kind: str = "master") -> Receipt:
        init = FileInit(name=digest, size=size, checksum=digest, kind=kind)  # type: ignore[arg-type]
        return self.send(pack(self._to("init", digest), init))

    def segment(self, digest: str, offset: int, data: bytes) -> Receipt:
        return self.send(segment(self._to("init", digest), data, offset=offset))

    def fin(self, digest: str, size: int) -> Receipt:
        return self.send(Parcel(address=self._to("fin", digest, size)))

    def store(self, digest: str) -> Receipt:
        data = self.outbox.files[digest]
        self.init(digest, len(data), kind=self.outbox.kinds[digest])
        self.segment(digest, 0, data)
        return self.fin(digest, len(data))

    def send(self, parcel: Parcel) -> Receipt:
        self.receiving.take(parcel, self.now_s)
        return self._said(Receipt)

    def _to(self, kind: str, digest: str = "", size: int = 0) -> Address:
        return Address(
            kind=kind,  # type: ignore[arg-type]
            station=STATION,
            receiver="rx01",
            digest=digest,
            size=size,
        )

    def _said(self, kind: type[M]) -> M:
        self.now_s += 1.0
        (word,) = self.receiving.settle(self.now_s)
        return unpack(word.payload, word.enc, kind)
