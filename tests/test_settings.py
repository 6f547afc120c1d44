import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from feedsvc.errors import BadSettings
from feedsvc.settings import DEFAULT_CONFIG, Settings, load_settings

SOURCE = '[[sources]]\nname = "paper"\nkind = "folder"\npath = "articles"\n'
SHIPPED = Path(__file__).resolve().parents[1] / DEFAULT_CONFIG


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith("FEEDSVC_") or name == "PORT"]:
        monkeypatch.delenv(name)


def load(folder: Path, toml: str) -> Settings:
    (folder / "feedsvc.toml").write_text(toml, encoding="utf-8")
    return load_settings(folder / "feedsvc.toml")


def problems(folder: Path, toml: str) -> list[str]:
    with pytest.raises(BadSettings) as refused:
        load(folder, toml)
    return list(refused.value.problems)


def one_problem(folder: Path, toml: str) -> str:
    found = problems(folder, toml)
    assert len(found) == 1
    return found[0]


# What is taken


def test_the_configuration_as_shipped_is_good() -> None:
    settings = load_settings(SHIPPED)
    assert settings.site.base_url == "http://127.0.0.1:8080"
    assert settings.source_path(settings.sources[0]).is_dir()


def test_a_source_is_all_that_is_needed(tmp_path: Path) -> None:
    settings = load(tmp_path, SOURCE)
    assert settings.serve.port == 8080
    assert settings.sources[0].time_zone == "UTC"


def test_relative_paths_are_relative_to_the_files_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "feedsvc.toml").write_text('[store]\nurl = "sqlite:///../var/x.db"\n' + SOURCE)
    monkeypatch.chdir(tmp_path)
    settings = load_settings("config/feedsvc.toml")
    monkeypatch.chdir("/")
    assert settings.store_url == f"sqlite:///{tmp_path}/var/x.db"
    assert settings.source_path(settings.sources[0]) == tmp_path / "config" / "articles"


def test_absolute_paths_stay_as_they_are(tmp_path: Path) -> None:
    settings = load(tmp_path, '[store]\nurl = "sqlite:////data/x.db"\n' + SOURCE.replace('"articles"', '"/data/in"'))
    assert settings.store_url == "sqlite:////data/x.db"
    assert settings.source_path(settings.sources[0]) == Path("/data/in")


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_postgresql_is_reached_through_psycopg_and_the_password_is_kept(tmp_path: Path, scheme: str) -> None:
    settings = load(tmp_path, f'[store]\nurl = "{scheme}://me:p%40ss@db.example/feeds?sslmode=require"\n{SOURCE}')
    assert settings.store_url == "postgresql+psycopg://me:p%40ss@db.example/feeds?sslmode=require"


@pytest.mark.parametrize(
    ("given", "kept", "prefix"),
    [
        ("https://a.example", "https://a.example", ""),
        ("https://a.example/", "https://a.example", ""),
        ("https://a.example/feeds/", "https://a.example/feeds", "/feeds"),
        ("http://127.0.0.1:8080/a/b", "http://127.0.0.1:8080/a/b", "/a/b"),
        ("http://[::1]:8080", "http://[::1]:8080", ""),
    ],
)
def test_a_base_url_may_have_a_path(tmp_path: Path, given: str, kept: str, prefix: str) -> None:
    site = load(tmp_path, f'[site]\nbase_url = "{given}"\n{SOURCE}').site
    assert (site.base_url, site.path_prefix) == (kept, prefix)


def test_settings_do_not_change_once_read(tmp_path: Path) -> None:
    settings = load(tmp_path, SOURCE)
    with pytest.raises(ValidationError):
        settings.site.title = "Other"


# The environment


@pytest.mark.parametrize(
    ("name", "value", "path", "found"),
    [
        ("FEEDSVC_SITE__BASE_URL", "https://a.example", ("site", "base_url"), "https://a.example"),
        ("FEEDSVC_SITE__TITLE", "12", ("site", "title"), "12"),
        ("FEEDSVC_STORE__URL", "sqlite:////x.db", ("store", "url"), "sqlite:////x.db"),
        ("FEEDSVC_SCHEDULE__REFRESH_EVERY_S", "7", ("schedule", "refresh_every_s"), 7),
        ("FEEDSVC_SERVE__PORT", "9", ("serve", "port"), 9),
        ("PORT", "9", ("serve", "port"), 9),
    ],
)
def test_any_key_can_be_set_by_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, path: tuple[str, str], found: object
) -> None:
    monkeypatch.setenv(name, value)
    settings: Any = load(tmp_path, '[site]\ntitle = "From the file"\n[serve]\nport = 1\n' + SOURCE)
    assert getattr(getattr(settings, path[0]), path[1]) == found


def test_a_sources_key_is_set_by_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDSVC_SOURCES__0__PATH", "elsewhere")
    monkeypatch.setenv("FEEDSVC_SOURCES__0__RELATED_MARKS", '["SEE ALSO", "MORE"]')
    source = load(tmp_path, SOURCE).sources[0]
    assert (source.path, source.related_marks) == (Path("elsewhere"), ("SEE ALSO", "MORE"))


def test_all_sources_can_be_set_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDSVC_SOURCES", json.dumps([{"name": "b", "kind": "folder", "path": "c"}]))
    assert [source.name for source in load(tmp_path, "").sources] == ["b"]


def test_our_own_port_outranks_the_platforms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "5000")
    monkeypatch.setenv("FEEDSVC_SERVE__PORT", "6000")
    assert load(tmp_path, SOURCE).serve.port == 6000


@pytest.mark.parametrize(
    "name",
    [
        "FEEDSVC_SITE__TITEL",
        "FEEDSVC_SOURCES__1__PATH",
        "FEEDSVC_SOURCES__X__PATH",
        "FEEDSVC_SITE__TITLE__X",
        "FEEDSVC_ORIGIN",
        "FEEDSVC_NOTHING",
        "FEEDSVC_",
    ],
)
def test_a_variable_that_names_no_setting_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "/x")
    found = one_problem(tmp_path, '[site]\ntitle = "A"\n' + SOURCE)
    assert name in found or name.removeprefix("FEEDSVC_").lower().replace("__", ".") in found


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.from_regex(r"FEEDSVC_(SITE|SOURCES|SERVE|X)(__([A-Z0-9]{0,3}|PORT|NAME|TITLE)){0,3}", fullmatch=True),
    st.sampled_from(["1", "", "[", "[]", "{}", "{", '{"a": 1}', "[1]", "nan", "\udcff", "[" * 2000]),
)
def test_no_variable_makes_reading_the_settings_fail_otherwise_than_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv(name, value)
        found: tuple[str, ...] = ()
        try:
            load(tmp_path, SOURCE)
        except BadSettings as error:
            found = error.problems
        assert all(problem.strip() and not problem.startswith(":") for problem in found)


# What is refused


def test_every_problem_is_told_at_once_by_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDSVC_SITE__LANGUAGE", "not a language")
    monkeypatch.setenv("FEEDSVC_COLOUR", "blue")
    found = problems(
        tmp_path,
        """
        origin = "x"
        surprise = 1
        [site]
        titel = "x"
        base_url = "feeds.example"
        [store]
        url = "mysql://x"
        [schedule]
        refresh_every_s = 0
        [log]
        level = "loud"
        [[sources]]
        name = "Not A Name"
        kind = "tape"
        [[sources]]
        name = "ok"
        kind = "folder"
        path = "x"
        time_zone = "Mars/Olympus"
        nmae = "x"
        """,
    )
    keys = {problem.partition(":")[0] for problem in found}
    assert keys == {
        "origin", "surprise", "site.titel", "site.base_url", "site.language", "store.url", "schedule.refresh_every_s",
        "log.level", "sources[0].name", "sources[0].kind", "sources[1].time_zone", "sources[1].nmae",
        "colour",
    }  # fmt: skip
    assert "site.titel: there is no such setting" in found


def test_sources_of_one_name_are_told_along_with_everything_else(tmp_path: Path) -> None:
    found = problems(tmp_path, '[site]\ntitle = ""\n' + SOURCE + SOURCE)
    assert any("'paper' is used more than once" in problem for problem in found)
    assert any(problem.startswith("site.title:") for problem in found)


@pytest.mark.parametrize("toml", ["", "sources = []"])
def test_there_must_be_a_source(tmp_path: Path, toml: str) -> None:
    assert one_problem(tmp_path, toml).startswith("sources: ")


@pytest.mark.parametrize(
    "value",
    [
        "feeds.example", "ftp://a.example", "//a.example", "https://", "https://me@a.example", "https://:x@a.example",
        "https://a.example/?x", "https://a.example/#x", "https://a.example/?", "https://a.example/#",
        "https://a.example:x", "https://a.example:99999", "https://a b.example", "https://a.example/a b",
        "https://a.example/\\u0001", "http://[::1", "javascript:alert(1)", "https://a.example/\\\"<x>",
        "https://a.example/channels", "https://a.example/articles/x",
    ],
)  # fmt: skip
def test_a_base_url_that_no_link_can_begin_with_is_refused(tmp_path: Path, value: str) -> None:
    assert one_problem(tmp_path, f'[site]\nbase_url = "{value}"\n{SOURCE}').startswith("site.base_url: ")


@pytest.mark.parametrize(
    "value",
    [
        "", "x", "mysql://a/b", "postgresql://host:port/x", "sqlite://", "sqlite:///:memory:",
        "sqlite:///", "sqlite:///a\\u0000b",
    ],
)  # fmt: skip
def test_a_store_that_cannot_be_or_would_not_last_is_refused(tmp_path: Path, value: str) -> None:
    assert one_problem(tmp_path, f'[store]\nurl = "{value}"\n{SOURCE}').startswith("store.url: ")


@pytest.mark.parametrize("value", ["", " ", "a\\u0000b"])
def test_a_path_that_names_nothing_is_refused(tmp_path: Path, value: str) -> None:
    assert one_problem(tmp_path, SOURCE.replace("articles", value)).startswith("sources[0].path: ")


@pytest.mark.parametrize("zone", ["", "Nowhere", "Europe", "../etc/passwd", "/etc/localtime", "a\\u0000b", "x" * 300])
def test_a_time_zone_that_is_none_is_refused(tmp_path: Path, zone: str) -> None:
    assert one_problem(tmp_path, SOURCE + f'time_zone = "{zone}"\n').startswith("sources[0].time_zone: ")


@pytest.mark.parametrize(
    "content", [b"[site", b"\xff\xfe", b"a = 1\na = 2", b"\0", b"x = " + b"[" * 5000 + b"]" * 5000]
)
def test_a_file_that_is_no_toml_is_told_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "feedsvc.toml").write_bytes(content)
    with pytest.raises(BadSettings, match="is not TOML"):
        load_settings(tmp_path / "feedsvc.toml")


def test_a_file_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"none\.toml.*problem.*\n.*cannot be read"):
        load_settings(tmp_path / "none.toml")
    with pytest.raises(BadSettings, match="cannot be read"):
        load_settings(tmp_path)


@pytest.mark.parametrize("tag", ["xx", "croatian", "hr_HR", "root"])
def test_a_language_of_dates_that_is_none_is_refused(tmp_path: Path, tag: str) -> None:
    problem = one_problem(tmp_path, SOURCE + f'date_language = "{tag}"\n')
    assert problem.startswith("sources[0].date_language: must be the BCP 47 tag of a language that Unicode CLDR has")
