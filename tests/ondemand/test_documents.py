import gzip
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import brotli
import pytest
from sqlalchemy import create_engine, select, update

from feedsvc import ondemand
from feedsvc.ondemand import Documents
from feedsvc.ondemand.budget import RESERVE_S, Budget
from feedsvc.ondemand.query import Combination
from feedsvc.ondemand.refused import TooBusy
from feedsvc.store.engine import open_engine
from feedsvc.store.store import Store, write_mark
from feedsvc.store.tables import made

SPORT = Combination(("sport",))


@pytest.fixture
def shelved(library: Any) -> Any:
    library.channel("sport", "Sport")
    for day, name in enumerate("abc"):
        library.article(name, "sport", day=day, body_html="<p>The same again and again. </p>" * 50)
    return library


def stored(library: Any) -> set[tuple[str, str]]:
    with library.store.reading() as connection:
        return {(row.path, row.encoding) for row in connection.execute(select(made.c.path, made.c.encoding))}


def test_twenty_who_ask_for_the_same_at_once_have_it_made_once(shelved: Any, renders: list[str]) -> None:
    start = threading.Barrier(20)

    def ask(_: int) -> Any:
        start.wait()
        return shelved.documents.combined(SPORT, "rss", "gzip").made

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(ask, range(20)))
    assert renders == ["rss"]
    assert len({(one.etag, one.modified, one.body) for one in answers}) == 1


def test_two_processes_that_make_the_same_make_the_same_bytes(shelved: Any, tmp_path: Path) -> None:
    processes = [shelved.another_process() for _ in range(4)]
    start = threading.Barrier(4)

    def ask(process: Documents) -> Any:
        start.wait()
        return process.combined(SPORT, "atom", "").made

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, processes))
    assert len({one.body for one in answers}) == 1
    assert shelved.combined("sport", format="atom").made.body == answers[0].body
    assert stored(shelved) == {("/feeds?channels=sport&format=atom", coding) for coding in ("", "br", "gzip", "zstd")}


def test_each_coding_is_of_the_same_bytes_with_a_tag_of_its_own(shelved: Any, renders: list[str]) -> None:
    plain, br, packed = (shelved.combined("sport", coding=coding).made for coding in ("", "br", "gzip"))
    assert brotli.decompress(br.body) == gzip.decompress(packed.body) == plain.body
    assert len({plain.etag, br.etag, packed.etag}) == 3
    assert renders == ["json"]


def test_while_the_store_takes_nothing_documents_are_made_once_all_the_same(
    shelved: Any, renders: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ondemand.made, "PATIENCE_MS", 50)
    if shelved.store.engine.dialect.name == "sqlite":
        with shelved.store.writing() as connection:
            write_mark(connection, "something", "else")
            first = shelved.combined("sport")
            again = shelved.combined("sport")
    else:
        shelved.combined("sport", format="json")
        renders.clear()
        shelved.change("urn:uuid:a", title="Other")
        with shelved.store.writing() as connection:
            connection.execute(update(made).values(digest="in hand"))
            first = shelved.combined("sport")
            again = shelved.combined("sport")
    assert renders == ["json"]
    assert again.made == first.made
    assert first.made.body


def test_a_store_that_can_only_be_read_is_enough(shelved: Any, renders: list[str]) -> None:
    engine = shelved.store.engine
    if engine.dialect.name == "sqlite":
        url = f"sqlite:///file:{engine.url.database}?mode=ro&uri=true"
    else:
        url = engine.url.update_query_dict({"options": "-c default_transaction_read_only=on"}).render_as_string(False)
    only_read = create_engine(url)
    documents = Documents(shelved.settings, Store(only_read), lambda: shelved.now)
    first, again = (documents.combined(SPORT, "rss", "br").made for _ in range(2))
    assert first == again
    assert b"urn:uuid:a" in brotli.decompress(first.body)
    assert renders == ["rss"]
    assert stored(shelved) == set()
    only_read.dispose()


def test_whoever_may_have_nothing_made_still_gets_what_stands(shelved: Any, renders: list[str]) -> None:
    class Refused(Exception):
        pass

    def refuse() -> None:
        raise Refused

    with pytest.raises(Refused):
        shelved.documents.combined(SPORT, "rss", "", refuse)
    made = shelved.documents.combined(SPORT, "rss", "")
    assert shelved.documents.combined(SPORT, "rss", "", refuse).made == made.made
    assert renders == ["rss"]


def test_those_who_would_wait_too_long_are_told_so(shelved: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ondemand, "PATIENCE_S", 0.05)
    begun, go_on = threading.Event(), threading.Event()

    def slowly(*given: Any, snapshot: Any = ondemand.snapshot) -> Any:
        begun.set()
        go_on.wait(10)
        return snapshot(*given)

    monkeypatch.setattr(ondemand, "snapshot", slowly)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(shelved.documents.combined, SPORT, "rss", "")
        assert begun.wait(10)
        with pytest.raises(TooBusy):
            shelved.documents.combined(Combination(("sport",), limit=1), "rss", "")
        go_on.set()
        assert first.result().made.body
    assert shelved.documents.combined(Combination(("sport",), limit=1), "rss", "").made.body


def test_what_was_made_while_an_article_was_withdrawn_is_not_kept(
    shelved: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*given: Any, snapshot: Any = ondemand.snapshot) -> Any:
        monkeypatch.undo()
        shelved.withdraw("urn:uuid:a")
        return snapshot(*given)

    shelved.change("urn:uuid:a", title="Secret")
    monkeypatch.setattr(ondemand, "snapshot", meanwhile)
    shelved.combined("sport")
    assert stored(shelved) == set()
    assert b"Secret" not in shelved.combined("sport").made.body


def test_the_time_for_making_comes_back_at_a_steady_rate() -> None:
    clock = [0.0]
    budget = Budget(lambda: clock[0])
    assert budget.wait_s() == 0
    budget.spend(RESERVE_S + 2)
    assert budget.wait_s() == 4
    clock[0] = 3
    assert budget.wait_s() == 1
    clock[0] = 4.5
    assert budget.wait_s() == 0
    clock[0] = 1e9
    assert budget.wait_s() == 0
    budget.spend(RESERVE_S + 1)
    assert budget.wait_s() == 2
    budget.spend(1000)
    assert budget.wait_s() == 2 * RESERVE_S


def test_when_the_time_is_spent_what_stands_is_still_served(shelved: Any) -> None:
    shelved.combined("sport")
    shelved.documents._budget.spend(60)
    assert shelved.combined("sport").made.body
    with pytest.raises(TooBusy) as refused:
        shelved.combined("sport", format="atom")
    assert 10 < refused.value.wait_s <= 20


def test_an_answer_that_stands_takes_little_time(shelved: Any) -> None:
    shelved.combined("sport")
    began = time.monotonic()
    for _ in range(50):
        shelved.combined("sport")
    assert time.monotonic() - began < 5


def test_the_store_of_another_process_is_looked_at_anew(shelved: Any) -> None:
    url = shelved.store.engine.url.render_as_string(hide_password=False)
    other = Store(open_engine(url))
    documents = Documents(shelved.settings, other, lambda: shelved.now)
    before = documents.combined(SPORT, "json", "").made
    shelved.article("z", "sport", day=9)
    after = documents.combined(SPORT, "json", "").made
    assert before.etag != after.etag
    assert shelved.combined("sport").made == after
    other.engine.dispose()
