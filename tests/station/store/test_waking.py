from itertools import islice

from station.store import Store, waking
from tests.station.store.samples import an_item


class Naps:
    """Remembers how long it was asked to sleep; something may happen meanwhile."""

    def __init__(self, *meanwhile: object) -> None:
        self.slept_s: list[float] = []
        self._meanwhile = list(meanwhile)

    def __call__(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        if self._meanwhile:
            self._meanwhile.pop(0)()  # type: ignore[operator]


def test_what_another_process_commits_wakes_us(store: Store) -> None:
    with Store.open(store.home, station="st01") as another:
        naps = Naps(lambda: None, lambda: an_item(another))

        assert list(islice(waking.changes(store, 0.25, sleep=naps), 4)) == [
            *(True, False, True, False)
        ]
        assert naps.slept_s == [0.25] * 3


def test_what_came_while_we_were_busy_is_seen_without_sleeping(store: Store) -> None:
    naps = Naps()
    with Store.open(store.home, station="st01") as another:
        awake = waking.changes(store, sleep=naps)
        next(awake)

        an_item(another)

        assert next(awake) is True
        assert naps.slept_s == []


def test_our_own_commits_do_not_wake_us(store: Store) -> None:
    awake = waking.changes(store, sleep=Naps())
    next(awake)

    an_item(store)

    assert next(awake) is False
