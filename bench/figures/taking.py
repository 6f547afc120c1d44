"""Takes articles in, in a process of its own, and prints what that cost.

usage: python bench/figures/taking.py feedsvc CONFIG | whole CONFIG | bare FOLDER

`feedsvc` takes in what is new and publishes nothing; `whole` does and publishes; `bare` only decodes lines and stores
them. For each part that is done (intake, and the whole) there is a line: the seconds and the CPU seconds since it
began, and the peak memory in MB of the process, Python and what it imports included.
"""

import resource
import sqlite3
import sys
import time
from itertools import islice
from pathlib import Path

import orjson
import structlog

A_TIME = 1000  # lines that are stored at once


def feedsvc(config: Path, publishing: bool) -> None:
    from feedsvc import pipeline
    from feedsvc.settings import load_settings
    from feedsvc.store.engine import open_engine
    from feedsvc.store.store import Store

    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    settings = load_settings(config)
    store, publish, watch = Store(open_engine(settings.store_url)), pipeline.publish, Watch()

    def taken_in(*told: object) -> None:
        watch.tell()
        if publishing:
            publish(*told)

    pipeline.publish = taken_in  # a run publishes when all is taken in
    pipeline.refresh(settings, store)
    if publishing:
        watch.tell()


def bare(folder: Path) -> None:
    watch = Watch()
    store = sqlite3.connect(folder.with_name("bare.db"))
    store.execute("CREATE TABLE articles (id TEXT PRIMARY KEY, url TEXT, title TEXT, published TEXT, body_text TEXT)")
    for path in sorted(folder.iterdir()):
        with path.open("rb") as lines:
            while some := [orjson.loads(line) for line in islice(lines, A_TIME)]:
                store.executemany("INSERT INTO articles VALUES (:id, :url, :title, :published, :body_text)", some)
                store.commit()
    watch.tell()


class Watch:
    def __init__(self) -> None:
        self.started, self.cpu_before = time.perf_counter(), time.process_time()

    def tell(self) -> None:
        peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(time.perf_counter() - self.started, time.process_time() - self.cpu_before, peak_kb / 1024, flush=True)


if __name__ == "__main__":
    how, where = sys.argv[1], Path(sys.argv[2])
    bare(where) if how == "bare" else feedsvc(where, how == "whole")
