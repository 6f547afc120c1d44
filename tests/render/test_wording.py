import pytest

from feedsvc.render.wording import wording


@pytest.mark.parametrize("language", ["de", "de-AT", "DE", "de_CH"])
def test_any_kind_of_a_language_has_its_words(language):
    assert wording(language).title == "Zurückgezogen"


@pytest.mark.parametrize("language", ["ja", "xx", "", None, "no such language"])
def test_a_language_without_words_has_those_of_english(language):
    assert wording(language) == wording("en")


@pytest.mark.parametrize("language", "de en es fr it nl pl pt uk".split())
def test_no_wording_lacks_a_word(language):
    words = wording(language)
    assert all(words)
    assert words.notice.endswith(".")
    assert words.correction.endswith(":")
