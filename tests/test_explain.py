"""What explaining says of articles and channels, on each database."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from feedsvc.curation import Curation, Rule, load_curation
from feedsvc.explain import explain
from feedsvc.explain.article import said_by
from feedsvc.explain.rules import found_terms, said_of_channel
from feedsvc.explain.words import percent, titled
from feedsvc.model import Evidence
from feedsvc.normalise.urls import url_key
from feedsvc.store import histories
from feedsvc.store.reasons import others_of_story, reasons
from feedsvc.store.tables import (
    archives,
    articles,
    channels,
    documents,
    edges,
    feeds,
    generations,
    lineage,
    links,
    members,
    pages,
    runs,
    set_aside,
    source_states,
    verdicts,
    vertices,
    witnesses,
)

NOW = datetime(2026, 11, 1, tzinfo=UTC)
FIRST = datetime(2026, 3, 1, 8, tzinfo=UTC)

Lines = Callable[..., list[str]]


class Ledger:
    """Rows of the store, put there one by one."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def article(self, id: str, *slugs: str, run: int = 1, story: str = "", **values: Any) -> None:
        row: dict[str, Any] = {column.name: None for column in articles.columns if column.nullable}
        row |= {"id": id, "source": "paper", "title": f"On {id}", "title_key": id, "published": FIRST}
        row |= {"stub": False, "served": True, "digest": "", "authors": [], "tags": []}
        row |= {"subtitle": "", "summary": "", "body_html": ""} | values
        self.connection.execute(insert(articles), [row])
        vertex = {"article_id": id, "stub": False, "digest": "", "words": b"", "model": "", "embedding": b""}
        self.connection.execute(insert(vertices), [vertex | {"strength": 0.0, "story": story or id, "run": 1}])
        for slug in slugs:
            self.connection.execute(insert(members), [{"slug": slug, "article_id": id, "run": run}])

    def witness(self, id: str, role: str, kind: str, origin: str, **values: Any) -> None:
        row = {"article_id": id, "role": role, "kind": kind, "text": "1 March 2026", "at": FIRST, "zone": "UTC"}
        row |= {"zone_assumed": False, "precision": "day", "note": None, "origin": origin}
        self.connection.execute(insert(witnesses), [row | values])

    def page(self, id: str | None, url: str, at: datetime, reason: str = "") -> None:
        """A page of the source that was asked for then, and was the article or is set aside."""
        document = {"source": "paper", "place": url, "digest": "", "article_id": id}
        self.connection.execute(insert(documents), [document])
        row = {"source": "paper", "url": url, "found_at": FIRST, "checked_at": at, "digest": "", "gone": False}
        self.connection.execute(insert(pages), [row | {"failures": 0}])
        if reason:
            row = {"source": "paper", "place": url, "ref": "", "reason": reason, "since": at}
            self.connection.execute(insert(set_aside), [row])

    def answered(self, at: datetime) -> None:
        row = {"source": "paper", "failures": 0, "last_good": at, "last_error": "", "digest": "", "gone": False}
        self.connection.execute(insert(source_states), [row])

    def tie(self, a: str, b: str, votes: float = 0.0, likeness: float = 0.0, near: bool = False) -> None:
        a, b = sorted((a, b))
        row = {"a": a, "b": b, "votes": votes, "likeness": likeness, "near": near, "run": 1}
        self.connection.execute(insert(edges), [row])

    def link(self, lister: str, target: str, listed: bool = True) -> None:
        row = {column.name: None for column in links.columns}
        row |= {"article_id": lister, "target_id": target, "position": 0, "listed": listed, "woven": True}
        self.connection.execute(insert(links), [row | {"title": target, "title_key": target}])

    def channel(self, slug: str, **values: Any) -> None:
        row = {"slug": slug, "title": slug.title(), "description": "", "origin": "discovered", "state": "active"}
        self.connection.execute(insert(channels), [row | {"heir": None} | values])

    def turn(self, slug: str, turn: str, run: int = 1, other: str = "", count: int = 0, at: datetime = FIRST) -> None:
        row = {"slug": slug, "turn": turn, "run": run, "other": other, "articles": count, "at": at}
        self.connection.execute(insert(lineage), [row])

    def run(self, id: int, at: datetime) -> None:
        row = {"id": id, "started_at": at, "counts": {}, "errors": [], "reports": []}
        self.connection.execute(insert(runs), [row])

    def fed(self, slug: str, shown: Sequence[str], archived: Sequence[str] = (), gone: Sequence[str] = ()) -> None:
        """What the feed of a channel shows, has in an archive, and has shown once."""
        key, at = f"channels/{slug}", FIRST.timestamp()
        self.connection.execute(insert(feeds), [{"key": key, "id": key, "generation": 1, "gone": list(gone)}])
        row = {"key": key, "generation": 1, "digest": "", "published_at": FIRST, "entries": len(shown)}
        self.connection.execute(insert(generations), [row | {"shown": [[id, at, at, "", ""] for id in shown]}])
        row = {"key": key, "number": 1, "ids": list(archived), "closed_at": FIRST}
        self.connection.execute(insert(archives), [row])

    def verdict(self, slug: str, id: str, fits: bool) -> None:
        self.connection.execute(insert(verdicts), [{"slug": slug, "article_id": id, "fits": fits}])


@pytest.fixture
def write(desk: Any) -> Callable[[Callable[[Ledger], None]], None]:
    def written(fill: Callable[[Ledger], None]) -> None:
        with desk.store.writing() as connection:
            fill(Ledger(connection))

    return written


@pytest.fixture
def say(desk: Any) -> Lines:
    def said(subject: str, file: str = "") -> list[str]:
        settings = desk.settings
        (desk.root / "channels.toml").write_text(file, encoding="utf-8")
        with desk.store.reading() as connection:
            return explain(connection, settings, subject, NOW) or []

    return said


def two_channels(ledger: Ledger) -> None:
    """An article "a" that is tied to three others in its channel and to one in another."""
    ledger.run(7, datetime(2026, 4, 1, 6, tzinfo=UTC))
    ledger.channel("flood")
    ledger.channel("trams")
    ledger.article("a", "flood", run=7)
    for id in ("b", "c", "d"):
        ledger.article(id, "flood")
    ledger.article("t", "trams")
    ledger.link("b", "a")
    ledger.link("a", "b")
    ledger.link("c", "a", listed=False)
    ledger.tie("a", "b", votes=0.1, likeness=0.41, near=True)  # 0.92
    ledger.tie("a", "c", votes=0.05, likeness=0.25)  # 0.30
    ledger.tie("a", "d", likeness=0.28, near=True)  # 0.28
    ledger.tie("a", "t", likeness=0.5, near=True)


# Articles


def test_who_lists_an_article_is_told_apart_from_who_once_did(write, say: Lines) -> None:
    def fill(ledger: Ledger) -> None:
        for id in ("a", "now", "once"):
            ledger.article(id)
        ledger.article("gone", title="Withdrawn", withdrawn=NOW, published=FIRST - timedelta(days=1))
        ledger.link("now", "a")
        ledger.link("once", "a", listed=False)
        ledger.link("gone", "a", listed=False)

    write(fill)
    assert [line for line in say("a") if "listed by" in line] == [
        "listed by On now (now) as of no time",
        "once listed by On once (once) as of no time, whose own list does not name it now",
        "once listed by one that is withdrawn (gone) as of no time",
    ]


def withdrawn(**values: Any) -> Callable[[Ledger], None]:
    def fill(ledger: Ledger) -> None:
        ledger.channel("flood")
        row = {"title": "Withdrawn", "withdrawn": NOW - timedelta(days=2), "reason": "a court said so"}
        ledger.article("a", "flood", **row | values)

    return fill


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (
            {},
            [
                "withdrawn 2026-10-30T00:00:00Z, for this reason: a court said so",
                "readers find a notice in its place until 2026-11-29T00:00:00Z (feeds.notice_days = 30), and nothing of"
                " the article",
            ],
        ),
        (
            {"reason": "", "withdrawn": NOW - timedelta(days=31)},
            [
                "withdrawn 2026-10-01T00:00:00Z, and no reason is kept",
                "readers found a notice in its place until 2026-10-31T00:00:00Z (feeds.notice_days = 30), and find"
                " nothing of it now",
            ],
        ),
        (
            {"served": False},
            [
                "withdrawn 2026-10-30T00:00:00Z, for this reason: a court said so",
                "readers have never had it and are told nothing",
            ],
        ),
    ],
)
def test_a_withdrawn_article_is_told_with_when_and_why_and_what_readers_find(
    write, say: Lines, values: dict[str, Any], told: list[str]
) -> None:
    write(withdrawn(**values))
    lines = say("a")
    assert lines[2:4] == told
    assert lines[-1] == "its place is kept in channel flood: Flood"


def test_a_withdrawn_article_that_no_channel_holds_is_in_none_because_of_that(write, say: Lines) -> None:
    write(lambda ledger: ledger.article("a", withdrawn=NOW, title="Withdrawn"))
    assert say("a")[-1] == "in no channel: it is withdrawn"


def test_the_title_of_a_withdrawn_article_is_not_told_of_a_stub_that_it_turned_out_to_be(write, say: Lines) -> None:
    def fill(ledger: Ledger) -> None:
        ledger.article("whole", withdrawn=NOW, title="Withdrawn")
        ledger.article("stub", stub=True, merged_into="whole")

    write(fill)
    assert "it turned out to be whole, which is withdrawn" in say("stub")


def test_the_three_times_of_an_article_are_told_apart_each_with_where_it_stands(write, say: Lines) -> None:
    def fill(ledger: Ledger) -> None:
        ledger.article("a", updated=FIRST + timedelta(days=1))
        ledger.witness("a", "updated", "record", "meta article:modified_time")
        ledger.witness("a", "published", "record", "JSON-LD datePublished", note="odd")
        ledger.witness("a", "published", "listed", "")
        ledger.page("a", "https://paper.example/a", FIRST + timedelta(days=2))
        ledger.answered(FIRST + timedelta(days=3))

    write(fill)
    said = "'1 March 2026' is 2026-03-01T08:00:00Z, read in UTC"
    assert say("a")[2:8] == [
        "published 2026-03-01T08:00:00Z, frozen since it was first served",
        f"  published: {said}, listed by another page",
        f"  published: {said}, stated by the article's own data (odd)  [JSON-LD datePublished]",
        "updated 2026-03-02T08:00:00Z",
        f"  updated: {said}, stated by the article's own data  [meta article:modified_time]",
        "fetched 2026-03-03T08:00:00Z, when its page was last asked for",
    ]


def test_an_article_of_a_feed_was_fetched_when_its_source_answered(write, say: Lines) -> None:
    write(lambda ledger: (ledger.article("a"), ledger.answered(FIRST)))
    assert say("a")[3:5] == [
        "not updated since it was published",
        "fetched 2026-03-01T08:00:00Z, when its source last answered",
    ]


@pytest.mark.parametrize("known", [True, False])
def test_a_page_that_tells_no_day_is_told_with_what_it_says_instead(write, say: Lines, known: bool) -> None:
    reason = "it does not say on which day it was published; a <time> element says only '14:32'"
    url = "https://paper.example/a"

    def fill(ledger: Ledger) -> None:
        ledger.article("a", url=url, stub=not known, source="paper" if known else "lister")
        ledger.page("a" if known else None, url, FIRST, reason)
        ledger.page(None, "https://paper.example/other", FIRST, "another")

    write(fill)
    told = [line for line in say("a") if "nothing is read" in line]
    assert told == [f"  nothing is read from {url} now: {reason}"]


def test_an_articles_place_is_told_with_its_run_its_ties_and_where_the_rest_of_them_leads(write, say: Lines) -> None:
    write(two_channels)
    lines = say("a")
    place = lines.index("in channel flood: Flood")
    assert [" ".join(line.split()) for line in lines[place + 1 :]] == [
        "since run 7 of 2026-04-01T06:00:00Z",
        "tied to 3 articles there: listed by 2, listing 1, with a text near those of 2",
        "weight texts alike",
        "0.92 0.41 lists it, is listed, near On b (b)",
        "0.30 0.25 listed it once On c (c)",
        "0.28 0.28 near On d (d)",
        "of the weight of all its 4 ties, 75 % leads here; most of the rest, 25 %, to trams: Trams",
    ]


def test_a_run_that_is_no_longer_kept_is_told_by_its_number(write, say: Lines) -> None:
    write(two_channels)
    assert "  since run 1" in say("b")


def test_long_lists_are_bounded_and_say_how_much_more_there_is(write, say: Lines) -> None:
    def fill(ledger: Ledger) -> None:
        ledger.channel("flood")
        ledger.article("a", "flood")
        for number in range(30):
            ledger.article(f"n{number:02}", "flood", story="a")
            ledger.link(f"n{number:02}", "a")
            ledger.tie("a", f"n{number:02}", votes=0.1 + number / 1000)

    write(fill)
    lines = say("a")
    assert sum("lists it" in line for line in lines) == 10
    assert sum(line.startswith("listed by On n") for line in lines) == 10
    assert "listed by 20 more" in lines
    assert lines.count("    and 20 more") == 2
    assert next(line for line in lines if "lists it" in line).endswith("On n29 (n29)")


def test_what_readers_may_not_see_counts_for_nothing(write, say: Lines, desk: Any) -> None:
    def fill(ledger: Ledger) -> None:
        two_channels(ledger)
        ledger.article("hush", "flood", served=False, published=datetime(2999, 1, 1, tzinfo=UTC), story="a")
        ledger.link("hush", "a")
        ledger.tie("a", "hush", votes=0.1, likeness=0.9, near=True)

    write(two_channels)
    with desk.store.reading() as connection:
        before = reasons(connection, ["a"], ["flood"], 10)
    with desk.store.writing() as connection:
        for table in (links, edges, members, vertices, articles, channels, runs):
            connection.execute(table.delete())
    write(fill)
    with desk.store.reading() as connection:
        assert reasons(connection, ["a"], ["flood"], 10) == before
        assert others_of_story(connection, "a", 10) == ([], 0)
        assert histories.extent(connection, "flood").size == 4
    assert "in channel" not in " ".join(line for line in say("hush") if "2999" in line)


def test_an_article_that_is_not_yet_to_be_seen_is_in_no_channel_because_of_that(write, say: Lines) -> None:
    write(lambda ledger: ledger.article("hush", served=False, published=datetime(2999, 1, 1, tzinfo=UTC)))
    assert say("hush")[-1] == "in no channel: readers may not see it before 2999-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"published": None, "served": False, "stub": True}, "nobody has said when it was published"),
        ({"served": False}, "no run has shown it to readers yet"),
        ({}, "the last run placed it in none"),
    ],
)
def test_an_article_in_no_channel_is_told_why(write, say: Lines, values: dict[str, Any], why: str) -> None:
    write(lambda ledger: ledger.article("a", **values))
    assert say("a")[-1] == f"in no channel: {why}"


def test_a_stub_that_turned_out_to_be_another_article_leads_there(write, say: Lines) -> None:
    def fill(ledger: Ledger) -> None:
        ledger.article("whole")
        ledger.article("stub", stub=True, merged_into="whole")

    write(fill)
    lines = say("stub")
    assert "it turned out to be whole, On whole" in lines
    assert lines[-1] == "in no channel: the article that it turned out to be is in its place"


def test_a_story_is_told_with_its_other_articles(write, say: Lines) -> None:
    def fill(ledger: Ledger) -> None:
        ledger.article("first")
        ledger.article("second", story="first", published=FIRST + timedelta(hours=1))
        ledger.article("third", story="first", published=FIRST + timedelta(hours=2))

    write(fill)
    lines = say("second")
    at = lines.index("tells the same story as")
    assert lines[at + 1 : at + 3] == [
        "    2026-03-01T10:00:00Z  On third (third)",
        "    2026-03-01T08:00:00Z  On first (first)",
    ]
    assert "tells the same story as" not in say("nothing else")


def test_an_article_is_found_by_its_url_in_whatever_form_that_is_written(write, say: Lines) -> None:
    url = "https://a.example/x?b=1&utm_source=y"
    write(lambda ledger: ledger.article("a", url=url, url_key=url_key(url)))
    assert say(url) == say("http://A.example/x?b=1#:~:text=y") == say("a") != []
    assert say("x") == say("https://a.example/other") == []


# The rest


def rest_of(*times: float) -> Callable[[Ledger], None]:
    """Articles of the rest that hang together in a chain, these many hours after the first."""

    def fill(ledger: Ledger) -> None:
        ledger.channel("rest", origin="rest")
        for number, hours in enumerate(times):
            ledger.article(f"r{number}", "rest", published=FIRST + timedelta(hours=hours))
            if number:
                ledger.tie(f"r{number - 1}", f"r{number}", likeness=0.2, near=True)

    return fill


@pytest.mark.parametrize(
    ("times", "why"),
    [
        ((0,), "nothing ties it to any other article"),
        ((0, 9), "it makes 2 of the 3 articles that a channel takes (themes.min_articles)"),
        (
            (0, 0, 0),
            "those like it, 3 with it, came at the same moment; they are not a channel until there are 3 articles"
            " (themes.min_articles) whose own dates span 1 hour (themes.min_span_hours)",
        ),
        ((0, 0.25, 0.5), "those like it, 3 with it, came within 0.5 hours; they are not a channel until"),
        (
            (0, 1, 2),
            "its ties hold it to no channel, nor closely enough to others that are left over; they are not a channel"
            " until there are 3 articles (themes.min_articles) whose own dates span 1 hour (themes.min_span_hours)",
        ),
    ],
)
def test_an_article_of_the_rest_is_told_what_it_lacks(write, say: Lines, times: tuple[float, ...], why: str) -> None:
    write(rest_of(*times))
    (line,) = [line for line in say("r0") if line.startswith("  left over, as")]
    assert why in line


def test_the_channel_of_the_rest_says_what_it_takes_to_be_another(write, say: Lines) -> None:
    write(rest_of(0, 0, 0))
    lines = say("rest")
    assert lines[2:5] == [
        "  holds what is in no other channel",
        "  a community of articles is not a channel until it has 3 articles (themes.min_articles) whose own dates span"
        " 1 hour (themes.min_span_hours)",
        "  all that is here came at the same moment, too close for any channel",
    ]


def test_a_rest_that_came_over_a_longer_time_is_not_said_to_have_come_too_close(write, say: Lines) -> None:
    write(rest_of(0, 9))
    assert not any("too close" in line for line in say("rest"))


# The operator's file

FILE = """
[[channels]]
slug = "water"
title = "Water"
pinned = ["p", "https://a.example/pinned"]
banned = ["x"]
[channels.rule.any_of]
title = ["flood*", "river"]
words = ["weir"]
[channels.rule.none_of]
title = ["mayor"]

[[merges]]
slugs = ["one"]
into = "two"

[[splits]]
slug = "part"
title = "Part"
out_of = "two"
articles = ["s"]

[[renames]]
slug = "two"
title = "Two together"
"""


def water(ledger: Ledger) -> None:
    ledger.channel("water", origin="curated")
    ledger.article("f", "water", title="The flooded weir")
    ledger.article("p", "water")
    ledger.article("u", "water", url_key="https://a.example/pinned")
    ledger.article("d", "water")
    ledger.article("then", "water")
    ledger.article("elsewhere")
    ledger.verdict("water", "f", True)
    ledger.tie("d", "f", likeness=0.6, near=True)
    ledger.tie("d", "elsewhere", likeness=0.2, near=True)
    ledger.tie("then", "f", likeness=0.1, near=True)
    ledger.tie("then", "elsewhere", likeness=0.3, near=True)


@pytest.mark.parametrize(
    ("id", "why"),
    [
        ("f", "it fits the channel's rule, which finds “weir” in the text, “flood*” in the title"),
        ("p", "pinned there in channels.toml by its id"),
        ("d", "drawn in: 75 % of the weight of its ties leads to members that fit the rule"),
        ("then", "drawn in when over half the weight of its ties led to members that fit the rule; today 25 % does"),
    ],
)
def test_an_article_of_a_curated_channel_is_told_what_of_the_file_put_it_there(
    write, say: Lines, id: str, why: str
) -> None:
    write(water)
    lines = say(id, FILE)
    assert f"  {why}" in lines
    assert sum("rule" in line or "pinned" in line for line in lines) == 1


def test_an_article_that_is_pinned_by_its_url_is_told_so(write, say: Lines) -> None:
    def fill(ledger: Ledger) -> None:
        water(ledger)
        key = url_key("https://a.example/pinned")
        ledger.connection.execute(update(articles).where(articles.c.id == "u").values(url_key=key))

    write(fill)
    assert "  pinned there in channels.toml by its URL" in say("u", FILE)


def test_a_file_that_says_otherwise_by_now_is_told(write, say: Lines) -> None:
    write(water)
    assert "  it fitted the rule in the last run" in say("f", FILE.replace("flood*", "ebb").replace('"weir"', '"dam"'))
    assert "  channels.toml made this channel once and does so no more" in say("f")


def test_only_the_terms_that_are_found_are_named_each_where_it_is() -> None:
    row = {"id": "a", "title": "Council votes", "source": "paper", "summary": "On the budget", "url_key": None}
    row |= {"body_html": "<p>The <b>flooded</b> weir.</p>", "authors": ["Una Brackwell"], "tags": ["Council"]}
    rule = Rule.model_validate(
        {
            "any_of": {"words": ["flood*", "budget"], "title": ["budget"], "authors": ["Una Brackwell", "Una"]},
            "all_of": {"tags": ["council"], "sources": ["paper"], "body": ["weir"], "summary": ["flood*"]},
        }
    )
    assert found_terms(row, rule) == [
        "“flood*” in the text",
        "“budget” in the text",
        "“Una Brackwell” in the authors",
        "“weir” in the body",
        "“paper” in the source",
        "“council” in the tags",
    ]


# Merges

MERGES = """
[[channels]]
slug = "law"
title = "Law"
pinned = ["p"]
[channels.rule.any_of]
title = ["rocket"]
[[channels]]
slug = "pins"
title = "Pins"
pinned = ["p"]
[[merges]]
slugs = ["court"]
into = "law"
[[merges]]
slugs = ["school"]
into = "pins"
[[merges]]
slugs = ["space"]
into = "rest"
[[merges]]
slugs = ["river"]
into = "tide"
"""


def merged(ledger: Ledger) -> None:
    for slug, origin in (("law", "curated"), ("pins", "curated"), ("rest", "rest"), ("tide", "discovered")):
        ledger.channel(slug, origin=origin)
    for slug, heir in (("court", "law"), ("school", "pins"), ("space", "rest"), ("river", "tide")):
        ledger.channel(slug, state="merged", heir=heir)
        ledger.article(f"of-{slug}", slug, heir, run=4)
        ledger.turn(slug, "merged", 4, heir, 1)


@pytest.mark.parametrize("part", ["court", "school", "space", "river"])
def test_an_article_that_came_with_a_merged_channel_is_told_so_and_nothing_else(write, say: Lines, part: str) -> None:
    write(merged)
    lines = say(f"of-{part}", MERGES)
    (place,) = [number for number, line in enumerate(lines) if line.startswith("in channel")]
    assert lines[place + 1 :] == [
        f"  since run 4, in which {part} became part of the channel",
        f"  came with {part}, which channels.toml merges here",
    ]


def test_a_merge_that_the_file_asks_for_no_more_is_told_as_what_was(write, say: Lines) -> None:
    write(merged)
    before = "  came with court, which channels.toml merged here in the last run, and does so no more"
    assert before in say("of-court", MERGES.replace('"court"', '"other"'))


def test_of_a_merge_of_which_nothing_else_is_kept_the_run_is_told(write, say: Lines) -> None:
    def fill(ledger: Ledger) -> None:
        merged(ledger)
        ledger.connection.execute(members.delete().where(members.c.slug == "court"))

    write(fill)
    assert say("of-court", MERGES)[-2:] == [
        "in channel law: Law",
        "  since run 4, in which court became part of the channel",
    ]


@pytest.mark.parametrize("file", [MERGES, FILE])
def test_nobody_is_drawn_into_a_channel_without_a_rule(write, say: Lines, file: str) -> None:
    def fill(ledger: Ledger) -> None:
        for slug in ("pins", "part"):
            ledger.channel(slug, origin="curated")
        ledger.article("a", "pins", "part")

    write(fill)
    lines = say("a", file)
    assert "  channels.toml put it there once and does so no more" in lines
    assert not any("drawn in" in line for line in lines)


# Channels


def test_a_channel_is_told_with_its_size_its_birth_its_rival_and_its_newest_articles(write, say: Lines) -> None:
    def fill(ledger: Ledger) -> None:
        ledger.run(3, datetime(2026, 3, 2, tzinfo=UTC))
        ledger.channel("flood", born=FIRST, rival="River", rival_runs=2, description="High water.")
        ledger.turn("flood", "born", run=3, count=2)
        for number in range(12):
            ledger.article(f"a{number:02}", "flood", published=FIRST + timedelta(days=number))

    write(fill)
    lines = say("flood")
    assert lines[:5] == [
        "Flood (flood): discovered, active",
        "  High water.",
        "  born when the newest article was of 2026-03-01T08:00:00Z, in run 3 of 2026-03-02T00:00:00Z",
        "  12 articles, from 2026-03-01T08:00:00Z to 2026-03-12T08:00:00Z",
        "  may be renamed: “River” has been better in 2 runs",
    ]
    assert "    2026-03-01T08:00:00Z  born with 2 articles, in run 3 of 2026-03-02T00:00:00Z" in lines
    newest = lines.index("  newest articles:")
    assert len(lines[newest + 1 :]) == 10
    assert lines[newest + 1] == "    2026-03-12T08:00:00Z  On a11"


def test_the_lineage_of_a_channel_is_told_latest_first_with_what_came_from_it_and_ended_in_it(
    write, say: Lines
) -> None:
    def fill(ledger: Ledger) -> None:
        for slug in ("flood", "parent", "child", "joined"):
            ledger.channel(slug)
        ledger.channel("gone", state="retired")
        day = iter(FIRST + timedelta(days=number) for number in range(9))
        ledger.turn("flood", "split", 1, "parent", 5, next(day))
        ledger.turn("flood", "renamed", 2, "child", 0, next(day))
        ledger.turn("child", "split", 3, "flood", 4, next(day))
        ledger.turn("joined", "merged", 4, "flood", 1, next(day))
        ledger.turn("parent", "renamed", 5, "flood", 0, next(day))  # a title that looks like the slug
        ledger.turn("flood", "slept", 6, at=next(day))
        ledger.turn("flood", "woke", 7, at=next(day))
        ledger.turn("flood", "retired", 8, "", 9, next(day))

    write(fill)
    lines = say("flood")
    (start,) = [number for number, line in enumerate(lines) if line.startswith("  history")]
    assert lines[start + 1 : start + 8] == [
        "    2026-03-08T08:00:00Z  retired with 9 articles, in run 8",
        "    2026-03-07T08:00:00Z  woke, as something new came, in run 7",
        "    2026-03-06T08:00:00Z  fell asleep, as nothing new had come for longer than themes last, in run 6",
        "    2026-03-04T08:00:00Z  joined was merged into it with 1 article, in run 4",
        "    2026-03-03T08:00:00Z  child was split from it with 4 articles, in run 3",
        "    2026-03-02T08:00:00Z  renamed from “child”, in run 2",
        "    2026-03-01T08:00:00Z  split from parent with 5 articles, in run 1",
    ]


def test_a_long_lineage_is_bounded(write, say: Lines) -> None:
    def fill(ledger: Ledger) -> None:
        ledger.channel("flood")
        for run in range(1, 14):
            ledger.turn("flood", "slept" if run % 2 else "woke", run)

    write(fill)
    lines = say("flood")
    assert sum(", in run " in line for line in lines) == 10
    assert "    and 3 more" in lines


def test_a_merged_channel_is_told_with_all_the_way_that_its_addresses_go(write, say: Lines) -> None:
    def fill(ledger: Ledger) -> None:
        ledger.channel("last")
        ledger.channel("next", state="merged", heir="last")
        ledger.channel("first", state="merged", heir="next")
        ledger.turn("first", "merged", 4, "next", 6)

    write(fill)
    lines = say("first")
    assert lines[:3] == [
        "First (first): discovered, merged",
        "  it was merged into next, where its addresses redirect to",
        "  they lead on: first → next → last",
    ]
    assert "    2026-03-01T08:00:00Z  merged into next with 6 articles, in run 4" in lines
    assert "    2026-03-01T08:00:00Z  first was merged into it with 6 articles, in run 4" in say("next")


def test_a_channel_tells_where_those_are_that_have_left_it(write, say: Lines) -> None:
    def fill(ledger: Ledger) -> None:
        ledger.run(9, NOW)
        for slug in ("flood", "trams", "law"):
            ledger.channel(slug)
        ledger.article("stayed", "flood")
        for id in ("t1", "t2", "t3"):
            ledger.article(id, "trams", run=9)
        ledger.article("l", "law", run=3)
        ledger.article("nowhere")
        ledger.article("taken-back", withdrawn=NOW, title="Withdrawn")
        ledger.fed("flood", shown=["stayed", "t1"], archived=["t2", "nowhere"], gone=["t3", "l", "taken-back"])
        ledger.fed("trams", shown=["t1", "t2", "t3"])

    write(fill)
    lines = say("flood")
    at = lines.index("  no longer in it, of all that its feed has shown: 5 articles:")
    assert lines[at + 1 : at + 5] == [
        "    3 now in trams: Trams, since run 9 of 2026-11-01T00:00:00Z",
        "    1 now in law: Law, since run 3",
        "    1 in no channel",
        "  newest articles:",
    ]
    assert not any("no longer in it" in line for line in say("trams"))


@pytest.mark.parametrize("state", ["dormant", "retired"])
def test_a_channel_that_sleeps_or_has_ended_is_told_too(write, say: Lines, state: str) -> None:
    def fill(ledger: Ledger) -> None:
        ledger.channel("flood", state=state)
        ledger.article("a", "flood")

    write(fill)
    assert say("flood")[0] == f"Flood (flood): discovered, {state}"
    ended = ", which has ended" if state == "retired" else ""
    assert f"in channel flood: Flood{ended}" in say("a")


def test_what_the_file_says_of_a_channel_is_told(tmp_path: Path) -> None:
    (tmp_path / "channels.toml").write_text(FILE, encoding="utf-8")
    curation = load_curation(tmp_path / "channels.toml")
    assert list(said_of_channel("water", curation)) == [
        "makes it",
        "has 2 articles pinned",
        "has 1 article banned",
        "asks for any of text: “weir”; title: “flood*”, “river”",
        "asks for none of title: “mayor”",
    ]
    assert list(said_of_channel("part", curation)) == ["splits it out of two", "has 1 article named"]
    assert list(said_of_channel("one", curation)) == ["merges it into two"]
    assert list(said_of_channel("two", curation)) == [
        "gives it its title",
        "merges into it one",
        "splits out of it part",
    ]
    assert list(said_of_channel("two", Curation())) == []


# A whole site


def test_a_sites_own_articles_are_explained_from_end_to_end(desk: Any, say: Lines) -> None:
    titles = [f"Flood report {number} from the river gauge" for number in range(4)]
    for number, title in enumerate(titles):
        related = [{"title": titles[n], "published": f"2026-03-0{n + 1}"} for n in range(number)]
        record = {"title": title, "published": f"2026-03-0{number + 1}", "body_text": "The gauge stood high."}
        desk.write_lines(f"{number}.json", record | {"related": related})
    desk.run()
    by_title = desk.articles()
    lines = say(by_title[titles[0]].id)
    assert any(line.startswith("  since run 1 of 20") for line in lines)
    assert any(line.startswith("  tied to 3 articles there: listed by 3, listing 0") for line in lines)
    assert lines[-1].endswith("100 % leads here")
    with desk.store.reading() as connection:
        slug = connection.execute(select(channels.c.slug).where(channels.c.origin == "discovered")).scalar_one()
    assert any("born with 4 articles, in run 1 of 20" in line for line in say(slug))


# Words


@pytest.mark.parametrize(("share", "said"), [(0, "0 %"), (0.001, "under 1 %"), (0.414, "41 %"), (1, "100 %")])
def test_a_share_is_told_in_whole_percents(share: float, said: str) -> None:
    assert percent(share) == said


def test_a_long_title_is_shortened_and_an_empty_one_told_as_such() -> None:
    assert titled("word " * 40, "a") == "word " * 13 + "word… (a)"
    assert titled("", "a") == "without a title (a)"


def test_a_date_in_a_url_is_not_said_to_be_shown() -> None:
    shown = said_by(Evidence.PAGE, "a <time> element")
    assert shown == "shown on the page, which may be when it was rendered"
    assert said_by(Evidence.PAGE, "the URL; a <time> element says only '14:32'") == (
        "part of the page's URL, for want of anything better"
    )
    assert said_by(Evidence.RECORD, "the URL") == "stated by the article's own data"
