"""Withdrawals and corrections reach readers whatever is wrong with the file of channels, on both databases."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from feedsvc import editing, pipeline, publishing
from feedsvc.errors import BadSettings, UnknownSubject
from feedsvc.store import amendments, reading, runs
from feedsvc.store import generations as generation_store

SECRET = "Minister Grimm resigns"
SECRET_URL = "https://paper.example/grimm"
NO_TOML = "[[channels]\nbroken"


@pytest.fixture(autouse=True)
def _unwaiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "_until_the_next_second", lambda *_: None)


def record(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"t{number}",
        "url": f"https://paper.example/{number}",
        "title": f"Tram report {number}",
        "published": f"2026-03-{1 + number:02}T12:00:00Z",
        "body_html": f"<p>The tram line opens stop number {number} along the harbour.</p>",
        "related": [{"title": SECRET, "url": SECRET_URL}] if number == 4 else [],
    } | more


@pytest.fixture
def paper(desk: Any) -> Any:
    """Six articles of one theme; the fourth is the secret, and the fifth lists it."""
    secret = record(3, title=SECRET, url=SECRET_URL)
    desk.write_lines("a.jsonl", *(secret if n == 3 else record(n) for n in range(6)))
    desk.run()
    return desk


def no_toml(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    say(desk, NO_TOML)


def clash(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that can be read and asks for what cannot be had, for as long as it is there."""
    say(desk, "")
    theme = publishing.theme

    def refuse(*given: Any) -> Any:
        if (desk.root / "channels.toml").exists():
            raise BadSettings("channels.toml", ["merges[0].into: what cannot be had"])
        return theme(*given)

    monkeypatch.setattr(publishing, "theme", refuse)


def say(desk: Any, text: str) -> None:
    (desk.root / "channels.toml").write_text(text, encoding="utf-8")


def titles(desk: Any, key: str = "") -> list[str]:
    return [entry["title"] for entry in desk.entries(key)]


MISTAKES = pytest.mark.parametrize("mistake", [no_toml, clash])


@MISTAKES
def test_a_withdrawal_and_a_correction_are_out_in_spite_of_a_mistake_which_is_told(
    paper: Any, mistake: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    mistake(paper, monkeypatch)
    channels = paper.channel_titles().keys()
    report = editing.withdraw(paper.settings, paper.store, SECRET_URL, "x")
    assert (report.outcome, len(report.errors)) == ("partial", 1)
    assert "channels.toml" in report.errors[0]
    with paper.store.reading() as connection:
        assert runs.last_runs(connection, 1)[0]["errors"] == report.errors
    assert b"Grimm" not in paper.all_bytes()
    editing.correct(paper.settings, paper.store, "https://paper.example/2", editing.Correction(title="Right"))
    for key in ("", *(f"channels/{slug}" for slug in channels)):
        assert titles(paper, key) == [f"Tram report {n}" for n in (5, 4)] + ["Withdrawn", "Right"] + [
            f"Tram report {n}" for n in (1, 0)
        ]
    assert paper.channel_titles().keys() == channels
    with pytest.raises(UnknownSubject, match="already"):
        editing.withdraw(paper.settings, paper.store, SECRET_URL, "x")


@MISTAKES
def test_a_run_that_finds_a_mistake_lets_out_what_a_source_took_back_and_nothing_new(
    paper: Any, mistake: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    mistake(paper, monkeypatch)
    paper.write_lines("b.jsonl", record(7))
    id = paper.articles()[SECRET].id
    read = pipeline._read_sources

    def take_back(settings: Any, store: Any, lease: Any, report: Any, *more: Any) -> None:
        read(settings, store, lease, report, *more)
        with store.writing(lease) as connection:
            amendments.withdraw(connection, id, "its source took it back", publishing._now().replace(microsecond=0))
        report.withdrawn.append(id)

    monkeypatch.setattr(pipeline, "_read_sources", take_back)
    with pytest.raises(BadSettings):
        paper.run()
    assert b"Grimm" not in paper.all_bytes()
    assert "Tram report 7" not in titles(paper)
    monkeypatch.setattr(pipeline, "_read_sources", read)
    with pytest.raises(BadSettings):
        paper.run()
    (paper.root / "channels.toml").unlink()
    paper.run()
    assert titles(paper)[:3] == ["Tram report 7", "Tram report 5", "Tram report 4"]
    assert any("Tram report 7" in members for members in paper.channel_titles().values())


def test_a_run_after_a_mistake_with_nothing_new_changes_no_byte(paper: Any) -> None:
    stood = paper.standing()
    say(paper, NO_TOML)
    with paper.store.reading() as connection:
        publication = reading.publication(connection)
    for _ in range(2):
        with pytest.raises(BadSettings):
            paper.run()
    with paper.store.reading() as connection:
        assert reading.publication(connection) <= publication + 1
    assert paper.standing() == stood
    (paper.root / "channels.toml").unlink()
    assert paper.run().published == 0
    assert paper.standing() == stood


def test_a_mistake_in_the_first_run_of_all_publishes_nothing(desk: Any) -> None:
    desk.write_lines("a.jsonl", record(0))
    say(desk, NO_TOML)
    with pytest.raises(BadSettings):
        desk.run()
    assert desk.standing() == {}


def test_a_withdrawal_that_broke_off_before_it_was_out_may_be_repeated(
    paper: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: Any) -> None:
        raise RuntimeError("the machine stops")

    with monkeypatch.context() as broken:
        broken.setattr(generation_store, "publish", break_off)
        with pytest.raises(RuntimeError):
            editing.withdraw(paper.settings, paper.store, SECRET_URL, "the first")
    assert SECRET in titles(paper)
    editing.withdraw(paper.settings, paper.store, paper.articles()["Withdrawn"].id, "the second")
    assert b"Grimm" not in paper.all_bytes()
    with pytest.raises(UnknownSubject, match="already"):
        editing.withdraw(paper.settings, paper.store, paper.articles()["Withdrawn"].id, "the third")


def test_what_is_held_back_may_be_released_in_spite_of_a_mistake(paper: Any) -> None:
    pinned = '[[channels]]\nslug = "best"\ntitle = "Best"\npinned = ["https://paper.example/2"]\n'
    say(paper, pinned)
    paper.run()
    say(paper, pinned.replace('["https://paper.example/2"]', '["none"]'))
    paper.run()
    assert titles(paper, "channels/best") == ["Tram report 2"]
    say(paper, NO_TOML)
    editing.release(paper.settings, paper.store, "best")
    assert titles(paper, "channels/best") == []


def test_what_was_held_back_before_a_mistake_is_so_still_and_may_be_released(paper: Any) -> None:
    others = [record(n, id=f"new-{n}", published=f"2026-03-{1 + n:02}T12:01:00Z") for n in range(10)]
    paper.write_lines("a.jsonl", *(record(n) for n in range(10)))
    paper.run()
    paper.write_lines("a.jsonl", *others)
    assert paper.run().held
    say(paper, NO_TOML)
    with paper.store.reading() as connection:
        holds = generation_store.read_holds(connection)
    editing.withdraw(paper.settings, paper.store, SECRET_URL, "x")
    with paper.store.reading() as connection:
        assert generation_store.read_holds(connection) == holds
    stood = {entry["id"] for entry in paper.entries()}
    for key in holds:
        editing.release(paper.settings, paper.store, key.removeprefix("channels/") or "everything")
    assert {entry["id"] for entry in paper.entries()} - stood
    (paper.root / "channels.toml").unlink()
    assert paper.run().held == 0


def test_a_rehearsal_finds_the_mistake_and_changes_nothing(paper: Any) -> None:
    say(paper, NO_TOML)
    stood = paper.standing()
    with pytest.raises(BadSettings):
        editing.differences(paper.settings, paper.store, None)

    def withdraw(connection: Connection) -> None:
        amendments.withdraw(connection, paper.articles()[SECRET].id, "x", publishing._now().replace(microsecond=0))

    assert paper.standing() == stood
    report = pipeline.amend(paper.settings, paper.store, withdraw)
    assert report.published
