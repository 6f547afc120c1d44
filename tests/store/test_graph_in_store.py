"""The graph in the store, on each database: what is woven stays, and what every article weighs is what ties it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, insert, select

from feedsvc import publishing
from feedsvc.model import Channel, Event, Origin, Turn
from feedsvc.store import feeds as feed_store
from feedsvc.store import generations as generation_store
from feedsvc.store import graph, histories
from feedsvc.store.engine import open_engine
from feedsvc.store.graph import NewVertex, Woven
from feedsvc.store.store import Store
from feedsvc.store.tables import articles, edges, lineage, links, vertices
from feedsvc.themes.graph import VOTE, Tie
from feedsvc.themes.likeness import Text

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 12, tzinfo=UTC)


def add_articles(connection: Connection, *ids: str, published: datetime = NOON) -> None:
    texts = ("title", "title_key", "subtitle", "summary", "body_html")
    told = dict.fromkeys(texts, "") | {"authors": [], "tags": [], "source": "paper", "stub": False, "served": False}
    connection.execute(insert(articles), [{"id": id, "published": published, "digest": "", **told} for id in ids])


def add_links(connection: Connection, *pairs: tuple[str, str]) -> None:
    rows = [{"article_id": a, "target_id": b, "position": 0, "listed": True} for a, b in pairs]
    connection.execute(insert(links), [row | {"title": "", "title_key": ""} for row in rows])


def vertex(id: str, strength: float = 0.0, **more: Any) -> NewVertex:
    woven = {"stub": False, "digest": "d", "model": "", "strength": strength, "story": id} | more
    return NewVertex(Text(id, id.encode()), Woven(**woven))


@pytest.fixture
def woven(store: Store) -> Store:
    """Articles a to d, of which a lists b and c; nothing ties d."""
    with store.writing() as connection:
        add_articles(connection, *"abcd")
        add_links(connection, ("a", "b"), ("a", "c"))
        ties = [Tie("a", "b", VOTE / 2, 0.4, False), Tie("a", "c", VOTE / 2, 0.2, True)]
        strengths = {"a": 0.9, "b": 0.45, "c": 0.45}
        new = [vertex(id, strengths.get(id, 0.0)) for id in "abcd"]
        graph.write_graph(connection, new, strengths, ties, [("a", "b"), ("a", "c")], 1)
    return store


# Into the graph and out of it


def test_what_was_woven_is_read_as_it_was(woven: Store) -> None:
    with woven.reading() as connection:
        assert graph.ties(connection) == {
            ("a", "b"): Tie("a", "b", VOTE / 2, 0.4, False),
            ("a", "c"): Tie("a", "c", VOTE / 2, 0.2, True),
        }
        assert graph.woven_articles(connection)["b"] == Woven(False, "d", "", 0.45, "b")
        assert graph.texts(connection)["c"] == Text("c", b"c")


def test_the_ties_of_some_are_those_at_either_end(woven: Store) -> None:
    with woven.reading() as connection:
        assert set(graph.ties(connection, ["b"])) == {("a", "b")}
        assert set(graph.ties(connection, ["a"])) == {("a", "b"), ("a", "c")}
        assert graph.ties(connection, []) == graph.ties(connection, ["d", "nobody"]) == {}


def test_a_tie_or_an_article_that_is_woven_again_takes_the_place_of_the_former(woven: Store) -> None:
    with woven.writing() as connection:
        more = Tie("a", "b", VOTE, 0.4, False)
        graph.write_graph(connection, [vertex("b", 0.5, digest="e")], {"a": 0.95, "b": 0.5}, [more], [], 2)
    with woven.reading() as connection:
        assert graph.ties(connection, ["b"]) == {("a", "b"): more}
        kept = graph.woven_articles(connection)
        assert (kept["a"].strength, kept["b"].strength, kept["b"].digest) == (0.95, 0.5, "e")
        assert connection.execute(select(edges.c.run).where(edges.c.b == "b")).scalar_one() == 2
        assert connection.execute(select(func.count()).select_from(vertices)).scalar_one() == 4


def test_as_many_articles_and_ties_as_take_several_statements_are_all_there(store: Store) -> None:
    ids = [f"n{number:04}" for number in range(1500)]
    with store.writing() as connection:
        add_articles(connection, *ids)
        ties = [Tie(ids[0], id, 0.1, 0.0, False) for id in ids[1:]]
        graph.write_graph(connection, [vertex(id) for id in ids], {}, ties, [], 1)
        graph.write_graph(connection, [], dict.fromkeys(ids, 0.5), [], [], 2)
    with store.reading() as connection:
        assert len(graph.ties(connection)) == len(graph.ties(connection, ids)) == 1499
        assert {kept.strength for kept in graph.woven_articles(connection).values()} == {0.5}
        graph_of_half = graph.ties(connection, ids[750:])
        assert len(graph_of_half) == 750


# Links


def unwoven(store: Store, now: datetime = NOON) -> list[tuple[str, str]]:
    with store.reading() as connection:
        return graph.new_links(connection, now)


def test_a_link_is_new_until_it_ties(woven: Store) -> None:
    assert unwoven(woven) == []
    with woven.writing() as connection:
        add_links(connection, ("d", "a"), ("d", "d"), ("b", "c"))
    assert unwoven(woven) == [("b", "c"), ("d", "a")]
    with woven.writing() as connection:
        graph.write_graph(connection, [], {}, [], [("d", "a")], 2)
    assert unwoven(woven) == [("b", "c")]


def test_new_links_are_found_without_a_look_at_those_that_tie(sqlite_url: str) -> None:
    """On SQLite, which goes by the index however small a table is."""
    store = Store(open_engine(sqlite_url))
    asked: list[tuple[str, Any]] = []
    event.listen(store.engine, "before_cursor_execute", lambda c, cursor, said, given, *_: asked.append((said, given)))
    assert unwoven(store) == []
    [(said, given)] = [one for one in asked if "links.woven" in one[0]]
    with store.reading() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", given).all()
    store.engine.dispose()
    assert "ix_links_unwoven" in plan[0][-1]


def test_a_link_waits_until_both_its_ends_may_be_seen(woven: Store) -> None:
    with woven.writing() as connection:
        add_articles(connection, "e", "f", published=LATER)
        add_links(connection, ("d", "a"), ("d", "e"), ("e", "a"), ("e", "f"))
    assert unwoven(woven) == [("d", "a")]
    with woven.writing() as connection:
        # What is not in the graph yet is not tied by a list that otherwise is.
        graph.write_graph(connection, [], {}, [], [("d", "a")], 2)
    assert unwoven(woven, LATER) == [("d", "e"), ("e", "a"), ("e", "f")]


def test_a_list_is_as_long_as_it_ever_was(woven: Store) -> None:
    with woven.reading() as connection:
        assert graph.list_lengths(connection, ["a", "b", "nobody"]) == {"a": 2}


# Stubs that turn out to be other articles


def strengths_and_ties(connection: Connection) -> tuple[dict[str, float], dict[str, float]]:
    """What is kept of every article's strength, and what its ties weigh."""
    kept = {id: one.strength for id, one in graph.woven_articles(connection).items()}
    found = dict.fromkeys(kept, 0.0)
    for tie in graph.ties(connection).values():
        for id in tie.edge:
            found[id] += tie.weight
    return kept, found


def test_a_vertex_is_forgotten_with_its_ties_and_what_they_weighed(woven: Store) -> None:
    with woven.writing() as connection:
        graph.write_verdicts(connection, None, [("river", "b", True), ("river", "c", True)])
        graph.forget_vertices(connection, ["b"])
        assert set(graph.ties(connection)) == {("a", "c")}
        assert set(graph.woven_articles(connection)) == set("acd")
        assert graph.read_verdicts(connection) == [("river", "c", True)]
        kept, found = strengths_and_ties(connection)
        assert kept == pytest.approx(found)


def test_two_that_are_forgotten_at_once_leave_nothing_behind(woven: Store) -> None:
    with woven.writing() as connection:
        graph.forget_vertices(connection, ["b", "c"])
        assert graph.ties(connection) == {}
        kept, found = strengths_and_ties(connection)
        assert kept == pytest.approx(found)
        graph.forget_vertices(connection, [])


def test_the_lists_that_told_of_two_stubs_tie_the_page_that_both_were(desk) -> None:
    """By its title one list means it, by its URL the other: until its page comes, nobody can know."""
    url, day = "https://paper.example/weir", "2026-03-0{}T12:00:00Z".format
    weir = {"title": "Weir gives way", "published": day(1)}
    by_title = {"title": "Cellars pumped dry", "published": day(2), "body_html": "Water.", "related": [weir]}
    by_url = {
        "title": "Flood report is late",
        "published": day(3),
        "body_html": "Paper.",
        "related": [{"title": "The weir", "url": url, "published": day(1)}],
    }
    desk.write_lines("a.jsonl", by_title, by_url)
    desk.run()
    assert {title for title, one in desk.articles().items() if one.stub} == {"Weir gives way", "The weir"}
    desk.write_lines("b.jsonl", weir | {"url": url, "body_html": "The gauge fell."})
    desk.run()
    told = desk.articles()
    assert "The weir" not in {a.title for a in told.values() if a.stub} or not told["The weir"].stub
    with desk.store.reading() as connection:
        page = told["Weir gives way"].id
        tied = {id for edge in graph.ties(connection, [page]) for id in edge} - {page}
        assert tied >= {told["Cellars pumped dry"].id, told["Flood report is late"].id}
        kept, found = strengths_and_ties(connection)
        assert kept == pytest.approx(found, abs=1e-5)
        members = [id for channel in feed_store.all_channels(connection) for id in channel.members]
        public = feed_store.public_articles(connection, datetime.now(UTC), timedelta(days=30))
        assert sorted(members) == sorted(article.id for article in public)


# Verdicts


def test_verdicts_are_replaced_for_those_that_were_judged_again_or_for_all(store: Store) -> None:
    with store.writing() as connection:
        add_articles(connection, *"abc")
        graph.write_verdicts(connection, None, [("river", "a", True), ("river", "b", False), ("lake", "a", True)])
        graph.write_verdicts(connection, ["a"], [("river", "a", False)])
        assert sorted(graph.read_verdicts(connection)) == [("river", "a", False), ("river", "b", False)]
        graph.write_verdicts(connection, [], [])
        assert len(graph.read_verdicts(connection)) == 2
        graph.write_verdicts(connection, None, [("lake", "c", True)])
        assert graph.read_verdicts(connection) == [("lake", "c", True)]


# Lineage


def add_channels(connection: Connection, *slugs: str) -> None:
    after = [Channel(slug, slug, Origin.DISCOVERED) for slug in slugs]
    generation_store.publish(connection, [], after, [], [], "", NOON, 1)


def told(connection: Connection, slug: str, limit: int) -> tuple[list[tuple[int, Event]], int]:
    chapters, more = histories.history(connection, slug, limit)
    return [(chapter.run, chapter.event) for chapter in chapters], more


def test_a_channels_lineage_is_its_own_turns_and_those_of_what_came_from_it_latest_first(store: Store) -> None:
    born, split = Event("a", Turn.BORN, NOON, "", 3), Event("b", Turn.SPLIT, LATER, "a", 2)
    other, merged = Event("c", Turn.BORN, LATER, "", 5), Event("b", Turn.MERGED, LATER, "a", 2)
    with store.writing() as connection:
        add_channels(connection, "a", "b", "c")
        for run, events in enumerate([[born], [other, split], [], [merged]], start=1):
            graph.write_lineage(connection, events, run)
    with store.reading() as connection:
        assert told(connection, "a", 10) == ([(4, merged), (2, split), (1, born)], 0)
        assert told(connection, "a", 1) == ([(4, merged)], 2)
        assert told(connection, "b", 10) == ([(4, merged), (2, split)], 0)
        assert told(connection, "nowhere", 10) == ([], 0)


# Through the pipe


WORDS = {"Tram": "The tram line opens another stop.", "Flood": "High water came over the river wall."}


def record(theme: str, number: int, **more: Any) -> dict[str, Any]:
    listed = [{"title": f"{theme} report {n}", "published": stamp(n)} for n in range(max(0, number - 3), number)]
    body = f"<p>{WORDS[theme]}</p>"
    return {
        "title": f"{theme} report {number}", "published": stamp(number), "body_html": body, "related": listed, **more
    }  # fmt: skip


def stamp(number: int) -> str:
    return f"2026-03-{1 + number:02}T12:00:00Z"


def every_row(desk) -> dict[str, list[tuple[Any, ...]]]:
    with desk.store.reading() as connection:
        return {
            table.name: sorted(tuple(row) for row in connection.execute(select(table)))
            for table in (vertices, edges, lineage, links)
        }


def test_a_run_that_finds_nothing_new_leaves_every_row_of_the_graph(desk) -> None:
    desk.write_lines("a.jsonl", *(record(theme, n) for theme in WORDS for n in range(6)))
    desk.run()
    before = every_row(desk)
    desk.run()
    desk.config["site"]["title"] = "The Better Paper"
    desk.run()
    assert every_row(desk) == before


def test_what_tied_two_articles_stays_whatever_comes_later(desk) -> None:
    desk.write_lines("a.jsonl", *(record(theme, n) for theme in WORDS for n in range(6)))
    desk.run()
    with desk.store.reading() as connection:
        before = graph.ties(connection)
    desk.write_lines("b.jsonl", *(record(theme, n) for theme in WORDS for n in range(6, 20)))
    desk.write_lines("a.jsonl", record("Tram", 0, body_html="<p>The river wall, after all.</p>"))
    desk.run()
    with desk.store.reading() as connection:
        after = graph.ties(connection)
        kept, found = strengths_and_ties(connection)
    assert {edge: after[edge] for edge in before} == before
    assert len(after) > len(before)
    assert kept == pytest.approx(found, abs=1e-5)


def test_a_stub_that_becomes_whole_is_weighed_anew_and_keeps_its_votes(desk) -> None:
    desk.write_lines("a.jsonl", record("Tram", 1), record("Tram", 2))
    desk.run()
    stub = desk.articles()["Tram report 0"]
    assert stub.stub
    with desk.store.reading() as connection:
        before = graph.ties(connection, [stub.id])
    desk.write_lines("b.jsonl", record("Tram", 0))
    desk.run()
    with desk.store.reading() as connection:
        after = graph.ties(connection, [stub.id])
        assert not graph.woven_articles(connection)[stub.id].stub
        kept, found = strengths_and_ties(connection)
    assert {edge: tie.votes for edge, tie in after.items()} == {edge: tie.votes for edge, tie in before.items()}
    assert all(after[edge].likeness > before[edge].likeness for edge in before)
    assert kept == pytest.approx(found, abs=1e-5)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for the next second here."""
    monkeypatch.setattr(publishing, "_until_the_next_second", lambda *_: None)
