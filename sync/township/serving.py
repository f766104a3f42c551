"""PROCESS 4: parcels in, made durable, receipts out."""

from __future__ import annotations

import logging
import random
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from firmware_config.errors import ConfigError, InputError, LinkError
from firmware_config.township_schema import Township
from sync.client import Connection, wait
from sync.pace import Pause
from sync.parcel import Arrival, Parcel, pack
from sync.township.ledger import Ledger
from sync.township.receiving import Receiving
from sync.township.staging import Staging
from sync.township.vault import open_vault
from sync.wire import HELLOS, Address, State, inbox

LEDGER = "township.db"
STAGING = "staging"
IDLE_S = 0.25
RETRY_FIRST_S = 0.25
RETRY_LONGEST_S = 10.0
NO_BROKER_HINT = "没有设置消息服务器：请在配置文件 [link] 中填写 broker_host。"

log = logging.getLogger(__name__)
Stop = Callable[[], bool]


def receive(settings: Township, stop: Stop) -> None:
    """Receive until told to stop. Raises ConfigError, and StorageError when the disk fails."""
    if not settings.link.broker_host:
        raise ConfigError("[link] names no broker_host", hint=NO_BROKER_HINT)
    pause = Pause(RETRY_FIRST_S, RETRY_LONGEST_S, random.Random())
    with opened(settings) as receiving:
        while not stop():
            try:
                # Anew for each connection, so that stations see that one fell, and what was on
                # its way with it, and ask at once what is there.
                receiving.session = secrets.token_hex(8)
                with connected(settings, receiving.session) as connection:
                    pause.begin()
                    serve(connection, receiving, stop)
            except LinkError as error:
                log.warning("link: %s", error.message)
                wait(pause.next_s(), stop)


def home_of(settings: Township) -> Path:
    """The folder of all state."""
    return Path(settings.home).expanduser()


@contextmanager
def opened(settings: Township) -> Iterator[Receiving]:
    """The receiver over what is on the disk. Raises StorageError."""
    home = home_of(settings)
    with (
        closing(Ledger(home / LEDGER)) as ledger,
        closing(Staging(home / STAGING)) as staging,
    ):
        vault = open_vault(settings.vault, home)
        yield Receiving(settings, ledger, staging, vault, now=wall_time)


@contextmanager
def connected(settings: Township, session: str) -> Iterator[Connection]:
    """A connection on which the receiver has said that it is there. Raises LinkError."""
    here = Address(kind="receiver-state", receiver=settings.receiver)
    offline = pack(here, State(state="offline", session=session), retain=True)
    connection = Connection(settings.link, settings.receiver, will=offline)
    try:
        topics = (HELLOS, inbox(settings.receiver))
        connection.subscribe(topics, settings.link.connect_timeout_s)
        connection.publish(pack(here, State(state="online", session=session), retain=True))
        log.info("link: up, %s:%d", settings.link.broker_host, settings.link.broker_port)
        yield connection
        connection.publish(offline)
        connection.close()
    finally:
        connection.abandon()


def serve(connection: Connection, receiving: Receiving, stop: Stop) -> None:
    """Take, settle, acknowledge, answer: in that order. Raises LinkError and StorageError."""
    taken: list[Arrival] = []
    words: deque[Parcel] = deque()
    while not stop():
        turn = connection.turn(_pause_s(receiving))
        for arrival in turn.arrivals:
            take(receiving, arrival, time.monotonic())
        taken += turn.arrivals
        due_s = receiving.due_s()
        is_due = due_s is not None and due_s <= time.monotonic()
        if is_due or (taken and due_s is None) or len(taken) >= connection.in_flight // 2:
            words += receiving.settle(time.monotonic())
            connection.acknowledge(taken)
            taken.clear()
        while words and connection.has_room:
            connection.publish(words.popleft())


def take(receiving: Receiving, arrival: Arrival, now_s: float) -> None:
    """One message; what makes no sense is kept aside and holds up nobody."""
    try:
        receiving.take(arrival.parcel(), now_s)
    except InputError as error:
        log.warning("set aside: %s: %s", arrival.topic, error.message)
        receiving.quarantine(arrival.topic, arrival.payload, error.message)


def wall_time() -> str:
    """UTC now, ISO 8601; for people, never for order."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _pause_s(receiving: Receiving) -> float:
    due_s = receiving.due_s()
    return IDLE_S if due_s is None else max(0.0, min(IDLE_S, due_s - time.monotonic()))
