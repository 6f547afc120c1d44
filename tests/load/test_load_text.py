"""Scraped text pages: the layout, its gaps, and what a body may quote."""

import datetime as dt
import json
import pathlib
import re
import subprocess
import sys

import pytest

from feedsvc.errors import UnreadableDocument
from feedsvc.load.text import looks_like_date, parse_text, related_links
from feedsvc.model import BodyFormat, Document, Evidence, Marks, RawArticle, RawLink

DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "load"
MARKS = Marks()


def page(body: str | bytes, url: str | None = None) -> Document:
    raw = body if isinstance(body, bytes) else body.encode()
    return Document("gazette", "page.txt", "text/plain", raw, dt.datetime(2025, 3, 4, tzinfo=dt.UTC), url)


def read(body: str | bytes) -> RawArticle:
    (article,) = parse_text(page(body), MARKS)
    assert isinstance(article, RawArticle)
    return article


def titles(*lines: str) -> list[tuple[str, str | None]]:
    return [(link.title, link.published) for link in related_links(lines, MARKS)]


def test_a_whole_page_is_taken_apart():
    article = read((DATA / "page.txt").read_bytes())
    assert article.title == "Harbour Bridge Reopens After Two Years of Repairs"
    assert article.published == "Tue Mar 04 2025 08:15:00 GMT+0200 (Eastern European Standard Time)"
    assert article.date_evidence is Evidence.PAGE
    assert article.date_origin == "line 3 of the text, below the title"
    assert article.subtitle == "The first trams crossed before sunrise."
    assert article.summary.endswith("the city expects fewer closures each winter.")
    assert article.body_format is BodyFormat.TEXT
    assert article.related == (
        RawLink("Tram Drivers Train for the New Crossing", None, "Mon, 03 Mar 2025 17:05:00 GMT"),
        RawLink("More on theme", None, "Sun, 02 Mar 2025 09:30:00 GMT"),
        RawLink("Ferry Timetable Thins Out, But Not Yet", None, "Sat, 01 Mar 2025 12:00:00 GMT"),
    )


def test_a_body_may_quote_the_marks():
    body = read((DATA / "page.txt").read_bytes()).body
    assert body.split("\n\n")[1::2] == ["MORE ON THEME", "Follow us"]
    assert body.endswith("through the old toll gate.")


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_of_other_systems_read_the_same(newline):
    text = (DATA / "page.txt").read_text()
    assert read(text.replace("\n", newline)) == read(text)


def test_only_line_feeds_end_a_line():
    article = read("Title\n\n3 March 2025\n\n\n\nOne\u2028two\x85three\n\nfour")
    assert article.body == "One\u2028two\x85three\n\nfour"


@pytest.mark.parametrize(
    ("text", "subtitle", "summary", "body"),
    [
        ("\nSub\n\n\nSum\n\n\n\nOne\n\nTwo", "Sub", "Sum", "One\n\nTwo"),
        ("\nSub\n\n\n\n\n\n\nOne\n\nTwo", "Sub", None, "One\n\nTwo"),
        ("\n\n\n\nSum\n\n\n\nOne\n\nTwo", None, "Sum", "One\n\nTwo"),
        ("\n\n\n\n\n\n\n\nOne\n\nTwo", None, None, "One\n\nTwo"),
        ("\n\n\nOne\n\nTwo", None, None, "One\n\nTwo"),
        ("\nSub\n\n\nSum\n\n\n\n\n", "Sub", "Sum", ""),
        ("\nSub\n\n\nSum a\n\nSum b\n\n\n\nOne\n\n\n\n\nTwo", "Sub", "Sum a\n\nSum b", "One\n\n\n\n\nTwo"),
        ("\nSub\n\nSum\n\nOne\n\nTwo", "Sub", "Sum", "One\n\nTwo"),
        ("\nOne\n\nTwo\n\nThree", None, None, "One\n\nTwo\n\nThree"),
        ("\nOne", None, None, "One"),
        ("", None, None, ""),
    ],
)
def test_gaps_tell_subtitle_summary_and_body(text, subtitle, summary, body):
    article = read(f"Title\n\n3 March 2025\nTitle\n{text}\nMORE ON THEME\n\nFollow us\n")
    assert (article.subtitle, article.summary, article.body) == (subtitle, summary, body)


def test_a_title_is_repeated_once_and_a_subtitle_may_say_the_same():
    article = read("**Title**\n\n3 March 2025\nTitle\n\nTitle\n\n\nSum\n\n\n\nTitle\n\nBody")
    assert (article.title, article.subtitle, article.summary, article.body) == ("Title", "Title", "Sum", "Body")


def test_a_body_that_is_only_the_title_stays():
    assert read("Title\n\n3 March 2025\nTitle\n\n\n\nTitle\n").body == "Title"


def test_a_page_without_a_date_keeps_its_first_paragraph():
    article = read("Title\n\n\n\nAt noon, four boats left.\n\nThey came back.")
    assert article.published is None
    assert article.body.startswith("At noon")


@pytest.mark.parametrize(
    "tail",
    ["Follow us\n\n© 2025 The Gazette.", "Follow us", "© 2025 The Gazette.", "follow US\nMastodon\nBluesky\n© 2025"],
)
def test_a_page_without_related_links_ends_before_its_footer(tail):
    article = read(f"Title\n\n3 March 2025\n\n\n\nOne.\n\nTwo.\n\n{tail}\n")
    assert article.body == "One.\n\nTwo."
    assert article.related == ()


def test_an_end_mark_with_much_after_it_is_part_of_the_body():
    body = "One.\n\nFollow us\n\n" + "to the end of the pier, where the last ferry waits. " * 8
    assert read(f"Title\n\n3 March 2025\n\n\n\n{body}").body == body.strip()


def test_the_end_mark_directly_above_the_related_links_is_dropped():
    assert read("Title\n\n3 March 2025\n\n\n\nOne.\n\nFollow us\n\nMORE ON THEME\n\nX\n").body == "One."


def test_marks_are_the_sources_own():
    article = read("Title\n\n3 March 2025\n\n\n\nOne.\n\nЩЕ ПО ТЕМІ\n\nX\n\nКінець\n\nY")
    assert article.related == ()
    (article,) = parse_text(
        page("Title\n\n\n\nOne.\n\nЩЕ ПО ТЕМІ\n\nX\n\nКінець\n\nY"), Marks(("Ще по темі",), ("кінець",))
    )
    assert (article.body, article.related) == ("One.", (RawLink("X"),))


def test_an_end_mark_between_its_stamps_is_a_title():
    assert titles(
        "1 May 2025", "Follow us", "1 May 2025", "2 May 2025", "© and Order", "2 May 2025", "Follow us", "X"
    ) == [
        ("Follow us", "1 May 2025"),
        ("© and Order", "2 May 2025"),
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("1 May|A|1 May|1 May|B|1 May", {"A": "1 May", "B": "1 May"}),
        ("1 May|A|2 May|B", {"A": "1 May", "B": "2 May"}),
        ("1 May|A|1 May|B|2 May|C", {"A": "1 May", "B": "1 May", "C": "2 May"}),
        ("A|1 May|B|1 May", {"A": "1 May", "B": "1 May"}),
        ("A|B|**C**", {"A": None, "B": None, "C": None}),
        ("1 May|A|1 May|B|2 May|C|2 May", {"A": "1 May", "B": None, "C": "2 May"}),
        ("2 h ago|A|2 h ago|3 h ago|B|3 h ago", {"A": "2 h ago", "B": "3 h ago"}),
        ("1 May|2 May", {}),
        ("", {}),
    ],
)
def test_stamps_stand_around_before_or_after_their_titles(lines, expected):
    assert dict(titles(*lines.split("|"))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sun Jun 22 2025 02:27:37 GMT+0300 (Eastern European Summer Time)", True),
        ("2025-06-21T23:27:37Z", True),
        ("Published: Sunday, 22nd of June 2025 at 2.27 pm EEST", True),
        ("22.06.2025", True),
        ("SUN, 22 JUN 2025", True),
        ("Talks in Geneva may resume within 3 days", False),
        ("SALES FALL AFTER MAY 5 VOTE", False),
        ("Agent 007", False),
        ("Yesterday", False),
        ("At 10:30 on 3 May 2025 the first of the trams left the depot " * 3, False),
    ],
)
def test_a_date_is_told_from_a_sentence(text, expected):
    assert looks_like_date(text) is expected


@pytest.mark.parametrize("body", [b"", b"\n \n\t", b"\0\0", b"\xef\xbb\xbf\n"])
def test_a_page_without_a_word_is_unreadable(body):
    with pytest.raises(UnreadableDocument, match="empty"):
        list(parse_text(page(body), MARKS))


def test_the_address_of_the_document_is_that_of_the_article():
    (article,) = parse_text(page("Title", "https://gazette.example/a"), MARKS)
    assert article.url == "https://gazette.example/a"


@pytest.mark.parametrize("corpus", ["currentevents-2022", "18f"])
@pytest.mark.parametrize("kind", ["related", "section"])
def test_every_page_of_a_corpus_is_read_exactly(tmp_path, shared, corpus, kind):
    tool, folder = shared / "tools" / "as_pages.py", shared / "corpora" / corpus
    subprocess.run([sys.executable, tool, folder, tmp_path / "pages", "--list", kind], check=True)
    records = [json.loads(line) for line in (folder / "articles.jsonl").open()]
    truths = [json.loads(line) for line in (tmp_path / "pages.truth.jsonl").open()]
    stamp_by_id = {r["id"]: _rfc1123(t["published_utc"]) for r, t in zip(records, truths, strict=True)}
    by_url, by_id = {r["url"]: r for r in records}, {r["id"]: r for r in records}
    for record, truth in zip(records, truths, strict=True):
        raw = (tmp_path / "pages" / truth["file"]).read_bytes()
        article = read(raw)
        summary = record.get("summary") or ""
        listed = (
            [by_id[x] for x in record.get("related_section", []) if x in by_id]
            if kind == "section"
            else [by_url[r["url"]] for r in record["related"] if r["url"] in by_url]
        )
        wanted = sorted({x["id"]: (x["title"], stamp_by_id[x["id"]]) for x in listed if x is not record}.values())
        assert article.title == record["title"]
        assert article.published == raw.decode().split("\n")[2]
        assert article.subtitle == (re.split(r"(?<=[.!?])\s", summary)[0] or None)
        assert article.summary == (summary or None)
        assert article.body == (record.get("body_text") or record.get("body_markdown") or "").strip()
        found = [(link.title, link.published) for link in article.related]
        assert sorted(found) == wanted
        times = [dt.datetime.strptime(stamp, "%a, %d %b %Y %H:%M:%S GMT") for _, stamp in found]
        assert times == sorted(times, reverse=True)


def _rfc1123(text: str) -> str:
    return dt.datetime.fromisoformat(text).strftime("%a, %d %b %Y %H:%M:%S GMT")
