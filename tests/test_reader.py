"""How a source is read: in which way, and by what it is known that the way is another one."""

import hashlib
from datetime import UTC, datetime

import pytest

from feedsvc.load import parse
from feedsvc.model import Document, Marks, RawArticle
from feedsvc.normalise.article import normalise
from feedsvc.reader import READER_VERSION, reading_of, rules_of, way
from feedsvc.settings import SourceSettings

PAGE = """
<html lang="hr"><body><main><h1>Most je ponovno otvoren</h1><p>2. listopada 2025. u 10:05</p>
<p>Most preko Drave otvoren je nakon radova koji su trajali dvije godine i stajali više nego što se očekivalo.</p>
<h2>VIŠE O TEMI</h2>
<ul><li><a href="/trajekt">Trajekt ostaje do proljeća</a> <span>28. rujna 2025. u 09:00</span></li></ul>
</main></body></html>
"""


def source(**fields: object) -> SourceSettings:
    return SourceSettings(name="paper", kind="folder", path="x", time_zone="Europe/Zagreb", **fields)  # type: ignore[arg-type]


def test_the_way_of_a_source_without_a_language_is_what_it_always_was() -> None:
    parts = (READER_VERSION, "Europe/Zagreb", Marks())
    assert repr(Marks()) == "Marks(related=('MORE ON THEME',), end=('Follow us',))"
    assert way(source()) == hashlib.sha256(repr(parts).encode()).hexdigest()[:16] + ":"


def test_the_way_is_another_one_in_another_language() -> None:
    assert len({way(source(date_language=tag)) for tag in ("", "hr", "sr")}) == 3


def test_a_page_of_a_source_in_croatian_becomes_an_article_with_its_times() -> None:
    croatian = source(date_language="hr", related_marks=["VIŠE O TEMI"])
    page = Document(
        "paper", "a.html", "text/html", PAGE.encode(), datetime(2025, 10, 3, tzinfo=UTC), "https://a.example/x"
    )
    (raw,) = parse(page, rules_of(croatian))
    assert isinstance(raw, RawArticle)
    draft = normalise(raw, page, reading_of(croatian))
    assert draft.published.at == datetime(2025, 10, 2, 8, 5, tzinfo=UTC)
    (link,) = draft.links
    assert link.published
    assert (link.title, link.published.at) == ("Trajekt ostaje do proljeća", datetime(2025, 9, 28, 7, tzinfo=UTC))


@pytest.mark.parametrize("kind", ["folder", "feed"])
def test_only_what_a_feed_brings_is_credited_to_it(kind: str) -> None:
    one = source().model_copy(update={"kind": kind, "url": "https://a.example/rss"})
    assert reading_of(one).credits_feed == (kind == "feed")
