from __future__ import annotations

import socket
import time

import msgspec
import pytest

from firmware_config.errors import ConfigError, LinkError
from firmware_config.schema import Tls
from sync import broker
from sync.client import Connection, Turn
from sync.parcel import Parcel, pack
from sync.wire import NO_RECEIVER, Address, State
from tests.sync import ends

HERE = Address(kind="state", station="s1")


def turned(connection: Connection, tries: int = 50) -> Turn:
    """The first turn that brings something."""
    for _ in range(tries):
        turn = connection.turn(0.1)
        if turn.arrivals or turn.undelivered:
            return turn
    raise AssertionError("nothing came")


def test_a_message_arrives_with_its_properties(broker_port: int) -> None:
    settings = ends.settings(broker_port)
    hearer, speaker = Connection(settings, "hearer"), Connection(settings, "speaker")
    hearer.subscribe([HERE.topic], 5.0)
    long = pack(HERE, State(state="online", session="长" * 2000), lease=7)

    speaker.publish(long)

    (arrival,) = turned(hearer).arrivals
    assert arrival.parcel() == Parcel(address=HERE, payload=long.payload, enc="zlib", lease=7)
    hearer.close()
    speaker.close()


def test_mosquitto_holds_back_what_is_not_acknowledged() -> None:
    """rumqttd does not: it knows only its own window, and our credit is what bounds it."""
    ends.need("mosquitto")
    with broker.running("mosquitto") as port:
        _assert_held_back(ends.settings(port))


def _assert_held_back(settings: ends.Sync) -> None:
    hearer = Connection(settings, "slow", in_flight=3)
    hearer.subscribe([HERE.topic], 5.0)
    speaker = Connection(settings, "speaker")
    for number in range(8):
        speaker.publish(pack(HERE, State(state="online", session=str(number))))
    arrivals = []
    while len(arrivals) < 3:
        arrivals += turned(hearer).arrivals

    assert hearer.turn(0.3).arrivals == ()
    hearer.acknowledge(arrivals)

    assert turned(hearer).arrivals
    hearer.close()
    speaker.close()


def test_the_window_is_the_smaller_of_ours_and_the_brokers(broker_port: int) -> None:
    connection = Connection(ends.settings(broker_port), "s1", in_flight=2)

    assert connection.has_room
    for _ in range(2):
        connection.publish(pack(HERE, State(state="online")))

    assert not connection.has_room
    while not connection.is_quiet:
        connection.turn(0.1)
    assert connection.has_room
    connection.close()


def test_mosquitto_says_that_nobody_is_subscribed() -> None:
    ends.need("mosquitto")
    with broker.running("mosquitto") as port:
        connection = Connection(ends.settings(port), "s1")

        connection.publish(pack(Address(kind="hello", station="lonely"), State(state="online")))

        assert turned(connection).undelivered == (NO_RECEIVER,)
        connection.close()


def test_the_will_is_left_behind_when_a_station_vanishes(broker_port: int) -> None:
    settings = ends.settings(broker_port)
    hearer = Connection(settings, "hearer")
    hearer.subscribe([HERE.topic], 5.0)
    will = pack(HERE, State(state="offline", session="life-1"))
    vanishing = Connection(settings, "s1", will=will, will_delay_s=0)

    vanishing.abandon()

    (arrival,) = turned(hearer).arrivals
    assert arrival.payload == will.payload
    hearer.close()


def test_no_broker_is_a_link_error_with_a_hint() -> None:
    with pytest.raises(LinkError) as caught:
        Connection(ends.settings(broker.free_port()), "s1")

    assert "网络恢复" in caught.value.hint


def test_a_listener_that_never_answers_is_given_up_after_the_connect_timeout() -> None:
    with socket.create_server((broker.HOST, 0)) as mute:
        settings = ends.settings(mute.getsockname()[1], connect_timeout_s=0.3)
        began_s = time.monotonic()

        with pytest.raises(LinkError, match="no answer to CONNECT"):
            Connection(settings, "s1")

        assert time.monotonic() - began_s < 5.0


@pytest.mark.parametrize(
    "words", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x20\xff\xff\xff\xff\x7f"]
)
def test_a_listener_that_speaks_something_else_is_a_link_error(words: bytes) -> None:
    with socket.create_server((broker.HOST, 0)) as stranger:
        settings = ends.settings(stranger.getsockname()[1], connect_timeout_s=1.0)
        stranger.settimeout(5.0)

        with pytest.raises(LinkError):
            _connect_to(stranger, settings, words)


def test_a_message_above_our_own_limit_is_never_sent(broker_port: int) -> None:
    connection = Connection(ends.settings(broker_port), "s1")

    with pytest.raises(LinkError, match="over the broker's limit"):
        connection.publish(Parcel(address=HERE, payload=bytes(600_000)))

    connection.turn(0.0)
    connection.close()


def test_tls_files_that_are_not_there_are_a_config_error(broker_port: int) -> None:
    tls = Tls(ca="/nowhere/ca.pem", certificate="/nowhere/c.pem", key="/nowhere/k.pem")

    with pytest.raises(ConfigError, match="TLS"):
        Connection(ends.settings(broker_port, tls=tls), "s1")


def _connect_to(stranger: socket.socket, settings: ends.Sync, words: bytes) -> None:
    import threading

    def answer() -> None:
        plug, _ = stranger.accept()
        with plug:
            plug.recv(1000)
            plug.sendall(words)

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        Connection(msgspec.structs.replace(settings), "s1")
    finally:
        thread.join()
