"""The command line as a stranger meets it: what it prints, its exit codes, and never a traceback."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import structlog

from feedsvc import cli

RUN = [sys.executable, "-c", "import sys; sys.argv[0] = 'feedsvc'; from feedsvc.cli import main; main()"]


class Done(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Feedsvc = Callable[..., Done]


@pytest.fixture
def feedsvc(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Feedsvc:
    """Runs a command in this process: feedsvc("refresh", config)."""
    for name in [name for name in os.environ if name.startswith("FEEDSVC_") or name == "PORT"]:
        monkeypatch.delenv(name)

    def run(command: str, config: Path | None = None, *arguments: str) -> Done:
        options = ["--config", str(config)] if config else []
        monkeypatch.setattr(sys, "argv", ["feedsvc", *shlex.split(command), *options, *arguments])
        capsys.readouterr()
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(bool(end.code))
        finally:
            structlog.reset_defaults()  # its logger writes to this test's standard error
        done = Done(code, *capsys.readouterr())
        assert "Traceback" not in done.err + done.out
        return done

    return run


@pytest.fixture
def printed(sqlite_desk: Any) -> Any:
    """Two articles and a stub, published."""
    desk = sqlite_desk
    link = [{"title": "Stub", "published": "2026-03-01T09:00:00Z", "url": "https://a.example/s#part"}]
    undated = [{"title": "Undated"}]
    one = {
        "title": "Ein – “Öl” 🚋",
        "published": "2026-03-01T10:00:00.75+02:00",
        "url": "https://a.example/1?b=1&a=2#frag",
    }
    desk.write_lines(
        "a.jsonl", one | {"related": link}, {"title": "Two", "published": "2026-03-02", "related": undated}
    )
    desk.run()
    assert desk.settings
    return desk


# Exit codes


@pytest.mark.parametrize(
    "command",
    ["refresh", "check", "channels", "channels --json", "articles --json", "explain x", "serve", "work", "run"],
)  # fmt: skip
def test_a_store_that_is_not_migrated_is_refused_with_the_command_that_helps(
    feedsvc: Feedsvc, open_desk: Callable[..., Any], tmp_path: Path, command: str
) -> None:
    desk = open_desk("new", f"sqlite:///{tmp_path}/none.db")
    assert desk.settings
    done = feedsvc(command, desk.config_path)
    assert (done.code, done.out) == (2, "")
    assert "feedsvc migrate" in done.err


@pytest.mark.parametrize(
    "command", ["refresh", "migrate", "check", "channels", "articles", "explain x", "serve", "run", "work"]
)
def test_bad_settings_are_told_all_at_once(feedsvc: Feedsvc, tmp_path: Path, command: str) -> None:
    (tmp_path / "bad.toml").write_text('[site]\ntitel = "x"\n[serve]\nport = "door"\n')
    done = feedsvc(command, tmp_path / "bad.toml")
    assert (done.code, done.out) == (2, "")
    assert [key for key in ("site.titel", "serve.port", "sources") if f"- {key}:" in done.err] == [
        "site.titel",
        "serve.port",
        "sources",
    ]


def test_a_configuration_that_is_not_there_is_exit_2(feedsvc: Feedsvc, tmp_path: Path) -> None:
    done = feedsvc("refresh", tmp_path / "none.toml")
    assert done.code == 2
    assert "none.toml" in done.err


def test_migrate_makes_the_store_and_can_be_repeated(
    feedsvc: Feedsvc, open_desk: Callable[..., Any], tmp_path: Path
) -> None:
    desk = open_desk("new", f"sqlite:///{tmp_path}/deep/er/store.db")
    assert desk.settings
    assert [feedsvc("migrate", desk.config_path).code for _ in range(2)] == [0, 0]
    assert feedsvc("check", desk.config_path).code == 0


def test_refresh_is_0_when_all_is_well_1_when_something_is_set_aside_and_3_when_all_failed(
    feedsvc: Feedsvc, sqlite_desk: Any
) -> None:
    desk = sqlite_desk
    desk.write_lines("a.jsonl", {"title": "A", "published": "2026-03-01"})
    assert desk.settings
    done = feedsvc("refresh", desk.config_path)
    assert done.code == 0
    assert "1 read" in done.out
    desk.write("b.jsonl", '{"title": "B", "published": "soon"}\n')
    done = feedsvc("refresh", desk.config_path)
    assert done.code == 1
    assert "b.jsonl line 1: unreadable date 'soon'" in done.err
    desk.folder.rename(desk.root / "gone")
    done = feedsvc("refresh", desk.config_path)
    assert done.code == 3
    assert "cannot be read" in done.err


def test_one_failed_source_of_two_is_exit_1(feedsvc: Feedsvc, sqlite_desk: Any) -> None:
    sqlite_desk.write_lines("a.jsonl", {"title": "A", "published": "2026-03-01"})
    sqlite_desk.config["sources"].append({"name": "lost", "kind": "folder", "path": "nowhere"})
    assert sqlite_desk.settings
    done = feedsvc("refresh", sqlite_desk.config_path)
    assert done.code == 1
    assert "lost" in done.err


def test_a_run_in_hand_elsewhere_is_exit_3(feedsvc: Feedsvc, sqlite_desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from feedsvc import pipeline

    refresh = pipeline.refresh
    monkeypatch.setattr(pipeline, "refresh", lambda *args: refresh(*args, wait_s=0))
    sqlite_desk.store.claim("another:1")
    assert sqlite_desk.settings
    done = feedsvc("refresh", sqlite_desk.config_path)
    assert done.code == 3
    assert "another:1" in done.err


def test_a_store_that_fails_is_told_in_words(feedsvc: Feedsvc, printed: Any, tmp_path: Path) -> None:
    with printed.store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE members")
    done = feedsvc("channels", printed.config_path)
    assert done.code == 3
    assert "no such table" in done.err


@pytest.mark.parametrize("content", [b"", b"no database\n" * 50])
def test_a_file_that_is_no_store_is_told_in_words(
    feedsvc: Feedsvc, open_desk: Callable[..., Any], tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "odd.db").write_bytes(content)
    desk = open_desk("new", f"sqlite:///{tmp_path}/odd.db")
    assert desk.settings
    assert feedsvc("check", desk.config_path).code == 2


def test_a_store_below_a_file_is_told_in_words(feedsvc: Feedsvc, open_desk: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    desk = open_desk("new", f"sqlite:///{tmp_path}/file/store.db")
    assert desk.settings
    assert [feedsvc(command, desk.config_path).code for command in ("migrate", "check")] == [2, 2]


def test_check_lists_every_mistake(feedsvc: Feedsvc, open_desk: Callable[..., Any], tmp_path: Path) -> None:
    desk = open_desk("new", f"sqlite:///{tmp_path}/none.db")
    (tmp_path / "file").touch()
    desk.config["sources"] = [
        {"name": "a", "kind": "folder", "path": "nowhere"},
        {"name": "b", "kind": "folder", "path": str(tmp_path / "file")},
        {"name": "c", "kind": "folder", "path": "articles"},
    ]
    assert desk.settings
    done = feedsvc("check", desk.config_path)
    assert done.code == 2
    assert [key for key in ("sources[0].path", "sources[1].path", "store.url") if f"- {key}:" in done.err] == [
        "sources[0].path",
        "sources[1].path",
        "store.url",
    ]
    assert "sources[2]" not in done.err


def test_check_refuses_what_a_run_would_refuse(feedsvc: Feedsvc, printed: Any) -> None:
    channels = printed.root / "channels.toml"
    channels.write_text('\n[[channels]]\ntitle = "A"\nslug = "more-stories"\npinned = ["x"]\n', encoding="utf-8")
    told = "channels.toml line 4: channels[0].slug: there is a channel 'more-stories' already; take another"
    checked, refreshed = (feedsvc(command, printed.config_path) for command in ("check", "refresh"))
    assert (checked.code, refreshed.code) == (2, 2)
    assert told in checked.err
    assert told in refreshed.err


def test_check_tells_the_mistakes_of_the_channels_of_a_store_that_is_not_there(
    feedsvc: Feedsvc, open_desk: Callable[..., Any], tmp_path: Path
) -> None:
    desk = open_desk("new", f"sqlite:///{tmp_path}/none.db")
    (desk.root / "channels.toml").write_text("a = 1\nb = 2", encoding="utf-8")
    assert desk.settings
    lines = feedsvc("check", desk.config_path).err.splitlines()
    assert [line.split(":")[0].strip(" -") for line in lines if line.startswith("  - ")] == [
        "store.url",
        "channels.toml line 1",
        "channels.toml line 2",
    ]


def test_check_says_so_when_all_is_fine_and_changes_nothing(feedsvc: Feedsvc, printed: Any) -> None:
    before = printed.standing()
    done = feedsvc("check", printed.config_path)
    assert (done.code, done.err) == (0, "")
    assert "is fine" in done.out
    assert printed.standing() == before


@pytest.mark.parametrize("command", ["", "nonsense", "refresh --nonsense", "explain", "serve --port 99999"])
def test_a_mistake_on_the_command_line_shows_the_usage(feedsvc: Feedsvc, command: str) -> None:
    done = feedsvc(command)
    assert "Usage: " in done.out + done.err
    assert done.code == 2 or command == ""


@pytest.mark.parametrize("command", ["--help", "--version", "refresh --help", "run --help", "check --help", "-h"])
def test_help_is_to_be_had_without_any_configuration(feedsvc: Feedsvc, command: str) -> None:
    done = feedsvc(command)
    assert (done.code, done.err) == (0, "")
    assert done.out


# What other programs read


def test_articles_as_json_have_just_the_keys_of_the_contract(feedsvc: Feedsvc, printed: Any) -> None:
    done = feedsvc("articles --json", printed.config_path)
    assert done.code == 0
    assert all(list(line) == ["id", "url", "title", "published", "stub", "related"] for line in done.lines)
    by_title = {line["title"]: line for line in done.lines}
    stub = by_title["Stub"]
    assert by_title["Ein – “Öl” 🚋"] == {
        "id": by_title["Ein – “Öl” 🚋"]["id"],
        "url": "https://a.example/1?b=1&a=2#frag",
        "title": "Ein – “Öl” 🚋",
        "published": "2026-03-01T08:00:00Z",
        "stub": False,
        "related": [
            {
                "title": "Stub",
                "url": "https://a.example/s#part",
                "published": "2026-03-01T09:00:00Z",
                "article_id": stub["id"],
            }
        ],
    }
    assert (stub["stub"], stub["url"], stub["related"]) == (True, "https://a.example/s#part", [])
    undated = by_title["Undated"]
    assert (undated["stub"], undated["url"], undated["published"]) == (True, None, None)
    assert by_title["Two"]["related"] == [
        {"title": "Undated", "url": None, "published": None, "article_id": undated["id"]}
    ]
    assert "Undated" not in printed.body()
    assert all(line["id"].startswith(("urn:", "tag:")) for line in done.lines)


def test_channels_as_json_have_just_the_keys_of_the_contract(feedsvc: Feedsvc, printed: Any) -> None:
    done = feedsvc("channels --json --members", printed.config_path)
    assert done.code == 0
    (line,) = done.lines
    assert list(line) == ["slug", "title", "origin", "members"]
    assert (line["slug"], line["title"], line["origin"]) == ("more-stories", "More stories", "rest")
    assert all(list(member) == ["id", "url", "title", "published"] for member in line["members"])
    assert [(m["title"], m["published"]) for m in line["members"]] == [
        ("Two", "2026-03-02T00:00:00Z"),
        ("Stub", "2026-03-01T09:00:00Z"),
        ("Ein – “Öl” 🚋", "2026-03-01T08:00:00Z"),
    ]
    without = feedsvc("channels --json", printed.config_path).lines
    assert without == [{"slug": "more-stories", "title": "More stories", "origin": "rest"}]


def test_discovered_channels_are_told_from_the_rest(feedsvc: Feedsvc, sqlite_desk: Any) -> None:
    titles = [f"Tram report {number}" for number in range(6)]
    for number, title in enumerate(titles):
        related = [{"title": titles[n], "published": f"2026-03-0{n + 1}"} for n in range(number)]
        sqlite_desk.write_lines(
            f"{number}.json", {"title": title, "published": f"2026-03-0{number + 1}", "related": related}
        )
    sqlite_desk.write_lines("lone.json", {"title": "Choir", "published": "2026-03-01"})
    sqlite_desk.run()
    origins = {line["origin"]: line for line in feedsvc("channels --json --members", sqlite_desk.config_path).lines}
    assert set(origins) == {"discovered", "rest"}
    assert [member["title"] for member in origins["discovered"]["members"]] == titles[::-1]
    assert [member["title"] for member in origins["rest"]["members"]] == ["Choir"]


def test_an_embargoed_article_is_in_no_channel_but_operators_can_list_it(feedsvc: Feedsvc, printed: Any) -> None:
    printed.write_lines("b.jsonl", {"title": "Hush", "published": "2999-01-01"})
    printed.run()
    assert "Hush" not in feedsvc("channels --json --members", printed.config_path).out
    assert "Hush" in feedsvc("articles --json", printed.config_path).out


def test_before_the_first_run_there_is_nothing_to_list_and_that_is_no_error(feedsvc: Feedsvc, sqlite_desk: Any) -> None:
    assert sqlite_desk.settings
    assert feedsvc("channels --json --members", sqlite_desk.config_path)[:2] == (0, "")
    assert feedsvc("articles --json", sqlite_desk.config_path)[:2] == (0, "")
    assert "feedsvc refresh" in feedsvc("channels", sqlite_desk.config_path).out


@pytest.mark.parametrize("title", ["More [red]stories[/red]", "[/b] stories", "a :smile: b", "[link=x]y"])
def test_titles_are_printed_as_they_are(feedsvc: Feedsvc, printed: Any, title: str) -> None:
    printed.write_lines("z.jsonl", {"title": title, "published": "2026-03-05"})
    with printed.store.writing() as connection:
        connection.exec_driver_sql("UPDATE channels SET title = ?", (title,))
    assert title in feedsvc("channels", printed.config_path).out


def test_a_channels_line_is_one_line_however_long_its_slug_and_title(feedsvc: Feedsvc, printed: Any) -> None:
    with printed.store.writing() as connection:
        connection.exec_driver_sql("UPDATE channels SET title = ?", ("Long title " * 4 + "end",))
    out = feedsvc("channels", printed.config_path).out
    (line,) = [line for line in out.splitlines() if "more-stories" in line]
    assert line.rstrip().endswith("2026-03-02T00:00:00Z")
    assert "Long title " * 4 + "end" in line


# Explaining


def test_explain_knows_an_article_by_id_and_by_url_and_says_how_its_time_is_known(
    feedsvc: Feedsvc, printed: Any
) -> None:
    article = printed.articles()["Ein – “Öl” 🚋"]
    by_id = feedsvc("explain", printed.config_path, article.id)
    by_url = feedsvc("explain", printed.config_path, "https://a.example/1?b=1&a=2#frag")
    assert by_id == by_url
    assert by_id.code == 0
    assert "published 2026-03-01T08:00:00Z" in by_id.out
    assert "'2026-03-01T10:00:00.75+02:00' is 2026-03-01T08:00:00Z, read in +02:00" in by_id.out
    assert "more-stories" in by_id.out


def test_explain_says_of_a_stub_who_lists_it(feedsvc: Feedsvc, printed: Any) -> None:
    done = feedsvc("explain", printed.config_path, printed.articles()["Stub"].id)
    assert "a stub" in done.out
    assert "listed by Ein – “Öl” 🚋" in done.out
    done = feedsvc("explain", printed.config_path, printed.articles()["Undated"].id)
    assert (done.code, "at no known time" in done.out) == (0, True)


def test_explain_says_that_a_zone_was_assumed(feedsvc: Feedsvc, printed: Any) -> None:
    assert "read in UTC, assumed" in feedsvc("explain", printed.config_path, printed.articles()["Two"].id).out


def test_explain_knows_a_channel_and_where_a_merged_one_went(feedsvc: Feedsvc, printed: Any) -> None:
    assert "3 articles" in feedsvc("explain", printed.config_path, "more-stories").out
    with printed.store.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO channels (slug, title, description, origin, state, heir)"
            " VALUES ('old', 'Old', '', 'discovered', 'merged', 'more-stories')"
        )
    assert "merged into more-stories" in feedsvc("explain", printed.config_path, "old").out


@pytest.mark.parametrize(
    "subject", ["nothing", "", "urn:uuid:0", "https://a.example/none", "' OR 1=1 --", "%", "\udcff"]
)
def test_explain_says_when_it_knows_nothing_of_a_thing(feedsvc: Feedsvc, printed: Any, subject: str) -> None:
    done = feedsvc("explain", printed.config_path, subject)
    assert (done.code, done.out) == (1, "")
    assert "neither an article" in done.err


# Through a real process


def environment(**more: str) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("FEEDSVC_") and name != "PORT"}
    return bare | more


def test_a_reader_that_has_seen_enough_is_no_error_to_tell_of(sqlite_desk: Any) -> None:
    lines = [{"title": f"Article {number} " + "x" * 300, "published": "2026-03-01"} for number in range(500)]
    sqlite_desk.write_lines("a.jsonl", *lines)
    sqlite_desk.run()
    command = shlex.join([*RUN, "articles", "--json", "--config", str(sqlite_desk.config_path)])
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -1"],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert json.loads(done.stdout)["title"].startswith("Article")
    assert done.stderr == ""


def test_a_terminal_that_knows_ascii_only_gets_no_traceback(printed: Any) -> None:
    """JSON is UTF-8 whatever the terminal (RFC 8259 §8.1)."""
    config = ["--config", str(printed.config_path)]
    done = subprocess.run(
        [*RUN, "articles", "--json", *config],
        env=environment(PYTHONIOENCODING="ascii"), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert any(json.loads(line)["title"] == "Ein – “Öl” 🚋" for line in done.stdout.decode().splitlines())


def test_the_configuration_can_be_named_by_environment(printed: Any) -> None:
    done = subprocess.run(
        [*RUN, "channels", "--json"], env=environment(FEEDSVC_CONFIG=str(printed.config_path)),
        capture_output=True, text=True, timeout=60, check=False, cwd="/",
    )  # fmt: skip
    assert (done.returncode, json.loads(done.stdout)["slug"]) == (0, "more-stories")


def test_the_shipped_configuration_works_on_a_store_of_its_own(
    feedsvc: Feedsvc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = Path(__file__).resolve().parents[1] / "config" / "feedsvc.toml"
    monkeypatch.setenv("FEEDSVC_STORE__URL", f"sqlite:///{tmp_path}/store.db")
    codes = [feedsvc(command, shipped).code for command in ("migrate", "check", "refresh", "refresh")]
    assert codes == [0, 0, 0, 0]
    lines = feedsvc("channels --json --members", shipped).lines
    assert sum(line["origin"] == "discovered" for line in lines) >= 3


def test_a_mistake_in_the_file_of_channels_is_told_and_keeps_no_withdrawal_in(feedsvc: Feedsvc, printed: Any) -> None:
    config = printed.settings.origin
    (config.parent / "channels.toml").write_text("[[channels]\n", encoding="utf-8")
    id = next(iter(printed.articles().values())).id
    done = feedsvc("withdraw", config, id, "--reason", "x")
    assert (done.code, "is withdrawn" in done.out, "channels.toml" in done.err) == (0, True, True)


def test_the_difference_comes_with_what_the_file_of_channels_names_and_nobody_knows(
    feedsvc: Feedsvc, printed: Any
) -> None:
    config = printed.settings.origin
    text = '[[renames]]\nslug = "nobody"\ntitle = "Somebody"\n'
    (config.parent / "channels.toml").write_text(text, encoding="utf-8")
    done = feedsvc("diff", config)
    assert "there is no channel 'nobody'" in done.err
    assert "line 2" in done.err
