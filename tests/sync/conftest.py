"""Both real brokers, one process each for all tests but those that harm theirs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sync import broker
from tests.sync import ends


@pytest.fixture(params=["embedded", "mosquitto"], scope="session")
def broker_kind(request: pytest.FixtureRequest) -> broker.Kind:
    kind: broker.Kind = request.param
    ends.need(kind)
    return kind


@pytest.fixture(scope="session")
def broker_port(broker_kind: broker.Kind) -> Iterator[int]:
    with broker.running(broker_kind) as port:
        yield port
