"""What pages say of why articles are together, on each database; and that it stays cheap and public."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy import event, insert
from sqlalchemy.engine import Engine

from feedsvc.ondemand import Documents
from feedsvc.ondemand.refused import TooBusy
from feedsvc.serve import pages
from feedsvc.settings import Settings, Site, SourceSettings
from feedsvc.store.generations import announce
from feedsvc.store.store import Store
from feedsvc.store.tables import (
    articles,
    channels,
    edges,
    lineage,
    links,
    members,
    runs,
    verdicts,
    vertices,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

Rows = dict[str, Any]


def an_article(id: str, **values: Any) -> Rows:
    row: Rows = {column.name: None for column in articles.columns if column.nullable}
    row |= {"id": id, "source": "paper", "title": f"On {id}", "title_key": id, "published": NOON, "stub": False}
    row |= {"served": True, "digest": "", "authors": [], "tags": [], "subtitle": "", "summary": "", "body_html": ""}
    return row | values


def a_vertex(id: str, story: str = "") -> Rows:
    row: Rows = {"article_id": id, "stub": False, "digest": "", "words": b"", "model": "", "embedding": b""}
    return row | {"strength": 0.0, "story": story or id, "run": 1}


def a_channel(slug: str, **values: Any) -> Rows:
    row: Rows = {"slug": slug, "title": slug.title(), "description": "High water.", "origin": "discovered"}
    return row | {"state": "active", "heir": None, "image": None, "language": None} | values


def a_member(slug: str, id: str, run: int = 7) -> Rows:
    return {"slug": slug, "article_id": id, "run": run}


def a_tie(a: str, b: str, votes: float = 0.0, likeness: float = 0.0, near: bool = False) -> Rows:
    return {"a": min(a, b), "b": max(a, b), "votes": votes, "likeness": likeness, "near": near, "run": 1}


def a_link(lister: str, target: str, listed: bool = True) -> Rows:
    row: Rows = {column.name: None for column in links.columns}
    row |= {"article_id": lister, "target_id": target, "position": 0, "listed": listed, "woven": True}
    return row | {"title": target, "title_key": target}


def a_turn(slug: str, turn: str, other: str = "", count: int = 0, days: int = 0) -> Rows:
    return {
        "slug": slug, "turn": turn, "run": 1, "other": other, "articles": count, "at": NOON + timedelta(days=days)
    }  # fmt: skip


def a_run(id: int, at: datetime) -> Rows:
    return {"id": id, "started_at": at, "counts": {}, "errors": [], "reports": []}


@pytest.fixture
def write(store: Store) -> Callable[..., None]:
    def written(*rows: tuple[Any, Rows]) -> None:
        with store.writing() as connection:
            for table, row in rows:
                connection.execute(insert(table), [row])
            announce(connection)

    return written


@pytest.fixture
def client(store: Store, tmp_path: Path) -> FlaskClient:
    app = Flask("feedsvc.serve")
    site = Site(title="The Paper", base_url="https://a.example")
    sources = (SourceSettings(name="paper", kind="folder", path=tmp_path),)
    settings = Settings(origin=tmp_path / "feedsvc.toml", site=site, sources=sources)
    app.register_blueprint(pages.blueprint(settings, store))
    return app.test_client()


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """Every statement that this thread sends to a database; others count readers, whenever they like."""
    statements: list[str] = []
    ours = threading.get_ident()

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if threading.get_ident() == ours:
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield statements
    event.remove(Engine, "before_cursor_execute", note)


def page_at(client: FlaskClient, path: str, status: int = 200) -> etree._Element:
    """The page, read by a parser that forgives nothing; no id stands in it twice."""
    response = client.get(path)
    assert response.status_code == status
    page = etree.fromstring(response.data)
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert not page.xpath("//script/text() | //style | //@style")
    return page


def text(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())


def whys(page: etree._Element) -> dict[str, list[str]]:
    """The heading of an article → the reasons it is given."""
    found = page.xpath("//article[.//details]")
    return {text(one.find("h3")): [text(li) for li in one.findall(".//details/ul/li")] for one in found}


FLOOD: list[tuple[Any, Rows]] = [
    (runs, a_run(7, datetime(2026, 4, 1, 6, 5, tzinfo=UTC))),
    (channels, a_channel("flood")),
    (channels, a_channel("trams")),
    *((articles, an_article(id, published=NOON - timedelta(hours=n))) for n, id in enumerate("abcdt")),
    *((members, a_member("flood", id)) for id in "abc"),
    (members, a_member("flood", "d", run=1)),
    (members, a_member("trams", "t")),
    (links, a_link("b", "a")),
    (links, a_link("a", "b")),
    (links, a_link("c", "a", listed=False)),
    (edges, a_tie("a", "b", 0.1, 0.41, True)),  # 0.92
    (edges, a_tie("a", "c", 0.05, 0.25)),  # 0.30
    (edges, a_tie("a", "d", 0, 0.28, True)),
    (edges, a_tie("a", "t", 0, 0.5, True)),
]


# Why here?


def test_each_article_of_a_channel_says_why_it_is_there(write, client: FlaskClient) -> None:
    write(*FLOOD)
    why = whys(page_at(client, "/channels/flood/"))
    assert list(why) == ["On a", "On b", "On c", "On d"]
    assert why["On a"] == [
        "Listed by, and listing, On b (texts 0.41 alike)",
        "Once listed by On c (texts 0.25 alike)",
        "Like On d (texts 0.28 alike)",
        "75 % of all that ties it to other articles leads here, 25 % to Trams.",
        "Here since run 7 of 1 April 2026, 06:05 UTC.",
    ]
    assert why["On d"] == [
        "Like On a (texts 0.28 alike)",
        "100 % of all that ties it to other articles leads here.",
        "Here since run 1.",
    ]


def test_the_reasons_can_be_opened_without_script_and_are_told_apart_by_screen_readers(
    write, client: FlaskClient
) -> None:
    write(*FLOOD)
    page = page_at(client, "/channels/flood/")
    summaries = page.findall(".//details/summary")
    assert [text(summary) for summary in summaries[:2]] == ["Why here? On a", "Why here? On b"]
    assert page.xpath("//details[1]//a/@href")[:1] == ["/articles/b"]


def test_many_ties_are_counted_and_not_all_named(write, client: FlaskClient) -> None:
    rows: list[tuple[Any, Rows]] = [(channels, a_channel("flood")), (articles, an_article("a"))]
    rows.append((members, a_member("flood", "a")))
    for number in range(9):
        other = f"n{number}"
        rows += [(articles, an_article(other)), (members, a_member("flood", other))]
        rows += [(links, a_link(other, "a")), (edges, a_tie("a", other, 0.1, number / 100, number < 4))]
    write(*rows)
    why = whys(page_at(client, "/channels/flood/"))["On a"]
    assert why[:5] == [
        "Listed by On n8 (texts 0.08 alike)",
        "Listed by On n7 (texts 0.07 alike)",
        "Listed by On n3 (texts 0.03 alike)",
        "Listed by On n2 (texts 0.02 alike)",
        "Tied to 5 more here.",
    ]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([(verdicts, {"slug": "water", "article_id": "a", "fits": True})], "It fits this channel’s rule."),
        (
            [(verdicts, {"slug": "water", "article_id": "b", "fits": True}), (edges, a_tie("a", "b", 0, 0.3, True))],
            "100 % of what ties it to other articles leads to some that fit this channel’s rule.",
        ),
        (
            [],
            "The editors put it here, by itself or with a channel that they made part of this one;"
            " or most of what tied it led here when it came.",
        ),
    ],
)
def test_in_a_curated_channel_the_rule_is_the_reason(write, client: FlaskClient, rows: list[Any], why: str) -> None:
    write(
        (channels, a_channel("water", origin="curated")),
        *((articles, an_article(id)) for id in "ab"),
        *((members, a_member("water", id)) for id in "ab"),
        *rows,
    )
    assert whys(page_at(client, "/channels/water/"))["On a"][0] == why


@pytest.mark.parametrize("origin", ["curated", "rest"])
def test_an_article_that_came_with_a_merged_channel_says_so_and_nothing_else(
    write, client: FlaskClient, origin: str
) -> None:
    write(
        (channels, a_channel("water", origin=origin)),
        (channels, a_channel("river", state="merged", heir="water")),
        (articles, an_article("a")),
        *((members, a_member(slug, "a", run=3)) for slug in ("water", "river")),
    )
    told = ["It came with River, which the editors made part of this channel.", "Here since run 3."]
    assert whys(page_at(client, "/channels/water/"))["On a"] == told


def test_in_the_channel_of_the_rest_the_reason_is_what_is_lacking(write, client: FlaskClient) -> None:
    write(
        (channels, a_channel("rest", origin="rest")),
        *((articles, an_article(id)) for id in "abc"),
        *((members, a_member("rest", id)) for id in "abc"),
        (edges, a_tie("a", "b", 0, 0.2, True)),
    )
    why = whys(page_at(client, "/channels/rest/"))
    assert why["On a"][0] == "It is left over: what ties it to others is too little for a channel of their own."
    assert why["On c"][0] == "It is left over: no article lists it, it lists none, and no text is like its own."


def test_an_articles_own_page_says_why_for_each_of_its_channels(write, client: FlaskClient) -> None:
    write(
        *FLOOD,
        (channels, a_channel("water", origin="curated", language="de")),
        (members, a_member("water", "a")),
        (verdicts, {"slug": "water", "article_id": "a", "fits": True}),
        (channels, a_channel("ended", state="retired")),
        (members, a_member("ended", "a")),
    )
    flood, water = page_at(client, "/articles/a").xpath("//section[@aria-labelledby='channels']/ul/li")
    assert text(flood).startswith("Flood Why here? Flood Listed by, and listing, On b (texts 0.41 alike)")
    assert text(water).startswith("Water Why here? Water It fits this channel’s rule.")
    assert water.find("a").get("lang") == "de"


@pytest.mark.parametrize("path", ["/channels/flood/", "/articles/a", "/"])
def test_nothing_of_an_embargoed_article_shows_not_even_in_counts_and_shares(
    write, client: FlaskClient, path: str
) -> None:
    later = datetime(2999, 1, 1, tzinfo=UTC)
    write(*FLOOD, *((vertices, a_vertex(id)) for id in "abcd"))
    before = client.get(path).data
    write(
        (articles, an_article("hush", served=False, published=later)),
        (vertices, a_vertex("hush", "a")),
        (members, a_member("flood", "hush")),
        (links, a_link("hush", "a")),
        (links, a_link("a", "hush")),
        (edges, a_tie("a", "hush", 0.2, 0.9, True)),
    )
    assert client.get(path).data == before


def test_a_page_of_many_articles_asks_no_more_questions_than_one_of_few(
    write, client: FlaskClient, asked: list[str]
) -> None:
    write(*FLOOD)
    asked.clear()
    client.get("/channels/flood/")
    few = len(asked)
    rows: list[tuple[Any, Rows]] = []
    for number in range(40):
        rows += [(articles, an_article(f"m{number}")), (members, a_member("flood", f"m{number}"))]
        rows += [(edges, a_tie("a", f"m{number}", 0.1, 0.2, True)), (links, a_link(f"m{number}", "a"))]
    write(*rows)
    asked.clear()
    page = page_at(client, "/channels/flood/")
    assert len(page.findall(".//details")) == pages.ARTICLES_A_PAGE
    assert len(asked) == few < 40  # with those for the map, which is made once
    asked.clear()
    client.get("/channels/flood/")
    assert len(asked) < 25


# Stories


def test_articles_of_one_story_are_shown_together_the_newest_first(write, client: FlaskClient) -> None:
    write(
        (channels, a_channel("flood")),
        *((articles, an_article(f"s{n}", published=NOON + timedelta(hours=n))) for n in range(4)),
        *((members, a_member("flood", f"s{n}")) for n in range(4)),
        *((vertices, a_vertex(f"s{n}", "s0" if n != 2 else "s2")) for n in range(4)),
    )
    entries = page_at(client, "/channels/flood/").xpath("//ul[@class='entries']/li")
    assert [text(entry.find(".//h3")) for entry in entries] == ["On s3", "On s2"]
    assert [text(also) for also in entries[0].xpath(".//p[@class='also']")] == ["Also told as: On s1, On s0"]
    assert entries[0].xpath(".//p[@class='also']/a/@href") == ["/articles/s1", "/articles/s0"]
    assert not entries[1].xpath(".//p[@class='also']")


def test_a_story_that_goes_on_over_pages_is_grouped_on_each_and_nothing_is_dropped(write, client: FlaskClient) -> None:
    rows: list[tuple[Any, Rows]] = [(channels, a_channel("flood"))]
    for number in range(35):
        id = f"s{number:02}"
        rows += [(articles, an_article(id, published=NOON - timedelta(hours=number)))]
        rows += [(members, a_member("flood", id)), (vertices, a_vertex(id, "s00" if number % 2 == 0 else id))]
    write(*rows)
    shown = []
    for path, stories in (("/channels/flood/", 16), ("/channels/flood/?page=2", 3)):
        page = page_at(client, path)
        assert len(page.xpath("//ul[@class='entries']/li")) == stories
        shown += page.xpath("//article/h3/a/@href | //p[@class='also']/a/@href")
    assert sorted(shown) == [f"/articles/s{number:02}" for number in range(35)]


def test_an_articles_page_names_the_others_that_tell_its_story(write, client: FlaskClient) -> None:
    write(
        *((articles, an_article(f"s{n}", published=NOON + timedelta(hours=n))) for n in range(13)),
        *((vertices, a_vertex(f"s{n}", "s0")) for n in range(13)),
    )
    others = page_at(client, "/articles/s1").xpath("//section[@aria-labelledby='story']//li")
    assert text(others[0]) == "On s12 2 March 2026, 00:00 UTC"
    assert [text(one) for one in others[10:]] == ["and 2 more"]


# Channels over time


def test_a_channel_that_sleeps_says_since_when_on_every_page_of_it(write, client: FlaskClient) -> None:
    write(
        (channels, a_channel("flood", state="dormant")),
        *((articles, an_article(f"a{n:02}", published=NOON - timedelta(days=n))) for n in range(31)),
        *((members, a_member("flood", f"a{n:02}")) for n in range(31)),
    )
    for path in ("/channels/flood/", "/channels/flood/?page=2"):
        assert text(page_at(client, path).find(".//p[@class='note']")) == "Nothing new since 1 March 2026."


def test_channels_that_sleep_stand_below_the_others_at_home(write, client: FlaskClient) -> None:
    write(
        *((channels, a_channel(slug, state=state)) for slug, state in (("quiet", "dormant"), ("loud", "active"))),
        *((articles, an_article(id)) for id in "ab"),
        *((members, a_member(slug, id)) for slug, id in (("quiet", "a"), ("loud", "b"))),
    )
    page = page_at(client, "/")
    assert [text(h) for h in page.findall(".//main//h2")] == [
        "Channels",
        "Quiet channels",
        "How the channels touch",
        "Newest articles",
    ]
    lists = page.xpath("//ul[@class='cards']")
    assert [text(one.find(".//h3")) for one in lists] == ["Loud", "Quiet"]


def test_a_channel_that_has_ended_is_gone_for_people(write, client: FlaskClient) -> None:
    write(
        (channels, a_channel("flood", state="retired")), (articles, an_article("a")), (members, a_member("flood", "a"))
    )
    for path in ("/channels/flood/", "/channels/flood/rss.xml"):
        assert text(page_at(client, path, 410).find(".//h1")) == "This channel has ended"
    assert "no-store" in client.get("/channels/flood/").headers["Cache-Control"]
    assert "Flood" not in text(page_at(client, "/articles/a"))


def test_the_history_of_a_channel_is_told_latest_first(write, client: FlaskClient) -> None:
    turns = [
        a_turn("flood", "split", "river", 5, 0),
        a_turn("flood", "renamed", "High <water>", days=1),
        a_turn("sea", "split", "flood", 1, 2),
        a_turn("lake", "merged", "flood", 3, 3),
        a_turn("flood", "slept", days=4),
        a_turn("flood", "woke", days=5),
    ]
    write(*((channels, a_channel(slug)) for slug in ("flood", "river", "sea", "lake")), *((lineage, t) for t in turns))
    section = page_at(client, "/channels/flood/").xpath("//section[@aria-labelledby='history']")[0]
    assert text(section.find("h2")) == "History of this channel"
    assert [text(li) for li in section.findall(".//li")] == [
        "6 March 2026 Something new came after a long time",
        "5 March 2026 It fell quiet, as nothing new came",
        "4 March 2026 Lake became part of it with 3 articles",
        "3 March 2026 Sea was split off with 1 article",
        "2 March 2026 It was renamed; before, it was called High <water>",
        "1 March 2026 It was split off River with 5 articles",
    ]
    assert section.xpath(".//a/@href") == ["/channels/lake/", "/channels/sea/", "/channels/river/"]


def test_a_long_history_is_bounded(write, client: FlaskClient) -> None:
    turns = [a_turn("flood", "slept" if n % 2 else "woke", days=n) for n in range(11)]
    write((channels, a_channel("flood")), *((lineage, turn) for turn in turns))
    lines = page_at(client, "/channels/flood/").xpath("//section[@aria-labelledby='history']//li")
    assert (len(lines), text(lines[-1])) == (9, "and 3 more before")


def test_a_channel_has_its_own_picture_and_language(write, client: FlaskClient) -> None:
    image = "https://a.example/pic.png?a=1&b=2"
    write((channels, a_channel("flut", language="de", image=image)), (channels, a_channel("flood")))
    page = page_at(client, "/channels/flut/")
    assert page.xpath("//img/@src") == [image]
    assert (page.find(".//h1").get("lang"), page.find(".//p[@class='lead']").get("lang")) == ("de", "de")
    plain = page_at(client, "/channels/flood/")
    assert (plain.xpath("//img"), plain.find(".//h1").get("lang")) == ([], "en")
    assert page_at(client, "/").xpath("//h3[a='Flut']/@lang") == ["de"]


# Maps


def test_the_map_of_a_channel_stands_in_its_page_with_a_way_past_it(write, client: FlaskClient) -> None:
    write(*FLOOD)
    page = page_at(client, "/channels/flood/")
    (section,) = page.xpath("//section[@aria-labelledby='map']")
    assert [child.tag for child in section] == ["h2", "a", "figure"]
    assert (text(section[0]), text(section[1]), section[1].get("class")) == ("Map", "Skip the map", "skip")
    assert page.xpath(f"//*[@id='{section[1].get('href')[1:]}']//article")
    (svg,) = section[2]
    assert (section[2].get("class"), svg.tag) == ("map", "{http://www.w3.org/2000/svg}svg")
    assert section[2].xpath(".//@href") == [f"https://a.example/articles/{id}" for id in "abcd"]


def test_the_map_stands_on_the_first_page_alone(write, client: FlaskClient) -> None:
    rows = [(articles, an_article(f"x{n}")) for n in range(31)]
    write(*FLOOD, *rows, *((members, a_member("flood", row["id"])) for _, row in rows))
    assert b"Skip the map" in client.get("/channels/flood/").data
    assert b"Skip the map" not in client.get("/channels/flood/?page=2").data


def test_a_page_does_without_a_map_that_is_not_to_be_had_now(
    write, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise TooBusy(10)

    write(*FLOOD)
    monkeypatch.setattr(Documents, "map", busy)
    for path in ("/channels/flood/", "/"):
        page = client.get(path)
        assert (page.status_code, b"Skip the map" in page.data, b"On a" in page.data) == (200, False, True)


def test_the_map_of_all_channels_stands_at_home(write, client: FlaskClient) -> None:
    write(*FLOOD)
    page = page_at(client, "/")
    (section,) = page.xpath("//section[@aria-labelledby='map']")
    assert text(section.find("h2")) == "How the channels touch"
    assert section.xpath("./a/@href") == ["#articles"]
    assert page.xpath("//*[@id='articles']//article")
    assert section.xpath(".//*[local-name()='svg']")
