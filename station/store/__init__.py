"""What the station knows: blobs in a spool, facts in SQLite, queues kept by triggers.

Functions over a Store, by who calls them: `frames` (capture), `pages` and `records` (reading),
`outbox` (uplink), `search`, `check`, `status` and `waking` (anyone).
"""

from station.store.opening import Store

__all__ = ["Store"]
