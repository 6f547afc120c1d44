import pytest

from feedsvc.themes.casing import Casing, is_headline, keys, sentences


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Russian", ("Russia",)),
        ("UKRAINIAN", ("Ukraine",)),
        ("Nigeria’s", ("Nigeria",)),
        ("Nigerias", ("Nigeria",)),
        ("U.S", ("US",)),
        ("us", ("us",)),
        ("Israel-Iran", ("Israel", "Iran")),
        ("Saudi-led", ("Saudi Arabia",)),
        ("COVID-19", ("covid-19",)),
        ("protests", ("protest",)),
        ("crisis", ("crisis",)),
        ("heatwaves", ("heat", "wave")),
    ],
)
def test_forms_of_a_word_count_as_one(word: str, expected: tuple[str, ...]) -> None:
    assert keys(word) == expected


def test_names_of_several_words_are_one_word_when_they_are_places() -> None:
    assert list(sentences("South Koreans met in St. Petersburg. Then home.")) == [
        ("South Koreans", "met", "in", "St", "Petersburg"),
        ("Then", "home"),
    ]


def test_a_line_that_is_said_twice_is_read_once() -> None:
    assert list(sentences("One line.\n One line.\nTwo.")) == [("One", "line"), ("Two",)]


def test_only_running_text_tells_a_name() -> None:
    texts = ["Harbour Board Meets About Pier in Oslo", "There the harbour board met, in Oslo, with al-Nusra."]
    casing = Casing(words for text in texts for words in sentences(text))
    assert is_headline(next(sentences(texts[0])))
    assert casing.is_name("oslo")
    assert casing.is_name("al-nusra")
    assert casing.is_common("harbour")
    assert casing.form("harbour") == "harbour"
    assert not casing.is_name("pier")
    assert not casing.is_common("pier")


def test_an_identifier_is_what_no_sentence_gives_a_capital() -> None:
    texts = ["larch-io grew. Then larch-io held.", "Pre-made soup. We like pre-made soup.", "To see larch.io go there."]
    casing = Casing(words for text in texts for words in sentences(text))
    assert [casing.is_identifier(form) for form in ("larch-io", "pre-made", "larch.io", "soup")] == [
        True,
        False,
        True,
        False,
    ]
