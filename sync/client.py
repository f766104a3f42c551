"""MQTT 5 through paho: the only module that knows it. A pipe, never a queue.

One `Connection` is one TCP connection: when it falls, what was on its way is forgotten here and
sent again by the protocol. paho 2.2 obeys neither the broker's Receive Maximum nor its Maximum
Packet Size (it would send, be thrown out, connect and send again for ever), so both are kept
here. No thread: `turn` does the network.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence

import msgspec
import paho.mqtt.client as paho
from paho.mqtt import MQTTException
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from firmware_config.errors import ConfigError, LinkError
from firmware_config.schema import Link
from sync.parcel import Arrival, Parcel
from sync.wire import NO_RECEIVER

IN_FLIGHT_MAXIMUM = 20
"""More never made it faster on a loopback, and costs memory."""
PACKET_BYTES_MAXIMUM = 512 * 1024
"""Ours, for brokers that do not tell theirs; the largest chunk is half of it."""
USER_TIMEOUT_MS = 30_000
"""A line that is dead shows after this, not after minutes of TCP's patience."""
WILL_DELAY_S = 60
TURN_MESSAGES = 4
FAILURE = 0x80


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What a turn brought: messages, and reasons the broker gave for not delivering ours."""

    arrivals: tuple[Arrival, ...] = ()
    undelivered: tuple[int, ...] = ()


class Connection:
    """A connection that stands. All methods raise LinkError when it falls."""

    def __init__(
        self,
        settings: Link,
        client_id: str,
        *,
        will: Parcel | None = None,
        will_delay_s: int = WILL_DELAY_S,
        in_flight: int = IN_FLIGHT_MAXIMUM,
    ) -> None:
        """Connect, within `connect_timeout_s`. `in_flight` messages may be open each way."""
        self._where = f"{settings.broker_host}:{settings.broker_port}"
        self._arrivals: list[Arrival] = []
        self._undelivered: list[int] = []
        self._open_mids: set[int] = set()
        self._subscribed: list[ReasonCode] = []
        self._answer: ReasonCode | None = None
        self._fallen = ""
        self.limit_bytes = PACKET_BYTES_MAXIMUM
        self.in_flight = in_flight
        self._client = self._make(client_id, settings, will, will_delay_s)
        self._connect(settings)

    def publish(self, parcel: Parcel) -> None:
        """Hand one message over, QoS 1. Ask `has_room` before."""
        topic = parcel.address.topic
        size = len(parcel.payload) + len(topic)
        if size > self.limit_bytes:
            raise LinkError(f"{topic}: {size} bytes, over the broker's limit {self.limit_bytes}")
        with self._our_errors():
            info = self._client.publish(
                topic, parcel.payload, qos=1, retain=parcel.retain, properties=_properties(parcel)
            )
        if info.rc != paho.MQTT_ERR_SUCCESS:
            raise LinkError(f"{self._where}: {paho.error_string(info.rc)}")
        self._open_mids.add(info.mid)

    @property
    def has_room(self) -> bool:
        """Whether the broker, and our own window, take one more message."""
        return len(self._open_mids) < self.in_flight

    @property
    def is_quiet(self) -> bool:
        """Whether the broker has acknowledged all that was published."""
        return not self._open_mids

    def subscribe(self, topics: Sequence[str], timeout_s: float) -> None:
        """Subscribe, and wait until the broker has said yes to all."""
        self._subscribed = []
        with self._our_errors():
            self._client.subscribe([(topic, SubscribeOptions(qos=1)) for topic in topics])
        self._wait(lambda: bool(self._subscribed), timeout_s, "no answer to SUBSCRIBE")
        for topic, code in zip(topics, self._subscribed, strict=False):
            if code.value >= FAILURE:
                raise LinkError(f"{self._where} refuses the subscription {topic}: {code}")

    def turn(self, timeout_s: float) -> Turn:
        """Let the network work for at most `timeout_s`, less when something comes."""
        self._loop(timeout_s)
        for _ in range(TURN_MESSAGES):
            before = len(self._arrivals)
            if not before:
                break
            self._loop(0.0)
            if len(self._arrivals) == before:
                break
        turn = Turn(arrivals=tuple(self._arrivals), undelivered=tuple(self._undelivered))
        self._arrivals, self._undelivered = [], []
        return turn

    def acknowledge(self, arrivals: Sequence[Arrival]) -> None:
        """Tell the broker that these are dealt with; until then it holds back others."""
        with self._our_errors():
            for arrival in arrivals:
                self._client.ack(arrival.mid, 1)

    def close(self, timeout_s: float = 1.0) -> None:
        """Say goodbye, after what was published has had `timeout_s` to get through."""
        with contextlib.suppress(LinkError):
            self._wait(lambda: self.is_quiet, timeout_s, "goodbye")
        with contextlib.suppress(LinkError), self._our_errors():
            self._client.disconnect()

    def abandon(self) -> None:
        """Drop the connection without a word, so that the will is published."""
        if (plug := self._client.socket()) is not None:
            plug.close()

    def _make(
        self, client_id: str, settings: Link, will: Parcel | None, will_delay_s: int
    ) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            protocol=paho.MQTTv5,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.max_inflight_messages_set(self.in_flight)
        client.max_queued_messages_set(self.in_flight)
        client.connect_timeout = settings.connect_timeout_s
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.on_subscribe = self._on_subscribe
        if will is not None:
            properties = _new(PacketTypes.WILLMESSAGE)
            properties.WillDelayInterval = will_delay_s
            client.will_set(will.address.topic, will.payload, 1, True, properties)
        if settings.tls is not None:
            try:
                client.tls_set(settings.tls.ca, settings.tls.certificate, settings.tls.key)
            except (OSError, ValueError) as error:
                raise ConfigError(f"TLS files of {self._where}: {error}") from error
        return client

    def _connect(self, settings: Link) -> None:
        properties = _new(PacketTypes.CONNECT)
        properties.ReceiveMaximum = self.in_flight
        properties.MaximumPacketSize = PACKET_BYTES_MAXIMUM
        try:
            with self._our_errors():
                self._client.connect(
                    settings.broker_host,
                    settings.broker_port,
                    settings.keepalive_s,
                    clean_start=True,
                    properties=properties,
                )
            plug = self._client.socket()
            if isinstance(plug, socket.socket):
                plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
                plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            answered = lambda: self._answer is not None  # noqa: E731
            self._wait(answered, settings.connect_timeout_s, "no answer to CONNECT")
        except LinkError:
            self.abandon()
            raise
        if self._answer and self._answer.is_failure:
            raise LinkError(f"{self._where} refuses us: {self._answer}")

    def _loop(self, timeout_s: float) -> None:
        plug = self._client.socket()
        with self._our_errors():
            if isinstance(plug, socket.socket):
                # Brokers leave Nagle on: a receipt would wait 40 ms for our delayed ACK.
                plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            code = int(self._client.loop(timeout_s))
        if self._fallen or code != paho.MQTT_ERR_SUCCESS:
            raise LinkError(f"{self._where}: {self._fallen or paho.error_string(code)}")

    def _wait(self, done: Callable[[], bool], timeout_s: float, otherwise: str) -> None:
        until_s = time.monotonic() + timeout_s
        while not done():
            left_s = until_s - time.monotonic()
            if left_s <= 0:
                raise LinkError(f"{self._where}: {otherwise} within {timeout_s:g} s")
            self._loop(min(left_s, 0.1))

    @contextlib.contextmanager
    def _our_errors(self) -> Iterator[None]:
        try:
            yield
        except (OSError, MQTTException, ValueError, struct.error, IndexError) as error:
            # paho lets a broken packet of the broker through as whatever it stumbled over.
            raise LinkError(f"cannot talk to {self._where}: {error}") from error

    # paho's callbacks: client and user data come first, and are of no use here

    def _on_connect(
        self, _client: object, _data: object, _flags: object, reason: ReasonCode, told: object
    ) -> None:
        self._answer = reason
        self.in_flight = min(self.in_flight, getattr(told, "ReceiveMaximum", 65_535))
        largest = getattr(told, "MaximumPacketSize", self.limit_bytes)
        self.limit_bytes = min(self.limit_bytes, largest)
        if getattr(told, "MaximumQoS", 2) < 1:
            self._fallen = "the broker does not do QoS 1"

    def _on_disconnect(
        self, _client: object, _data: object, _flags: object, reason: ReasonCode, _told: object
    ) -> None:
        self._fallen = f"connection ended: {reason}"

    def _on_message(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        told = dict(getattr(message.properties, "UserProperty", ()))
        lease = told.get("lease", "")
        self._arrivals.append(
            Arrival(
                topic=message.topic,
                payload=bytes(message.payload),
                enc=told.get("enc", ""),
                lease=int(lease) if lease.isdecimal() and len(lease) < 16 else 0,
                mid=message.mid,
            )
        )

    def _on_publish(
        self, _client: object, _data: object, mid: int, reason: ReasonCode, _told: object
    ) -> None:
        self._open_mids.discard(mid)
        if reason.value >= FAILURE or reason.value == NO_RECEIVER:
            self._undelivered.append(reason.value)

    def _on_subscribe(
        self, _client: object, _data: object, _mid: int, reasons: list[ReasonCode], _told: object
    ) -> None:
        self._subscribed = reasons


def wait(pause_s: float, stop: Callable[[], bool]) -> None:
    """Do nothing for `pause_s`, but for less when told to stop."""
    until_s = time.monotonic() + pause_s
    while not stop() and (left_s := until_s - time.monotonic()) > 0:
        time.sleep(min(left_s, 0.1))


def _new(kind: int) -> Properties:
    return Properties(kind)  # type: ignore[no-untyped-call]


def _properties(parcel: Parcel) -> Properties:
    properties = _new(PacketTypes.PUBLISH)
    named = {"schema": parcel.schema, "enc": parcel.enc, "lease": str(parcel.lease or "")}
    if told := [(name, value) for name, value in named.items() if value]:
        properties.UserProperty = told
    if parcel.schema:
        properties.ContentType = "application/json"
        properties.PayloadFormatIndicator = 0 if parcel.enc else 1
    if parcel.response_topic:
        properties.ResponseTopic = parcel.response_topic
    if parcel.correlation:
        properties.CorrelationData = parcel.correlation
    if parcel.expiry_s:
        properties.MessageExpiryInterval = parcel.expiry_s
    return properties
