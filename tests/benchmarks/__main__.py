"""`python -m tests.benchmarks [NAME...]`: run the measurements and print their rows.

Rows go to bench-out/NAME.json; pictures to look through to bench-out/NAME.jpg and bench-out/NAME/.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
OUT = Path("bench-out")


def main(names: list[str]) -> None:
    OUT.mkdir(exist_ok=True)
    known = sorted(path.stem for path in HERE.glob("[a-z]*.py"))
    cores = os.cpu_count()
    print(f"# {time.strftime('%Y-%m-%d')} {platform.platform()} {cores} cores, "
          f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")  # fmt: skip
    for name in names or known:
        rows = importlib.import_module(f"tests.benchmarks.{name}").run(OUT)
        (OUT / f"{name}.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1))
        print(f"\n## {name}\n{table(rows)}", flush=True)


def table(rows: list[dict[str, object]]) -> str:
    """The rows as a Markdown table."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(_cell(row.get(key, "")) for key in columns) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main(sys.argv[1:])
