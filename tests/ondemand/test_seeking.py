import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.ondemand.query import spelled
from feedsvc.ondemand.seeking import Seeker


def found(word: str, text: str) -> bool:
    return Seeker([spelled(word)], []).finds(text, "", "", "")


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("flood", "The FLOOD is over"),
        ("économie", "L'ECONOMIE"),
        ("ECONOMIE", "L’économie"),
        ("straße", "Hauptstrasse 1, STRASSE"),
        ("ёлка", "Елка"),
        ("covid-19", "After COVID 19"),
        ("covid-19", "After covid–19’s end"),
        ("ai", "An AI-made song"),
        ("2026", "In 2026."),
        ("world", "The wor\u00adld"),
        ("flood*", "Floods and flooding"),
        ("new-york*", "New Yorkers"),
        ("東京", "今日は東京で"),
        ("が", "何が"),
        ("한국", "한국 사람"),
        ("हिन्दी", "हिन्दी भाषा"),
        ("abc", "abc東"),
    ],
)
def test_words_are_found_as_people_read_them(word: str, text: str) -> None:
    assert found(word, text)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("flood", "Floods"),
        ("ai", "He said"),
        ("flood*", "The afterflood"),
        ("covid-19", "covid in 19 towns"),
        ("covid-19", "covid19"),
        ("май", "маи"),
        ("東京", "東の京"),
        ("か", "何が"),
        ("한국", "한국어"),
        ("हिन्द", "हिन्दी भाषा"),
    ],
)
def test_what_only_looks_like_a_word_is_not_it(word: str, text: str) -> None:
    assert not found(word, text)


def test_words_may_be_anywhere_in_an_article_but_not_reach_over_from_part_to_part() -> None:
    seek = Seeker(["flood", "trams"], [])
    assert seek.finds("Flood", "", "", "<p>All <b>trams</b> stand still.</p>")
    assert seek.finds("", "Flood", "Trams", "")
    assert not seek.finds("Flood", "", "", "")
    assert not Seeker(["new-york"], []).finds("New", "York", "", "")


def test_markup_is_not_looked_at() -> None:
    assert not Seeker(["strong"], []).finds("", "", "", "<strong>Wind</strong>")
    assert Seeker(["r-d"], []).finds("", "", "", "<p>R&amp;D</p>")


def test_one_unwanted_word_is_enough() -> None:
    seek = Seeker(["flood"], ["match", "game"])
    assert seek.finds("Flood", "", "", "The matches are off")
    assert not seek.finds("Flood", "", "The match is off", "")


@settings(deadline=None)
@given(st.text(max_size=30))
def test_the_spelling_of_a_word_is_its_own_spelling(word: str) -> None:
    word = "".join(word.split())
    assert spelled(spelled(word)) == spelled(word)


@settings(deadline=None)  # the first word waits for what all words share
@given(st.text(min_size=1, max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_a_word_is_found_in_a_text_that_has_it(word: str, before: str, after: str) -> None:
    word = "".join(word.split())
    if spelled(word):
        assert Seeker([spelled(word)], []).finds(f"{before} {word} {after}", "", "", "")
