"""`python -m tests.pages`: write the demo set or a benchmark."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.pages.demo import FOLDER, demo
from tests.pages.fonts import FontMissingError
from tests.pages.sets import GENRES, INTRICATE, benchmark, write
from tests.pages.situations import SITUATIONS


def main() -> int:
    """Write the set that was asked for; 78 where a typeface is missing."""
    arguments = _parser().parse_args()
    try:
        if arguments.set == "demo":
            _write_demo(arguments.out or FOLDER)
        else:
            _write_benchmark(arguments)
    except FontMissingError as error:
        sys.stderr.write(f"{error}\n")
        return 78
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.pages", description=__doc__)
    parser.add_argument("--set", choices=("demo", "bench"), required=True)
    parser.add_argument("--out", type=Path, help="folder; demo: the committed one")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--width", type=int, default=2400, help="long side in pixels; 4056 is 12 MP"
    )
    parser.add_argument("--first", type=int, default=0, help="index of the first sample")
    parser.add_argument("--situation", choices=tuple(SITUATIONS), help="this one only")
    parser.add_argument("--genre", choices=(*GENRES, *INTRICATE), help="this one only")
    return parser


def _write_demo(folder: Path) -> None:
    for item, name, document, scene in demo():
        _say(write(folder / item, name, document, scene))


def _write_benchmark(arguments: argparse.Namespace) -> None:
    if arguments.out is None:
        sys.exit("--set bench needs --out")
    for index in range(arguments.first, arguments.first + arguments.count):
        name, document, scene = benchmark(
            arguments.seed, index, arguments.width, arguments.situation, arguments.genre
        )
        _say(write(arguments.out, name, document, scene))


def _say(path: Path) -> None:
    sys.stdout.write(f"{path} {path.stat().st_size // 1024} kB\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
