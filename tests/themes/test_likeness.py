from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.themes.graph import Vertex
from feedsvc.themes.likeness import NEAREST, Likeness
from feedsvc.themes.words import words_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def vertices(*texts: str, stub: bool = False) -> list[Vertex]:
    return [Vertex(f"{n:03}", text, text, NOON + timedelta(minutes=n), stub) for n, text in enumerate(texts)]


@pytest.mark.parametrize("count", [0, 1, 2, 19, 20, 40])
@pytest.mark.parametrize("text", ["", " ", "the of and", "!?", "\0", "1"])
def test_texts_without_a_telling_word_are_like_nothing(count: int, text: str) -> None:
    likeness = Likeness(vertices(*[text] * count))
    pairs = [("000", f"{n:03}") for n in range(1, count)]
    found = likeness.of(pairs)
    assert set(found) == set(pairs)
    assert all(0 <= cosine <= 1.000001 for cosine in found.values())
    assert likeness.of([]) == {}


def test_the_same_text_is_wholly_alike_and_another_is_not() -> None:
    found = Likeness(vertices("harbour wall cracks", "harbour wall cracks", "choir sings")).of(
        [("000", "001"), ("000", "002")]
    )
    assert found["000", "001"] == pytest.approx(1)
    assert found["000", "002"] == 0


def test_only_earlier_articles_are_found_and_no_more_than_a_few() -> None:
    found = Likeness(vertices(*["harbour wall cracks"] * 30)).nearest_earlier()
    per_article = [sum(edge[1] == f"{n:03}" for edge in found) for n in range(30)]
    # A word that every text has tells nothing of a theme once there are twenty of them.
    assert max(per_article) <= NEAREST
    few = Likeness(vertices("harbour wall cracks", "harbour wall mended", "choir sings")).nearest_earlier()
    assert set(few) == {("000", "001")}


def test_a_stub_looks_for_nothing_since_its_title_says_too_little() -> None:
    assert Likeness(vertices("harbour wall", "harbour wall", stub=True)).nearest_earlier() == {}


def test_a_later_article_changes_nothing_between_earlier_ones_neighbours() -> None:
    texts = ["harbour wall cracks", "harbour wall mended", "choir sings", "choir sings again"]
    assert set(Likeness(vertices(*texts)).nearest_earlier()) >= {("000", "001"), ("002", "003")}


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.sampled_from(["harbour wall", "choir", "", "tram wires harbour", "港 口", "x" * 30_000]), max_size=30)
)
def test_the_order_of_the_articles_makes_no_difference(texts: list[str]) -> None:
    articles = vertices(*texts)
    here, there = Likeness(articles), Likeness(articles[::-1])
    assert here.nearest_earlier() == there.nearest_earlier()


def test_the_words_of_an_article_are_plain_text() -> None:
    assert words_of("A & B", "In short", "<p>x &amp; y</p><p>z</p>").split() == [
        "A",
        "&",
        "B",
        "In",
        "short",
        "x",
        "&",
        "y",
        "z",
    ]
    assert words_of("", "", "").strip() == ""
