"""Long files: read in parts, taken in a little at a time, and just what they would be if read at once."""

import json
import random
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from feedsvc import asides, gathering, pipeline, publishing
from feedsvc.load import fetch
from feedsvc.load import json as lines_parser
from feedsvc.store.tables import articles, links

PLACES = "harbour tunnel orchard choir glacier chess".split()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for the next second here, and a file that was just written counts as written for good."""
    monkeypatch.setattr(publishing, "_until_the_next_second", lambda *_: None)
    monkeypatch.setattr(fetch, "SETTLED_S", 0)


@pytest.fixture
def short_of_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Parts of about four records, and seven articles at once; how many there were each time."""
    monkeypatch.setattr(fetch, "PART_BYTES", 1200)
    monkeypatch.setattr(gathering, "MOST_ARTICLES", 7)
    settle, held = pipeline.settle, list[int]()

    def counted(resolution: Any, now: Any) -> Any:
        held.append(sum(len(node.drafts) for node in resolution.nodes))
        return settle(resolution, now)

    monkeypatch.setattr(pipeline, "settle", counted)
    yield held
    assert not held or max(held) <= 7 + 6


def record(number: int, **more: Any) -> dict[str, Any]:
    """An article that lists the three before it, and one that only lists tell of."""
    place = PLACES[number // 10 % len(PLACES)]
    listed = [
        {"title": f"The {PLACES[n // 10 % 6]} report {n}", "published": when(n)} for n in range(number - 3, number)
    ]
    listed.append({"title": f"A note on the {place}", "published": when(1000 + number // 10)})
    body = f"<p>What the {place} had to tell on day {number}, and the {place} again.</p>"
    told = {"id": f"r{number}", "title": f"The {place} report {number}", "published": when(number), "body_html": body}
    return told | {"related": [one for one in listed if " -" not in one["title"]]} | more


def when(number: int) -> str:
    return f"2026-{1 + number // 600 % 12:02}-{1 + number // 24 % 25:02}T{number % 24:02}:00:00Z"


def taken_in(desk: Any) -> tuple[list[Any], list[Any], dict[str, list[str]]]:
    with desk.store.reading() as connection:
        a, n = articles.c, links.c
        known = connection.execute(select(a.id, a.title, a.stub, a.published, a.digest, a.merged_into).order_by(a.id))
        tied = connection.execute(select(n.article_id, n.target_id, n.position, n.listed).order_by(*links.primary_key))
        return [tuple(row) for row in known], [tuple(row) for row in tied], desk.channel_titles()


@pytest.mark.parametrize("seed", range(4))
def test_a_long_file_in_any_order_comes_to_what_it_is_when_read_at_once(
    open_desk, migrated_sqlite, tmp_path, short_of_memory, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    records = [record(number) for number in range(60)]
    in_parts = open_desk("parts", f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'parts.db')}")
    in_parts.write_lines("a.jsonl", *random.Random(seed).sample(records, len(records)))
    assert in_parts.run().articles == 60
    assert len(short_of_memory) > 10
    short_of_memory.clear()
    monkeypatch.undo()
    monkeypatch.setattr(publishing, "_until_the_next_second", lambda *_: None)
    at_once = open_desk("once", f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'once.db')}")
    at_once.write_lines("a.jsonl", *records)
    at_once.run()
    assert taken_in(in_parts) == taken_in(at_once)


def test_many_small_files_are_taken_in_a_little_at_a_time_too(sqlite_desk, short_of_memory) -> None:
    for number in range(30):
        sqlite_desk.write(f"{number}.json", json.dumps(record(number)))
    report = sqlite_desk.run()
    assert (report.read, report.articles) == (30, 30)
    again = sqlite_desk.run()
    assert (again.read, again.unchanged, again.published) == (0, 30, 0)


def test_of_a_file_that_grows_only_the_end_is_read_again(desk, short_of_memory) -> None:
    desk.write_lines("a.jsonl", *(record(number) for number in range(40)))
    first = desk.run().read
    desk.write_lines("a.jsonl", *(record(number) for number in range(41)))
    report = desk.run()
    assert report.read == 1
    assert report.unchanged >= first - 1
    assert "The glacier report 40" in desk.articles()


def test_a_bad_line_far_down_is_set_aside_by_its_number_until_it_is_good(desk, short_of_memory) -> None:
    good = [record(number) for number in range(30)]
    desk.write_lines("a.jsonl", *good[:25], {"title": "No time"}, *good[25:])
    desk.run()
    [(place, ref, reason)] = desk.set_aside()
    assert (fetch.file_of(place), ref, reason) == ("a.jsonl", "line 26", "'published' is missing")
    desk.write_lines("a.jsonl", *good)
    desk.run()
    assert desk.set_aside() == []


def test_what_was_set_aside_in_a_part_that_is_gone_is_told_no_more(desk, short_of_memory) -> None:
    good = [record(number) for number in range(20)]
    desk.write_lines("a.jsonl", *good, {"title": "No time"})
    desk.run()
    assert len(desk.set_aside()) == 1
    desk.write_lines("a.jsonl", *good[:3])
    desk.run()
    assert desk.set_aside() == []


def test_a_run_that_dies_halfway_loses_nothing(sqlite_desk, short_of_memory, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = sqlite_desk
    desk.write_lines("a.jsonl", *(record(number) for number in range(40)))
    whole, calls = pipeline._take_in, []

    def dies(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        whole(*args)

    monkeypatch.setattr(pipeline, "_take_in", dies)
    with pytest.raises(KeyboardInterrupt):
        desk.run()
    monkeypatch.setattr(pipeline, "_take_in", whole)
    report = desk.run()
    assert report.unchanged > 0
    assert sum(not article.stub for article in desk.articles().values()) == 40


def test_a_line_that_is_too_long_is_set_aside_and_the_next_one_read(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_LINE_BYTES", 500)
    monkeypatch.setattr(lines_parser, "MAX_LINE_BYTES", 500)
    monkeypatch.setattr(fetch, "PART_BYTES", 600)
    long = json.dumps({"title": "Long", "published": when(0), "body_text": "é" * 5000}, ensure_ascii=False)
    short = [json.dumps({"title": f"Short {n}", "published": when(n)}) for n in range(3)]
    desk.write("a.jsonl", "\n".join([short[0], long, short[1], short[2]]))
    desk.run()
    assert sorted(desk.articles()) == ["Short 0", "Short 1", "Short 2"]
    assert [ref for _, ref, _ in desk.set_aside()] == ["line 2"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_a_long_file_may_be_in_another_encoding(desk, short_of_memory, encoding: str) -> None:
    lines = (json.dumps(record(number, title=f"Tram à {number}"), ensure_ascii=False) for number in range(12))
    desk.write("a.jsonl", "\n".join(lines).encode(encoding))
    desk.run()
    assert {f"Tram à {number}" for number in range(12)} <= desk.articles().keys()


def test_what_is_set_aside_far_down_can_be_shown_and_released(sqlite_desk, short_of_memory) -> None:
    desk = sqlite_desk
    good = [record(number) for number in range(30)]
    desk.write_lines("a.jsonl", *good[:25], {"title": "No time", "body_text": "Words."}, *good[25:])
    desk.run()
    (aside,) = asides.listed(desk.store)
    assert asides.record_of(desk.settings, aside) == {"title": "No time", "body_text": "Words."}
    asides.release(desk.settings, desk.store, aside, {"published": when(99)})
    desk.run()
    assert "No time" in desk.articles()
    assert desk.set_aside() == []
