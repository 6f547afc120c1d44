"""What operators do to articles and feeds, on both databases, as readers then see it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from feedsvc import editing, publishing
from feedsvc.errors import UnknownSubject
from feedsvc.publish.plan import ALL
from feedsvc.store import generations as generation_store
from feedsvc.store import reading
from feedsvc.store.tables import archives, deltas, snapshots

SECRET = "Minister Grimm resigns over the harbour loan"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _unwaiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "_until_the_next_second", lambda *_: None)


def record(number: int, **more: Any) -> dict[str, Any]:
    link = {"title": f"Tram report {number - 1}", "url": f"https://paper.example/{number - 1}"}
    return {
        "id": f"t{number}",
        "url": f"https://paper.example/{number}",
        "title": f"Tram report {number}",
        "published": (NOON + timedelta(hours=number)).isoformat(),
        "body_html": f"<p>The tram line opens stop number {number} along the harbour.</p>",
        "related": [link] if number else [],
    } | more


def secret(**more: Any) -> dict[str, Any]:
    body = "<p>Grimm told the tram committee about the harbour loan.</p>"
    return record(3, title=SECRET, url="https://paper.example/grimm-resigns", body_html=body) | more


def told(desk: Any, id: str, key: str = "") -> dict[str, Any] | None:
    return next((entry for entry in desk.entries(key) if entry["id"] == id), None)


@pytest.fixture
def paper(desk: Any) -> Any:
    """Six articles of one theme; the fourth is the secret, and the fifth lists it."""
    listing = record(4, related=[{"title": SECRET, "url": "https://paper.example/grimm-resigns"}])
    desk.write_lines("a.jsonl", *(record(n) for n in range(3)), secret(), listing, record(5))
    desk.run()
    return desk


def test_a_withdrawn_article_leaves_only_its_id_and_a_notice(paper: Any) -> None:
    id = paper.articles()[SECRET].id
    slug = next(slug for slug, titles in paper.channel_titles().items() if SECRET in titles)
    editing.withdraw(paper.settings, paper.store, "https://paper.example/grimm-resigns", "the lawyers")
    for key in ("", f"channels/{slug}"):
        entry = told(paper, id, key)
        assert entry is not None
        assert entry["title"] == "Withdrawn"
        assert "grimm" not in json.dumps(entry).lower()
    everything = paper.all_bytes()
    assert b"Grimm" not in everything
    assert b"grimm-resigns" not in everything
    assert b"lawyers" not in everything
    assert f'deleted-entry ref="{id}"'.encode() in everything
    with paper.store.reading() as connection:
        assert reading.public_article(connection, id).withdrawn is not None  # type: ignore[union-attr]
        assert reading.newest_articles(connection, 10)[0].id != id


def test_its_source_cannot_bring_it_back_and_a_reinstatement_can(paper: Any) -> None:
    id = paper.articles()[SECRET].id
    editing.withdraw(paper.settings, paper.store, id, "a mistake")
    paper.write_lines("b.jsonl", secret(body_html="<p>Grimm again.</p>"))
    paper.run()
    assert told(paper, id)["title"] == "Withdrawn"  # type: ignore[index]
    editing.reinstate(paper.settings, paper.store, id)
    paper.run()
    assert told(paper, id)["title"] == SECRET  # type: ignore[index]
    assert len([entry for entry in paper.entries() if entry["title"] == SECRET]) == 1


def test_the_notice_is_told_for_its_days_and_then_gone(paper: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    id = paper.articles()[SECRET].id
    editing.withdraw(paper.settings, paper.store, id, "x")
    later = datetime.now(UTC) + timedelta(days=31)
    with paper.store.reading() as connection:
        due = publishing.next_due(connection, paper.settings, datetime.now(UTC))
    assert due is not None
    assert timedelta(days=29) < due - datetime.now(UTC) <= timedelta(days=30)
    monkeypatch.setattr(publishing, "_now", lambda: later)
    paper.run()
    assert told(paper, id) is None
    assert len(paper.entries()) == 5


def test_withdrawing_what_is_not_there_or_no_more_is_told(paper: Any) -> None:
    with pytest.raises(UnknownSubject, match="no article"):
        editing.withdraw(paper.settings, paper.store, "https://paper.example/none", "x")
    editing.withdraw(paper.settings, paper.store, "https://paper.example/1", "x")
    with pytest.raises(UnknownSubject, match="already"):
        editing.withdraw(paper.settings, paper.store, paper.articles()["Withdrawn"].id, "x")


def test_a_correction_is_published_under_the_same_id_and_outlives_its_source(paper: Any) -> None:
    before = told(paper, paper.articles()["Tram report 2"].id)
    assert before is not None
    correction = editing.Correction(title="Tram report two", note="It was two.")
    editing.correct(paper.settings, paper.store, "https://paper.example/2", correction)
    after = told(paper, before["id"])
    assert after is not None
    assert (after["title"], after["date_published"]) == ("Tram report two", before["date_published"])
    assert after["date_modified"] > before["date_modified"]
    assert "It was two." in after["content_html"]
    paper.write_lines("b.jsonl", record(2, body_html="<p>The tram has a new text.</p>"))
    paper.run()
    entry = told(paper, before["id"])
    assert entry is not None
    assert entry["title"] == "Tram report two"
    assert "new text" in entry["content_html"]
    assert paper.run().published == 0


def test_a_corrected_title_is_corrected_where_others_list_it(paper: Any) -> None:
    editing.correct(
        paper.settings, paper.store, "https://paper.example/grimm-resigns", editing.Correction(title="Minister stays")
    )
    assert b"Minister stays" in paper.all_bytes()
    assert SECRET not in paper.body(ALL, "atom")


def test_an_empty_correction_is_refused(paper: Any) -> None:
    for nothing in (editing.Correction(), editing.Correction(title="  ")):
        with pytest.raises(UnknownSubject):
            editing.correct(paper.settings, paper.store, "https://paper.example/2", nothing)


def rewritten(desk: Any) -> None:
    """The source gives every article another id, and another time with it."""
    later = {n: (NOON + timedelta(hours=n, minutes=1)).isoformat() for n in range(8)}
    desk.write_lines("a.jsonl", *(record(n, id=f"new-{n}", published=later[n]) for n in range(8)))


@pytest.fixture
def held(desk: Any) -> Any:
    desk.write_lines("a.jsonl", *(record(n) for n in range(8)))
    desk.run()
    desk.stood = desk.standing()
    rewritten(desk)
    return desk


def test_a_generation_that_shows_everything_again_is_held_until_it_is_released(held: Any) -> None:
    stood = held.standing()
    report = held.run()
    assert report.held >= 1
    assert held.standing()[ALL, "rss", ""] == stood[ALL, "rss", ""]
    with held.store.reading() as connection:
        holds = generation_store.read_holds(connection)
    assert "would show as new again" in " ".join(holds[ALL].reasons)
    assert held.run().published == 0
    editing.release(held.settings, held.store, "everything")
    assert held.standing()[ALL, "rss", ""] != stood[ALL, "rss", ""]
    with held.store.reading() as connection:
        assert ALL not in generation_store.read_holds(connection)
    with pytest.raises(UnknownSubject, match="held back"):
        editing.release(held.settings, held.store, "everything")


def test_what_is_held_back_still_loses_what_is_withdrawn(held: Any) -> None:
    held.run()
    id = next(entry["id"] for entry in held.entries() if entry["title"] == "Tram report 5")
    editing.withdraw(held.settings, held.store, id, "x")
    entry = told(held, id)
    assert entry is not None
    assert entry["title"] == "Withdrawn"
    assert {e["id"] for e in held.entries()} == {e["id"] for e in json.loads(held.stood[ALL, "json", ""][1])["items"]}
    with held.store.reading() as connection:
        assert ALL in generation_store.read_holds(connection)


def test_the_difference_is_shown_before_and_changes_nothing(held: Any) -> None:
    before = held.standing()
    found = {one.name: one for one in editing.differences(held.settings, held.store, None)[0]}
    assert len(found["everything"].change.effect.renamed) == 8
    assert found["everything"].titles["renamed"][0] == "Tram report 7"
    assert found["everything"].change.held
    assert held.standing() == before
    assert held.run().held == sum(one.change.held for one in found.values())


def test_older_entries_go_into_archives_that_stay_and_changes_into_deltas(desk: Any) -> None:
    desk.config["feeds"] = {"max_entries": 4, "burst_days": 0, "archive_entries": 2}
    desk.write_lines("a.jsonl", *(record(n) for n in range(9)))
    desk.run()
    with desk.store.reading() as connection:
        first = connection.execute(select(archives).order_by(archives.c.key, archives.c.number)).all()
    ids = {article.id: title for title, article in desk.articles().items()}
    filed = [[ids[id] for id in row.ids] for row in first if row.key == ALL]
    assert filed == [[f"Tram report {n}", f"Tram report {n + 1}"] for n in (0, 2, 4)]
    assert [entry["title"] for entry in desk.entries()] == [f"Tram report {n}" for n in (8, 7, 6)]
    tag = desk.standing()[ALL, "atom", ""][0].strip('"')
    desk.write_lines("b.jsonl", record(9))
    desk.run()
    with desk.store.reading() as connection:
        again = connection.execute(select(archives).order_by(archives.c.key, archives.c.number)).all()
        of = (deltas.c.key == ALL, deltas.c.format == "atom", deltas.c.since == tag)
        delta = bytes(connection.execute(select(deltas.c.body).where(*of)).scalar_one()).decode()
    assert again == first
    assert "Tram report 9" in delta
    assert delta.count("<entry>") == 1


def test_bytes_of_a_withdrawn_article_are_in_no_former_generation(paper: Any) -> None:
    editing.withdraw(paper.settings, paper.store, "https://paper.example/grimm-resigns", "x")
    with paper.store.reading() as connection:
        for row in connection.execute(select(snapshots.c.body).where(snapshots.c.encoding == "")):
            assert b"Grimm" not in bytes(row.body)


def test_a_channel_that_is_born_with_a_withdrawn_article_in_it_gets_a_name(desk: Any) -> None:
    def record(number: int) -> dict[str, Any]:
        listed = [{"title": f"Harbour wall report {n}", "url": f"https://l.example/{n}"} for n in range(number)]
        body = f"<p>The harbour wall was inspected for the {number} time, and signed off.</p>"
        told = {"id": f"l{number}", "url": f"https://l.example/{number}", "title": f"Harbour wall report {number}"}
        return told | {"published": f"2026-03-01T{3 * number:02}:00:00Z", "body_html": body, "related": listed}

    desk.config["themes"] = {"min_articles": 5}
    desk.write_lines("a.jsonl", *map(record, range(4)))
    desk.run()
    editing.withdraw(desk.settings, desk.store, "https://l.example/1", "x")
    for number in (5, 8):
        desk.write_lines("a.jsonl", *map(record, range(number)))
        assert desk.run().published
    assert "Withdrawn" not in desk.channel_titles()
