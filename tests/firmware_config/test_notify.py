import socket

import pytest

from firmware_config import notify


@pytest.fixture
def systemd(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(5)
        yield listening


@pytest.mark.parametrize(
    ("say", "word"),
    [
        (notify.ready, b"READY=1"),
        (notify.watchdog, b"WATCHDOG=1"),
        (notify.stopping, b"STOPPING=1"),
    ],
)
def test_systemd_hears_the_word(systemd, tmp_path, say, word):
    say({"NOTIFY_SOCKET": str(tmp_path / "notify")})

    assert systemd.recv(100) == word


def test_an_abstract_socket_is_written_with_an_at_sign(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + tmp_path.name)
        listening.settimeout(5)

        notify.ready({"NOTIFY_SOCKET": "@" + tmp_path.name})

        assert listening.recv(100) == b"READY=1"


def test_without_systemd_nothing_is_said():
    notify.ready({})
    notify.watchdog({"NOTIFY_SOCKET": ""})


def test_a_socket_that_is_gone_does_not_stop_the_work(tmp_path):
    notify.watchdog({"NOTIFY_SOCKET": str(tmp_path / "nobody")})


def test_a_watched_loop_says_ready_once_and_alive_each_time(systemd, tmp_path):
    environment = {"NOTIFY_SOCKET": str(tmp_path / "notify")}
    stop = notify.watched(lambda: False, environment)

    assert [stop(), stop()] == [False, False]

    said = [systemd.recv(100) for _ in range(3)]
    assert said == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
