"""Messages captured on the wire, held against the published descriptions."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import jsonschema
import yaml

import sync
from sync.client import Connection
from sync.parcel import Arrival
from sync.wire import TOPICS, Address
from tests.sync import ends

HERE = Path(sync.__file__).parent


def test_real_messages_are_what_asyncapi_and_the_schemas_say(
    tmp_path: Path, broker_port: int
) -> None:
    document = yaml.safe_load((HERE / "asyncapi.yaml").read_text())
    listener = Connection(ends.settings(broker_port), "listener")
    listener.subscribe(["vs/1/#"], 5.0)
    heard: list[Arrival] = []

    def listen() -> bool:
        turn = listener.turn(0.0)
        listener.acknowledge(turn.arrivals)
        heard.extend(turn.arrivals)
        return False

    with ends.township(tmp_path, broker_port), ends.station(tmp_path) as (store, outbox):
        ends.capture(store, 2)
        ends.deliver(outbox, ends.settings(broker_port), stop=listen)
        ends.until(lambda: listen() or {kind_of(one) for one in heard} == set(TOPICS))
    listener.close()

    for arrival in heard:
        message = _message_of(document, kind_of(arrival))
        if "payload" in message:
            schema = json.loads((HERE / message["payload"]["$ref"]).read_text())
            jsonschema.validate(json.loads(_plain(arrival)), schema)
        else:
            assert message["contentType"] == "application/octet-stream"


def kind_of(arrival: Arrival) -> str:
    return Address.parse(arrival.topic).kind


def _plain(arrival: Arrival) -> bytes:
    return zlib.decompress(arrival.payload) if arrival.enc == "zlib" else arrival.payload


def _message_of(document: dict[str, dict[str, dict[str, object]]], kind: str) -> dict[str, dict]:
    (reference,) = document["channels"][kind]["messages"].values()  # type: ignore[attr-defined]
    name = reference["$ref"].rpartition("/")[2]
    return document["components"]["messages"][name]  # type: ignore[return-value]
