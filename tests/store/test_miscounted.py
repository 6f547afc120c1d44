"""Texts that were counted by whole sentences are counted anew, once, by the run after an upgrade."""

import pytest
from sqlalchemy import select, text

from feedsvc.store.engine import migrate, open_engine, require_migrated
from feedsvc.store.tables import vertices
from tests.conftest import Desk

ARTICLE = """INSERT INTO articles
(id, source, title, title_key, stub, served, digest, authors, subtitle, summary, body_html, tags) VALUES
(:id, 'paper', :title, 'a', '0', '1', 'd', '[]', '', :summary, :body, '[]')"""
VERTEX = """INSERT INTO vertices (article_id, stub, digest, words, model, embedding, strength, story, run)
VALUES (:id, '0', 'd', :packed, '', :packed, 0, :id, 1)"""
WORDLESS = b""
TEXTS = {
    "english": ("Harbour", "“The wall’s café…”", "<p>Гавань, 항구, ميناء</p>"),
    "han": ("港湾", "", ""),
    "kana": ("Harbour", "みなと", ""),
    "thai": ("Harbour", "", "<p>กำแพง</p>"),
}


def test_only_texts_whose_scripts_set_no_words_apart_are_to_be_read_anew(empty_url: str) -> None:
    engine = open_engine(empty_url)
    migrate(engine, to="0008")
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        for id, (title, summary, body) in TEXTS.items():
            connection.execute(text(ARTICLE), {"id": id, "title": title, "summary": summary, "body": body})
            connection.execute(text(VERTEX), {"id": id, "packed": b""})
        connection.execute(text(ARTICLE), {"id": "unwoven", "title": "港湾", "summary": "", "body": ""})
    migrate(engine)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT article_id, digest FROM vertices")).all()
    assert {row[0]: row[1] for row in rows} == {"english": "d", "han": "", "kana": "", "thai": ""}
    require_migrated(engine)
    engine.dispose()


@pytest.mark.parametrize(("title", "is_anew"), [("港湾の壁", True), ("Harbour wall", False)])
def test_the_first_run_after_the_upgrade_counts_them_anew_and_no_later_one_does(
    sqlite_desk: Desk, title: str, is_anew: bool
) -> None:
    desk = sqlite_desk
    desk.write_lines("a.jsonl", {"id": "a", "title": title, "published": "2026-03-01T12:00:00Z", "body_text": title})
    desk.run()
    counted = in_graph(desk)
    with desk.store.writing() as connection:
        connection.execute(vertices.update().values(words=WORDLESS))
    desk.run()
    assert in_graph(desk)[0] == WORDLESS
    upgrade_again(desk)
    desk.run()
    again = in_graph(desk)
    assert (again[:2] == counted[:2], again[2] > counted[2]) == (is_anew, is_anew)
    desk.run()
    assert in_graph(desk) == again


def upgrade_again(desk: Desk) -> None:
    """Only the one step, since there may be others after it."""
    with desk.store.writing() as connection:
        newest = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = '0008'"))
    migrate(desk.store.engine, to="0009")
    with desk.store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest})


def in_graph(desk: Desk) -> tuple[bytes, str, int]:
    """The words of the only article, the digest that they go by, and the run that counted them."""
    with desk.store.reading() as connection:
        words, digest, run = connection.execute(select(vertices.c.words, vertices.c.digest, vertices.c.run)).one()
    return bytes(words), digest, run
