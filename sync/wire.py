"""The wire, `vs/1`: its topics and messages. Pure; docs/wire.md is the page to read first.

Unknown fields of a message are ignored, so that either end may be the newer one. The major
version stands in the topic, the minor one in the user property `schema`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from firmware_config.errors import InputError

Kind = Literal[
    "hello",
    "grant",
    "receipt",
    "state",
    "birth",
    "records",
    "init",
    "segment",
    "fin",
    "receiver-state",
]

TOPICS: Mapping[Kind, str] = {
    "hello": "vs/1/{station}/hello",
    "grant": "vs/1/{station}/down/grant",
    "receipt": "vs/1/{station}/down/rcpt",
    "state": "vs/1/{station}/state",
    "birth": "vs/1/{station}/birth",
    "records": "vs/1/{station}/rx/{receiver}/rec",
    "init": "vs/1/{station}/rx/{receiver}/file/{digest}/init",
    "segment": "vs/1/{station}/rx/{receiver}/file/{digest}/{offset}/{check}",
    "fin": "vs/1/{station}/rx/{receiver}/file/{digest}/fin/{size}/{digest}",
    "receiver-state": "vs/1/_srv/{receiver}/state",
}
HELLOS = "$share/rx/vs/1/+/hello"
"""Only hello is shared between receivers: it is tiny, and repeating it does no harm."""
RECEIVER_STATES = "vs/1/_srv/+/state"

NO_RECEIVER = 0x10
"""PUBACK: nobody is subscribed. mosquitto says it, rumqttd does not."""
NOT_AUTHORISED = 0x87
QUOTA_EXCEEDED = 0x97

_IDENTIFIER = r"[a-z0-9][a-z0-9-]{0,31}"
_PARTS = {
    "station": _IDENTIFIER,
    "receiver": _IDENTIFIER,
    "digest": r"[0-9a-f]{64}",
    "offset": r"[0-9]{1,15}",
    "size": r"[0-9]{1,15}",
    "check": r"[0-9a-f]{16}",
}


def _pattern(template: str) -> re.Pattern[str]:
    seen: set[str] = set()

    def part(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>{_PARTS[name]})"

    return re.compile(re.sub(r"\{(\w+)\}", part, template), re.ASCII)


_PATTERNS = {kind: _pattern(template) for kind, template in TOPICS.items()}


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """A topic taken apart. `check` is the first 16 hex digits of the segment's SHA-256."""

    kind: Kind
    station: str = ""
    receiver: str = ""
    digest: str = ""
    offset: int = 0
    size: int = 0
    check: str = ""

    @property
    def topic(self) -> str:
        """The topic as MQTT wants it."""
        return TOPICS[self.kind].format_map(msgspec.structs.asdict(self))

    @classmethod
    def parse(cls, topic: str) -> Address:
        """The address that `topic` spells. Raises InputError when it is none of ours."""
        for kind, pattern in _PATTERNS.items():
            if match := pattern.fullmatch(topic):
                return msgspec.convert({"kind": kind, **match.groupdict()}, cls, strict=False)
        raise InputError(f"not a topic of vs/1: {topic[:200]!r}")


def inbox(receiver: str) -> str:
    """What one receiver subscribes to: all that stations send to it and to no other."""
    return f"vs/1/+/rx/{receiver}/#"


Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256, hex")]
Count = Annotated[int, Meta(ge=0, le=(1 << 53) - 1)]
"""An integer that JSON's readers and SQLite hold exactly."""
Epoch = Annotated[str, Meta(pattern="^[0-9A-Za-z-]{1,40}$")]
"""One life of a station's journal; a new card begins a new one."""
Session = Annotated[str, Meta(min_length=1, max_length=64)]
Have = tuple[tuple[Count, Count], ...]
FileKind = Literal["record", "master"]


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The root of all messages; `SCHEMA` is its name and minor version."""

    SCHEMA: ClassVar[str] = ""


class State(Message, frozen=True, kw_only=True):
    """Whether an end is there; retained, and left behind as the will of a lost connection."""

    SCHEMA: ClassVar[str] = "state/1.0"
    state: Literal["online", "offline"]
    session: str = ""


class Birth(Message, frozen=True, kw_only=True):
    """What a station says of itself; retained."""

    SCHEMA: ClassVar[str] = "birth/1.0"
    station: str
    version: str
    schemas: tuple[str, ...] = ()
    backlog_entries: Count = 0
    backlog_files: Count = 0


class Hello(Message, frozen=True, kw_only=True):
    """A station asks to be heard. `seq` and `chain` are the head of its journal."""

    SCHEMA: ClassVar[str] = "hello/1.0"
    session: Session
    epoch: Epoch
    seq: Count
    chain: Digest
    server_gen: str = ""


class FileState(Message, frozen=True, kw_only=True):
    """What the township has of one file; `have` is durable there.

    `stored` is the receipt: hashed again as a whole, in the vault, in the ledger. `unknown`
    asks for the file's init first. `rejected` means that it must be sent anew, later.
    """

    sha256: Digest
    state: Literal["unknown", "receiving", "stored", "rejected"]
    have: Have = ()
    reason: str = ""


class Grant(Message, frozen=True, kw_only=True):
    """The answer to hello: who receives, what it has, how much may be on its way.

    `refused` says why nothing may be sent; `new_epoch` is then the epoch to go on in, if any.
    """

    SCHEMA: ClassVar[str] = "grant/1.0"
    session: Session
    receiver: str
    receiver_session: str
    lease_epoch: Count
    server_time: str
    server_gen: str
    epoch: Epoch
    durable_seq: Count
    chain: Digest
    credit_bytes: Count
    bulk: bool = True
    retry_after_s: Annotated[float, Meta(ge=0.0)] = 0.0
    files: tuple[FileState, ...] = ()
    refused: str = ""
    new_epoch: str = ""


class JournalEntry(Message, frozen=True, kw_only=True):
    """One entry of the journal; `payload` is its text verbatim: the chain hashes these bytes."""

    seq: Annotated[int, Meta(ge=1, le=(1 << 53) - 1)]
    payload: str
    chain: Digest


class Records(Message, frozen=True, kw_only=True):
    """Journal entries in the order of `seq`, without a gap."""

    SCHEMA: ClassVar[str] = "records/1.0"
    epoch: Epoch
    entries: tuple[JournalEntry, ...]


class FileInit(Message, frozen=True, kw_only=True):
    """What is about to be sent; the names are those of EMQX File Transfer."""

    SCHEMA: ClassVar[str] = "file-init/1.0"
    name: str
    size: Annotated[int, Meta(ge=0, le=1 << 40)]
    checksum: Digest
    kind: FileKind


class Receipt(Message, frozen=True, kw_only=True):
    """What is durable at the township: cumulative, so that losing one does no harm.

    `again` says that something sent did not come in: send anew what is not in here.
    """

    SCHEMA: ClassVar[str] = "receipt/1.0"
    session: Session
    lease_epoch: Count
    server_gen: str
    epoch: Epoch
    durable_seq: Count
    chain: Digest
    credit_bytes: Count
    t: str
    files: tuple[FileState, ...] = ()
    again: bool = False
    refused: str = ""


MESSAGES: Mapping[Kind, type[Message]] = {
    "hello": Hello,
    "grant": Grant,
    "receipt": Receipt,
    "state": State,
    "birth": Birth,
    "records": Records,
    "init": FileInit,
    "receiver-state": State,
}
"""Kinds that carry JSON; a segment carries raw bytes and a fin nothing."""
