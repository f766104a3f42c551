"""Topics and messages: what we write we can read, and nothing else gets through."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import sync
from firmware_config.errors import InputError
from sync.describe import file_name, schema_of
from sync.parcel import INFLATED_BYTES_MAXIMUM, PLAIN_BYTES, check_of, pack, segment, unpack
from sync.wire import MESSAGES, TOPICS, Address, Grant, Hello, JournalEntry, Records, State

HERE = Path(sync.__file__).parent
DIGEST = "ab" * 32
IDENTIFIERS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,31}", fullmatch=True)
ADDRESSES = st.builds(
    Address,
    kind=st.sampled_from(sorted(TOPICS)),
    station=IDENTIFIERS,
    receiver=IDENTIFIERS,
    digest=st.just(DIGEST),
    offset=st.integers(0, 10**15 - 1),
    size=st.integers(0, 10**15 - 1),
    check=st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
)


@given(ADDRESSES)
def test_a_topic_taken_apart_and_put_together_is_the_same(address: Address) -> None:
    assert Address.parse(address.topic).topic == address.topic


@given(st.text() | ADDRESSES.map(lambda address: address.topic + "/x"))
def test_a_topic_that_is_not_ours_is_an_input_error(topic: str) -> None:
    with pytest.raises(InputError):
        Address.parse(topic)


@pytest.mark.parametrize(
    "topic",
    [
        "vs/2/s1/hello",
        "vs/1/S1/hello",
        f"vs/1/s1/rx/r/file/{DIGEST}/fin/7/{'cd' * 32}",
        f"vs/1/s1/rx/r/file/{DIGEST}/-1/{'0' * 16}",
        "vs/1/s1/hello\n",
        "vs/1/s１/hello",
    ],
)
def test_topics_that_look_like_ours_are_refused(topic: str) -> None:
    with pytest.raises(InputError):
        Address.parse(topic)


@given(st.binary(), st.sampled_from(["", "zlib", "gzip"]), st.sampled_from(sorted(MESSAGES)))
def test_garbage_is_an_input_error_and_nothing_else(data: bytes, enc: str, kind: str) -> None:
    deflated = zlib.compress(data) if enc == "zlib" and len(data) % 2 else data

    with pytest.raises(InputError):
        unpack(deflated, enc, MESSAGES[kind])  # type: ignore[index]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(
    st.dictionaries(
        st.sampled_from(["session", "epoch", "seq", "chain", "entries", "state", "size"]), JSON
    ),
    st.sampled_from(sorted(MESSAGES)),
)
def test_json_of_another_shape_is_an_input_error(value: dict[str, object], kind: str) -> None:
    data = json.dumps(value, allow_nan=False, default=str).encode() if _finite(value) else b"NaN"
    try:
        unpack(data, "", MESSAGES[kind])  # type: ignore[index]
    except InputError:
        return
    jsonschema.validate(json.loads(data), schema_of(MESSAGES[kind]))  # type: ignore[index]


def _finite(value: object) -> bool:
    return "NaN" not in json.dumps(value) and "Infinity" not in json.dumps(value)


def test_json_nested_without_end_is_an_input_error() -> None:
    with pytest.raises(InputError):
        unpack(b'{"files":' + b"[" * 100_000, "", Grant)


def test_a_deflated_bomb_is_refused_before_it_is_inflated() -> None:
    bomb = zlib.compress(b"0" * (INFLATED_BYTES_MAXIMUM + 1))

    with pytest.raises(InputError, match="inflates to over"):
        unpack(bomb, "zlib", Hello)


def test_a_cut_deflated_message_is_refused() -> None:
    with pytest.raises(InputError, match="cut"):
        unpack(zlib.compress(b"{}" * 99)[:-3], "zlib", Hello)


def test_unknown_fields_are_ignored() -> None:
    assert unpack(b'{"state":"online","mood":[1,{}]}', "", State) == State(state="online")


def test_long_messages_are_deflated_and_short_ones_are_not() -> None:
    entry = JournalEntry(seq=1, payload="关于任职的通知" * 200, chain=DIGEST)
    address = Address(kind="records", station="s1", receiver="r1")

    long = pack(address, Records(epoch="e", entries=(entry,)))
    short = pack(address, Records(epoch="e", entries=()))

    assert (long.enc, short.enc) == ("zlib", "")
    assert len(long.payload) < PLAIN_BYTES
    assert unpack(long.payload, long.enc, Records).entries == (entry,)


def test_a_segment_names_its_place_and_check() -> None:
    to = Address(kind="init", station="s1", receiver="r1", digest=DIGEST)

    parcel = segment(to, b"page", offset=65_536)

    assert parcel.address.topic.endswith(f"/65536/{check_of(b'page')}")


def test_the_schemas_in_the_package_are_those_of_the_types() -> None:
    for message in MESSAGES.values():
        written = json.loads((HERE / "schemas" / file_name(message)).read_text())
        jsonschema.Draft202012Validator.check_schema(written)
        assert written == schema_of(message), "run python -m sync.describe sync/schemas"


def test_asyncapi_has_the_channels_and_messages_of_the_wire() -> None:
    document = yaml.safe_load((HERE / "asyncapi.yaml").read_text())
    channels = document["channels"]

    assert {name: channel["address"] for name, channel in channels.items()} == dict(TOPICS)
    for kind, channel in channels.items():
        (reference,) = channel["messages"].values()
        message = _followed(document, reference)
        schema = message.get("payload", {}).get("$ref")
        expected = f"schemas/{file_name(MESSAGES[kind])}" if kind in MESSAGES else None
        assert schema == expected
        assert set(channel["parameters"]) == set(_fields(channel["address"]))


def test_every_reference_in_asyncapi_leads_somewhere() -> None:
    document = yaml.safe_load((HERE / "asyncapi.yaml").read_text())

    for reference in _references(document):
        if reference.startswith("#"):
            assert _followed(document, {"$ref": reference})
        else:
            assert (HERE / reference).is_file()


def _fields(address: str) -> list[str]:
    return [part.split("}")[0] for part in address.split("{")[1:]]


def _followed(document: dict[str, object], reference: dict[str, str]) -> dict[str, dict[str, str]]:
    place: object = document
    for part in reference["$ref"].removeprefix("#/").split("/"):
        assert isinstance(place, dict)
        place = place[part]
    assert isinstance(place, dict)
    return place


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [found for value in node.values() for found in _references(value)]
    if isinstance(node, list):
        return [found for value in node for found in _references(value)]
    return []
