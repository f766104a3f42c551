from collections.abc import Iterator
from pathlib import Path

import pytest

from station.store import Store
from tests.station.store.samples import SetClock


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def store(tmp_path: Path, clock: SetClock) -> Iterator[Store]:
    with Store.open(tmp_path / "home", station="st01", clock=clock) as opened:
        yield opened
