"""A station, a real broker and a township process, on good and on bad days."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from firmware_config.errors import LinkError
from sync import broker
from sync.client import Connection
from sync.parcel import Parcel
from sync.township.database import Database
from sync.township.search import search
from sync.wire import Address
from tests.sync import ends
from tests.sync.badlink import bad_link


def test_every_frame_becomes_a_receipt(tmp_path: Path, broker_port: int) -> None:
    with ends.township(tmp_path, broker_port), ends.station(tmp_path) as (store, outbox):
        digests = ends.capture(store, 4)

        ends.deliver(outbox, ends.settings(broker_port))

        assert outbox.empty()
        ends.assert_all_there(tmp_path, store, digests)


def test_what_is_there_already_is_not_sent_again(tmp_path: Path, broker_port: int) -> None:
    with ends.township(tmp_path, broker_port), ends.station(tmp_path) as (store, outbox):
        ends.capture(store, 1, size_bytes=400_000)
        ends.deliver(outbox, ends.settings(broker_port))
        server_gen, _ = outbox.accepted()
        outbox.rewind(server_gen=server_gen, durable_seq=0)
        assert not outbox.empty()

        with bad_link(broker_port) as line:
            ends.deliver(outbox, ends.settings(line.port))

        assert outbox.empty()
        assert line.up_bytes < 20_000


def test_a_line_that_breaks_every_moment_still_delivers(tmp_path: Path, broker_port: int) -> None:
    with (
        ends.township(tmp_path, broker_port),
        ends.station(tmp_path) as (store, outbox),
        bad_link(broker_port, cut_after_bytes=300_000) as line,
    ):
        digests = ends.capture(store, 2, size_bytes=700_000)

        ends.deliver(outbox, ends.settings(line.port))

        assert line.cuts >= 3
        ends.assert_all_there(tmp_path, store, digests)


def test_a_township_killed_in_mid_file_goes_on_from_what_it_had(
    tmp_path: Path, broker_port: int
) -> None:
    size_bytes = 6_000_000
    with ends.station(tmp_path) as (store, outbox), contextlib.ExitStack() as townships:
        (digest,) = ends.capture(store, 1, size_bytes=size_bytes)
        first = townships.enter_context(ends.township(tmp_path, broker_port))
        had: list[int] = []

        def restart() -> None:
            first.kill()
            first.wait()
            had.append(ends.staged_bytes(tmp_path))
            townships.enter_context(ends.township(tmp_path, broker_port))

        half_way = ends.once(lambda: ends.staged_bytes(tmp_path) > 1_000_000, restart)
        with bad_link(broker_port) as line:
            ends.deliver(outbox, ends.settings(line.port), stop=half_way)

        assert had[0] > 1_000_000
        in_flight_bytes = 2 * 524_288
        assert line.up_bytes < size_bytes + in_flight_bytes
        ends.assert_all_there(tmp_path, store, [digest])


def test_a_broker_that_restarts_in_mid_file_loses_nothing(
    tmp_path: Path, broker_kind: broker.Kind
) -> None:
    port = broker.free_port()
    with (
        contextlib.ExitStack() as first,
        contextlib.ExitStack() as second,
        ends.station(tmp_path) as (store, outbox),
    ):
        first.enter_context(broker.running(broker_kind, port))
        (digest,) = ends.capture(store, 1, size_bytes=4_000_000)

        def restart() -> None:
            first.close()
            second.enter_context(broker.running(broker_kind, port))

        half_way = ends.once(lambda: ends.staged_bytes(tmp_path) > 500_000, restart)
        with ends.township(tmp_path, port):
            ends.deliver(outbox, ends.settings(port), stop=half_way)

        ends.assert_all_there(tmp_path, store, [digest])


def test_a_township_that_comes_later_is_found(tmp_path: Path, broker_port: int) -> None:
    with ends.station(tmp_path) as (store, outbox):
        digests = ends.capture(store, 1)
        with pytest.raises(LinkError, match="does not answer"):
            ends.deliver(outbox, ends.settings(broker_port), timeout_s=0.5)

        with ends.township(tmp_path, broker_port):
            ends.deliver(outbox, ends.settings(broker_port))

        ends.assert_all_there(tmp_path, store, digests)


def test_a_township_that_burnt_down_is_told_everything_again(
    tmp_path: Path, broker_port: int
) -> None:
    with ends.station(tmp_path) as (store, outbox):
        digests = ends.capture(store, 2)
        with ends.township(tmp_path, broker_port):
            ends.deliver(outbox, ends.settings(broker_port))
        (tmp_path / "township").rename(tmp_path / "burnt")
        ends.capture(store, 1, seed=50)

        with ends.township(tmp_path, broker_port):
            ends.deliver(outbox, ends.settings(broker_port))

        ends.assert_all_there(tmp_path, store, digests)


def test_garbage_on_every_topic_harms_nobody(tmp_path: Path, broker_port: int) -> None:
    with ends.township(tmp_path, broker_port) as receiver, ends.station(tmp_path) as (store, out):
        ends.capture(store, 1)
        ends.deliver(out, ends.settings(broker_port))
        vandal = Connection(ends.settings(broker_port), "vandal")
        for parcel in _garbage():
            while not vandal.has_room:
                vandal.turn(0.1)
            vandal.publish(parcel)
        vandal.close()
        digests = ends.capture(store, 1, seed=9)

        ends.deliver(out, ends.settings(broker_port))

        assert receiver.poll() is None
        ends.assert_all_there(tmp_path, store, digests)
        database = Database(tmp_path / "township" / "township.db")
        (row,) = database.read("SELECT count(*) AS n FROM quarantine")
        database.close()
        assert row["n"] >= 10


def test_garbage_from_the_township_s_side_harms_no_station(
    tmp_path: Path, broker_port: int
) -> None:
    vandal = Connection(ends.settings(broker_port), "vandal")
    addresses = [
        Address(kind="grant", station=ends.STATION),
        Address(kind="receipt", station=ends.STATION),
        Address(kind="receiver-state", receiver="rx99"),
    ]
    for address in addresses:
        vandal.publish(Parcel(address=address, payload=b"{\xff", retain=True))
    vandal.close()
    with ends.township(tmp_path, broker_port), ends.station(tmp_path) as (store, outbox):
        digests = ends.capture(store, 1)

        ends.deliver(outbox, ends.settings(broker_port))

        ends.assert_all_there(tmp_path, store, digests)
    cleaner = Connection(ends.settings(broker_port), "cleaner")
    for address in addresses:
        cleaner.publish(Parcel(address=address, retain=True))
    cleaner.close()


def test_a_small_limit_of_the_broker_is_kept(tmp_path: Path) -> None:
    ends.need("mosquitto")
    with (
        broker.running("mosquitto", packet_bytes=20_000) as port,
        ends.township(tmp_path, port),
        ends.station(tmp_path) as (store, outbox),
    ):
        digests = ends.capture(store, 2)

        ends.deliver(outbox, ends.settings(port))

        ends.assert_all_there(tmp_path, store, digests)
        connection = Connection(ends.settings(port), "probe")
        too_large = Parcel(address=Address(kind="hello", station="probe"), payload=bytes(20_001))
        with pytest.raises(LinkError, match="over the broker's limit"):
            connection.publish(too_large)
        connection.turn(0.1)
        connection.close()


def test_sigterm_ends_the_township_cleanly(tmp_path: Path, broker_port: int) -> None:
    with ends.township(tmp_path, broker_port) as receiver:
        ends.until(lambda: b"link: up" in (tmp_path / "township.log").read_bytes())

        assert ends.terminate(receiver) == 0


def test_a_full_vault_ends_the_township_and_receipts_nothing_false(
    tmp_path: Path, broker_port: int
) -> None:
    with ends.station(tmp_path) as (store, outbox):
        digests = ends.capture(store, 3)
        with ends.township(tmp_path, broker_port, ends.FULL_AFTER_ONE) as receiver:
            with pytest.raises(LinkError):
                ends.deliver(outbox, ends.settings(broker_port), timeout_s=1.5)
            assert receiver.wait(5) == 74
        assert "磁盘已满" in (tmp_path / "township.log").read_text()
        assert len(outbox.files_waiting()) >= 2

        with ends.township(tmp_path, broker_port):
            ends.deliver(outbox, ends.settings(broker_port))

        ends.assert_all_there(tmp_path, store, digests)


def test_a_record_document_can_be_searched_once_it_is_there(
    tmp_path: Path, broker_port: int
) -> None:
    with ends.township(tmp_path, broker_port), ends.station(tmp_path) as (store, outbox):
        ends.seal_item_with_text(store, "关于李成水同志任职的通知")

        ends.deliver(outbox, ends.settings(broker_port))

    database = Database(tmp_path / "township" / "township.db")
    found = [search(database, words) for words in ("水", "成水", "任职的通知", "李 通知", "王")]
    database.close()
    assert [len(hits) for hits in found] == [1, 1, 1, 1, 0]


def _garbage() -> list[Parcel]:
    digest, other = "a" * 64, "b" * 64
    to = {"station": ends.STATION, "receiver": "rx01"}
    addresses = [
        Address(kind="hello", station=ends.STATION),
        Address(kind="records", **to),
        Address(kind="init", digest=digest, **to),
        Address(kind="segment", digest=digest, offset=5, check="0" * 16, **to),
        Address(kind="fin", digest=digest, size=7, **to),
    ]
    payloads = [b"", b"\0\xff", b"{}", b'{"session":1}', b"[" * 5000, b'"' + b"x" * 5000]
    plain = [Parcel(address=a, payload=p) for a in addresses for p in payloads]
    deflated = [Parcel(address=a, payload=b"x\x9cgarbage", enc="zlib") for a in addresses]
    liar = Parcel(
        address=Address(kind="init", digest=other, **to),
        payload=b'{"name":"x","size":9,"checksum":"%s","kind":"master"}' % digest.encode(),
    )
    return [*plain, *deflated, liar]
