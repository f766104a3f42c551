"""PROCESS 3: outbox -> parcels, receipts -> outbox.

The station's outbox is the only queue: this process may be killed at any moment and loses
nothing but time.
"""

from __future__ import annotations

import logging
import random
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Protocol

from firmware_config.errors import ConfigError, InputError, LinkError
from firmware_config.schema import Sync
from sync.client import Connection, wait
from sync.outbox import Outbox
from sync.pace import Pause
from sync.parcel import Arrival, pack, unpack
from sync.sending import Sending
from sync.wire import RECEIVER_STATES, Address, Birth, Grant, Receipt, State

SILENCES_MAXIMUM = 3
"""After so many hellos in vain the connection itself is doubted."""
IDLE_S = 0.25
"""How long a new entry in the outbox may lie before it is seen."""
NO_BROKER_HINT = "没有设置乡镇服务器：请在配置文件 [sync] 中填写 broker_host。"

log = logging.getLogger(__name__)
Stop = Callable[[], bool]


class OwnOutbox(Outbox, Protocol):
    """An outbox on this machine: it can also say that it has changed, and that it is empty."""

    def changed(self) -> bool:
        """Whether someone else has written since the last call."""

    def empty(self) -> bool:
        """Whether the township has everything."""


def send(station: str, outbox: OwnOutbox, settings: Sync, stop: Stop) -> None:
    """Send whatever comes into the outbox, until told to stop. Raises ConfigError."""
    uplink = Uplink(station, outbox, settings)
    pause = Pause(settings.retry_first_s, settings.retry_longest_s, random.Random())
    while not stop():
        try:
            with uplink.connected() as connection:
                pause.begin()
                uplink.serve(connection, stop)
        except LinkError as error:
            log.warning("link: %s", error.message)
            wait(pause.next_s(), stop)


def send_all(
    station: str, outbox: OwnOutbox, settings: Sync, stop: Stop, *, timeout_s: float
) -> None:
    """Send what is in the outbox, and return when the township has it all, or when told to stop.

    Raises LinkError when there is no broker, and when no receipt has come for `timeout_s`.
    """
    uplink = Uplink(station, outbox, settings)
    patience = Patience(uplink, timeout_s)
    pause = Pause(settings.retry_first_s, settings.retry_longest_s, random.Random())
    first = True

    def ended() -> bool:
        return stop() or outbox.empty() or patience.over

    while not ended():
        try:
            with uplink.connected() as connection:
                first = False
                pause.begin()
                uplink.serve(connection, ended)
        except LinkError as error:
            if first:
                raise
            log.warning("link: %s", error.message)
            wait(pause.next_s(), ended)
    if patience.over and not outbox.empty():
        raise uplink.reason(timeout_s)


class Uplink:
    """One station's way to its township."""

    def __init__(self, station: str, outbox: OwnOutbox, settings: Sync) -> None:
        if not settings.broker_host:
            raise ConfigError("[sync] names no broker_host", hint=NO_BROKER_HINT)
        self._station = station
        self._outbox = outbox
        self._settings = settings
        self._sending = Sending(station, outbox, settings, random.Random(secrets.randbits(64)))
        self._told: set[str] = set()
        self.news = 0

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection on which the station has said who it is. Raises LinkError."""
        here = Address(kind="state", station=self._station)
        session = secrets.token_hex(8)
        offline = pack(here, State(state="offline", session=session), retain=True)
        connection = Connection(self._settings, self._station, will=offline)
        try:
            answers = (
                Address(kind="grant", station=self._station).topic,
                Address(kind="receipt", station=self._station).topic,
                RECEIVER_STATES,
            )
            connection.subscribe(answers, self._settings.connect_timeout_s)
            connection.publish(pack(here, State(state="online", session=session), retain=True))
            born = Address(kind="birth", station=self._station)
            connection.publish(pack(born, self._birth(), retain=True))
            log.info("link: up, %s:%d", self._settings.broker_host, self._settings.broker_port)
            yield connection
            connection.publish(offline)
            connection.close()
        finally:
            self._sending.link_down()
            connection.abandon()

    def serve(self, connection: Connection, stop: Stop) -> None:
        """Send and listen until told to stop. Raises LinkError when the connection falls."""
        sending = self._sending
        sending.link_up(time.monotonic(), connection.limit_bytes)
        while not stop():
            now_s = time.monotonic()
            while connection.has_room and (parcel := sending.next_parcel(now_s)):
                connection.publish(parcel)
            turn = connection.turn(max(0.0, min(IDLE_S, sending.next_s(now_s) - now_s)))
            for arrival in turn.arrivals:
                self._take_or_leave(arrival)
            connection.acknowledge(turn.arrivals)
            for reason in turn.undelivered:
                sending.undelivered(reason, time.monotonic())
            if self._outbox.changed():
                sending.outbox_changed()
            self._tell()
            if sending.silences >= SILENCES_MAXIMUM:
                sending.silences = 0
                raise LinkError("connected, but the township has said nothing for too long")

    def reason(self, timeout_s: float) -> LinkError:
        """Why the outbox is not empty, as well as is known."""
        known = [self._sending.refusal, *self._sending.troubles.values()]
        told = "; ".join(error.message for error in known if error)
        hints = [error.hint for error in known if error]
        message = told or "the township does not answer"
        return LinkError(f"{message} (no receipt for {timeout_s:g} s)", hint="".join(hints[:1]))

    def _take_or_leave(self, arrival: Arrival) -> None:
        """One message; what makes no sense cannot be the township's word."""
        try:
            self._take(arrival)
        except InputError as error:
            log.warning("ignored: %s: %s", arrival.topic, error.message)

    def _take(self, arrival: Arrival) -> None:
        parcel = arrival.parcel()
        now_s = time.monotonic()
        match parcel.address.kind:
            case "grant":
                self._sending.granted(unpack(parcel.payload, parcel.enc, Grant), now_s)
            case "receipt":
                self.news += 1
                self._sending.receipted(unpack(parcel.payload, parcel.enc, Receipt), now_s)
            case "receiver-state":
                state = unpack(parcel.payload, parcel.enc, State)
                self._sending.receiver_is(parcel.address.receiver, state, now_s)

    def _tell(self) -> None:
        """One line for each trouble, once."""
        known = [self._sending.refusal, *self._sending.troubles.values()]
        troubles = {error.message for error in known if error}
        for message in sorted(troubles - self._told):
            log.error("not sent: %s", message)
        self._told = troubles

    def _birth(self) -> Birth:
        head, (_, accepted) = self._outbox.head(), self._outbox.accepted()
        return Birth(
            station=self._station,
            version=version("scan-station"),
            schemas=(Receipt.SCHEMA, Grant.SCHEMA),
            backlog_entries=max(0, head.seq - accepted),
            backlog_files=len(self._outbox.files_waiting()),
        )


class Patience:
    """Over when nothing was heard of the township for `timeout_s`."""

    def __init__(self, uplink: Uplink, timeout_s: float) -> None:
        self._uplink = uplink
        self._timeout_s = timeout_s
        self._news = 0
        self._since_s = time.monotonic()

    @property
    def over(self) -> bool:
        """Whether to give up."""
        if self._uplink.news != self._news:
            self._news, self._since_s = self._uplink.news, time.monotonic()
        return time.monotonic() - self._since_s > self._timeout_s
