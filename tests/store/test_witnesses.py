"""Where dates stand: kept with them, written anew when only that is new, and never without need."""

from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from feedsvc import publishing, reader
from feedsvc.load import record
from feedsvc.store import articles as article_store
from feedsvc.store import witnesses as witness_store
from feedsvc.store.engine import migrate, open_engine, require_migrated
from feedsvc.store.tables import witnesses

ARTICLE = {"title": "A", "id": "a", "published": "2026-03-01T10:00:00Z", "updated": "2026-03-02T10:00:00Z"}


def origins(desk: Any) -> dict[str, str]:
    with desk.store.reading() as connection:
        return {row.role: row.origin for row in connection.execute(select(witnesses))}


def revision(desk: Any) -> int:
    with desk.store.reading() as connection:
        return article_store.revision(connection)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many dates were written, by each writing."""
    numbers: list[int] = []
    upsert = witness_store.upsert

    def counted(connection: Connection, table: Any, rows: Any) -> None:
        numbers.append(len(rows))
        upsert(connection, table, rows)

    monkeypatch.setattr(witness_store, "upsert", counted)
    return numbers


def test_a_date_is_kept_with_where_it_stands(desk: Any) -> None:
    desk.write_lines("a.jsonl", ARTICLE)
    desk.run()
    assert origins(desk) == {"published": 'the JSON key "published"', "updated": 'the JSON key "updated"'}


def test_reading_again_writes_where_dates_stand_and_changes_no_article(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write_lines("a.jsonl", ARTICLE)
    with monkeypatch.context() as before:
        before.setattr(record, "key_origin", lambda key: "")
        desk.run()
    assert origins(desk) == {"published": "", "updated": ""}
    standing, was = desk.standing(), revision(desk)
    monkeypatch.setattr(reader, "READER_VERSION", "another")
    monkeypatch.setattr(publishing, "READER_VERSION", "another")
    assert desk.run().published == 0
    assert origins(desk) == {"published": 'the JSON key "published"', "updated": 'the JSON key "updated"'}
    assert (desk.standing(), revision(desk)) == (standing, was)


def test_dates_that_stand_where_they_stood_are_not_written_again(
    desk: Any, monkeypatch: pytest.MonkeyPatch, written: list[int]
) -> None:
    desk.write_lines("a.jsonl", ARTICLE)
    desk.run()
    monkeypatch.setattr(reader, "READER_VERSION", "another")
    desk.run()
    desk.write_lines("a.jsonl", ARTICLE, ARTICLE | {"id": "b", "title": "B"})
    desk.run()
    assert written == [2, 0, 2]


def test_a_store_from_before_says_not_where_its_dates_stand(empty_url: str) -> None:
    engine = open_engine(empty_url)
    migrate(engine, to="0004")
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(text(OLD_ARTICLE))
        connection.execute(text(OLD_WITNESS))
    migrate(engine)
    require_migrated(engine)
    with engine.connect() as connection:
        assert [row.origin for row in connection.execute(select(witnesses))] == [""]
    engine.dispose()


OLD_ARTICLE = """INSERT INTO articles
(id, source, title, title_key, stub, served, digest, authors, subtitle, summary, body_html, tags) VALUES
('one', 'paper', 'A', 'a', '0', '1', '', '[]', '', '', '', '[]')"""
OLD_WITNESS = """INSERT INTO witnesses (article_id, role, kind, text, at, zone, zone_assumed, precision) VALUES
('one', 'published', 'record', '1 March 2026', '2026-03-01 00:00:00', 'UTC', '1', 'day')"""
