"""Markdown: front matter, the heading that is the title, the section of related links."""

import datetime as dt
import pathlib

import pytest

from feedsvc.errors import UnreadableDocument
from feedsvc.load.markdown import parse_markdown
from feedsvc.model import BodyFormat, Document, Evidence, Marks, RawArticle, RawLink

DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "load"


def read(body: str | bytes) -> RawArticle:
    raw = body if isinstance(body, bytes) else body.encode()
    document = Document("gazette", "x.md", "text/markdown", raw, dt.datetime(2025, 3, 4, tzinfo=dt.UTC))
    (article,) = parse_markdown(document, Marks())
    assert isinstance(article, RawArticle)
    return article


def test_a_whole_file_is_taken_apart():
    assert read((DATA / "article.md").read_bytes()) == RawArticle(
        title="Harbour Bridge Reopens",
        published="2025-03-04 08:15",
        date_evidence=Evidence.RECORD,
        url="https://gazette.example/2025/bridge",
        authors=("Ada Reed",),
        summary="Every cable is new.",
        body="The bridge opened to [traffic](/traffic) on Tuesday.\n\n```\n# not a heading\n```",
        body_format=BodyFormat.MARKDOWN,
        tags=("bridges", "trams"),
        language="en-GB",
        related=(
            RawLink("Tram Drivers Train", "https://gazette.example/2025/trams", "Mon, 03 Mar 2025 17:05:00 GMT"),
            RawLink("Ferry Timetable Thins Out", "/2025/ferry", "1 March 2025"),
            RawLink("A walk along the quay"),
        ),
    )


@pytest.mark.parametrize(
    ("front", "published", "updated"),
    [
        ("date: 2025-03-04", "front matter date", ""),
        (
            "published: 2025-03-04\ndate: 2025-03-05\nlastmod: 2025-03-06",
            "front matter published",
            "front matter lastmod",
        ),
        ("draft: no", "", ""),
    ],
)
def test_a_date_is_told_with_the_key_that_it_stands_under(front, published, updated):
    article = read(f"---\n{front}\n---\n# T\n")
    assert (article.date_origin, article.updated_origin) == (published, updated)


def test_without_front_matter_the_first_heading_is_the_title():
    article = read("Intro.\n\nThe *Real* Title\n================\n\nBody.\n")
    assert (article.title, article.published, article.body) == ("The Real Title", None, "Intro.\n\n\nBody.")


def test_scalars_stay_the_text_they_were():
    article = read("---\ntitle: 2025\ndate: 2025-03-04T08:15:00Z\nid: 007\nlang: no\n---\n")
    assert (article.title, article.published) == ("2025", "2025-03-04T08:15:00Z")
    assert (article.record_id, article.language) == ("007", "no")


def test_front_matter_takes_the_keys_of_a_record():
    article = read(
        "---\ntitle: T\nimage: {url: /a.png, type: image/png, length: 123}\ncopyright: © Gazette\n"
        "source: {name: The Wire, url: https://wire.example/}\nembargo: 2026-05-01\n---\n"
    )
    assert (article.image, article.image_type, article.image_length) == ("/a.png", "image/png", "123")
    assert (article.rights, article.credit_title, article.credit_url) == (
        "© Gazette",
        "The Wire",
        "https://wire.example/",
    )
    assert (article.published, article.embargo) == (None, "2026-05-01")


@pytest.mark.parametrize("nothing", ["", "false", "no", "null", "~", "[]", "''", ">\n\n"])
def test_front_matter_may_say_that_there_is_no_embargo(nothing):
    assert read(f"---\ntitle: T\nembargo: {nothing}\n---\n").embargo is None


@pytest.mark.parametrize("flag", ["true", "yes", "[2026-05-01]"])
def test_an_embargo_without_a_time_is_no_time(flag):
    assert read(f"---\ntitle: T\nembargo: {flag}\n---\n").embargo in ("true", "yes", "a list")


def test_a_heading_that_differs_from_the_title_stays():
    assert read("---\ntitle: A\n---\n# B\n\nText").body == "# B\n\nText"


@pytest.mark.parametrize(
    "related",
    ["[{title: A, url: /a, published: 2025}, https://x.example/b, C]", "\n  - {title: A, url: /a, published: 2025}"],
)
def test_front_matter_may_list_related_links(related):
    assert read(f"---\ntitle: T\nrelated: {related}\n---\n").related[0] == RawLink("A", "/a", "2025")


def test_related_links_may_stand_in_paragraphs_of_their_own():
    article = read(
        "# T\n\nBody.\n\n**More on theme:**\n\n1 May 2025\n\n**[A](/a)**\n\n1 May 2025\n\nFollow us\n\n© 2025"
    )
    assert article.body == "Body."
    assert article.related == (RawLink("A", "/a", "1 May 2025"),)


def test_a_heading_after_the_related_links_goes_on_with_the_body():
    article = read("# T\n\nOne.\n\n## MORE ON THEME\n\n- [A](/a)\n\n### Older\n\n- [B](/b)\n\n## Notes\n\nTwo.")
    assert article.body == "One.\n\n## Notes\n\nTwo."
    assert [link.title for link in article.related] == ["A", "B"]


def test_a_section_of_prose_is_not_taken_for_related_links():
    article = read("# T\n\n## MORE ON THEME\n\nThe words hung over the gate for years.")
    assert article.body.endswith("for years.")
    assert article.related == ()


def test_an_empty_related_section_leaves():
    assert read("# T\n\nBody.\n\n## MORE ON THEME\n").body == "Body."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file is empty"),
        ("---\na: b: c\n---\n", "in line 2: mapping values are not allowed here"),
        ("---\ntitle: T\ntags: [a\n---\n", "in line 3"),
        ("---\n- a\n---\n", "must hold keys and values"),
        ('---\na: "\\UFFFFFFFF"\n---\n', "not valid YAML"),
        ("---\n%YAML " + "9" * 5000 + "\n---\n", "not valid YAML"),
        ("---\n" + "[" * 20_000 + "\n---\n", "recursion"),
        ("---\n" + "k: v\n" * 20_000 + "---\n", "longer than"),
        ("---\na: \x01\n---\n", "unacceptable character"),
    ],
)
def test_broken_front_matter_says_where(text, reason):
    with pytest.raises(UnreadableDocument, match=reason):
        read(text)


def test_a_rule_without_a_second_one_is_no_front_matter():
    assert read("---\ntitle: T").body == "---\ntitle: T"


def test_surrogate_escapes_in_front_matter_are_joined():
    assert read('---\ntitle: "\\ud83d\\ude00 \\ud83d"\n---\n').title == "😀 \ufffd"
