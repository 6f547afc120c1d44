"""Pages of a source that says in which language its dates are: the date, and the times of related links."""

from datetime import UTC, datetime

import pytest

from feedsvc.load import parse
from feedsvc.load.pages.dating import names_day
from feedsvc.load.pages.rules import PageRules
from feedsvc.load.text import looks_like_date
from feedsvc.model import Document, Marks, RawArticle, Unread

CROATIAN = Marks(related=("VIŠE O TEMI",), date_language="hr")
PAGE = """
<html lang="hr"><body><main>
<h1>Most je ponovno otvoren</h1>
<p class="meta">Piše: Ana Horvat, četvrtak, 2. listopada 2025. u 10:05</p>
<p>Most preko Drave otvoren je nakon radova koji su trajali dvije godine i stajali više nego što se očekivalo.</p>
<p>Gradonačelnik je rekao da će se promet vratiti u normalu do kraja godine, a trajektna linija ostaje do proljeća.</p>
<h2>VIŠE O TEMI</h2>
<ul>
<li><a href="/trajekt">Trajekt ostaje do proljeća</a> <span>28. rujna 2025. u 09:00</span></li>
<li><a href="/radovi">Radovi na mostu kasne</a> <span>15. srpnja 2025.</span></li>
</ul>
</main></body></html>
"""
TEXT = """Most je ponovno otvoren

Četvrtak, 2. listopada 2025. u 10:05

Most preko Drave otvoren je nakon radova koji su trajali dvije godine.

VIŠE O TEMI
28. rujna 2025. u 09:00
Trajekt ostaje do proljeća
28. rujna 2025. u 09:00
"""
MARKDOWN = """# Most je ponovno otvoren

Otvoren je.

## VIŠE O TEMI

- [Trajekt ostaje do proljeća](/trajekt) 28. rujna 2025. u 09:00
"""


def read(text: str, media_type: str, how: Marks | PageRules) -> RawArticle | Unread:
    (found,) = parse(
        Document("s", "a", media_type, text.encode(), datetime(2025, 10, 3, tzinfo=UTC), "https://a.example/x"), how
    )
    return found


def test_a_page_shows_its_date_and_those_of_its_links_in_the_language_of_the_source() -> None:
    article = read(PAGE, "text/html", PageRules(marks=CROATIAN))
    assert isinstance(article, RawArticle)
    assert article.published == "četvrtak, 2. listopada 2025. u 10:05"
    assert [(link.title, link.published) for link in article.related] == [
        ("Trajekt ostaje do proljeća", "28. rujna 2025. u 09:00"),
        ("Radovi na mostu kasne", "15. srpnja 2025."),
    ]


def test_so_do_a_text_page_and_a_list_in_markdown() -> None:
    text, markdown = read(TEXT, "text/plain", CROATIAN), read(MARKDOWN, "text/markdown", CROATIAN)
    assert isinstance(text, RawArticle)
    assert isinstance(markdown, Unread | RawArticle)
    assert text.published == "Četvrtak, 2. listopada 2025. u 10:05"
    assert [link.published for link in text.related] == ["28. rujna 2025. u 09:00"]
    related = markdown.related if isinstance(markdown, RawArticle) else markdown.article.related  # type: ignore[union-attr]
    assert [link.published for link in related] == ["28. rujna 2025. u 09:00"]


@pytest.mark.parametrize(
    ("tag", "text"),
    [("th", "๔ มีนาคม ๒๕๖๘"), ("fa", "سه‌شنبه ۴ مارس ۲۰۲۵"), ("lt", "2025 m. kovo 4 d."), ("ar", "4 كانون الثاني 2025")],
)
def test_a_line_that_is_a_date_in_the_language_looks_like_one_and_names_a_day(tag: str, text: str) -> None:
    assert looks_like_date(text, tag)
    assert names_day(text, tag)


def test_a_sentence_with_a_date_in_it_does_not_look_like_one() -> None:
    sentence = "Most je zatvoren 4. ožujka 2023. i otvoren je ponovno tek 2. listopada 2025. godine uz slavlje"
    assert not looks_like_date(sentence, "hr")
