"""sqlite-utils, taken in without pandas.

Where pandas is installed (PaddleX brings it) sqlite-utils imports it: a third of a second and forty
megabytes for each of our processes, for a feature that we do not use.
"""

from __future__ import annotations

import sys

_absent = "pandas" not in sys.modules
if _absent:
    sys.modules["pandas"] = None  # type: ignore[assignment]
try:
    from sqlite_utils import Database, Migrations
finally:
    if _absent:
        del sys.modules["pandas"]

__all__ = ["Database", "Migrations"]
