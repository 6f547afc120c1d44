"""One run of the pipe after another over a small folder: what readers get, and what must never happen to them."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from feedsvc import gathering, making, pipeline, publishing, reader
from feedsvc.errors import NoSourceRead, RunRefused
from feedsvc.load import fetch
from feedsvc.store import generations as generation_store
from feedsvc.store import reading, runs
from feedsvc.store.store import cause
from feedsvc.store.tables import articles as article_table
from feedsvc.store.tables import snapshots, witnesses

CRLF = "\r\n"


def record(number: int, **more: Any) -> dict[str, Any]:
    """An article of the theme "trams"; each links to the one before."""
    listed = [{"title": f"Tram report {number - 1}", "published": stamp(number - 1)}] if number else []
    body = f"<p>The tram line opens stop number {number} along the harbour.</p>"
    return {"title": f"Tram report {number}", "published": stamp(number), "body_html": body, "related": listed} | more


def stamp(number: int) -> str:
    return f"2026-03-{1 + number // 24:02}T{number % 24:02}:00:00Z"


def at(seconds: float) -> str:
    """A time so many seconds from now, in whole seconds."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Clock:
    """What the pipeline takes for the time; `store` and everything else go by the real one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = datetime.now(UTC)
        monkeypatch.setattr(pipeline, "_now", lambda: self.now)
        monkeypatch.setattr(publishing, "_now", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture(autouse=True)
def waiting(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Nothing waits for the next second here, but in the one test about that, which takes it from here."""
    found = publishing._until_the_next_second
    monkeypatch.setattr(publishing, "_until_the_next_second", lambda *_: None)
    return found


# From run to run


def test_the_first_run_publishes_everything_newest_first(desk) -> None:
    desk.write_lines("a.jsonl", *(record(number) for number in range(6)))
    report = desk.run()
    assert (report.read, report.articles, report.set_aside, report.outcome) == (1, 6, 0, "good")
    assert [entry["title"] for entry in desk.entries()] == [f"Tram report {n}" for n in (5, 4, 3, 2, 1, 0)]
    channels = desk.channel_titles()
    assert sorted(title for titles in channels.values() for title in titles) == [f"Tram report {n}" for n in range(6)]
    feeds = {f"channels/{slug}" for slug in channels}
    assert {key for key, _, _ in desk.standing()} == {"", "opml", "sitemap"} | feeds
    assert {(f, e) for k, f, e in desk.standing() if not k} == {
        (name, encoding) for name in ("rss", "atom", "json") for encoding in ("", "gzip", "br", "zstd")
    }


def test_a_run_that_finds_nothing_new_publishes_nothing(desk) -> None:
    desk.write_lines("a.jsonl", *(record(number) for number in range(6)), {"title": "No date"})
    desk.run()
    before = desk.standing()
    with desk.store.reading() as connection:
        publication = reading.publication(connection)
    again = desk.run()
    assert (again.read, again.unchanged, again.published, again.set_aside) == (0, 1, 0, 1)
    assert desk.standing() == before
    with desk.store.reading() as connection:
        assert reading.publication(connection) == publication


def test_reading_everything_again_without_a_change_publishes_nothing(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write_lines("a.jsonl", *(record(number) for number in range(6)))
    desk.write_page(
        "p.txt", "A page", "Sun Mar 01 2026 12:00:00 GMT+0000", ("Another", "Sun, 01 Mar 2026 11:00:00 GMT")
    )
    desk.run()
    before = desk.standing()
    monkeypatch.setattr(reader, "READER_VERSION", "another")
    monkeypatch.setattr(publishing, "READER_VERSION", "another")
    again = desk.run()
    assert (again.read, again.published) == (2, 0)
    assert desk.standing() == before


def test_a_file_that_was_only_touched_changes_nothing(desk) -> None:
    path = desk.write_lines("a.jsonl", record(0))
    desk.run()
    before = desk.standing()
    os.utime(path, (1, 1))
    assert desk.run().published == 0
    assert desk.standing() == before


def test_a_new_file_shows_up(desk) -> None:
    desk.write_lines("a.jsonl", record(0))
    desk.run()
    desk.write_lines("deep/er/b.jsonl", record(1))
    assert desk.run().articles == 1
    assert [entry["title"] for entry in desk.entries()] == ["Tram report 1", "Tram report 0"]


@pytest.mark.parametrize("name", ["page.txt", "one.json"])
def test_a_changed_file_is_the_same_article_with_a_later_update(desk, name: str) -> None:
    def write(title: str, body: str) -> None:
        if name.endswith(".txt"):
            desk.write_page(name, title, "Sun Mar 01 2026 12:00:00 GMT+0000", body=body)
        else:
            desk.write_lines(name, {"title": title, "published": stamp(1), "body_html": f"<p>{body}</p>"})

    write("First title", "first words")
    desk.run()
    (before,) = desk.entries()
    write("Second title", "second words")
    desk.run()
    (after,) = desk.entries()
    assert (after["id"], after["title"]) == (before["id"], "Second title")
    assert after["date_published"] == before["date_published"]
    assert after["date_modified"] > before.get("date_modified", before["date_published"])
    assert b"first words" in desk.all_bytes()  # the generation before is still there for those in mid-answer
    assert "first words" not in desk.body()


def test_an_article_whose_file_vanished_stays(desk) -> None:
    desk.write_lines("a.jsonl", record(0))
    gone = desk.write_lines("b.jsonl", record(1))
    desk.run()
    before = desk.standing()
    gone.unlink()
    assert desk.run().published == 0
    assert desk.standing() == before


def test_a_file_that_comes_back_is_the_same_article(desk) -> None:
    path = desk.write_page("a.txt", "A page", "Sun Mar 01 2026 12:00:00 GMT+0000")
    desk.run()
    before = desk.entries()
    content = path.read_bytes()
    path.unlink()
    desk.run()
    path.write_bytes(content)
    desk.run()
    assert desk.entries() == before


def test_a_stub_becomes_whole_under_the_same_id(desk) -> None:
    desk.write_lines("a.jsonl", record(1))
    desk.run()
    stub = desk.articles()["Tram report 0"]
    assert stub.stub
    assert [entry["id"] for entry in desk.entries()][-1] == stub.id
    desk.write_lines("b.jsonl", record(0))
    desk.run()
    whole = desk.articles()["Tram report 0"]
    assert (whole.id, whole.stub, whole.published) == (stub.id, False, stub.published)
    assert "stop number 0" in desk.body()
    assert len(desk.entries()) == 2


def test_a_page_shown_days_after_its_listed_time_joins_its_stub(desk) -> None:
    desk.write_page("a.txt", "A", "Sun Mar 01 2026 12:00:00 GMT+0000", ("B", "Sun, 01 Mar 2026 10:00:00 GMT"))
    desk.run()
    stub = desk.articles()["B"]
    desk.write_page("b.txt", "B", "Thu Mar 05 2026 09:00:00 GMT+0000")
    desk.run()
    whole = desk.articles()["B"]
    assert (whole.id, whole.stub) == (stub.id, False)
    assert whole.published == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_changed_settings_are_published(desk) -> None:
    desk.write_lines("a.jsonl", *(record(number) for number in range(3)))
    desk.run()
    before = desk.standing()
    desk.config["site"]["title"] = "The Better Paper"
    report = desk.run()
    assert (report.read, report.published) == (0, len({key for key, _, _ in before}))
    assert "The Better Paper" in desk.body("", "rss")
    assert [e["id"] for e in desk.entries()] == [a.id for a in sorted(desk.articles().values(), key=lambda a: a.title)][
        ::-1
    ]
    desk.config["feeds"] = {"max_entries": 2, "burst_days": 0}
    desk.run()
    assert [entry["title"] for entry in desk.entries()] == ["Tram report 2", "Tram report 1"]


def test_generations_of_one_feed_are_at_least_a_second_apart(
    sqlite_desk, monkeypatch: pytest.MonkeyPatch, waiting: Callable[..., None]
) -> None:
    monkeypatch.setattr(publishing, "_until_the_next_second", waiting)
    desk, published = sqlite_desk, []
    for number in range(2):
        desk.write_lines("a.jsonl", *(record(n) for n in range(number + 1)))
        desk.run()
        with desk.store.reading() as connection:
            published.append(generation_store.standing(connection)[""].published_at)
    assert published[1] - published[0] >= timedelta(seconds=1)
    assert published[1] <= datetime.now(UTC)


def test_waiting_for_the_next_second_never_waits_longer_nor_backwards(
    monkeypatch: pytest.MonkeyPatch, waiting: Callable[..., None]
) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    stands = {"": generation_store.Standing("urn:1", 1, "", start)}
    made = [generation_store.NewGeneration("", "urn:1", "", None, 0, ())]
    for elapsed_s, waited in ((0, [1.0]), (0.25, [0.75]), (1, []), (5, []), (-5, [])):
        slept: list[float] = []
        # Every look at the clock finds it a little later.
        ticks = iter(start + timedelta(seconds=elapsed_s, milliseconds=n) for n in range(9))
        monkeypatch.setattr(pipeline, "_now", lambda ticks=ticks: next(ticks))
        monkeypatch.setattr(publishing, "_now", lambda ticks=ticks: next(ticks))
        monkeypatch.setattr(pipeline.time, "sleep", slept.append)
        waiting(stands, made)
        assert slept == waited


# What is set aside


BROKEN = [
    ("page.txt", "A title\n\nnot a date at all\n\nWords.", "it does not say when it was published"),
    ("one.json", '{"title": "A", "published": "31 February 2026"}', "unreadable date"),
    ("one.json", '{"title": "A", "published": "soon"}', "unreadable date"),
    ("one.json", '{"title": "A"', "not valid JSON"),
    ("one.json", '{"published": "2026-03-01T00:00:00Z"}', "'title' is missing"),
    ("one.json", '{"title": "", "published": "2026-03-01T00:00:00Z"}', "neither a title nor any text"),
    ("one.json", "[1, 2]", "must be an object"),
    ("empty.txt", "", "the page is empty"),
    ("feed.xml", "<not a feed", ""),
]


@pytest.mark.parametrize("stage", ["parse", "normalise"])
def test_a_fault_of_our_own_is_set_aside_too_and_stops_nothing(
    sqlite_desk, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    def faulty(what: Any, *args: Any) -> Any:
        if getattr(what, "place", "") == "b.json" or getattr(what, "title", "") == "Faulty":
            raise RecursionError("too deep")
        return work(what, *args)

    work = getattr(gathering, stage)
    monkeypatch.setattr(gathering, stage, faulty)
    sqlite_desk.write_lines("a.jsonl", record(0))
    sqlite_desk.write_lines("b.json", {"title": "Faulty", "published": stamp(0)})
    sqlite_desk.write_lines("z.jsonl", record(1))
    assert sqlite_desk.run().outcome == "partial"
    assert [entry["title"] for entry in sqlite_desk.entries()] == ["Tram report 1", "Tram report 0"]
    assert [(place, "fault of feedsvc" in reason) for place, _, reason in sqlite_desk.set_aside()] == [("b.json", True)]


@pytest.mark.parametrize(("name", "content", "reason"), BROKEN)
def test_what_cannot_be_read_is_set_aside_and_its_neighbours_go_on(
    sqlite_desk, name: str, content: str, reason: str
) -> None:
    desk = sqlite_desk
    desk.write_lines("a.jsonl", record(0))
    desk.write(name, content)
    desk.write_lines("z.jsonl", record(1))
    report = desk.run()
    assert report.outcome == "partial"
    assert [entry["title"] for entry in desk.entries()] == ["Tram report 1", "Tram report 0"]
    aside = desk.set_aside()
    assert aside
    assert {place for place, _, _ in aside} == {name}
    assert all(reason in said and "Error" not in said and said == said.strip() for _, _, said in aside)


def test_a_broken_line_is_set_aside_alone_and_is_gone_when_mended(desk) -> None:
    lines = ['{"title": "One", "published": "2026-03-01T10:00:00Z"}', '{"title": "Two', '{"title": "Three"}']
    lines += ['{"title": "Four", "published": "2026-03-01T12:00:00Z"}']
    desk.write("a.jsonl", "\n".join(lines))
    assert desk.run().set_aside == 2
    assert [ref for _, ref, _ in desk.set_aside()] == ["line 2", "line 3"]
    assert [entry["title"] for entry in desk.entries()] == ["Four", "One"]
    lines[1] = '{"title": "Two", "published": "2026-03-01T11:00:00Z"}'
    lines[2] = '{"title": "Three", "published": "2026-03-01T11:30:00Z"}'
    desk.write("a.jsonl", "\n".join(lines))
    report = desk.run()
    assert (report.set_aside, report.outcome, desk.set_aside()) == (0, "good", [])
    assert [entry["title"] for entry in desk.entries()] == ["Four", "Three", "Two", "One"]


def test_it_is_told_since_when_something_is_set_aside(sqlite_desk) -> None:
    def since() -> datetime:
        with desk.store.reading() as connection:
            return next(iter(reading.set_aside_lines(connection, 1)))["since"]

    desk = sqlite_desk
    desk.write_lines("a.jsonl", {"title": "No date"})
    desk.run()
    first = since()
    desk.write_lines("a.jsonl", {"title": "No date yet"}, record(1))
    desk.run()
    assert since() == first


def test_a_page_that_was_broken_for_a_while_is_still_the_same_article(desk) -> None:
    """A file half written, or out of reach for a run, must not cost the article its identity."""
    path = desk.write_page("a.txt", "A page", "Sun Mar 01 2026 12:00:00 GMT+0000")
    desk.run()
    before = desk.articles()["A page"]
    path.write_bytes(b"")
    assert desk.run().set_aside == 1
    path.unlink()
    path.symlink_to(path)  # which even root cannot open
    assert desk.run().set_aside == 1
    path.unlink()
    desk.write_page("a.txt", "A page with another title", "Mon Mar 02 2026 12:00:00 GMT+0000")
    assert desk.run().set_aside == 0
    after = desk.articles()
    assert list(after) == ["A page with another title"]
    assert after["A page with another title"].id == before.id


def test_what_is_set_aside_of_a_vanished_file_goes_and_comes_back_with_it(desk) -> None:
    path = desk.write("a.jsonl", '{"title": "Two')
    assert desk.run().set_aside == 1
    path.unlink()
    assert desk.run().set_aside == 0
    desk.write("a.jsonl", '{"title": "Two')
    assert desk.run().set_aside == 1


def test_a_source_that_is_no_longer_configured_holds_nothing_aside(desk) -> None:
    desk.write("a.jsonl", '{"title": "Two')
    desk.run()
    (desk.root / "other").mkdir()
    desk.config["sources"] = [{"name": "other", "kind": "folder", "path": "other"}]
    report = desk.run()
    assert (report.set_aside, report.outcome) == (0, "good")


# Sources that fail


def test_a_missing_folder_fails_its_source_only(desk) -> None:
    desk.write_lines("a.jsonl", record(0))
    desk.config["sources"].insert(0, {"name": "lost", "kind": "folder", "path": "nowhere"})
    report = desk.run()
    assert report.outcome == "partial"
    assert [error.partition(":")[0] for error in report.errors] == ["source 'lost'"]
    assert [entry["title"] for entry in desk.entries()] == ["Tram report 0"]


def test_a_folder_that_went_missing_leaves_its_articles_and_what_is_set_aside(desk) -> None:
    desk.write_lines("a.jsonl", record(0), {"title": "No date"})
    desk.write_lines("../other/b.jsonl", record(1))
    desk.config["sources"].append({"name": "other", "kind": "folder", "path": "other"})
    desk.run()
    before, aside = desk.standing(), desk.set_aside()
    desk.folder.rename(desk.root / "moved")
    report = desk.run()
    assert (len(report.errors), report.published, report.set_aside) == (1, 0, 1)
    assert (desk.standing(), desk.set_aside()) == (before, aside)


def test_when_every_source_fails_so_does_the_run_and_the_feeds_stand(desk) -> None:
    desk.write_lines("a.jsonl", record(0))
    desk.run()
    before = desk.standing()
    desk.folder.rename(desk.root / "moved")
    with pytest.raises(NoSourceRead):
        desk.run()
    assert desk.standing() == before
    with desk.store.reading() as connection:
        (run,) = runs.last_runs(connection)
    assert run["outcome"] == "failed"
    assert any("cannot be read" in error for error in run["errors"])


def test_a_fault_of_our_own_quotes_no_article_where_the_public_can_read_it(
    desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write_lines("a.jsonl", record(0, body_html="<p>hush</p>"))

    def fail(connection: Any, *args: Any) -> None:
        connection.execute(insert(article_table).values(id="urn:x", body_html="<p>hush</p>"))

    monkeypatch.setattr(generation_store, "publish", fail)
    with pytest.raises(IntegrityError) as caught:
        desk.run()
    assert "hush" not in cause(caught.value)
    with desk.store.reading() as connection:
        (run,) = runs.last_runs(connection)
    assert run["errors"] == ["IntegrityError; the log says more"]


def test_a_second_run_at_once_is_refused(desk) -> None:
    lease = desk.store.claim("another:1")
    with pytest.raises(RunRefused, match="another:1"):
        desk.run()
    desk.store.release(lease)
    desk.run()


# Embargoes


def nowhere(desk, *words: str) -> None:
    """None of the words are in anything that the public may see."""
    bodies = [desk.all_bytes().decode()]
    with desk.store.reading() as connection:
        seen = reading.newest_articles(connection, 1000)
        lines = reading.channel_lines(connection)
        bodies += [member["title"] for line in lines for member in reading.channel_members(connection, line.slug)]
        hidden = [a for a in reading.every_article(connection) if any(word in a.title for word in words)]
        assert hidden
        assert [reading.public_article(connection, article.id) for article in hidden] == [None] * len(hidden)
        related = [link.title for a in seen for link in reading.public_article(connection, a.id).related]
        bodies += [line.title + line.description for line in lines] + [a.title for a in seen] + related
        assert sum(reading.count_articles(connection).values()) == len(seen)
    assert [word for word in words for body in bodies if word in body] == []


def test_an_embargoed_article_is_nowhere_until_its_second(desk, clock: Clock) -> None:
    link = {"title": "Listed by it alone", "published": stamp(3)}
    due = at(2)
    clock.now = datetime.fromisoformat(due) - timedelta(microseconds=1)
    secret = {"title": "Embargoed report", "published": due, "body_html": "<p>hush</p>", "related": [link]}
    tells = {"title": "Embargoed report", "published": due}
    desk.write_lines("a.jsonl", *(record(n) for n in range(3)), record(4, related=[tells]))
    desk.run()
    desk.write_lines("b.jsonl", secret)
    before = desk.standing()
    report = desk.run()
    assert report.next_due == datetime.fromisoformat(due)
    assert (report.published, report.outcome) == (0, "good")
    assert desk.standing() == before
    nowhere(desk, "Embargoed report", "Listed by it alone")
    assert b"hush" not in desk.all_bytes()
    clock.now = report.next_due
    report = desk.run()
    assert report.next_due is None
    titles = {entry["title"] for entry in desk.entries()}
    assert {"Embargoed report", "Listed by it alone"} <= titles
    assert "hush" in desk.body()
    entry = next(entry for entry in desk.entries() if entry["title"] == "Embargoed report")
    assert entry["date_published"] == due


def test_a_stub_that_readers_see_does_not_become_whole_before_its_article_is_due(desk, clock: Clock) -> None:
    url = "https://www.example/report"
    told = {"title": "Report", "published": stamp(1), "url": url}
    desk.write_lines("a.jsonl", *(record(n) for n in range(3)), record(4, related=[told]))
    desk.run()
    (stub,) = [entry for entry in desk.entries() if entry["title"] == "Report"]
    due = at(3)
    clock.now = datetime.fromisoformat(due) - timedelta(minutes=1)
    body = {"title": "Report, in full", "published": due, "url": url, "body_html": "<p>hush</p>"}
    desk.write_lines("b.jsonl", body, record(5))
    before = desk.standing()
    for _ in range(2):
        assert desk.run().next_reading == datetime.fromisoformat(due)
        assert b"hush" not in desk.all_bytes()
        assert b"in full" not in desk.all_bytes()
    assert desk.standing() != before, "its neighbour in the file went on"
    clock.now = datetime.fromisoformat(due)
    assert desk.run().next_reading is None
    (whole,) = [entry for entry in desk.entries() if entry["id"] == stub["id"]]
    assert (whole["title"], whole["date_published"]) == ("Report, in full", stub["date_published"])
    assert desk.run().unchanged == 2


def test_an_embargo_ends_by_the_real_clock_too(sqlite_desk) -> None:
    desk = sqlite_desk
    desk.write_lines("a.jsonl", record(0), record(1, published=at(2)))
    due = desk.run().next_due
    assert [entry["title"] for entry in desk.entries()] == ["Tram report 0"]
    time.sleep((due - datetime.now(UTC)).total_seconds())
    desk.run()
    assert len(desk.entries()) == 2


def test_an_article_that_falls_due_while_a_run_is_at_work_is_told_of(
    desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Due after the run has looked, and before it has ended: the next run is due at once, not an interval later."""
    desk.write_lines("a.jsonl", record(0), record(1, published=at(60)))
    publish = generation_store.publish

    def slowly(*args: Any) -> None:
        clock.now += timedelta(seconds=61)
        publish(*args)

    monkeypatch.setattr(generation_store, "publish", slowly)
    report = desk.run()
    assert [entry["title"] for entry in desk.entries()] == ["Tram report 0"]
    assert report.next_due is not None
    assert report.next_due <= clock.now


# Crashes


def test_a_crash_between_intake_and_publishing_is_mended_by_the_next_run(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write_lines("a.jsonl", record(0))
    desk.run()
    before = desk.standing()
    desk.write_lines("b.jsonl", record(1))
    with monkeypatch.context() as patch:
        patch.setattr(generation_store, "publish", _crash)
        with pytest.raises(ZeroDivisionError):
            desk.run()
    assert desk.standing() == before
    report = desk.run()
    assert (report.read, report.published) == (0, 3)
    assert [entry["title"] for entry in desk.entries()] == ["Tram report 1", "Tram report 0"]


@pytest.mark.parametrize("after", [0, 1])
def test_a_crash_in_the_midst_of_publishing_keeps_every_feed_of_before(
    desk, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    desk.write_lines("a.jsonl", *(record(number) for number in range(3)))
    desk.run()
    before, channels = desk.standing(), desk.channel_titles()
    desk.write_lines("b.jsonl", *(record(number) for number in range(6)))
    write, calls = generation_store._write_generation, iter(range(99))
    with monkeypatch.context() as patch:
        crashing = lambda *args: _crash() if next(calls) == after else write(*args)  # noqa: E731
        patch.setattr(generation_store, "_write_generation", crashing)
        with pytest.raises(ZeroDivisionError):
            desk.run()
    assert (desk.standing(), desk.channel_titles()) == (before, channels)
    with desk.store.reading() as connection:
        assert runs.last_runs(connection)[0]["outcome"] == "failed"
    desk.run()
    assert len(desk.entries()) == 6


def test_a_crash_while_rendering_keeps_the_last_generation(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write_lines("a.jsonl", record(0))
    desk.run()
    before = desk.standing()
    desk.write_lines("b.jsonl", record(1))
    with monkeypatch.context() as patch:
        patch.setattr(making, "assemble", lambda *_, **__: _crash())
        with pytest.raises(ZeroDivisionError):
            desk.run()
    assert desk.standing() == before
    desk.run()
    assert len(desk.entries()) == 2


def test_a_crash_in_the_midst_of_the_intake_loses_no_article(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write_lines("a.jsonl", *(record(number) for number in range(3)))
    with monkeypatch.context() as patch:
        patch.setattr("feedsvc.store.articles._write_documents", _crash)
        with pytest.raises(ZeroDivisionError):
            desk.run()
    assert desk.articles() == {}
    desk.run()
    assert len(desk.entries()) == 3


def test_a_run_that_was_overtaken_publishes_nothing(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write_lines("a.jsonl", record(0))
    theme = publishing.theme

    def overtaken(*args: Any) -> Any:
        with desk.store.writing() as connection:
            from sqlalchemy import update

            from feedsvc.store.tables import leases

            connection.execute(update(leases).values(holder="another:1", epoch=leases.c.epoch + 1))
        return theme(*args)

    monkeypatch.setattr(publishing, "theme", overtaken)
    with pytest.raises(RunRefused, match="taken over"):
        desk.run()
    assert desk.standing() == {}


def _crash(*args: object) -> Any:
    raise ZeroDivisionError


# Same articles in, same bytes out


def some_records() -> list[dict[str, Any]]:
    """Two themes, links that resolve and links that do not, times that are equal, one id given twice."""
    trams = [record(number, id=f"t{number}") for number in range(8)]
    harbour = [
        {
            "title": f"Harbour wall {number}",
            "published": stamp(20 + number // 2),
            "body_html": f"<p>The quay and the granite of wall {number} stand.</p>",
            "url": f"https://paper.example/h/{number}?utm_source=x",
            "related": [{"url": f"https://paper.example/h/{other}"} for other in range(number)],
        }
        for number in range(6)
    ]
    lone = [{"title": f"Lone {n}", "published": stamp(40), "related": [{"title": "Nobody's"}]} for n in range(3)]
    return trams + harbour + lone


def test_the_order_of_records_and_files_makes_no_difference(open_desk: Callable[..., Any], tmp_path: Path) -> None:
    from feedsvc.store.engine import migrate, open_engine

    seen = []
    for seed in range(3):
        url = f"sqlite:///{tmp_path}/{seed}.db"
        migrate(open_engine(url))
        desk = open_desk(f"site{seed}", url)
        records = some_records()
        random.Random(seed).shuffle(records)
        for number, start in enumerate(range(0, len(records), 4)):
            desk.write_lines(f"{number}.jsonl", *records[start : start + 4])
        desk.run()
        seen.append((desk.standing(), desk.channel_titles()))
    assert seen[0] == seen[1] == seen[2]


def test_the_bytes_hang_on_neither_hash_seed_nor_time_zone_nor_database(
    open_desk: Callable[..., Any], sqlite_url: str, store_url: str, tmp_path: Path
) -> None:
    """`store_url` is SQLite once and PostgreSQL once; the other run is in this process, on SQLite."""
    from feedsvc.store.engine import migrate, open_engine

    other_url = f"sqlite:///{tmp_path}/other.db"
    migrate(open_engine(other_url))
    here, there = open_desk("here", other_url), open_desk("there", store_url)
    for desk in (here, there):
        desk.write_lines("a.jsonl", *some_records())
        desk.write_page("p.txt", "Page", "22 June 2025 10:00", ("Other page", "Sat, 21 Jun 2025 21:47:25 GMT"))
        assert desk.settings
    here.run()
    env = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}
    command = [sys.executable, "-m", "feedsvc.cli", "refresh", "--config", str(there.config_path)]
    code = "import sys; sys.argv[0] = 'feedsvc'; from feedsvc.cli import main; main()"
    command[1:3] = ["-c", code]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert here.standing() == there.standing()


def test_two_sources_with_the_same_texts_keep_apart(desk) -> None:
    for name in ("a.txt", "../other/a.txt"):
        desk.write_page(name, "Same", "Sun Mar 01 2026 12:00:00 GMT+0000", ("Listed", "Sun, 01 Mar 2026 11:00:00 GMT"))
    desk.config["sources"].append({"name": "other", "kind": "folder", "path": "other"})
    desk.run()
    with desk.store.reading() as connection:
        found = [(a.source, a.title, a.stub) for a in reading.every_article(connection)]
    assert sorted(found) == [(s, t, t == "Listed") for s in ("other", "paper") for t in ("Listed", "Same")]


# Zones


@pytest.mark.parametrize(
    ("zone", "published"),
    [
        ("Europe/Kyiv", "2025-06-22T07:00:00Z"),
        ("America/New_York", "2025-06-22T14:00:00Z"),
        ("UTC", "2025-06-22T10:00:00Z"),
    ],
)
def test_a_date_without_a_zone_is_read_in_the_sources_and_that_is_kept(desk, zone: str, published: str) -> None:
    desk.config["sources"][0]["time_zone"] = zone
    desk.write_lines("a.jsonl", {"title": "A", "published": "22 June 2025 10:00"})
    desk.run()
    assert [entry["date_published"] for entry in desk.entries()] == [published]
    with desk.store.reading() as connection:
        (witness,) = connection.execute(select(witnesses)).all()
    assert (witness.text, witness.zone, witness.zone_assumed) == ("22 June 2025 10:00", zone, True)
    assert witness.at == datetime.fromisoformat(published)


def test_the_text_and_zone_of_every_time_are_kept(desk) -> None:
    shown, listed = "Sun Jun 22 2025 02:27:37 GMT+0300 (Eastern European Summer Time)", "Sat, 21 Jun 2025 21:47:25 GMT"
    desk.write_page("a.txt", "A", shown, ("B", listed))
    desk.run()
    with desk.store.reading() as connection:
        found = {(w.text, w.zone, w.zone_assumed, w.kind) for w in connection.execute(select(witnesses))}
    assert {(text, assumed, kind) for text, _, assumed, kind in found} == {
        (shown, False, "page"),
        (listed, False, "listed"),
    }


def test_a_corrected_zone_dates_what_was_not_served_yet_anew(desk) -> None:
    day = (datetime.now(UTC) + timedelta(days=2)).strftime("%d %B %Y")
    desk.write_lines("a.jsonl", {"title": "A", "published": f"{day} 10:00"})
    first = desk.run().next_due
    desk.config["sources"][0]["time_zone"] = "Asia/Kolkata"
    second = desk.run().next_due
    assert first is not None
    assert second == first - timedelta(hours=5, minutes=30)


# Hostile input


NASTY = "a\x00b\x01\x1f\x7f\x85\ufffe\U0001ffff\ud800 & <b>]]></b> \u202e\u2028"


def nasty_records() -> Iterator[dict[str, Any]]:
    yield dict.fromkeys(("title", "id", "url", "subtitle", "summary", "body_html", "language", "image"), NASTY) | {
        "published": stamp(0), "authors": [NASTY], "tags": [NASTY], "related": [{"title": NASTY, "url": NASTY}],
    }  # fmt: skip
    yield {"title": "Nasty link", "published": stamp(1), "related": [{"title": "B" + NASTY, "published": NASTY}]}
    yield {"title": "Nasty date", "published": NASTY}
    yield {"title": "Nasty update", "published": stamp(2), "updated": f"{stamp(2)}\x00"}
    yield {"title": "Nasty edges", "published": f" \x00{stamp(2)}\u2028"}
    yield {"title": "Nasty comment", "published": "Sun Mar 01 2026 12:00:00 GMT+0000 (\x00\ud800)"}
    yield {"title": "Wide", "published": stamp(2), "related": [{"title": "\ufdfa" * 600, "published": stamp(1)}]}
    yield {"title": "x" * 1_000_000, "published": stamp(3)}
    yield {"title": "Long everything", "published": stamp(4), "id": "i" * 100_000, "language": "l" * 100_000}
    yield {"title": "Long address", "published": stamp(5), "url": "https://a.example/" + "u" * 100_000}
    yield {"title": "Long date", "published": "1" * 1_000_000}
    yield {"title": "Long link date", "published": stamp(6), "related": [{"title": "L", "published": "1" * 1_000_000}]}
    yield {"title": "Many", "published": stamp(7), "tags": ["t"] * 10_000, "authors": [f"a{n}" for n in range(5_000)]}
    yield {"title": "Early", "published": "0001-01-01T00:00:00Z"}
    yield {"title": "Before time", "published": "0001-01-01T00:00:00+14:00"}
    yield {"title": "Late", "published": "9999-12-31T23:59:59Z"}
    yield {"title": "After time", "published": "9999-12-31T23:59:59-14:00"}
    yield {"title": "Infinite", "published": 1e308}
    yield {"title": "Big", "published": 10**30}
    yield {"title": [], "published": {}}
    yield {"title": "<script>alert(1)</script>", "published": stamp(8)}
    yield {"title": "&#0;&#xD800;&#x1F;", "published": stamp(9), "body_html": "<p>&#0;&#xD800;</p>"}
    yield {"title": "Itself", "published": stamp(10), "related": [{"title": "Itself", "published": stamp(10)}]}
    yield {"title": "Deep", "published": stamp(11), "body_html": "<div>" * 50_000}
    yield {"title": "Deep list", "published": stamp(11), "body_markdown": "> " * 5_000 + "x"}
    yield {"title": "Many links", "published": stamp(12), "related": [{"title": f"L{n}"} for n in range(3_000)]}


def test_hostile_records_never_stop_the_run(desk) -> None:
    desk.write_lines("a.jsonl", record(20), *nasty_records(), record(21))
    report = desk.run()
    assert report.outcome == "partial"
    titles = [entry["title"] for entry in desk.entries()]
    assert {"Tram report 20", "Tram report 21", "Nasty link", "Nasty edges", "Long address", "Itself"} <= set(titles)
    assert max(map(len, titles)) <= 500
    before = desk.standing()
    assert desk.run().published == 0
    assert desk.standing() == before


def test_a_hostile_title_that_changes_is_no_more_trouble_than_another(desk) -> None:
    """What an article was called is kept, however long: long texts that do not compress fit no index."""
    letters = [chr(code) for code in range(0x4E00, 0x9FA5)]
    long = "".join(random.Random(1).choices(letters, k=300_000))
    desk.write_lines("a.json", {"title": long, "published": stamp(0)})
    desk.run()
    desk.write_lines("a.json", {"title": "Short", "published": stamp(0)})
    assert desk.run().outcome == "good"
    assert [entry["title"] for entry in desk.entries()] == ["Short"]


def test_hostile_files_never_stop_the_run(desk) -> None:
    desk.write_lines("a.jsonl", record(0))
    desk.write(
        "z.jsonl", b'{"title": "Cut \\ud83d", "published": "2026-03-01T01:00:00Z"}\n\xff\xfe\x00\n' + b"[" * 100_000
    )
    desk.write("deep.json", b"[" * 100_000)
    desk.write("deep.html", b"<div>" * 100_000)
    desk.write("big.txt", "A\n\n1 March 2026\n\n" + "x" * (6 * 1024 * 1024))
    desk.write("null.txt", b"\0" * 1000)
    desk.write("bits.xml", bytes(range(256)) * 100)
    desk.write("front.md", '---\ntitle: "a\\0b\\ud800"\ndate: 2026-03-01\nlanguage: "\\0"\n---\nWords.')
    desk.write("bomb.md", "---\n" + "a: &a [x,x]\n" + "b: [*a,*a]\n---\n")
    desk.write("bomb.xml", '<!DOCTYPE a [<!ENTITY a "xx"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>')
    (desk.folder / "dir.txt").mkdir()
    desk.write("dir.txt/inside.jsonl", '{"title": "Inside", "published": "2026-03-01T02:00:00Z"}')
    os.mkfifo(desk.folder / "pipe.txt")
    (desk.folder / "loop.txt").symlink_to("loop.txt")
    (desk.folder / "dangling.txt").symlink_to("nowhere")
    (desk.folder / "up").symlink_to("..")
    name = os.fsencode(desk.folder) + b"/\xff\xfe name\n.jsonl"
    with open(name, "w") as file:
        file.write('{"title": "Odd name", "published": "2026-03-01T03:00:00Z"}\nbroken')
    report = desk.run()
    assert report.outcome == "partial"
    titles = {entry["title"] for entry in desk.entries()}
    assert {"Tram report 0", "Inside", "Odd name"} <= titles
    asides = {place: reason for place, _, reason in desk.set_aside()}
    assert "larger than 5 MiB" in asides["big.txt"]
    assert "not a regular file" in asides["pipe.txt"]
    assert "cannot be read" in asides["loop.txt"]
    again = desk.run()
    assert (again.published, again.set_aside) == (0, report.set_aside)


def test_a_deep_path_of_odd_names_is_read_like_any_other(desk) -> None:
    """PostgreSQL takes no index entry over 2,704 bytes, and a path may have 4,096."""
    folder = os.fsencode(desk.folder)
    letters = random.Random(1)
    while len(folder) < 3_700:
        folder += b"/" + bytes(letters.choices(range(0x80, 0x100), k=200))
        os.mkdir(folder)
    with open(folder + b"/a.jsonl", "w") as file:
        file.write('{"title": "Deep down", "published": "2026-03-01T03:00:00Z"}\nbroken')
    desk.write_lines("b.jsonl", record(0))
    assert desk.run().set_aside == 1
    assert {entry["title"] for entry in desk.entries()} == {"Deep down", "Tram report 0"}
    assert desk.run().published == 0


def test_no_character_that_xml_forbids_is_stored(desk) -> None:
    desk.write_lines("a.jsonl", *nasty_records())
    desk.run()
    with desk.store.reading() as connection:
        titles = connection.execute(select(article_table.c.title)).scalars().all()
        longest = connection.execute(select(func.max(func.length(article_table.c.title)))).scalar_one()
        assert connection.execute(select(func.count()).select_from(snapshots)).scalar_one()
    assert not [title for title in titles if set(title) & set("\0\x01\x1f\x7f\ufffe\ud800")]
    assert longest <= 500


# Files that need not be read


def test_a_file_that_nobody_has_touched_is_not_read_again(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "SETTLED_S", 0)
    desk.write_lines("a.jsonl", record(0))
    desk.run()
    monkeypatch.setattr(fetch, "_opened", _crash)
    report = desk.run()
    assert (report.read, report.unchanged, report.outcome) == (0, 1, "good")


def test_a_file_is_read_until_it_has_lain_still_for_a_while(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    read, opened = [], fetch._opened
    monkeypatch.setattr(fetch, "_opened", lambda path: read.append(path.name) or opened(path))
    desk.write_lines("a.jsonl", record(0))
    desk.run()
    desk.run()
    monkeypatch.setattr(fetch, "SETTLED_S", 0)
    desk.run()
    desk.run()
    assert read == ["a.jsonl"] * 3


def test_a_file_of_the_same_size_and_time_with_other_bytes_is_read_again(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "SETTLED_S", 0)
    path = desk.write_lines("a.jsonl", record(0, id="tram", title="Tram report A"))
    was = path.stat()
    desk.run()
    desk.write_lines("a.jsonl", record(0, id="tram", title="Tram report B"))
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert desk.run().read == 1
    assert [entry["title"] for entry in desk.entries()] == ["Tram report B"]


def test_another_way_of_reading_has_every_file_read_again(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "SETTLED_S", 0)
    desk.write_lines("a.jsonl", record(0))
    desk.run()
    monkeypatch.setattr(reader, "READER_VERSION", "another")
    monkeypatch.setattr(publishing, "READER_VERSION", "another")
    assert desk.run().read == 1
