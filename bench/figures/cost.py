"""What runs cost that start from nothing, and those that find a few new articles, each in a process of its own."""

import sys
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from figures.corpora import Corpora, Record, worlds, write
from figures.processes import measure
from figures.service import Service, service
from figures.table import Table

MANY, LARGE = 10_000, 100_000
NEW = 10
A_FILE = 1000  # articles
FLOORS = {MANY: ("≤ 10 s", "≤ 0.5 s")}


def show(corpora: Corpora, large: bool = False) -> None:
    table = Table("Cost", "seconds", "with start", "peak MB", "floor")
    for number in (MANY, LARGE) if large else (MANY,):
        first, then = FLOORS.get(number, ("", ""))
        with service() as made:
            articles = worlds(corpora.news)
            _row(table, made, f"{number:,} articles from nothing", islice(articles, number), first)
            time.sleep(1)  # in which no feed changes twice; the run would wait for it
            _row(table, made, f"and {NEW} new ones", islice(articles, NEW), then)


def _row(table: Table, made: Service, name: str, articles: Iterator[Record], floor: str) -> None:
    with table.measuring(name):
        for number in count():
            if not (some := list(islice(articles, A_FILE))):
                break
            write(made.articles, some, f"{name} {number}")
        made.store.engine.dispose()  # as if there were no other process
        feedsvc = Path(sys.executable).with_name("feedsvc")
        with_start, peak_mb = measure(str(feedsvc), "refresh", "--config", str(made.config))
    table.row(name, f"{made.last_run_s():.2f}", f"{with_start:.1f}", f"{peak_mb:.0f}", floor=floor)
