"""Feeds that lose all their articles, on both databases: what stands, what is amended in it, and how it gets out."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import pytest

from feedsvc import editing, publishing
from feedsvc.publish.plan import ALL
from feedsvc.serve import health
from feedsvc.store import generations as generation_store

KEY = "channels/best"
SECRET = "Minister Grimm resigns"
NOTHING = '[channels.rule.any_of]\nwords = ["zzzzz"]\n'


@pytest.fixture(autouse=True)
def _unwaiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "_until_the_next_second", lambda *_: None)


def url(number: int) -> str:
    return f"https://paper.example/{number}"


def record(number: int, **more: Any) -> dict[str, Any]:
    listed = [{"title": SECRET, "url": url(0)}] if number == 1 else []
    return {
        "id": f"t{number}",
        "url": url(number),
        "title": f"Tram report {number}" if number else SECRET,
        "published": f"2026-03-{1 + number:02}T12:00:00Z",
        "body_html": f"<p>The tram line opens stop number {number} along the harbour.</p>",
        "related": listed,
    } | more


def say(desk: Any, *, pinned: int = 0, banned: int = 0, title: str = "Best", rule: str = NOTHING) -> None:
    names = {"pinned": pinned, "banned": banned}
    told = "".join(f"{key} = {json.dumps([url(n) for n in range(number)])}\n" for key, number in names.items())
    text = f'[[channels]]\nslug = "best"\ntitle = "{title}"\n{told}{rule}'
    (desk.root / "channels.toml").write_text(text, encoding="utf-8")


def titles(desk: Any, key: str = KEY) -> list[str]:
    return [entry["title"] for entry in desk.entries(key)]


def holds(desk: Any) -> dict[str, tuple[str, ...]]:
    with desk.store.reading() as connection:
        return {key: hold.reasons for key, hold in generation_store.read_holds(connection).items()}


def number_of_entries(body: str) -> int:
    return len(feedparser.parse(body).entries)


@pytest.fixture
def best(desk: Any) -> Any:
    """Eight articles, and a channel of the first three."""
    desk.write_lines("a.jsonl", *(record(n) for n in range(8)))
    say(desk, pinned=3)
    desk.run()
    return desk


@pytest.fixture
def emptied(best: Any) -> Any:
    """The same, after the three have been banned from it."""
    say(best, banned=3)
    best.run()
    return best


def test_a_feed_that_would_be_empty_stands_and_is_told_of(best: Any) -> None:
    stood = best.standing()[KEY, "json", ""]
    say(best, banned=3)
    difference = next(one for one in editing.differences(best.settings, best.store, "best")[0])
    assert (difference.change.before, difference.change.after, difference.change.held) == (3, 0, True)
    assert best.run().held == 1
    assert best.standing()[KEY, "json", ""] == stood
    assert holds(best) == {KEY: ("it would be empty",)}
    with best.store.reading() as connection:
        since = generation_store.read_holds(connection)[KEY].since
    picture = health.judge(health.gather(best.store, since), best.settings, since)
    assert "it would be empty; feedsvc release best lets it out" in picture["problems"][-1]
    assert best.run().published == 0
    assert holds(best)


def test_a_feed_whose_rule_comes_to_fit_nothing_stands_until_it_is_released(desk: Any) -> None:
    desk.write_lines("a.jsonl", *(record(n) for n in range(8)))
    say(desk, rule='[channels.rule.any_of]\nwords = ["harbour"]\n')
    desk.run()
    assert len(titles(desk)) == 8
    say(desk)
    desk.run()
    assert len(titles(desk)) == 8
    assert holds(desk)[KEY] == ("8 of 8 entries would vanish", "it would be empty")
    editing.release(desk.settings, desk.store, "best")
    assert (titles(desk), holds(desk)) == ([], {})


def test_a_released_feed_is_empty_and_valid_and_stays_so(emptied: Any) -> None:
    editing.release(emptied.settings, emptied.store, "best")
    assert (titles(emptied), holds(emptied)) == ([], {})
    for format in ("rss", "atom"):
        body = emptied.body(KEY, format)
        assert not feedparser.parse(body).bozo
        assert (number_of_entries(body), "Best" in body) == (0, True)
    stood = emptied.standing()
    assert emptied.run().published == 0
    assert emptied.standing() == stood
    say(emptied, banned=3, title="The best")
    emptied.run()
    assert "The best" in emptied.body(KEY, "atom")


def test_what_nobody_chose_may_run_out_without_anybody_being_told(desk: Any) -> None:
    """The rest of a young site: it keeps what it showed last, which is amended like anything else."""
    desk.write_lines("a.jsonl", record(0), record(1, related=[]))
    desk.run()
    (rest,) = desk.channel_titles()
    shown = titles(desk, f"channels/{rest}")
    say(desk, pinned=2)
    assert desk.run().held == 0
    assert (titles(desk, f"channels/{rest}"), len(shown)) == (shown, 2)
    assert not any(one.change.held for one in editing.differences(desk.settings, desk.store, None)[0])
    editing.withdraw(desk.settings, desk.store, url(0), "x")
    assert titles(desk, f"channels/{rest}") == ["Tram report 1", "Withdrawn"]
    desk.write_lines("b.jsonl", record(20, body_html="<p>Cheese.</p>", title="Quite another thing"))
    desk.run()
    assert (titles(desk, f"channels/{rest}"), holds(desk)) == (["Quite another thing"], {})


def test_a_ban_that_was_a_mistake_leaves_no_trace_once_it_is_lifted(emptied: Any) -> None:
    say(emptied, pinned=3)
    stood = emptied.standing()[KEY, "rss", ""]
    emptied.run()
    assert (emptied.standing()[KEY, "rss", ""], holds(emptied)) == (stood, {})


def test_what_is_withdrawn_or_corrected_is_so_in_an_emptied_feed_too(emptied: Any) -> None:
    editing.withdraw(emptied.settings, emptied.store, url(0), "x")
    editing.correct(emptied.settings, emptied.store, url(2), editing.Correction(title="Right"))
    assert titles(emptied) == ["Right", "Tram report 1", "Withdrawn"]
    assert b"Grimm" not in emptied.all_bytes()
    assert KEY in holds(emptied)
    stood = emptied.standing()[KEY, "json", ""]
    emptied.run()
    assert emptied.standing()[KEY, "json", ""] == stood


def test_an_emptied_feed_that_only_lists_a_withdrawn_article_loses_its_title(desk: Any) -> None:
    desk.write_lines("a.jsonl", *(record(n) for n in range(8)))
    pinned = f'[[channels]]\nslug = "best"\ntitle = "Best"\npinned = ["{url(1)}"]\n'
    (desk.root / "channels.toml").write_text(pinned, encoding="utf-8")
    desk.run()
    assert SECRET in desk.body(KEY, "atom")
    say(desk)
    desk.run()
    editing.withdraw(desk.settings, desk.store, url(0), "x")
    assert titles(desk) == ["Tram report 1"]
    assert not any(b"Grimm" in body for _, body in desk.standing().values())


def test_an_emptied_feed_of_withdrawn_articles_alone_is_empty_after_their_notice(
    emptied: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        editing.withdraw(emptied.settings, emptied.store, url(number), "x")
    assert titles(emptied) == ["Withdrawn"] * 3
    monkeypatch.setattr(publishing, "_now", lambda: datetime.now(UTC) + timedelta(days=31))
    emptied.run()
    assert (titles(emptied), holds(emptied)) == ([], {})
    assert len(titles(emptied, ALL)) == 5


def test_a_channel_that_loses_all_its_articles_by_withdrawals_tells_of_them_and_is_then_empty(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write_lines("a.jsonl", *(record(n) for n in range(4)))
    desk.run()
    (slug,) = desk.channel_titles()
    for number in range(4):
        editing.withdraw(desk.settings, desk.store, url(number), "x")
    assert titles(desk, f"channels/{slug}") == ["Withdrawn"] * 4
    monkeypatch.setattr(publishing, "_now", lambda: datetime.now(UTC) + timedelta(days=31))
    desk.run()
    assert (titles(desk, f"channels/{slug}"), titles(desk, ALL), holds(desk)) == ([], [], {})


def test_without_a_notice_the_last_article_of_a_channel_is_gone_at_once(best: Any) -> None:
    best.config["feeds"] = {"notice_days": 0}
    for number in range(3):
        editing.withdraw(best.settings, best.store, url(number), "x")
    assert (titles(best), holds(best)) == ([], {})
    assert b"Grimm" not in best.all_bytes()
