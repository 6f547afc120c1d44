import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.themes.graph import Vertex
from feedsvc.themes.naming import MAX_SLUG, MAX_TITLE, Names, slug

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
    assert re.fullmatch(r"[a-z0-9-]*", slug(name))
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
    assert all(re.fullmatch(r"[a-z0-9-]*", slug(name)) for name in names)


def test_no_articles_need_no_names() -> None:
    assert Names([]).titles([]) == []
