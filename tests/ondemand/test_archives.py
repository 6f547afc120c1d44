import json
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from feedsvc.ondemand.refused import Ended
from feedsvc.store import made
from feedsvc.store.tables import made as made_table

BASE = "https://feeds.paper.example"


def titles(document: Any) -> list[str]:
    return [item["title"] for item in json.loads(document.made.body)["items"]]


def links(feed: Any) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in feed.feed.links if link["rel"] != "alternate"}


@pytest.fixture
def filed(library: Any) -> Any:
    """Two archives of the channel sport, and one of everything."""
    library.channel("sport", "Sport")
    a, b, c = (library.article(name, "sport", day=day) for day, name in enumerate("abc"))
    library.close("channels/sport", 1, a, b)
    library.close("channels/sport", 2, c)
    library.close("", 1, a, b, c)
    return library


def test_an_archive_shows_what_was_filed_newest_first(filed: Any) -> None:
    document = filed.archive("sport", 1)
    assert document.made.path == "/channels/sport/archive/1/feed.json"
    assert titles(document) == ["On b", "On a"]
    everything = filed.archive("", 1)
    assert everything.made.path == "/archive/1/feed.json"
    assert titles(everything) == ["On c", "On b", "On a"]


@pytest.mark.parametrize(("format", "file"), [("rss", "rss.xml"), ("atom", "atom.xml")])
def test_readers_find_their_way_from_archive_to_archive(filed: Any, format: str, file: str) -> None:
    home = f"{BASE}/channels/sport"
    first, second = (feedparser.parse(filed.archive("sport", number, format).made.body) for number in (1, 2))
    assert not first.bozo
    assert links(first) == {
        "self": f"{home}/archive/1/{file}",
        "next-archive": f"{home}/{file}",
        "current": f"{home}/{file}",
    }
    assert links(second) == {
        "self": f"{home}/archive/2/{file}",
        "prev-archive": f"{home}/archive/1/{file}",
        "current": f"{home}/{file}",
    }
    assert [entry.id for entry in first.entries] == ["urn:uuid:b", "urn:uuid:a"]


def test_what_was_never_filed_is_no_archive(filed: Any) -> None:
    assert filed.archive("sport", 3) is None
    assert filed.archive("economy", 1) is None
    filed.channel("economy")
    assert filed.archive("economy", 1) is None


def test_an_archive_is_made_once_and_then_served_from_its_bytes(filed: Any, renders: list[str]) -> None:
    first = filed.archive("sport", 1)
    filed.wait(days=5)
    filed.article("d", "sport", day=7)
    filed.change("urn:uuid:c", digest="another", title="Other")
    assert filed.archive("sport", 1).made == first.made
    assert renders == ["json"]


def test_a_corrected_article_is_corrected_in_the_archive(filed: Any) -> None:
    before = filed.archive("sport", 1)
    filed.wait(seconds=90)
    filed.change("urn:uuid:a", digest="another", title="On a, corrected", updated=filed.now)
    after = filed.archive("sport", 1)
    assert titles(after) == ["On b", "On a, corrected"]
    assert after.made.etag != before.made.etag
    assert after.made.modified - before.made.modified == timedelta(seconds=90)


def test_an_archive_stays_as_it_is_whatever_becomes_of_what_its_articles_list(filed: Any, renders: list[str]) -> None:
    before = filed.archive("sport", 1)
    filed.touch("urn:uuid:a")
    assert filed.archive("sport", 1).made == before.made
    assert len(renders) == 1


def test_bytes_that_come_out_the_same_keep_their_time(filed: Any, renders: list[str]) -> None:
    before = filed.archive("sport", 1)
    filed.wait(days=1)
    with filed.store.writing() as connection:  # as a withdrawal does with all that was made
        connection.execute(update(made_table).values(body=b"", digest=""))
    after = filed.archive("sport", 1)
    assert len(renders) == 2
    assert (after.made.etag, after.made.modified) == (before.made.etag, before.made.modified)


def test_bytes_that_differ_within_a_second_have_different_times(filed: Any) -> None:
    before = filed.archive("sport", 1)
    filed.change("urn:uuid:a", title="Other")
    assert filed.archive("sport", 1).made.modified == before.made.modified + timedelta(seconds=1)


def test_an_archive_stays_as_it_is_when_there_is_a_newer_one(filed: Any) -> None:
    before = filed.archive("sport", 2, "rss")
    filed.article("d", "sport", day=9)
    filed.close("channels/sport", 3, "urn:uuid:d")
    after = filed.archive("sport", 2, "rss")
    assert (after.made.body, after.made.etag, after.made.modified) == (
        before.made.body,
        before.made.etag,
        before.made.modified,
    )


def test_a_withdrawn_article_is_told_for_a_while_and_then_only_its_id(filed: Any) -> None:
    filed.change("urn:uuid:a", title="Secret", body_html="<p>Secret</p>", updated=filed.now)
    assert b"Secret" in filed.archive("sport", 1, "atom").made.body
    filed.withdraw("urn:uuid:a")
    told = filed.archive("sport", 1, "atom").made.body
    assert b"Secret" not in told
    assert [entry.id for entry in feedparser.parse(told).entries] == ["urn:uuid:b", "urn:uuid:a"]
    filed.wait(days=29)
    assert filed.archive("sport", 1, "atom").made.body == told
    filed.wait(days=2)
    over = filed.archive("sport", 1, "atom").made.body
    assert [entry.id for entry in feedparser.parse(over).entries] == ["urn:uuid:b"]
    assert b"deleted-entry" in over
    assert b"urn:uuid:a" in over
    filed.wait(days=1000)
    assert filed.archive("sport", 1, "atom").made.body == over


def test_a_withdrawal_leaves_nothing_in_memory_either(filed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    filed.change("urn:uuid:a", title="Secret")
    _refuse_to_keep(monkeypatch)
    assert b"Secret" in filed.archive("sport", 1).made.body
    filed.withdraw("urn:uuid:a")
    assert b"Secret" not in filed.archive("sport", 1).made.body


def test_a_stub_that_turned_out_to_be_another_article_is_no_more(filed: Any) -> None:
    filed.change("urn:uuid:a", merged_into="urn:uuid:b")
    body = filed.archive("sport", 1, "atom").made.body
    assert [entry.id for entry in feedparser.parse(body).entries] == ["urn:uuid:b"]
    assert b"urn:uuid:a" in body


def test_what_readers_have_not_been_shown_is_in_no_archive(filed: Any) -> None:
    filed.change("urn:uuid:a", served=False)
    assert b"urn:uuid:a" not in filed.archive("sport", 1, "atom").made.body


def test_a_merged_channel_keeps_its_archives(filed: Any) -> None:
    before = filed.archive("sport", 1)
    filed.channel("games")
    filed.change_channel("sport", state="merged", heir="games")
    assert filed.archive("sport", 1).made == before.made
    assert filed.archive("games", 1) is None


def test_the_archives_of_a_channel_that_ended_go_when_its_farewell_is_over(filed: Any) -> None:
    filed.change_channel("sport", state="retired", ended=filed.now)
    filed.wait(days=89)
    assert titles(filed.archive("sport", 1)) == ["On b", "On a"]
    filed.wait(days=2)
    with pytest.raises(Ended):
        filed.archive("sport", 1)


def _refuse_to_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(made, "keep", refuse)
