"""Real pages from end to end: the page this service was first built for, and a year of the news."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from feedsvc.store.engine import migrate, open_engine
from feedsvc.store.tables import witnesses

TITLE = "Zelensky Prepares for Crucial Talks with Putin in Turkey"
FIRST = ("Kremlin's Economic Concerns Emerge Amid St. Petersburg Forum Discussions", "2025-06-21T21:47:25Z")
STARRED = "Escalation in Israel-Iran Conflict: Air Strikes Target Arak Heavy Water Reactor"
LAST = ("NATO's Challenge: Balancing Military Spending Demands Amidst Trump’s Influence", "2025-06-19T09:04:25Z")


def iso(at: datetime | None) -> str:
    assert at is not None
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def seeded(desk: Any, shared: Path) -> Any:
    """A site whose one page is the seed page."""
    for page in (shared / "seed").glob("*.txt"):
        desk.write(page.name, page.read_bytes())
    desk.config["sources"][0]["time_zone"] = "America/New_York"  # which no date of the page needs
    assert desk.run().outcome == "good"
    return desk


def test_the_seed_page_is_read_to_the_last_detail(seeded) -> None:
    article = seeded.articles()[TITLE]
    assert iso(article.published) == "2025-06-21T23:27:37Z"
    assert article.updated is None
    assert article.subtitle.startswith("Ukrainian President aims for direct dialogue to address ongoing conflict")
    assert article.summary.startswith("Zelensky's upcoming discussions in Istanbul may mark a pivotal moment")
    paragraphs = article.body_html.split("\n")
    assert len(paragraphs) == article.body_html.count("<p>") == 9
    assert paragraphs[0].startswith("<p>Ukrainian President Volodymyr Zelensky has announced")
    assert paragraphs[-1].endswith("formulating its 17th round of sanctions against Russia.</p>")
    assert [
        word for word in ("Follow us", "©", "All Rights", TITLE, "MORE ON THEME", "GMT") if word in article.body_html
    ] == []


def test_the_seed_pages_related_links_are_all_there_in_order(seeded) -> None:
    related = seeded.articles()[TITLE].related
    assert len(related) == 20
    assert (related[0].title, iso(related[0].published)) == FIRST
    assert (related[-1].title, iso(related[-1].published)) == LAST
    assert STARRED in [link.title for link in related]
    assert not [link.title for link in related if "*" in link.title]
    assert [link.published for link in related] == sorted((link.published for link in related), reverse=True)
    stubs = {article.id for article in seeded.articles().values() if article.stub}
    assert {link.article_id for link in related} == stubs


def test_the_seed_page_makes_one_channel_of_21_newest_first(seeded) -> None:
    (slug,) = seeded.channel_titles()
    entries = seeded.entries(f"channels/{slug}")
    assert len(entries) == 21
    assert entries[0]["title"] == TITLE
    dates = [entry["date_published"] for entry in entries]
    assert dates == sorted(dates, reverse=True)
    assert (entries[1]["title"], dates[1]) == FIRST
    assert (entries[-1]["title"], dates[-1]) == LAST
    assert [e["id"] for e in entries] == [e["id"] for e in seeded.entries()]


def test_the_seed_pages_times_are_kept_as_they_were_written(seeded) -> None:
    with seeded.store.reading() as connection:
        rows = connection.execute(select(witnesses)).all()
    shown = next(row for row in rows if row.kind == "page")
    assert shown.text == "Sun Jun 22 2025 02:27:37 GMT+0300 (Eastern European Summer Time)"
    assert not any(row.zone_assumed for row in rows)
    assert len(rows) == 21


def test_a_stub_of_the_seed_page_becomes_whole_in_place(seeded) -> None:
    before = seeded.entries()
    stub = next(entry for entry in before if entry["title"] == STARRED)
    # Its own page, rendered in another zone and some days after it was published.
    seeded.write_page(
        "arak.txt", STARRED, "Sun Jun 22 2025 09:00:00 GMT+0530 (India Standard Time)", body="Arak was hit."
    )
    seeded.run()
    after = seeded.entries()
    whole = next(entry for entry in after if entry["title"] == STARRED)
    assert (whole["id"], whole["date_published"]) == (stub["id"], stub["date_published"])
    assert "Arak was hit." in whole["content_html"]
    assert [entry["id"] for entry in after] == [entry["id"] for entry in before]
    assert not seeded.articles()[STARRED].stub


# A corpus written as such pages


def pages_of(shared: Path, folder: Path, *more: str) -> list[dict[str, str]]:
    """Write the corpus into `folder` and return what is true of each page."""
    tool, corpus = shared / "tools" / "as_pages.py", shared / "corpora" / "currentevents-2022"
    subprocess.run([sys.executable, str(tool), str(corpus), str(folder), *more], check=True, timeout=60)
    lines = folder.with_name(folder.name + ".truth.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def dates_by_title(truth: list[dict[str, str]]) -> list[tuple[str, str]]:
    return sorted((" ".join(page["title"].split()), page["published_utc"]) for page in truth)


def whole_articles(desk: Any) -> list[tuple[str, str]]:
    from feedsvc.store import reading

    with desk.store.reading() as connection:
        found = [(a.title, iso(a.published)) for a in reading.every_article(connection) if not a.stub]
    return sorted(found)


def test_600_pages_of_a_corpus_are_each_read_once_with_the_right_time(desk, shared: Path) -> None:
    truth = pages_of(shared, desk.folder, "--limit", "600")
    report = desk.run()
    assert (report.read, report.articles, report.outcome) == (600, 600, "good")
    assert whole_articles(desk) == dates_by_title(truth)
    before = desk.standing()
    again = desk.run()
    assert (again.read, again.unchanged, again.published) == (0, 600, 0)
    assert desk.standing() == before


def test_a_whole_corpus_falls_into_channels_of_a_fifth_at_most(
    open_desk: Callable[..., Any], shared: Path, tmp_path: Path
) -> None:
    """The slowest test by far; most of its time is reading 4,539 pages."""
    url = f"sqlite:///{tmp_path}/corpus.db"
    migrate(open_engine(url))
    desk = open_desk("corpus", url)
    truth = pages_of(shared, desk.folder)
    desk.config["themes"] = {"min_articles": 5}
    report = desk.run()
    assert (len(truth), report.articles, report.outcome) == (4539, 4539, "good")
    assert whole_articles(desk) == dates_by_title(truth)
    channels = {slug: titles for slug, titles in desk.channel_titles().items() if slug != "more-stories"}
    assert len(channels) > 20
    assert max(map(len, channels.values())) <= len(truth) / 5
    assert all(entry["date_published"] <= iso(datetime.now(UTC)) for entry in desk.entries())
