import json
from datetime import timedelta
from typing import Any

import feedparser
import pytest

from feedsvc.ondemand import combined
from feedsvc.ondemand.query import Combination
from feedsvc.ondemand.refused import Ended, UnknownChannel

BASE = "https://feeds.paper.example"


def feed(document: Any) -> dict[str, Any]:
    return dict(json.loads(document.made.body))


def ids(document: Any) -> list[str]:
    return [item["id"].removeprefix("urn:uuid:") for item in feed(document)["items"]]


@pytest.fixture
def shelved(library: Any) -> Any:
    """Sport has a, c and e, economy b, c and d; the newest is e. f is in no channel."""
    library.channel("sport", "Sport")
    library.channel("economy", "Economy")
    for day, (name, slugs) in enumerate(
        {"a": ["sport"], "b": ["economy"], "c": ["sport", "economy"], "d": ["economy"], "e": ["sport"], "f": []}.items()
    ):
        library.article(name, *slugs, day=day)
    return library


def test_a_combination_shows_the_newest_of_all_its_channels_each_once(shelved: Any) -> None:
    assert ids(shelved.combined("sport", "economy")) == ["e", "d", "c"]
    assert ids(shelved.combined("sport", "economy", limit=9)) == ["e", "d", "c", "b", "a"]
    assert ids(shelved.combined("sport", limit=2)) == ["e", "c"]


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_feed_readers_read_it(shelved: Any, format: str) -> None:
    body = shelved.combined("sport", "economy", format=format).made.body
    read = feedparser.parse(body)
    assert not read.bozo
    assert read.feed.title == "Economy + Sport – The Paper"
    suffix = "" if format == "rss" else "&format=atom"
    assert [link.href for link in read.feed.links if link.rel == "self"] == [
        f"{BASE}/feeds?channels=economy,sport{suffix}"
    ]
    assert read.feed.link == f"{BASE}/"
    assert [entry.id for entry in read.entries] == ["urn:uuid:e", "urn:uuid:d", "urn:uuid:c"]


def test_its_id_is_that_of_the_combination_whatever_the_format(shelved: Any) -> None:
    def id(*slugs: str, format: str = "atom", **rest: Any) -> str:
        return str(feedparser.parse(shelved.combined(*slugs, format=format, **rest).made.body).feed.id)

    assert id("sport", "economy") == id("economy", "sport") != id("sport")
    assert id("sport").startswith("urn:uuid:")
    assert id("sport", limit=2) != id("sport")


@pytest.mark.parametrize(
    ("slugs", "rest", "title"),
    [
        (["sport"], {}, "Sport"),
        (["sport", "economy"], {"words": ("flood",)}, "Economy + Sport: “flood”"),
        (["sport"], {"words": ("flood", "tram*"), "without": ("x", "y")}, "Sport: “flood tram*” without “x y”"),
        (["sport"], {"without": ("x",)}, "Sport without “x”"),
        ([], {"words": ("flood",), "without": ("x",)}, "“flood” without “x”"),
        (list("abcdef"), {}, "A + B + C + D + 2 more"),
    ],
)
def test_it_is_called_after_what_it_is_of(shelved: Any, slugs: list[str], rest: dict[str, Any], title: str) -> None:
    for slug in set(slugs) - {"sport", "economy"}:
        shelved.channel(slug)
    assert feed(shelved.combined(*slugs, **rest))["title"] == f"{title} – The Paper"


# Words


def test_words_choose_from_the_channels_or_from_everything(shelved: Any) -> None:
    for name in ("a", "b", "f"):
        shelved.change(f"urn:uuid:{name}", body_html="<p>The flood.</p>")
    assert ids(shelved.combined("sport", words=("flood",))) == ["a"]
    assert ids(shelved.combined("sport", "economy", words=("flood",))) == ["b", "a"]
    assert ids(shelved.combined(words=("flood",))) == ["f", "b", "a"]
    assert ids(shelved.combined(words=("flood",), limit=2)) == ["f", "b"]
    assert ids(shelved.combined("sport", without=("flood",))) == ["e", "c"]
    assert ids(shelved.combined(words=("flood", "nothing"))) == []


def test_only_so_many_articles_are_looked_through(shelved: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(combined, "READ_FOR_WORDS", 2)
    assert ids(shelved.combined(words=("about",))) == ["f", "e"]


# Channels that are no more


def test_a_merged_channel_counts_as_its_heir(shelved: Any) -> None:
    shelved.channel("games")
    shelved.article("g", "games", day=9)
    shelved.change_channel("sport", state="merged", heir="economy")
    shelved.change_channel("economy", state="merged", heir="games")
    document = shelved.combined("sport", "games", "economy")
    assert document.made.path == "/feeds?channels=games&format=json"
    assert ids(document) == ["g"]


def test_a_channel_that_ended_is_passed_over_while_others_are_left(shelved: Any) -> None:
    shelved.change_channel("sport", state="retired")
    assert shelved.combined("sport", "economy").made.path == "/feeds?channels=economy&format=json"
    with pytest.raises(Ended, match="“Sport”"):
        shelved.combined("sport")
    with pytest.raises(Ended):
        shelved.combined("sport", words=("flood",))


def test_an_unknown_channel_is_named(shelved: Any) -> None:
    with pytest.raises(UnknownChannel, match="“games”"):
        shelved.combined("sport", "games")


# What may not be seen


def test_what_readers_have_not_been_shown_changes_nothing(shelved: Any) -> None:
    before = shelved.combined("sport", words=("about",)), shelved.combined("sport"), shelved.combined(words=("about",))
    shelved.article("x", "sport", day=20, served=False)
    after = shelved.combined("sport", words=("about",)), shelved.combined("sport"), shelved.combined(words=("about",))
    assert [one.made.body for one in after] == [one.made.body for one in before]


def test_a_withdrawn_article_is_told_for_a_while(shelved: Any) -> None:
    shelved.change("urn:uuid:e", title="Secret")
    shelved.combined("sport")
    shelved.withdraw("urn:uuid:e")
    assert ids(shelved.combined("sport")) == ["e", "c", "a"]
    assert b"Secret" not in shelved.combined("sport").made.body
    shelved.wait(days=31)
    assert ids(shelved.combined("sport")) == ["c", "a"]


def test_a_withdrawal_deep_in_a_channel_is_followed_too(shelved: Any) -> None:
    shelved.combined("sport", "economy", limit=9)
    shelved.withdraw("urn:uuid:a")
    assert feed(shelved.combined("sport", "economy", limit=9))["items"][-1]["title"] != "On a"


def test_where_words_are_sought_only_the_id_of_a_withdrawn_article_is_told(shelved: Any) -> None:
    shelved.combined("sport", words=("about",))
    shelved.withdraw("urn:uuid:e")
    body = shelved.combined("sport", words=("about",), format="atom").made.body
    assert [entry.id for entry in feedparser.parse(body).entries] == ["urn:uuid:c", "urn:uuid:a"]
    assert b"deleted-entry" in body
    assert b"urn:uuid:e" in body


# When it is made anew


def test_it_is_made_once_until_something_in_its_channels_changes(shelved: Any, renders: list[str]) -> None:
    first = shelved.combined("sport")
    assert shelved.combined("sport").made == first.made
    shelved.article("g", "economy", day=8)
    assert shelved.combined("sport").made == first.made
    assert shelved.another_process().combined(Combination(("sport",)), "json", "").made == first.made
    assert renders == ["json"]
    shelved.wait(seconds=60)
    shelved.article("h", "sport", day=9)
    second = shelved.combined("sport")
    assert ids(second) == ["h", "e", "c"]
    assert second.made.modified - first.made.modified == timedelta(seconds=60)
    assert renders == ["json", "json"]


def test_one_of_everything_is_made_anew_with_each_publication(shelved: Any, renders: list[str]) -> None:
    first = shelved.combined(words=("about",))
    shelved.combined(words=("about",))
    assert renders == ["json"]
    shelved.wait(seconds=60)
    shelved.change("urn:uuid:a", body_html="<p>Other</p>")
    again = shelved.combined(words=("about",))
    assert renders == ["json", "json"]
    assert (again.made.etag, again.made.modified) == (first.made.etag, first.made.modified)  # a is not shown


def test_a_channel_of_another_name_gives_it_another_title(shelved: Any) -> None:
    shelved.combined("sport")
    shelved.change_channel("sport", title="Games")
    assert feed(shelved.combined("sport"))["title"] == "Games – The Paper"
