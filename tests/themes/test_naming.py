import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.themes.casing import keys
from feedsvc.themes.naming import MAX_SLUG, MAX_TITLE, Names, slug
from feedsvc.themes.parts import Vertex
from feedsvc.themes.vocabulary import FILLER

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def vertices(*titles: str, text: str = "") -> list[Vertex]:
    return [Vertex(f"{n:03}", title, f"{title}\n{text}", NOON, False) for n, title in enumerate(titles)]


def title_of(*titles: str, text: str = "") -> str:
    """The name of a community of articles with these titles, beside others about something else."""
    others = ["Weather stays mild", "A cat in a tree", "Market opens late", "Choir sings again"]
    (title,) = Names(vertices(*titles, *others, text=text)).titles([frozenset(f"{n:03}" for n in range(len(titles)))])
    return title


def test_a_theme_is_named_by_the_words_its_titles_share() -> None:
    titles = ("Harbour wall cracks", "Repairs to the harbour wall begin", "Harbour wall: who pays?")
    assert title_of(*titles).casefold() == "harbour wall"


def test_a_name_is_written_as_running_text_writes_it() -> None:
    titles = ("NATO MEETS IN OSLO", "NATO SPENDS MORE", "WHAT NATO WANTS")
    assert "NATO" in title_of(*titles, text="It was agreed that NATO would meet.")


def test_two_communities_never_have_one_title() -> None:
    articles = vertices(*["Tram delayed"] * 9)
    names = Names(articles).titles([frozenset(f"{n:03}" for n in range(start, 9, 3)) for start in range(3)])
    assert len({name.casefold() for name in names}) == 3


@pytest.mark.parametrize(
    "titles",
    [
        ("Паводок у місті", "Паводок відступив", "Паводок: що далі"),
        ("东京 港口 关闭", "东京 港口 重开", "东京 港口 扩建"),
        ("الميناء مغلق", "الميناء مفتوح", "الميناء يتوسع"),
        ("Hochwasser in Köln", "Köln nach dem Hochwasser", "Hochwasser: Köln hilft"),
        ("🚋🚋", "🚋", "🚋 🚋 🚋"),
        ("1", "2", "3"),
        ("...", "—", "!?"),
        ("the of and", "to be or not to be", "it is"),
        ("x" * 500, "x" * 500, "x" * 400),
        ("ß" + "x" * 47,) * 3,
        ("ŉ" * 48,) * 3,
        ("<b>Tram</b> & co", "<b>Tram</b> & co", "[/red] Tram"),
        ("e\u0301" * 60, "\u202eabc def", "a\u200bb"),
    ],
)
def test_any_titles_give_a_short_name_and_a_slug_that_fits_an_address(titles: tuple[str, ...]) -> None:
    name = title_of(*titles, text=" ".join(titles))
    assert 0 < len(name) <= MAX_TITLE
    assert name == name.strip()
    assert re.fullmatch(r"[a-z0-9-]+", slug(name))
    assert len(slug(name)) <= MAX_SLUG


def test_a_name_is_one_line_even_where_its_words_were_not() -> None:
    """Words that follow one another in titles may stand on two lines, or in two sentences, of the text."""
    titles = ("Iran Israel strikes", "Iran Israel ceasefire", "Iran Israel border")
    name = title_of(*titles, text="talks with Iran\n\n  Israel said, and of Iran\n\n  Israel knows")
    assert "\n" not in name
    assert "  " not in name


ODD = st.text(st.characters(exclude_categories=("Cs",)), max_size=60) | st.sampled_from(
    ["Tram wires", "Tram depot", "the", "", "\n", "İstanbul Tram", "ﬁnal ﬃ", "Sri Lanka", "O’Neill-Kim"]
)


@settings(deadline=None)
@given(st.lists(st.tuples(ODD, ODD), min_size=1, max_size=12), st.integers(1, 4))
def test_no_text_makes_naming_fail(texts: list[tuple[str, str]], parts: int) -> None:
    articles = [Vertex(f"{n:03}", title, f"{title}\n{text}", NOON, False) for n, (title, text) in enumerate(texts)]
    ids = [article.id for article in articles]
    groups = [frozenset(ids[start::parts]) for start in range(parts) if ids[start::parts]]
    names = Names(articles).titles(groups)
    assert len({name.casefold() for name in names}) == len(groups)
    assert all(name.strip() and len(name) <= MAX_TITLE and "\n" not in name for name in names)
    assert names == Names(articles[::-1]).titles(groups)
    assert all(re.fullmatch(r"[a-z0-9-]+", slug(name)) for name in names)


def test_no_articles_need_no_names() -> None:
    assert Names([]).titles([]) == []


# Whole names


def named(*communities: list[str], known: dict[str, list[str]] | None = None) -> list[str]:
    """The names of communities of articles with these texts, the first line of each its title."""
    articles, groups = [], []
    for number, texts in enumerate(communities):
        ids = [f"{number}-{n:03}" for n in range(len(texts))]
        articles += [Vertex(id, text.split("\n")[0], text, NOON, False) for id, text in zip(ids, texts, strict=True)]
        groups.append(frozenset(ids))
    assert Names(articles[::-1]).titles(groups) == Names(articles).titles(groups)
    return Names(articles, known).titles(groups)


WEATHER = [
    f"Mild {day} ahead\nIt will be mild on {day}, with some sun over the hills." for day in ("Monday", "Friday")
] * 4
WAR = [
    "Shelling near Kharkiv\nOn Monday Russian forces shelled a town in Ukraine as the war went on.",
    "Kyiv under fire\nOfficials said Russia had fired on Ukrainian cities, the worst night of the war.",
    "Front holds\nAlong the front Russian troops met Ukrainian soldiers again, and the war went on.",
    "Aid arrives\nThe aid came late, as Russia kept on with its war against Ukraine.",
]
SANCTIONS = [
    "New round of sanctions\nThe ministers agreed on sanctions against Russia over its war in Ukraine.",
    "Oil cap agreed\nThe sanctions on Russian oil come months into the war in Ukraine.",
    "Banks cut off\nThe sanctions cut off Russian banks, for the war in Ukraine, from today.",
    "What sanctions do\nHow the sanctions on Russia work, and what Ukraine asks for.",
]


def test_countries_that_occur_together_are_a_pair_with_what_happens_between_them() -> None:
    """Whose people are meant makes no difference, and the one that is mostly named first comes first."""
    assert named(WAR, WEATHER)[0] == "Russia–Ukraine war"


def test_of_two_channels_that_would_be_named_alike_the_later_is_named_by_what_sets_it_apart() -> None:
    war, sanctions = named(WAR, SANCTIONS, WEATHER)[:2]
    assert war == "Russia–Ukraine war"
    assert "sanctions" in sanctions.casefold()


def test_a_title_that_a_channel_has_already_is_not_given_again() -> None:
    assert "war" not in named(WAR, WEATHER, known={"Ukraine–Russia war": []})[0]


def test_a_common_word_stays_one_beside_the_noun_that_is_said_with_it() -> None:
    texts = [
        "Monkeypox Outbreak Spreads to Ten More Countries\nDoctors count more cases of monkeypox, and it grows.",
        "Monkeypox Vaccine Arrives in Clinics Today\nThe monkeypox outbreak has the clinics short of vaccine.",
        "Clinics Ask for Help With Monkeypox Cases\nEach case of monkeypox is now told to the agency.",
    ]
    assert named(texts, WEATHER)[0] == "Monkeypox outbreak"


def test_a_name_of_several_words_stays_whole() -> None:
    texts = [
        "Rajapaksa resigns\nThe protests in Sri Lanka went on in the streets of Colombo.",
        "No fuel\nThere was no fuel in Sri Lanka, and more protests.",
        "Curfew\nPolice in the Sri Lankan capital could not stop the protests.",
    ]
    assert named(texts, WEATHER)[0] == "Sri Lanka protests"


def test_no_name_is_made_of_words_that_say_nothing() -> None:
    texts = [
        "Two people killed on Tuesday, officials say",
        "Officials say 12 people killed",
        "Killed: two, officials say",
    ]
    assert {word.casefold() for word in named(texts, WEATHER)[0].split()}.isdisjoint({"killed", "people", "two"}) or (
        named(texts, WEATHER)[0] in texts
    )


@pytest.mark.parametrize(
    ("titles", "body", "expected"),
    [
        (
            ["Hochwasser in Köln", "Köln nach dem Hochwasser", "Das Hochwasser und der Rhein"],
            "Am Montag hat die Stadt mitgeteilt, dass {} und die Menschen in der Region betroffen sind.",
            "Hochwasser",
        ),
        (["Паводок у місті", "Паводок відступив", "Паводок: що далі"], "Про це пише мерія на сайті. {}.", "Паводок"),
        (["الميناء مغلق", "الميناء مفتوح", "توسيع الميناء"], "قال المتحدث في بيان إن {} في المدينة.", "الميناء"),
        (["东京港口关闭", "东京港口重新开放", "台风影响东京港口"], "据新华社报道，{}。", "东京港口"),
    ],
)
def test_what_the_whole_site_says_names_no_channel_in_any_language(titles: list[str], body: str, expected: str) -> None:
    others = ["Die Wahl", "Вибори", "الانتخابات", "地震", "Der Streik", "Рада", "البلدية", "四川"]
    texts = [[f"{title}\n{body.format(title)}" for title in some] for some in (titles, others)]
    name = named(*texts)[0]
    assert name == expected
    assert re.fullmatch(r"[a-z0-9-]+", slug(name))


def test_a_slug_is_never_empty() -> None:
    assert slug("🚋") == "channel"
    assert slug("东京港口") == "dong-jing-gang-kou"


def test_where_no_word_tells_anything_the_title_of_an_article_does() -> None:
    assert named(["To be or not to be"], ["This and that"] * 3)[0] == "To be or not to be"


# Real articles: fields that give the theme away are left out


def true_themes(path: Path) -> tuple[list[Vertex], dict[str, frozenset[str]]]:
    articles: list[Vertex] = []
    members: dict[str, set[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        text = f"{record['title']}\n{record['summary']}\n{record['body_text']}"
        articles.append(Vertex(record["id"], record["title"], text, NOON, False))
        if record["theme"]:
            members.setdefault(record["theme"], set()).add(record["id"])
    return articles, {theme: frozenset(ids) for theme, ids in members.items() if len(ids) >= 8}


def likeness(name: str, heading: str) -> float:
    """The F1 measure of their words, without endings."""
    a, b = ({word.rstrip("s") for word in re.findall(r"\w+", text.casefold())} for text in (name, heading))
    return 2 * len(a & b) / (len(a) + len(b))


SHARED = Path(os.environ.get("FEEDSVC_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
CURRENT_EVENTS = SHARED / "corpora/currentevents-2022/articles.jsonl"


@pytest.mark.skipif(not CURRENT_EVENTS.exists(), reason=f"no corpus at {CURRENT_EVENTS}")
def test_names_are_near_the_headings_that_editors_gave() -> None:
    articles, themes = true_themes(CURRENT_EVENTS)
    order = sorted(themes, key=lambda theme: (-len(themes[theme]), theme))
    names = Names(articles).titles([themes[theme] for theme in order])
    assert names[:3] == ["Russia–Ukraine war", "COVID-19 pandemic", "Monkeypox outbreak"]
    assert sum(map(likeness, names, order)) / len(order) >= 0.4
    assert len(set(names)) == len(names)
    filler = {key for word in FILLER.split() for key in keys(word)}
    assert not {key for name in names for word in re.findall(r"[\w-]+", name) for key in keys(word)} & filler
    assert max(map(len, names)) <= MAX_TITLE
