"""A station and a pen: what the tests of the sending side write the township's words with."""

from __future__ import annotations

import random

from firmware_config.schema import Sync
from sync.parcel import Parcel, unpack
from sync.sending import Sending
from sync.wire import (
    FileState,
    Grant,
    Hello,
    Receipt,
)
from tests.sync.memory import MemoryOutbox

STATION = "s1"
SETTINGS = Sync(chunk_bytes=65_536, no_progress_s=5.0, retry_first_s=1.0, retry_longest_s=8.0)


class Desk:
    """A station with its outbox, and a pen to write the township's words with."""

    def __init__(self, settings: Sync = SETTINGS) -> None:
        self.outbox = MemoryOutbox(STATION)
        self.sending = Sending(STATION, self.outbox, settings, random.Random(7))
        self.session = ""

    def connect(self, now_s: float = 0.0, limit_bytes: int = 1 << 28) -> Hello:
        self.sending.link_up(now_s, limit_bytes)
        return self.hello(now_s)

    def hello(self, now_s: float) -> Hello:
        parcel = self.sending.next_parcel(now_s)
        assert parcel is not None
        assert parcel.address.kind == "hello"
        hello = unpack(parcel.payload, parcel.enc, Hello)
        self.session = hello.session
        return hello

    def grant(self, now_s: float = 0.0, **changes: object) -> None:
        words: dict[str, object] = {
            "session": self.session,
            "receiver": "rx01",
            "receiver_session": "life-1",
            "lease_epoch": 1,
            "server_time": "2026-11-22T00:00:00Z",
            "server_gen": "g1",
            "epoch": self.outbox.epoch,
            "durable_seq": 0,
            "chain": self.chain_at(0),
            "credit_bytes": 200_000,
        }
        self.sending.granted(Grant(**{**words, **changes}), now_s)  # type: ignore[arg-type]

    def receipt(self, now_s: float = 0.0, seq: int | None = None, **changes: object) -> None:
        seq = len(self.outbox.entries) if seq is None else seq
        words: dict[str, object] = {
            "session": self.session,
            "lease_epoch": 1,
            "server_gen": "g1",
            "epoch": self.outbox.epoch,
            "durable_seq": seq,
            "chain": self.chain_at(seq),
            "credit_bytes": 200_000,
            "t": "2026-11-22T00:00:00Z",
        }
        self.sending.receipted(Receipt(**{**words, **changes}), now_s)  # type: ignore[arg-type]

    def chain_at(self, seq: int) -> str:
        empty = MemoryOutbox(STATION)
        return self.outbox.entries[seq - 1].chain if seq else empty.head().chain

    def spoken(self, now_s: float = 0.0, most: int = 100) -> list[Parcel]:
        parcels = []
        while len(parcels) < most and (parcel := self.sending.next_parcel(now_s)):
            parcels.append(parcel)
        return parcels


def kinds(parcels: list[Parcel]) -> list[str]:
    return [parcel.address.kind for parcel in parcels]


def receiving(digest: str, *have: tuple[int, int]) -> tuple[FileState, ...]:
    return (FileState(sha256=digest, state="receiving", have=have),)
