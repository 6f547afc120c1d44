"""What a load from nothing costs: of JSON Lines, the intake by itself, and of scraped text pages up to served feeds.

usage: python bench/load.py [FOLDER] [--large] [--whole]

JSON Lines are made up: 200 words each, and eight related articles by title and time. `intake` is what `feedsvc refresh`
does until every line is read, normalised, recognised and stored with its links; `and on to feeds`, with --whole, is the
run up to served feeds, intake included; `bare` decodes the same lines by orjson and puts them into one table of SQLite,
and nothing more. The last column is the CPU time as a multiple of that. The peak is that of the process's memory,
Python and libraries included. FOLDER holds .txt pages; without one, 1,500 are made up.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import orjson
from figures.invented import articles, record, text_page
from figures.processes import measure
from figures.table import Table

FEEDSVC = str(Path(sys.executable).with_name("feedsvc"))
TAKING = str(Path(__file__).with_name("figures") / "taking.py")
LINES, LARGE = (10_000, 100_000), 1_000_000
WORDS, LISTED = 200, 8  # of a line
PAGES, PAGE_WORDS, PAGE_LISTED = 1500, 300, 10


class Cost(NamedTuple):
    seconds: float
    cpu: float
    peak_mb: float


def main() -> None:
    asked = arguments()
    table = Table("JSON Lines from nothing", "seconds", "CPU s", "a second", "peak MB", "× bare", "")
    for number in (*LINES, LARGE) if asked.large else LINES:
        with empty() as config:
            write_lines(config.parent / "articles", number)
            lines(table, config, number, asked.whole)
    pages(asked.folder)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="FOLDER", nargs="?", type=Path)
    parser.add_argument("--large", action="store_true", help="1,000,000 lines too: minutes, and 10 GB on the disk")
    parser.add_argument("--whole", action="store_true", help="on to served feeds too: several times as long")
    return parser.parse_args()


@contextmanager
def empty(folder: Path | None = None) -> Iterator[Path]:
    """The settings of an empty store that reads `folder`, else the articles beside them."""
    with tempfile.TemporaryDirectory() as scratch:
        config, source = Path(scratch, "feedsvc.toml"), folder or Path(scratch, "articles")
        source.mkdir(exist_ok=True)
        config.write_text(
            f'[store]\nurl = "sqlite:///bench.db"\n[[sources]]\nname = "b"\nkind = "folder"\npath = "{source}"\n'
        )
        measure(FEEDSVC, "migrate", "--config", str(config))
        yield config


def write_lines(folder: Path, number: int) -> None:
    with (folder / "articles.jsonl").open("wb") as file:
        some = islice(articles(WORDS, LISTED), number)
        file.writelines(orjson.dumps(record(one), option=orjson.OPT_APPEND_NEWLINE) for one in some)


def lines(table: Table, config: Path, number: int, whole: bool) -> None:
    (bare,) = costs("bare", config.parent / "articles")
    parts = costs("whole" if whole else "feedsvc", config)
    for name, cost in zip(("bare", "intake", "and on to feeds"), (bare, *parts), strict=False):
        multiple = "" if cost is bare else f"{cost.cpu / bare.cpu:.1f}"
        figures = (f"{cost.seconds:.1f}", f"{cost.cpu:.1f}", f"{number / cost.seconds:,.0f}", f"{cost.peak_mb:.0f}")
        table.row(f"{number:,} lines, {name}", *figures, multiple)


def costs(how: str, where: Path) -> list[Cost]:
    # Started from a small process: Linux counts the memory of the one that it was forked from to the new one's peak.
    run = subprocess.run([sys.executable, TAKING, how, str(where)], stdout=subprocess.PIPE, text=True, check=True)
    return [Cost(*map(float, line.split())) for line in run.stdout.splitlines()]


def pages(folder: Path | None) -> None:
    with empty(folder and folder.resolve()) as config:
        if not folder:
            for one in islice(articles(PAGE_WORDS, PAGE_LISTED), PAGES):
                (config.parent / "articles" / f"{one.number:05}.txt").write_bytes(text_page(one))
        number = sum(1 for _ in (folder or config.parent).rglob("*.txt"))
        idle_s, _ = measure(FEEDSVC, "--version")
        table = Table("text pages to served feeds", "seconds", "a second", "peak MB", "")
        for name in ("first load", "unchanged run"):
            seconds, peak_mb = measure(FEEDSVC, "refresh", "--config", str(config))
            table.row(f"{number:,} pages, {name}", f"{seconds:.1f}", f"{number / seconds:,.0f}", f"{peak_mb:.0f}")
        table.note(f"start of Python included; feedsvc --version takes {idle_s:.1f} s")


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"measured in {time.perf_counter() - started:.0f} s")
