"""What is handed to MQTT and comes out of it: a payload, its address, its properties. Pure."""

from __future__ import annotations

import hashlib
import zlib
from typing import TypeVar

import msgspec

from firmware_config.errors import InputError
from sync.wire import Address, Message

PLAIN_BYTES = 1024
"""Above this JSON is sent deflated; Chinese text shrinks to a quarter."""
INFLATED_BYTES_MAXIMUM = 8 << 20
HEADER_BYTES = 1024
"""Room that topic and properties of one message may take."""

M = TypeVar("M", bound=Message)


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One MQTT message. `enc`, `schema` and `lease` are its user properties."""

    address: Address
    payload: bytes = b""
    schema: str = ""
    enc: str = ""
    lease: int = 0
    retain: bool = False
    response_topic: str = ""
    correlation: bytes = b""
    expiry_s: int = 0


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it came; `mid` is what `acknowledge` wants."""

    topic: str
    payload: bytes
    enc: str
    lease: int
    mid: int

    def parcel(self) -> Parcel:
        """The message as one of ours. Raises InputError when its topic is none of ours."""
        address = Address.parse(self.topic)
        return Parcel(address=address, payload=self.payload, enc=self.enc, lease=self.lease)


def pack(address: Address, message: Message, *, lease: int = 0, retain: bool = False) -> Parcel:
    """`message` as UTF-8 JSON, deflated where that pays."""
    payload = msgspec.json.encode(message)
    enc = ""
    if len(payload) > PLAIN_BYTES:
        payload, enc = zlib.compress(payload, 6), "zlib"
    return Parcel(
        address=address, payload=payload, schema=message.SCHEMA, enc=enc, lease=lease, retain=retain
    )


def segment(address: Address, data: bytes, *, offset: int, lease: int = 0) -> Parcel:
    """Raw bytes of a file; where they belong and their check stand in the topic."""
    to = msgspec.structs.replace(address, kind="segment", offset=offset, check=check_of(data))
    return Parcel(address=to, payload=data, lease=lease)


def check_of(data: bytes) -> str:
    """The check of a segment: 16 hex digits of its SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


def unpack(payload: bytes, enc: str, kind: type[M]) -> M:
    """The message in `payload`. Raises InputError when it cannot be one."""
    try:
        return msgspec.json.decode(_plain(payload, enc), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"not a {kind.__name__}: {error}") from error


def _plain(payload: bytes, enc: str) -> bytes:
    if not enc:
        return payload
    if enc != "zlib":
        raise InputError(f"unknown encoding {enc[:40]!r}")
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(payload, INFLATED_BYTES_MAXIMUM)
    except zlib.error as error:
        raise InputError(f"damaged zlib stream: {error}") from error
    if not inflater.eof:
        raise InputError(f"zlib stream is cut, or inflates to over {INFLATED_BYTES_MAXIMUM} bytes")
    return plain
