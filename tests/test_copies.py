"""One story of several sources is one entry, which lists the others: through whole runs, on both databases."""

import json
import random
from datetime import UTC, datetime
from typing import Any

import feedparser
import pytest

from feedsvc import publishing
from feedsvc.editing import withdraw
from feedsvc.explain import explain
from feedsvc.store import inbox
from feedsvc.store.inbox import Item

WORDS = "harbour tram council strike bridge gauge ward river vote siren rovers pier school match line flood".split()
NOW = datetime(2026, 3, 9, tzinfo=UTC)


def a_source(name: str) -> dict[str, Any]:
    return {"name": name, "kind": "folder", "path": f"articles/{name}"}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for the next second here."""
    monkeypatch.setattr(publishing, "_until_the_next_second", lambda *_: None)


@pytest.fixture
def two(desk: Any) -> Any:
    """A site with two sources: what an agency writes, a paper often prints."""
    desk.config["sources"] = [a_source("agency"), a_source("paper")]
    for name in ("agency", "paper"):
        (desk.folder / name).mkdir()
    return desk


def text(seed: int, words: int = 200) -> str:
    mixer = random.Random(seed)
    return "<p>" + " ".join(f"{mixer.choice(WORDS)}{mixer.randint(0, 40)}" for _ in range(words)) + "</p>"


def story(number: int, site: str, **more: Any) -> dict[str, Any]:
    told = {"id": f"{site}-{number}", "url": f"https://{site}.example/{number}", "title": f"The {WORDS[number]} report"}
    return told | {"published": f"2026-03-0{1 + number % 9}T08:00:00Z", "body_html": text(number)} | more


def told(desk: Any, subject: str) -> str:
    with desk.store.reading() as connection:
        return "\n".join(explain(connection, desk.settings, subject, NOW) or [])


def also(desk: Any) -> dict[str, list[dict[str, str]]]:
    return {entry["title"]: entry.get("_feedsvc", {}).get("also", []) for entry in desk.entries()}


# The same URL


def test_two_sources_with_one_url_are_one_entry_and_the_first_leads(two: Any) -> None:
    two.write_lines("agency/a.jsonl", story(1, "agency"))
    two.run()
    before = two.standing()
    [entry] = two.entries()
    theirs = story(1, "agency", id="p1", title="The tram report, by the paper", body_html=text(1) + "<p>more</p>")
    two.write_lines("paper/p.jsonl", theirs)
    two.run()
    two.write_lines("paper/p.jsonl", theirs | {"title": "Another tram report", "updated": "2026-03-05T00:00:00Z"})
    two.run()
    assert two.standing() == before
    assert "also from source paper, at the same URL as 'Another tram report', known since" in told(two, entry["id"])


def test_the_source_that_leads_corrects_the_entry(two: Any) -> None:
    two.write_lines("agency/a.jsonl", story(1, "agency"))
    two.write_lines("paper/p.jsonl", story(1, "agency", id="p1"))
    two.run()
    [first] = two.entries()
    two.write_lines("agency/a.jsonl", story(1, "agency", title="Corrected", updated="2026-03-05T00:00:00Z"))
    two.run()
    assert [(entry["id"], entry["title"]) for entry in two.entries()] == [(first["id"], "Corrected")]


def test_the_lead_passes_once_to_a_source_that_has_the_whole_text_and_the_id_stays(two: Any) -> None:
    short = story(1, "agency", body_html="", summary="In short.")
    two.write_lines("agency/a.jsonl", short)
    two.run()
    [first] = two.entries()
    two.write_lines("paper/p.jsonl", story(1, "agency", id="p1"))
    two.run()
    [entry] = two.entries()
    assert entry["id"] == first["id"]
    assert text(1) in entry["content_html"]
    assert "also from source agency, at the same URL" in told(two, entry["id"])
    before = two.standing()
    two.write_lines("agency/a.jsonl", short | {"summary": "In short, again."})
    two.run()
    assert two.standing() == before


def test_in_one_run_too_the_whole_text_leads(two: Any) -> None:
    two.write_lines("agency/a.jsonl", story(1, "agency", body_html="", summary="In short."))
    two.write_lines("paper/p.jsonl", story(1, "agency", id="p1"))
    two.run()
    [entry] = two.entries()
    assert text(1) in entry["content_html"]
    assert "also from source agency, at the same URL" in told(two, entry["id"])


def test_what_a_copy_lists_ties_the_article_and_is_shown_if_it_lists_nothing_itself(two: Any) -> None:
    listed = [{"title": "The tram report", "url": "https://agency.example/1"}]
    two.write_lines("agency/a.jsonl", story(1, "agency"), story(2, "agency"))
    two.run()
    two.write_lines("paper/p.jsonl", story(2, "agency", id="p2", related=listed))
    two.run()
    assert [link.title for link in two.articles()["The council report"].related] == ["The tram report"]
    assert "listed by The council report" in told(two, "https://agency.example/1")
    two.write_lines("agency/a.jsonl", story(1, "agency"), story(2, "agency", summary="Now with a summary."))
    two.run()
    assert [link.title for link in two.articles()["The council report"].related] == ["The tram report"]


# The same text


def printed(number: int, words: int = 2, **more: Any) -> dict[str, Any]:
    """What the paper makes of the agency's story: its own title, a few words changed."""
    body = text(number).split(" ")
    for at in range(20, 20 + words):
        body[at * 5 % len(body)] = f"edited{at}"
    return story(number, "paper", title=f"Our {WORDS[number]} story", body_html=" ".join(body)) | more


def test_the_same_text_under_another_url_is_one_entry_that_lists_the_other(two: Any) -> None:
    two.write_lines("agency/a.jsonl", *(story(number, "agency") for number in range(4)))
    two.run()
    two.write_lines("paper/p.jsonl", printed(2), story(7, "paper"))
    two.run()
    assert sorted(also(two)) == sorted(f"The {WORDS[number]} report" for number in (0, 1, 2, 3, 7))
    link = {"title": "paper.example: Our council story", "url": "https://paper.example/2"}
    assert also(two)["The council report"] == [link]
    atom = feedparser.parse(two.body("", "atom"))
    links = [one for entry in atom.entries if entry.title == "The council report" for one in entry.links]
    assert link["url"] in [one.href for one in links if one.rel == "related"]
    assert link["url"] in two.body("", "rss")
    why = told(two, "https://paper.example/2")
    assert why.startswith("The council report\n")
    assert "also from source paper https://paper.example/2, with 9" in why


def test_whichever_comes_out_first_leads_if_both_come_in_one_run(two: Any) -> None:
    two.write_lines("agency/a.jsonl", story(2, "agency", published="2026-03-03T09:00:00Z"))
    two.write_lines("paper/p.jsonl", printed(2, published="2026-03-03T08:00:00Z"))
    two.run()
    assert list(also(two)) == ["Our council story"]


def test_a_copy_that_is_changed_stays_one_and_another_story_in_its_place_is_none(two: Any) -> None:
    two.write_lines("agency/a.jsonl", story(2, "agency"))
    two.write_lines("paper/p.jsonl", printed(2, published="2026-03-03T09:00:00Z"))
    two.run()
    changed = printed(2, words=20, title="Our story, rewritten", published="2026-03-03T09:00:00Z")
    two.write_lines("paper/p.jsonl", changed)
    two.run()
    assert list(also(two)) == ["The council report"]
    assert also(two)["The council report"][0]["title"] == "paper.example: Our story, rewritten"
    other = {"title": "Something else", "body_html": text(5), "url": "https://paper.example/else"}
    two.write_lines("paper/p.jsonl", changed | other)
    two.run()
    assert sorted(also(two)) == ["Something else", "The council report"]


def test_other_stories_that_link_to_the_same_page_are_not_that_article(two: Any) -> None:
    home = "https://agency.example/"
    two.write_lines("agency/a.jsonl", *(story(number, "agency", url=home) for number in range(3)))
    two.write_lines("paper/p.jsonl", *(story(number, "paper", url=home) for number in range(4, 7)))
    two.run()
    assert len(two.entries()) == 6
    two.write_lines("paper/q.jsonl", story(9, "paper", url=home))
    two.run()
    assert len(two.entries()) == 7


def test_what_everybody_is_asked_under_an_article_is_not_its_text(two: Any) -> None:
    for number, (name, own) in enumerate((("agency", 8), ("paper", 9))):
        body = text(own, 10) + text(0, 70)
        two.write_lines(f"{name}/a.jsonl", story(number, name, title=f"{WORDS[own]} {name} plan", body_html=body))
    two.run()
    assert len(two.entries()) == 2


def test_the_lead_does_not_go_back_and_forth(two: Any) -> None:
    two.write_lines("agency/a.jsonl", story(1, "agency", body_html=text(1, 60)))
    two.run()
    for words in (400, 5, 400, 5):
        two.write_lines(
            "paper/p.jsonl", story(1, "agency", id="p1", title="The tram report, long", body_html=text(1, words))
        )
        two.write_lines("agency/a.jsonl", story(1, "agency", body_html=text(1, 60), summary=f"{words}"))
        two.run()
        assert list(also(two)) == ["The tram report, long"]


def test_a_wrong_date_to_come_in_one_source_hides_nothing_that_another_has_out(two: Any) -> None:
    two.write_lines("agency/a.jsonl", story(1, "agency", published="2199-03-01T08:00:00Z"))
    two.run()
    assert two.entries() == []
    two.write_lines("paper/p.jsonl", story(1, "agency", id="p1"), printed(2))
    two.run()
    assert [entry["date_published"] for entry in two.entries() if "tram" in entry["title"]] == ["2026-03-02T08:00:00Z"]


def test_an_article_that_only_gets_another_id_from_its_source_stays_the_same(two: Any) -> None:
    two.write_lines("agency/a.jsonl", *(story(number, "agency") for number in range(6)))
    two.run()
    before = {entry["id"] for entry in two.entries()}
    two.write_lines("agency/a.jsonl", *(story(number, "agency", id=f"new-{number}") for number in range(6)))
    two.run()
    assert {entry["id"] for entry in two.entries()} == before
    two.write_lines(
        "agency/a.jsonl", *(story(number, "agency", id=f"new-{number}", summary="More.") for number in range(6))
    )
    two.run()
    assert {entry["id"] for entry in two.entries()} == before


def test_a_copy_that_gets_another_id_is_listed_once(two: Any) -> None:
    two.write_lines("agency/a.jsonl", story(2, "agency"))
    two.write_lines("paper/p.jsonl", printed(2, published="2026-03-03T09:00:00Z"))
    two.run()
    two.write_lines("paper/p.jsonl", printed(2, id="new-2", published="2026-03-03T09:00:00Z"))
    two.run()
    assert {title: len(others) for title, others in also(two).items()} == {"The council report": 1}


def test_what_is_published_already_is_not_removed(two: Any) -> None:
    two.write_lines("agency/a.jsonl", story(2, "agency"))
    two.write_lines("paper/p.jsonl", story(2, "paper", body_html=text(9)))
    two.run()
    two.write_lines("paper/p.jsonl", story(2, "paper"))
    two.run()
    assert len(two.entries()) == 2


def test_a_text_that_many_articles_have_makes_none_of_them_a_copy(two: Any) -> None:
    two.write_lines("agency/a.jsonl", *(story(number, "agency", body_html=text(0)) for number in range(3)))
    two.run()
    two.write_lines("paper/p.jsonl", *(story(number, "paper", body_html=text(0)) for number in range(4, 7)))
    two.run()
    assert len(two.entries()) == 6


def test_one_article_has_one_copy_in_a_source_at_most(two: Any) -> None:
    two.write_lines("agency/a.jsonl", story(0, "agency"))
    two.write_lines("paper/p.jsonl", *(story(number, "paper", body_html=text(0)) for number in range(4, 7)))
    two.run()
    assert len(two.entries()) == 3


def test_short_texts_of_one_frame_are_told_apart(two: Any) -> None:
    frame = "<p>{} reports a record {} new cases in the past 24 hours, bringing the total of cases to {}.</p>"
    theirs = [("England", "162,572", "13,422,815"), ("France", "271,686", "10,191,926")]
    for (place, cases, total), name in zip(theirs, ("agency", "paper"), strict=True):
        record = story(1, name, title=f"{place} reports a record", body_html=frame.format(place, cases, total))
        two.write_lines(f"{name}/a.jsonl", record)
    two.run()
    assert len(two.entries()) == 2


def test_the_same_text_a_season_later_is_published_anew(two: Any) -> None:
    two.write_lines("agency/a.jsonl", story(2, "agency", published="2025-11-03T08:00:00Z"))
    two.write_lines("paper/p.jsonl", printed(2))
    two.run()
    assert len(two.entries()) == 2


def test_a_source_that_is_added_later_finds_what_was_there_before(desk: Any) -> None:
    desk.config["sources"] = [a_source("agency")]
    desk.write_lines("agency/a.jsonl", *(story(number, "agency") for number in range(3)))
    desk.run()
    desk.config["sources"].append(a_source("paper"))
    desk.write_lines("paper/p.jsonl", printed(2))
    desk.run()
    assert len(desk.entries()) == 3
    assert [link["url"] for link in also(desk)["The council report"]] == ["https://paper.example/2"]


def test_a_list_that_names_the_copy_means_the_article(two: Any) -> None:
    two.write_lines("agency/a.jsonl", story(2, "agency"))
    two.write_lines("paper/p.jsonl", printed(2, published="2026-03-03T09:00:00Z"))
    two.run()
    listed = [
        {"title": "Our council story", "url": "https://paper.example/2"},
        {"title": "The tram report", "published": "2026-03-02T08:00:00Z"},
    ]
    two.write_lines("paper/q.jsonl", story(4, "paper", related=listed))
    two.run()
    assert "listed by The bridge report" in told(two, "https://agency.example/2")


# Taken back


def test_a_copy_that_its_source_takes_back_is_listed_no_more(two: Any) -> None:
    two.config["sources"][1] = {"name": "paper", "kind": "push", "key": "k" * 40}
    two.write_lines("agency/a.jsonl", story(2, "agency"))
    two.run()
    _hand_over(two, inbox.READ, printed(2))
    two.run()
    assert also(two)["The council report"]
    _hand_over(two, inbox.WITHDRAW, {})
    two.run()
    assert also(two) == {"The council report": []}
    assert "also from" not in told(two, "https://agency.example/2")
    _hand_over(two, inbox.READ, printed(2))
    two.run()
    assert also(two)["The council report"]


def test_what_is_handed_over_leaves_what_others_have_set_aside(two: Any) -> None:
    two.config["sources"][1] = {"name": "paper", "kind": "push", "key": "k" * 40}
    two.write_lines("agency/a.jsonl", {"title": "No time"})
    two.run()
    _hand_over(two, inbox.READ, story(2, "paper"))
    two.run()
    assert len(two.set_aside()) == 1


def test_what_a_cms_takes_back_is_gone_though_a_feed_leads_it(two: Any) -> None:
    two.config["sources"][1] = {"name": "paper", "kind": "push", "key": "k" * 40}
    two.write_lines("agency/a.jsonl", story(2, "agency"))
    two.run()
    _hand_over(two, inbox.READ, story(2, "agency", id="p2"))
    two.run()
    _hand_over(two, inbox.WITHDRAW, {})
    two.run()
    assert [entry["title"] for entry in two.entries()] == ["Withdrawn"]


def _hand_over(desk: Any, action: str, record: dict[str, Any]) -> None:
    item = Item("paper", "push/paper-2", action, "application/json", None, json.dumps(record).encode(), NOW)
    with desk.store.writing() as connection:
        inbox.put(connection, [item])


def test_of_what_was_withdrawn_no_copy_is_shown_and_none_comes_back(two: Any) -> None:
    two.write_lines("agency/a.jsonl", story(2, "agency"))
    two.write_lines("paper/p.jsonl", printed(2, published="2026-03-03T09:00:00Z"))
    two.run()
    [entry] = two.entries()
    withdraw(two.settings, two.store, entry["id"], "a mistake")
    assert b"Our council story" not in two.all_bytes()
    assert "Our council story" not in told(two, entry["id"])
    two.write_lines("paper/p.jsonl", printed(2, words=3, published="2026-03-03T09:00:00Z"))
    two.run()
    assert len(two.entries()) == 1
    assert b"Our council story" not in two.all_bytes()
