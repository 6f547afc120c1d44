"""Maps that are made when they are first asked for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import insert

from feedsvc.ondemand import maps
from feedsvc.render.maps.channel import MOST_DOTS
from feedsvc.store.tables import edges

URL = "https://feeds.paper.example/articles/urn:uuid:"


@pytest.fixture
def river(library: Any) -> Any:
    library.channel("river", "River")
    for day, name in enumerate("abc"):
        library.article(name, "river", day=day)
    return library


def shown(library: Any, slug: str = "river") -> list[str]:
    """The names of the articles on the map, newest first."""
    picture = library.documents.map(slug).made.body.decode()
    return [part.partition('"')[0] for part in picture.split(URL)[1:]]


def tie(library: Any, a: str, b: str) -> None:
    row = {"a": f"urn:uuid:{a}", "b": f"urn:uuid:{b}", "votes": 0.1, "likeness": 0.5, "near": True, "run": 1}
    with library.store.writing() as connection:
        connection.execute(insert(edges), [row])
    library.changed()


def test_a_map_shows_the_newest_articles_and_is_made_once(river: Any, renders: list[str]) -> None:
    assert shown(river) == ["c", "b", "a"]
    assert shown(river) == ["c", "b", "a"]
    assert river.another_process().map("river").made.body == river.documents.map("river").made.body
    assert renders == ["map"]


def test_many_articles_are_not_all_shown(library: Any) -> None:
    library.channel("river", "River")
    for day in range(MOST_DOTS + 2):
        library.article(f"n{day}", "river", day=day)
    assert shown(library) == [f"n{day}" for day in range(MOST_DOTS + 1, 1, -1)]


def test_what_changes_what_it_shows_has_it_made_anew(river: Any, renders: list[str]) -> None:
    etags = [river.documents.map("river").made.etag]
    for change in (
        lambda: river.article("d", "river", day=9),
        lambda: river.change("urn:uuid:a", title="Another title"),
        lambda: tie(river, "a", "b"),
        lambda: river.change_channel("river", title="The River"),
        lambda: river.change_channel("river", language="de"),
        lambda: river.withdraw("urn:uuid:d"),
    ):
        river.wait(seconds=5)
        change()
        one = river.documents.map("river").made
        assert one.modified == river.now.replace(microsecond=0)
        etags.append(one.etag)
    assert len(set(etags)) == len(etags) == len(renders)


def test_what_does_not_show_on_it_leaves_it_as_it_is(river: Any, renders: list[str]) -> None:
    first = river.documents.map("river").made
    river.wait(seconds=5)
    river.article("elsewhere", day=9)
    river.change("urn:uuid:a", body_html="<p>Told anew.</p>")
    assert river.documents.map("river").made == first
    assert renders == ["map"]


def test_nothing_of_what_readers_may_not_see_is_on_it(river: Any) -> None:
    river.article("hush", "river", day=9, served=False, published=datetime(2999, 1, 1, tzinfo=UTC))
    river.article("timeless", "river", published=None)
    river.article("other", "river", merged_into="urn:uuid:a")
    river.article("taken", "river", title="Libel")
    river.withdraw("urn:uuid:taken")
    assert shown(river) == ["c", "b", "a"]
    assert b"Libel" not in river.documents.map("river").made.body


# Of all channels


@pytest.fixture
def delta(river: Any) -> Any:
    """Another channel beside the river's."""
    river.channel("delta", "Delta")
    river.article("x", "delta")
    return river


def circles(library: Any) -> list[str]:
    """What is said of each channel, the largest first."""
    root = etree.fromstring(library.documents.map("").made.body)
    return [one.text for one in root.iterfind(".//{*}a/{*}title")]


def test_the_map_of_all_shows_the_channels_and_how_they_touch(delta: Any, renders: list[str]) -> None:
    assert circles(delta) == ["River\n3 articles", "Delta\n1 article"]
    tie(delta, "a", "x")
    assert circles(delta) == ["River\n3 articles; touches “Delta”", "Delta\n1 article; touches “River”"]
    assert delta.another_process().map("").made.body == delta.documents.map("").made.body
    assert renders == ["map", "map"]


def test_ties_within_a_channel_and_those_of_a_withdrawn_article_make_no_touch(delta: Any) -> None:
    tie(delta, "a", "b")
    tie(delta, "b", "x")
    delta.withdraw("urn:uuid:b")
    assert circles(delta) == ["River\n2 articles", "Delta\n1 article"]


def test_an_article_in_several_channels_touches_for_the_first(delta: Any) -> None:
    delta.channel("estuary", "Estuary")
    delta.article("y", "delta", "estuary")
    tie(delta, "a", "y")
    assert circles(delta)[:2] == ["River\n3 articles; touches “Delta”", "Delta\n2 articles; touches “River”"]


def test_of_few_articles_every_one_is_counted_and_none_that_readers_may_not_see(delta: Any) -> None:
    delta.article("d", "delta", day=9)
    delta.article("hush", "delta", served=False, published=datetime(2999, 1, 1, tzinfo=UTC))
    delta.channel("old", "Old", state="merged", heir="river")
    delta.channel("empty", "Empty")
    assert circles(delta) == ["River\n3 articles", "Delta\n2 articles"]


def test_of_many_articles_the_number_is_told_roughly_and_the_map_stands_for_a_while(
    delta: Any, renders: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maps, "MANY", 40)
    for number in range(37):
        delta.article(f"n{number}", "river", day=number)
    assert circles(delta) == ["River\nat least 40 articles", "Delta\n1 article"]
    etag = delta.documents.map("").made.etag
    delta.article("more", "river", day=50)
    assert circles(delta) == ["River\nat least 40 articles", "Delta\n1 article"]
    assert delta.documents.map("").made.etag == etag
    assert renders == ["map"]
    delta.article("y", "delta")
    assert circles(delta) == ["River\nat least 40 articles", "Delta\n2 articles"]
    for number in range(2):
        delta.withdraw(f"urn:uuid:n{number}")
    assert circles(delta) == ["River\nat least 30 articles", "Delta\n2 articles"]


def test_a_site_without_channels_has_a_map_that_says_so(library: Any) -> None:
    assert b"No channels at the moment" in library.documents.map("").made.body


# Of any


def test_a_channel_without_articles_has_a_map_too(library: Any) -> None:
    library.channel("river", "River")
    assert b"No articles at the moment" in library.documents.map("river").made.body


def test_there_is_none_of_a_channel_that_was_merged_or_never_was(river: Any) -> None:
    river.channel("old", "Old", state="merged", heir="river")
    assert river.documents.map("old") is None
    assert river.documents.map("nothing") is None


def test_what_was_withdrawn_while_it_was_made_does_not_come_into_the_store(
    river: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from feedsvc import ondemand

    whole = ondemand.snapshot

    def slow(*args: Any) -> Any:
        river.withdraw("urn:uuid:c")
        return whole(*args)

    monkeypatch.setattr(ondemand, "snapshot", slow)
    river.documents.map("river")
    monkeypatch.undo()
    river.wait(timedelta(seconds=5).total_seconds() / 86_400)
    assert shown(river) == ["b", "a"]
