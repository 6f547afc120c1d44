"""SQLite: a run and the web processes share one file, and neither ever hears that it is locked."""

import subprocess
import sys
import time
from threading import Event, Thread

from sqlalchemy import select

from feedsvc.store.engine import open_engine
from feedsvc.store.store import Store, read_mark, write_mark
from feedsvc.store.tables import marks

WRITER = """
import sys, time
from feedsvc.store.engine import open_engine
from feedsvc.store.store import Store, read_mark, write_mark
store = Store(open_engine(sys.argv[1]))
for number in range(30):
    with store.writing() as connection:
        was = int(read_mark(connection, "left") or 0)
        write_mark(connection, "left", str(was + 1))
        time.sleep(0.01)
        write_mark(connection, "right", str(was + 1))
"""


def test_a_reader_beside_two_writers_sees_whole_transactions_and_no_lock(sqlite_url: str) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, sqlite_url]) for _ in range(2)]
    store, looked, torn = Store(open_engine(sqlite_url)), 0, []
    deadline = time.monotonic() + 30
    while any(writer.poll() is None for writer in writers) and time.monotonic() < deadline:
        with store.reading() as connection:
            left, right = read_mark(connection, "left"), read_mark(connection, "right")
        torn += [(left, right)] if left != right else []
        looked += 1
        time.sleep(0.001)
    assert [writer.wait(5) for writer in writers] == [0, 0]
    assert torn == []
    assert looked > 10
    with store.reading() as connection:
        assert read_mark(connection, "right") == "60"
    store.engine.dispose()


def test_a_reader_that_turns_writer_waits_for_its_turn(store: Store) -> None:
    """Many threads that read and then write in one transaction: none fails and none is lost."""
    errors: list[BaseException] = []

    def add(name: str) -> None:
        try:
            for _ in range(5):
                with store.writing() as connection:
                    connection.execute(select(marks)).all()
                    write_mark(connection, name, str(int(read_mark(connection, name) or 0) + 1))
        except BaseException as error:
            errors.append(error)

    threads = [Thread(target=add, args=(f"thread {number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    with store.reading() as connection:
        assert [read_mark(connection, f"thread {number}") for number in range(6)] == ["5"] * 6


def test_a_long_reader_does_not_stop_a_writer(store: Store) -> None:
    reads, wrote = Event(), Event()

    def write() -> None:
        reads.wait(10)
        with store.writing() as connection:
            write_mark(connection, "mark", "written")
        wrote.set()

    thread = Thread(target=write)
    thread.start()
    with store.reading() as connection:
        assert read_mark(connection, "mark") is None
        reads.set()
        assert wrote.wait(10)
        assert read_mark(connection, "mark") is None
    thread.join(10)
