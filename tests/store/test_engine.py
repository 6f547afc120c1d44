import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from feedsvc.errors import StoreNotReady
from feedsvc.store.engine import migrate, newest_revision, open_engine, require_migrated
from feedsvc.store.tables import metadata

FILLED = ("articles", "links", "members", "channels")
ARTICLE = """INSERT INTO articles
(id, source, title, title_key, stub, served, digest, authors, subtitle, summary, body_html, tags) VALUES
('{}', 'paper', 'A', 'a', '0', '1', '', '[]', '', '', '', '[]')"""
FIRST = f"""{ARTICLE.format("one")};{ARTICLE.format("two")};
INSERT INTO links (article_id, target_id, position, listed, title, title_key) VALUES ('one', 'two', 0, '1', 'A', 'a');
INSERT INTO channels (slug, title, description, origin, state) VALUES ('ferries', 'F', '', 'discovered', 'active');
INSERT INTO channels (slug, title, description, origin, state, heir)
VALUES ('harbour', 'H', '', 'discovered', 'merged', 'ferries');
INSERT INTO members (slug, article_id) VALUES ('ferries', 'one'), ('ferries', 'two')"""


def test_the_migrations_give_exactly_the_tables(empty_url: str) -> None:
    engine = open_engine(empty_url)
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_migrating_again_changes_nothing(empty_url: str) -> None:
    engine = open_engine(empty_url)
    assert migrate(engine) == migrate(engine) == newest_revision()
    require_migrated(engine)
    assert set(inspect(engine).get_table_names()) == {*metadata.tables, "alembic_version"}
    engine.dispose()


def test_several_that_migrate_at_once_do_not_disturb_each_other(empty_url: str) -> None:
    code = "import sys; from feedsvc.store.engine import migrate, open_engine; migrate(open_engine(sys.argv[1]))"
    several = [subprocess.Popen([sys.executable, "-c", code, empty_url], stderr=subprocess.PIPE) for _ in range(3)]
    assert [one.communicate(timeout=30)[1] for one in several] == [b""] * 3
    require_migrated(open_engine(empty_url))


def test_a_store_that_was_never_migrated_is_refused_with_the_command_that_helps(empty_url: str) -> None:
    engine = open_engine(empty_url)
    with pytest.raises(StoreNotReady, match=r"no store yet|is empty") as refused:
        require_migrated(engine)
    assert refused.value.remedy == "feedsvc migrate"
    engine.dispose()


def test_a_sqlite_file_without_tables_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreNotReady, match="is empty"):
        require_migrated(open_engine(f"sqlite:///{tmp_path}/empty.db"))


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("not a database\n" * 100)
    with pytest.raises(StoreNotReady, match="cannot be opened: file is not a database"):
        require_migrated(open_engine(f"sqlite:///{tmp_path}/notes.db"))


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    engine = open_engine("postgresql+psycopg://me:hush@127.0.0.1:1/nothing")
    with pytest.raises(StoreNotReady, match="cannot be opened") as refused:
        require_migrated(engine)
    assert "hush" not in str(refused.value)


def test_a_store_of_a_newer_version_is_refused_in_words(store_url: str) -> None:
    engine = open_engine(store_url)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreNotReady, match="9999"):
        require_migrated(engine)
    with pytest.raises(StoreNotReady, match="9999"):
        migrate(engine)
    engine.dispose()


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    engine = open_engine(f"sqlite:///{tmp_path}/file/below/store.db")
    with pytest.raises(StoreNotReady):
        require_migrated(engine)
    with pytest.raises(StoreNotReady, match="file"):
        migrate(engine)


def test_looking_for_a_store_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(StoreNotReady):
        require_migrated(open_engine(f"sqlite:///{tmp_path}/var/store.db"))
    assert list(tmp_path.iterdir()) == []


def test_a_store_of_the_first_schema_keeps_all_it_holds(empty_url: str) -> None:
    engine = open_engine(empty_url)
    migrate(engine, to="0001")
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        for statement in FIRST.strip().split(";"):
            connection.execute(text(statement))
    migrate(engine)
    with engine.connect() as connection:
        counts = [connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in FILLED]
        channel = connection.execute(
            text("SELECT slug, heir, born, rival, rival_runs FROM channels ORDER BY slug")
        ).all()
        woven = connection.execute(text("SELECT woven FROM links")).scalar_one()
        assert (counts, bool(woven)) == ([2, 1, 2, 2], False)
        assert [tuple(row) for row in channel] == [("ferries", None, None, "", 0), ("harbour", "ferries", None, "", 0)]
    require_migrated(engine)
    engine.dispose()
