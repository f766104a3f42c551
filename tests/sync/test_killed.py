"""kill -9 of either end at random moments, with two real brokers between them."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
from pathlib import Path

import pytest

from sync import broker
from tests.sync import ends

KILLS = 60


def start_uplink(home: Path, port: int) -> subprocess.Popen[bytes]:
    config = home / "device.toml"
    config.write_text(
        f'station = "{ends.STATION}"\n[sync]\nbroker_host = "{broker.HOST}"\n'
        f"broker_port = {port}\nretry_first_s = 0.05\nno_progress_s = 1.0\n"
    )
    where = ["--config", str(config), "--home", str(home / "station")]
    with (home / "uplink.log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", "station", "sync", *where], stderr=log)


@pytest.mark.slow
def test_everything_arrives_once_whoever_is_killed_and_whenever(
    tmp_path: Path, broker_port: int
) -> None:
    chance = random.Random(7)
    uplink, township = (
        start_uplink(tmp_path, broker_port),
        ends.start_township(tmp_path, broker_port),
    )
    digests: list[str] = []
    with ends.station(tmp_path) as (store, outbox):
        for kill in range(KILLS):
            digests += ends.capture(store, 2, size_bytes=400_000, seed=10 * kill)
            victim = chance.choice([uplink, township])
            with contextlib.suppress(subprocess.TimeoutExpired):
                victim.wait(chance.uniform(0.3, 1.0))
            assert victim.poll() is None
            victim.kill()
            victim.wait()
            if victim is uplink:
                uplink = start_uplink(tmp_path, broker_port)
            else:
                township = ends.start_township(tmp_path, broker_port)

        ends.until(outbox.empty, 60.0)
        # One more through the last of each, so that both are surely up before they are ended.
        digests += ends.capture(store, 1, seed=10 * KILLS)
        ends.until(outbox.empty, 60.0)

        ends.assert_all_there(tmp_path, store, digests)
    assert ends.terminate(uplink) == 0
    assert ends.terminate(township) == 0
