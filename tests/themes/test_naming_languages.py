"""Titles of sites in any language, by way of `Names`: invented articles, the first line of each its title."""

from datetime import UTC, datetime

import pytest

from feedsvc.themes.languages import language_of, small_words
from feedsvc.themes.naming import Names, slug
from feedsvc.themes.parts import Vertex
from feedsvc.themes.reading import Reader, own
from feedsvc.themes.unspaced import Lexicon, is_word
from feedsvc.themes.words import told_by, words_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def named(*communities: list[str]) -> list[str]:
    articles = [
        Vertex(f"{number}-{n:03}", text.split("\n")[0], text, NOON, False)
        for number, texts in enumerate(communities)
        for n, text in enumerate(texts)
    ]
    groups = [frozenset(a.id for a in articles if a.id.startswith(f"{n}-")) for n in range(len(communities))]
    titles = Names(articles).titles(groups)
    assert Names(articles[::-1]).titles(groups) == titles
    return titles


def name_of(*communities: list[str]) -> str:
    return named(*communities)[0]


# Languages

GERMAN = [
    f"Bericht {n}\nAuch der {thing} war am Dienstag gegen Mittag wieder da, und die Stadt war nach dem Fest ruhig. "
    f"Nach dem Regen haben viele auch den {thing} gesehen, als er von der Brücke kam, aber nicht alle."
    for n, thing in enumerate(["Uhu", "Uhu", "Uhu", "Uhu", "Zirkus", "Kanal", "Jahrmarkt", "Chor", "Turm"])
]
FRENCH = [
    f"Billet {n}\nUn coup de {thing} dans une cour, et on a pu voir comment l’{thing} permet aux gens de se retrouver. "
    f"C’est sur la place que les habitants ont vu une {thing} avec des enfants, pour la fin du mois."
    for n, thing in enumerate(["horloge", "horloge", "horloge", "horloge", "barque", "cloche", "guirlande", "lanterne"])
]


def test_a_german_title_is_no_function_word_and_no_english_kind_of_theme() -> None:
    assert name_of(GERMAN[:4], GERMAN[4:]) == "Uhu"


def test_a_french_title_is_no_function_word_and_no_english_kind_of_theme() -> None:
    assert name_of(FRENCH[:4], FRENCH[4:]).casefold() == "horloge"


def test_english_articles_keep_their_kinds_beside_those_in_another_language() -> None:
    strikes = [
        f"Day {n}\nThe floods of the week were the worst in the valley, and the flooding went on as the rain did. "
        f"On day {n} all along the Ambrel, and by the Ambrel, there was mud."
        for n in range(4)
    ]
    assert name_of(strikes, GERMAN) == "Ambrel floods"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "the cat sat on the mat and it was not there when we came back to see what it had done to our other mat",
            "en",
        ),
        (" ".join(GERMAN[0].casefold().split()), "de"),
        (" ".join(FRENCH[0].casefold().split()), "fr"),
        (
            "el gato que estaba en la casa no es como los otros porque tiene una cola muy larga y nada más que decir",
            "es",
        ),
        ("de kat die op de mat zat was er niet meer toen wij naar het huis van onze buren gingen om te zien wat", "nl"),
        (
            "kedi paspasın üstünde oturdu ama biz geri dönünce orada yoktu çünkü başka bir yere gitmişti dün gece",
            "",
        ),
        ("too short", ""),
    ],
)
def test_a_text_is_in_the_language_of_its_small_words(text: str, language: str) -> None:
    assert language_of(text.replace(",", "").replace(".", "").split()) == language


def test_days_and_months_are_small_words_of_their_language_alone() -> None:
    assert {"dienstag", "märz", "auch"} <= small_words("de")
    assert "dienstag" not in small_words("fr")
    assert "février" in small_words("fr")
    assert small_words("") == frozenset()


def test_what_stands_everywhere_by_chance_is_dull_in_a_language_without_a_list() -> None:
    def article(n: int, thing: str) -> str:
        said = "ahoj svorně" if n % 3 else "jinak hle"
        return f"Zpráva {n}\n{said}, {thing}, krom{n} a {thing}, jen{n}"

    others = [article(n, f"věc{n}") for n in range(60)]
    assert name_of([article(n, "mlýn") for n in (1, 2, 4, 5, 7)], others).casefold() == "mlýn"


# Scripts that do not set words apart

JAPANESE = [
    f"{n}話\n今日は{what}の話を書いた。{what}は人が多くてよかった。また次の話で。"
    for n, what in enumerate(["勉強会", "勉強会", "勉強会", "勉強会", "散歩", "料理", "旅行", "掃除", "買物"])
]
KATAKANA = [
    f"{n}\n今日は{what}を入れた。{what}を使って見た。"
    for n, what in enumerate(["ブラウザ", "ブラウザ", "ブラウザ", "メモ", "カメラ", "ソフト", "テント"])
]
RARE = "".join(map(chr, range(0x5000, 0x5200)))  # characters that are there once
CHINESE = [
    f"第{n}篇\n" + "，".join(f"{chr(0x5300 + 5 * n + k)}{what}{chr(0x5400 + 5 * n + k)}" for k in range(5))
    for n, what in enumerate(["望远镜", "望远镜", "望远镜", "望远镜", "自行车", "洗衣机", "向日葵", "图书馆"])
]


def test_a_japanese_title_is_a_word_and_no_character() -> None:
    assert name_of(JAPANESE[:4], JAPANESE[4:]) == "勉強会"


def test_a_run_of_katakana_is_one_word() -> None:
    assert name_of(KATAKANA[:3], KATAKANA[3:]) == "ブラウザ"


def test_a_chinese_title_is_a_whole_word_found_in_the_texts() -> None:
    assert name_of(CHINESE[:4], [*CHINESE[4:], *(RARE[n : n + 32] for n in range(0, 512, 32))]) == "望远镜"


def test_words_are_strings_that_recur_and_hold_together() -> None:
    around = "我买了他看吗很好你呢山中水上有风来大树下小鸟飞"
    texts = [f"{around[n]}{around[-n - 1]}望远镜{around[n + 3]}{around[n + 5]}{around[n + 8]}" for n in range(8)]
    lexicon = Lexicon([*texts, RARE, "网页。" * 3])
    assert list(lexicon.split("望远")) == ["望", "远"]
    assert list(lexicon.split("新望远镜")) == ["新", "望远镜"]
    assert list(lexicon.split("ブラウザの望远镜")) == ["ブラウザ", "の", "望远镜"]
    assert list(lexicon.split("旧网页")) == ["旧", "网页"]


def test_a_lone_character_and_hiragana_are_no_words_of_a_title() -> None:
    assert not any(map(is_word, "人款話をレ的"))
    assert not is_word("について")
    assert all(map(is_word, ("勉強会", "ブラウザ", "人々", "word", "слово", "한국")))


def test_where_no_word_is_found_the_title_is_longer_than_a_character() -> None:
    assert len(name_of(["犬です", "犬だ", "犬か"], ["猫です", "猫だ", "鳥か"])) > 1


# What many have word for word


def test_what_many_articles_say_word_for_word_names_none_of_them() -> None:
    frame = "If an earlier copy is installed already, fetch version {} from the usual shelf of the depot."
    news = [
        f"Lantern 1.{n}\n{frame.format(f'1.{n}')} This brings {thing} to the Lantern, and more oil."
        for n, thing in enumerate("wicks glass brass hooks chains wax feet knobs lids seals rings cords".split())
    ]
    others = [f"Kettle {n}\nThe kettle of the {n} houses sings, with a lid." for n in range(30)]
    assert name_of(news, others).startswith("Lantern")


def test_sentences_of_many_articles_are_told_apart_by_more_than_a_version() -> None:
    texts = {f"{n}": f"Get version 1.{n} from the usual shelf. Number {n} is new." for n in range(12)}
    assert own(Reader(texts).read())["3"] == (("Number", "3", "is", "new"),)
    few = {id: texts[id] for id in ("1", "2", "3")}
    assert own(Reader(few).read()) == {}


# Code and addresses


def test_addresses_are_no_words() -> None:
    texts = [
        f"Heron {n}\nThe heron of pond {n} is at https://birds.example/find?q=is%3Aissue%20state%3Aopen%20label today."
        for n in range(4)
    ]
    assert name_of(texts, ["Trams\nLate."] * 4) == "Heron"
    read = Reader({"a": "見てhttps://a.example/b%20cを www.b.example q=is%3Aopen%20x ok"}).read()["a"]
    assert read == (("見", "て", "を", "ok"),)


def test_code_is_left_out_for_naming_alone_but_for_words_in_a_line() -> None:
    body = "<p>Use <code>ladle</code> or <code>fn pour(x)</code>.</p><pre><code>let soup = 1;</code></pre><p>End.</p>"
    assert told_by("T", "S", body).split() == ["T", "S", "Use", "ladle", "or", ".", "End."]
    assert "soup" in words_of("T", "S", body)


def test_identifiers_are_one_word() -> None:
    (read,) = Reader({"a": "On x86_64-linux crates.io has v1.2.3 of a_b"}).read()["a"]
    assert read == ("On", "x86_64-linux", "crates.io", "has", "v1.2.3", "of", "a_b")


# English


def test_of_a_language_the_title_is_the_adjective() -> None:
    texts = [
        f"Post {n}\nWe wrote the Spanish page {n} for readers of Spanish, and the Spanish content was read more. "
        "The content in Spanish is checked by hand."
        for n in range(5)
    ]
    name = name_of(texts, [f"Boats {n}\nThe boats of pier {n} are out at sea." for n in range(9)])
    assert "Spanish" in name
    assert "Spain" not in name


@pytest.mark.parametrize("mark", ["'", "’"])
def test_a_contraction_is_no_part_of_a_title(mark: str) -> None:
    texts = [f"Note {n}\nOf late the Quoll can{mark}t climb, as we{mark}ve seen {n} times." for n in range(5)]
    assert name_of(texts, [f"Boats {n}\nThe boats of pier {n} are out at sea." for n in range(9)]) == "Quoll"


def test_a_name_that_mostly_has_and_in_it_is_one() -> None:
    texts = [
        f"Day {n}\nIt was then that Thistle and Marrow gave again {n} times, just as before Thistle and Marrow had."
        for n in range(6)
    ]
    others = [f"Boats {n}\nThe boats of pier {n} are out at sea." for n in range(9)]
    assert name_of(texts, others).startswith("Thistle and Marrow")


def test_an_identifier_keeps_its_own_writing() -> None:
    texts = [
        f"Note {n}\nHere at larch.io we have {n}, as larch.io has had before. Of larch.io there is {n}."
        for n in range(5)
    ]
    others = [f"Boats {n}\nThe boats of pier {n} are out at sea." for n in range(9)]
    name = name_of(texts, others)
    assert name.startswith("larch.io")
    assert slug(name).startswith("larch-io")


def test_an_abbreviation_is_not_joined_to_its_own_words() -> None:
    texts = [
        f"Ask {n}\nUnder the Openness of Ledgers Decree (OOLD) we wrote to {n} people. The OOLD desk, for "
        "Openness and OOLD matters, is open."
        for n in range(6)
    ]
    others = [f"Boats {n}\nThe boats of pier {n} are out at sea." for n in range(9)]
    name = name_of(texts, others)
    assert not ("OOLD" in name and ("Openness" in name or "Ledgers" in name))
