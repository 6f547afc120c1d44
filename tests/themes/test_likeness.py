import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import HashingVectorizer

from feedsvc.themes.likeness import COUNTS, LEAST, NEAREST, NUMBERS, Likeness, Text, count
from feedsvc.themes.words import words_of


def texts(*said: str) -> list[Text]:
    """Articles one after another: "000", "001", …"""
    return [Text(f"{n:03}", packed) for n, packed in enumerate(count(said))]


def ids(number: int) -> list[str]:
    return [f"{n:03}" for n in range(number)]


@pytest.mark.parametrize("number", [0, 1, 2, 19, 20, 40])
@pytest.mark.parametrize("text", ["", " ", "the of and", "!?", "\0", "1"])
def test_texts_without_a_telling_word_are_like_nothing(number: int, text: str) -> None:
    likeness = Likeness(texts(*[text] * number))
    pairs = [("000", f"{n:03}") for n in range(1, number)]
    found = likeness.of(pairs)
    assert set(found) == set(pairs)
    assert all(0 <= cosine <= 1.000001 for cosine in found.values())
    assert likeness.of([]) == {}
    assert likeness.nearest(ids(number)) == {}
    assert likeness.between(ids(number), ids(1)) == likeness.between([], ids(number)) == 0


def test_the_same_text_is_wholly_alike_and_another_is_not() -> None:
    found = Likeness(texts("harbour wall cracks", "harbour wall cracks", "choir sings")).of(
        [("000", "001"), ("000", "002")]
    )
    assert found["000", "001"] == pytest.approx(1)
    assert found["000", "002"] == 0


def test_only_earlier_articles_are_found_and_no_more_than_a_few() -> None:
    found = Likeness(texts(*["harbour wall cracks"] * 30)).nearest(ids(30))
    per_article = [sum(edge[1] == f"{n:03}" for edge in found) for n in range(30)]
    # A word that every text has tells nothing of a theme once there are twenty of them.
    assert max(per_article) <= NEAREST
    few = Likeness(texts("harbour wall cracks", "harbour wall mended", "choir sings")).nearest(ids(3))
    assert set(few) == {("000", "001")}


def test_of_many_that_are_alike_the_nearest_few_are_taken_and_of_equals_the_earliest() -> None:
    said = ["harbour wall cracks"] * 12 + ["harbour gulls"] * 3 + [f"choir {n}" for n in range(16)]
    found = Likeness(texts(*said, "harbour wall cracks")).nearest(["031"])
    assert set(found) == {(id, "031") for id in ids(NEAREST)}
    assert min(found.values()) >= LEAST


def test_an_article_that_is_not_asked_about_looks_for_nothing() -> None:
    likeness = Likeness(texts("harbour wall", "harbour wall", "harbour wall"))
    assert likeness.nearest([]) == {}
    assert set(likeness.nearest(["001"])) == {("000", "001")}
    assert Likeness(texts("harbour wall", "harbour wall", "choir")).nearest(["000", "002"]) == {}


def test_a_later_article_changes_nothing_between_earlier_ones_neighbours() -> None:
    said = ["harbour wall cracks", "harbour wall mended", "choir sings", "choir sings again"]
    assert set(Likeness(texts(*said)).nearest(ids(4))) >= {("000", "001"), ("002", "003")}


WORDS = ["harbour wall", "choir", "", "tram wires harbour", "港 口", "x" * 30_000]
SAID = st.lists(st.sampled_from(WORDS), max_size=30)


@settings(deadline=None, max_examples=12)
@given(SAID, st.randoms(use_true_random=False))
def test_the_order_in_which_articles_are_asked_about_makes_no_difference(said: list[str], mixer: random.Random) -> None:
    likeness, asked = Likeness(texts(*said)), ids(len(said))
    found, pairs = likeness.nearest(asked), [(a, b) for a in asked for b in asked if a < b]
    mixer.shuffle(asked)
    assert likeness.nearest(asked) == found
    assert likeness.of(pairs[::-1]) == likeness.of(pairs)
    assert all(likeness.of(found)[edge] == pytest.approx(cosine, abs=0.00002) for edge, cosine in found.items())
    half = asked[: len(asked) // 2]
    assert likeness.between(half, asked) == likeness.between(sorted(half), sorted(asked))


@settings(deadline=None, max_examples=30)
@given(SAID)
def test_words_that_were_counted_one_by_one_are_those_counted_at_once(said: list[str]) -> None:
    assert [count([text])[0] for text in said] == count(said)


def test_two_groups_are_as_alike_as_what_they_mostly_say() -> None:
    likeness = Likeness(texts("harbour wall", "harbour wall cracks", "wall mended", "choir sings", "choir songs"))
    walls, choirs = ids(3), ["003", "004"]
    assert likeness.between(walls, walls) == pytest.approx(1)
    assert likeness.between(walls, choirs) == 0
    assert 0 < likeness.between(walls[:2], walls[2:]) < 1
    assert likeness.between([*walls, "unknown"], choirs) == 0


def test_a_word_says_the_more_the_rarer_it_is_and_one_that_is_left_out_says_nothing() -> None:
    likeness = Likeness(texts("harbour wall", "harbour gulls", "choir"))
    assert likeness.rarity_of("gulls") > likeness.rarity_of("harbour") > 0
    assert likeness.rarity_of("the") == likeness.rarity_of("") == 0


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


def test_a_text_is_strange_to_a_group_with_which_it_has_nothing_in_common() -> None:
    said = ["harbour wall cracks", "harbour gulls", "choir sings", "choir psalm", "harbour choir", "gulls", ""]
    groups = {"harbour": ["000", "001"], "choir": ["002", "003"], "wordless": ["006"], "gone": ["lost"]}
    found = Likeness(texts(*said)).strange(["004", "005", "006", "lost"], groups)
    assert found == {("005", "choir")}
    assert Likeness(texts(*said)).strange([], groups) == Likeness(texts(*said)).strange(["004"], {}) == frozenset()


# Scripts that do not set words apart


@pytest.mark.parametrize(
    ("one", "alike", "other"),
    [
        ("嵐で港湾の壁が崩れた。", "港湾の壁を直すことになった。", "合唱団は今夜も歌う。"),
        ("暴风雨冲垮了港口的围墙。", "港口的围墙将重新修建。", "合唱团今晚继续演出。"),
        ("พายุพัดกำแพงท่าเรือพัง", "ซ่อมกำแพงท่าเรือแล้ว", "คณะนักร้องประสานเสียง"),
    ],
)
def test_sentences_without_spaces_are_alike_where_they_share_words(one: str, alike: str, other: str) -> None:
    found = Likeness(texts(one, alike, other)).of([("000", "001"), ("000", "002")])
    assert found["000", "001"] > LEAST > found["000", "002"]


def test_endings_and_particles_of_japanese_tie_nothing_together() -> None:
    found = Likeness(texts("港湾について話されていました。", "合唱について話されていました。")).of([("000", "001")])
    assert found["000", "001"] == 0


SPACED = [
    "Harbour wall's 2nd crack — the café, re-opened: U.S. team_2 says “no”",
    "Гавань и стена, порт",
    "항구의 벽이 무너졌다",
    "बंदरगाह की दीवार",
    "ميناء المدينة",
    "Mauer am Hafen zürich ß",
]


@given(st.lists(st.sampled_from(SPACED) | st.text(st.characters(max_codepoint=0xDFF), max_size=40), max_size=5))
def test_words_of_all_other_scripts_are_counted_as_scikit_learn_does(said: list[str]) -> None:
    reader = HashingVectorizer(n_features=2**20, stop_words="english", norm=None, alternate_sign=False)
    for text in said:
        row = reader.transform([text])
        row.sort_indices()
        assert count([text]) == [row.indices.astype(NUMBERS).tobytes() + row.data.astype(COUNTS).tobytes()]


def test_what_a_run_without_spaces_stands_among_is_counted_too() -> None:
    (mixed,), (alone,) = count(["新しいHarbourの壁 wall 12月"]), count(["Harbour wall 12"])
    assert numbers(mixed) >= numbers(alone)


def numbers(packed: bytes) -> set[int]:
    each = NUMBERS.itemsize + COUNTS.itemsize
    return set(np.frombuffer(packed, NUMBERS, len(packed) // each).tolist())


def test_the_rarity_of_a_pair_of_letters_is_that_with_which_it_was_counted() -> None:
    likeness = Likeness(texts("港湾の壁画が崩れた", "港湾の船", "合唱"))
    assert likeness.rarity_of("壁画") > likeness.rarity_of("港湾") > 0
    assert likeness.rarity_of("港湾壁画") == likeness.rarity_of("港湾")
    assert likeness.rarity_of("崩れ") == likeness.rarity_of("れた") == 0
