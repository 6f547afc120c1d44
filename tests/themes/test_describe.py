from datetime import UTC, datetime

from feedsvc.themes.describe import describe, describe_anew
from feedsvc.themes.naming import Names
from feedsvc.themes.parts import Vertex


def article(day: int, text: str) -> Vertex:
    return Vertex(f"{day:02}", text.split(".")[0], text, datetime(2026, 3, day, 23, 30, tzinfo=UTC), False)


PIER = [
    article(5, "Storm breaks the North Pier. The harbour board met, and Una Brackwell spoke of the North Pier."),
    article(4, "Granite comes by sea. Stone for the North Pier came, said Una Brackwell of the harbour board."),
    article(9, "Pier reopens. People walked on the North Pier, and the harbour board gave thanks."),
]
OTHERS = [article(day, f"Trams run late. On day {day} the trams of the town were late again.") for day in range(10, 20)]


def ids(articles: list[Vertex]) -> frozenset[str]:
    return frozenset(article.id for article in articles)


def test_a_description_says_what_and_since_when() -> None:
    text = describe(Names([*PIER, *OTHERS]), ids(PIER))
    assert text == "About the North Pier, the harbour board and Una Brackwell. Articles since 4 March 2026."


def test_a_description_is_the_same_whatever_the_order() -> None:
    assert describe(Names([*OTHERS, *PIER[::-1]]), ids(PIER)) == describe(Names([*PIER, *OTHERS]), ids(PIER))


def test_a_description_counts_nothing() -> None:
    """A number that grows with every article would change every feed each time."""
    twice = [*PIER, *(article._replace(id=f"again-{article.id}") for article in PIER)]
    assert describe(Names([*twice, *OTHERS]), ids(twice)) == describe(Names([*PIER, *OTHERS]), ids(PIER))


def test_articles_that_say_nothing_have_only_a_date() -> None:
    silent = [article(2, "It is."), article(3, "And so on.")]
    assert describe(Names([*silent, *OTHERS]), ids(silent)) == "Articles since 2 March 2026."


def test_members_that_are_not_there_are_passed_over() -> None:
    assert describe(Names(PIER), frozenset({"gone"})) == ""


def test_a_description_that_is_made_anew_keeps_its_day() -> None:
    text = describe_anew(Names([*PIER, *OTHERS]), ids(PIER), "About the trams. Articles since 1 May 2025.")
    assert text == "About the North Pier, the harbour board and Una Brackwell. Articles since 1 May 2025."


def test_a_description_from_elsewhere_is_not_made_anew() -> None:
    for text in ("", "All of the pier.", "Articles since May.", "Articles since 1 May 2025. By hand."):
        assert describe_anew(Names([*PIER, *OTHERS]), ids(PIER), text) == text
    assert describe_anew(Names(PIER), frozenset({"gone"}), "Articles since 1 May 2025.") == "Articles since 1 May 2025."


def test_a_description_says_no_words_of_its_title_again() -> None:
    text = describe(Names([*PIER, *OTHERS]), ids(PIER), "North Pier")
    assert text == "About the harbour board and Una Brackwell. Articles since 4 March 2026."


def test_a_description_says_them_again_where_there_is_nothing_else_to_say() -> None:
    text = describe(
        Names([*PIER, *OTHERS]), ids(PIER), "North Pier, Una Brackwell, the harbour board, granite, sea, stone"
    )
    assert text.startswith("About ")
