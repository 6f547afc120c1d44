from collections.abc import Sequence
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ondemand.query import Combination, read_query
from feedsvc.ondemand.refused import BadQuery
from feedsvc.settings import Feeds

RULES = Feeds(max_entries=50, burst_entries=200)


def read(**given: str | Sequence[str]) -> tuple[Combination, str]:
    return read_query({k: [v] if isinstance(v, str) else v for k, v in given.items()}, RULES)


def test_every_spelling_of_a_combination_is_the_same() -> None:
    spellings = [
        read(channels="sport,economy", q="Flood Économie", exclude="MATCH"),
        read(channels=["economy", "sport"], q=["economie", "flood"], exclude="match", utm_source="x"),
        read(
            channels=" sport , economy,,sport", q="  flood flood economie ", exclude="match", limit="50", format="rss"
        ),
    ]
    assert {one.query(format) for one, format in spellings} == {
        "channels=economy,sport&q=economie%20flood&exclude=match"
    }


def test_what_does_not_go_without_saying_is_said_in_a_fixed_order() -> None:
    combination, format = read(format="json", limit="7", exclude="x", q="covid-19 flood*", channels="a")
    assert combination == Combination(("a",), ("covid-19", "flood*"), ("x",), 7)
    assert combination.query(format) == "channels=a&q=covid-19%20flood*&exclude=x&limit=7&format=json"


def test_words_beyond_ascii_are_percent_encoded_once() -> None:
    combination, _ = read(q="東京 май")
    assert combination.query() == "q=%D0%BC%D0%B0%D0%B9%20%E6%9D%B1%E4%BA%AC"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Say which channels (channels=a,b)"),
        ({"channels": ",", "q": "!?"}, "Say which channels"),
        ({"exclude": "x"}, "Say which channels"),
        ({"channels": "a", "format": "pdf"}, "format must be one of rss, atom, json."),
        ({"channels": "a", "limit": "0"}, "limit must be a whole number from 1 to 200."),
        ({"channels": "a", "limit": "201"}, "limit must be a whole number from 1 to 200."),
        ({"channels": "a", "limit": "1e2"}, "limit must be"),
        ({"channels": "a", "limit": "٣"}, "limit must be"),
        ({"channels": ",".join(map(str, range(21)))}, "channels names 21; at most 20 can be combined."),
        ({"q": " ".join(map(str, range(11)))}, "q has 11 words; at most 10 can be looked for."),
        ({"q": "x", "exclude": " ".join(map(str, range(11)))}, "exclude has 11 words"),
        ({"q": "x" * 61}, "q has a word of more than 60 characters."),
        ({"q": "x" * 501}, "q is too long: it may have 500 characters."),
        ({"channels": "a\0b"}, "channels holds characters that no channel has in its name."),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadQuery) as refused:
        read(**given)
    assert refused.value.reason.startswith(sentence)


@given(st.lists(st.text(max_size=8), max_size=4), st.text(max_size=40), st.text(max_size=40), st.integers(1, 200))
def test_a_canonical_query_means_itself(slugs: list[str], q: str, exclude: str, limit: int) -> None:
    try:
        combination, format = read(channels=",".join(slugs), q=q, exclude=exclude, limit=str(limit), format="atom")
    except BadQuery:
        return
    again = read_query(parse_qs(combination.query(format), errors="surrogatepass"), RULES)
    assert again == (combination, format)
