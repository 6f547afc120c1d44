from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.model import Channel, Origin
from feedsvc.themes.naming import MAX_TITLE, Names
from feedsvc.themes.parts import Vertex
from feedsvc.themes.steady import RUNS, clearly_better, hold

DAY = datetime(2026, 3, 4, 12, tzinfo=UTC)
STRIKE = [
    "Conductors walk out\nThe conductors of Veltra began a strike, and Veltra ran no trams.",
    "Pickets at dawn\nAt the depot of Veltra the strike went into its second day.",
    "Talks fail\nVeltra and the union met over the strike, and parted.",
    "Buses fill in\nWith the strike at Veltra going on, buses were full.",
]
TENDER = [
    f"Offer {n}\nThe privatisation of Veltra brought an offer, and the privatisation of Veltra is the talk of day {n}."
    for n in range(30)
]
WEATHER = [f"Mild day {n} ahead\nIt will be mild on day {n}, with some sun over the hills." for n in range(40)]


def articles(kind: str, texts: list[str]) -> list[Vertex]:
    return [
        Vertex(f"{kind}-{n:02}", text.split("\n")[0], text, DAY + timedelta(days=n), False)
        for n, text in enumerate(texts)
    ]


def ids(members: list[Vertex]) -> frozenset[str]:
    return frozenset(article.id for article in members)


def channel(slug: str, title: str, members: list[Vertex]) -> Channel:
    return Channel(slug, title, Origin.DISCOVERED, members=ids(members))


STRIKERS, SELLERS, WEATHERMEN = articles("strike", STRIKE), articles("tender", TENDER), articles("weather", WEATHER)
EVERYTHING = [*STRIKERS, *SELLERS, *WEATHERMEN]
TRAMS = channel("veltra-strike", "Veltra strike", [*STRIKERS, *SELLERS])


def after(number: int, one: Channel, *others: Channel, among: list[Vertex] = EVERYTHING) -> Channel:
    """The channel after so many runs, each of which weighs its title."""
    for _ in range(number):
        one, *_ = hold([one, *others], Names(among), {one.slug}, {one.slug})
    return one


# What is clearly better


def is_clearly_better(rival: str, title: str, members: list[Vertex]) -> bool:
    return clearly_better(rival, title, ids(members), Names(EVERYTHING))


def test_a_title_whose_own_words_hold_no_more_is_clearly_worse() -> None:
    """What it shares with the rival, which is as good as ever, says nothing for it."""
    assert is_clearly_better("Veltra privatisation", "Veltra strike", [*STRIKERS, *SELLERS[:12]])


def test_a_title_that_still_fits_is_as_good_as_a_mere_variation() -> None:
    for variation in ("Veltra strike", "Strike at Veltra", "Veltra", "Strike", "Veltra union strike"):
        assert not is_clearly_better(variation, "Veltra strike", STRIKERS)


def test_saying_more_is_not_better_by_itself() -> None:
    assert not is_clearly_better("Veltra strike", "Veltra", STRIKERS)
    assert not is_clearly_better("Veltra–Strike privatisation", "Veltra privatisation", SELLERS)


def test_a_word_too_many_that_nobody_uses_is_worse_than_none() -> None:
    assert is_clearly_better("Veltra", "Veltra earthquake", STRIKERS)


def test_no_title_is_clearly_better_than_itself_or_than_one_it_is_worse_than() -> None:
    titles = ["Veltra", "Veltra strike", "Veltra privatisation", "Mild day", "Zeppelin", "的", "…", ""]
    for a in titles:
        assert not is_clearly_better(a, a, STRIKERS)
        assert not any(is_clearly_better(a, b, STRIKERS) and is_clearly_better(b, a, STRIKERS) for b in titles)


def test_the_more_articles_use_a_word_and_the_fewer_others_do_the_better_it_fits() -> None:
    telling = Names(EVERYTHING).telling
    fits = [telling.fit({"veltra"}, ids([*STRIKERS, *WEATHERMEN[:others]])) for others in range(0, 40, 10)]
    assert fits == sorted(fits, reverse=True)
    assert telling.fit({"strike"}, ids(STRIKERS)) > telling.fit({"veltra"}, ids(STRIKERS)) > 0


# When a title changes


def test_a_title_changes_when_the_same_other_one_was_clearly_better_often_enough() -> None:
    assert (after(1, TRAMS).title, after(1, TRAMS).rival_runs) == ("Veltra strike", 1)
    assert (after(RUNS - 1, TRAMS).title, after(RUNS - 1, TRAMS).rival_runs) == ("Veltra strike", RUNS - 1)
    changed = after(RUNS, TRAMS)
    assert changed == replace(TRAMS, title=after(1, TRAMS).rival)
    assert "privatisation" in changed.title


def test_a_slug_never_follows() -> None:
    assert after(RUNS, TRAMS).slug == "veltra-strike"


def test_a_title_that_fits_holds_for_ever() -> None:
    young = channel("veltra-strike", "Veltra strike", STRIKERS)
    assert after(2 * RUNS, young) == young


def test_a_new_title_holds_too() -> None:
    changed = after(RUNS, TRAMS)
    assert after(RUNS, changed) == changed


def test_a_rival_that_holds_no_more_begins_anew() -> None:
    doubtful = replace(TRAMS, members=ids(STRIKERS), rival="Veltra privatisation", rival_runs=2)
    assert after(1, doubtful) == replace(doubtful, rival="", rival_runs=0)


def test_another_rival_begins_anew() -> None:
    assert after(1, replace(TRAMS, rival="Zeppelin landings", rival_runs=RUNS - 1)).rival_runs == 1


def test_a_rival_nearly_alike_is_the_same() -> None:
    """The order of two names may change with every article."""
    named = after(1, TRAMS).rival
    assert after(1, replace(TRAMS, rival=f"{named} affair", rival_runs=RUNS - 1)).title == named


def test_a_title_comes_back_only_by_the_same_rule() -> None:
    sold = replace(after(RUNS, TRAMS), members=ids(STRIKERS))
    assert "strike" not in after(RUNS - 1, sold).title.casefold()
    assert "strike" in after(RUNS, sold).title.casefold()


def test_a_title_that_says_nothing_of_the_members_gives_way() -> None:
    assert after(RUNS, replace(TRAMS, title="Theme 1")).title != "Theme 1"


def test_no_title_gives_way_to_words_of_a_single_article() -> None:
    silent = articles("silent", ["It is", "And so on", "To be or not to be"])
    one = channel("theme-1", "Theme 1", silent)
    assert after(RUNS, one, among=[*silent, *WEATHERMEN]) == one


def test_a_channel_whose_articles_are_not_there_stays_as_it_is() -> None:
    one = replace(TRAMS, members=frozenset({"gone"}), rival="Veltra privatisation", rival_runs=2)
    assert after(1, one) == one


# Which channels


def test_only_titles_that_may_change_do() -> None:
    ready = replace(TRAMS, rival=after(1, TRAMS).rival, rival_runs=RUNS - 1)
    assert hold([ready], Names(EVERYTHING), (), {ready.slug}) == [ready]


def test_a_description_follows_the_title_and_keeps_its_day() -> None:
    told = replace(TRAMS, description="About the strike. Articles since 1 February 2026.")
    assert after(RUNS - 1, told).description == told.description
    assert after(RUNS, told).description.startswith("About Veltra")
    assert after(RUNS, told).description.endswith("Articles since 1 February 2026.")


def test_only_descriptions_that_may_follow_do() -> None:
    told = replace(TRAMS, description="About the strike. Articles since 1 February 2026.")
    ready = replace(told, rival=after(1, told).rival, rival_runs=RUNS - 1)
    (changed,) = hold([ready], Names(EVERYTHING), {ready.slug}, ())
    assert changed.title != told.title
    assert changed.description == told.description


def test_two_channels_with_one_rival_are_not_called_the_same() -> None:
    halves = [channel("a", "Zeppelin", SELLERS[::2]), channel("b", "Balloon", SELLERS[1::2])]
    for _ in range(RUNS):
        halves = hold(halves, Names(EVERYTHING), {"a", "b"}, ())
    assert halves[0].title != "Zeppelin"
    assert halves[0].title.casefold() != halves[1].title.casefold()


def test_a_title_that_another_channel_has_is_not_taken() -> None:
    named = after(1, TRAMS).rival
    other = channel("other", named, WEATHERMEN)
    assert named not in (after(2 * RUNS, TRAMS, other).title, after(1, TRAMS, other).rival)


WORDS = st.lists(st.sampled_from("Veltra strike Gaza war election the of 東京 Überfall 2026".split()), max_size=5)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(WORDS, WORDS), min_size=2, max_size=12), st.integers(1, 4), st.data())
def test_whatever_the_articles_say_titles_stay_apart_and_short(
    texts: list[tuple[list[str], list[str]]], parts: int, data: st.DataObject
) -> None:
    found = articles("any", ["\n".join(" ".join(words) for words in text) for text in texts])
    channels = [channel(f"slug-{n}", f"Title {n}", found[n::parts]) for n in range(parts)]
    channels = [replace(c, rival="Veltra war", rival_runs=2) if data.draw(st.booleans()) else c for c in channels]
    free = {c.slug for c in channels if data.draw(st.booleans())}
    now = hold(channels, Names(found), free, free)
    assert len({c.title.casefold() for c in now}) == len(now)
    assert all(0 < len(c.title) <= MAX_TITLE for c in now)
    assert [(c.slug, c.members) for c in now] == [(c.slug, c.members) for c in channels]
    assert [c for c in now if c.slug not in free] == [c for c in channels if c.slug not in free]
    assert all(bool(c.rival) == bool(c.rival_runs) and c.rival_runs < RUNS for c in now)
    assert hold(channels[::-1], Names(found[::-1]), free, free) == now[::-1]


def test_a_title_in_a_script_without_spaces_is_weighed_by_its_words() -> None:
    """Read as lone characters it would tell nothing, and anything else be better."""
    club = articles("club", [f"{n}\n今日は勉強会の話。勉強会はよい。" for n in range(6)])
    among = [*club, *articles("walk", [f"{n}\n今日は散歩の話。海辺はよい。" for n in range(6)])]
    assert not clearly_better("今日", "勉強会", ids(club), Names(among))
    assert clearly_better("勉強会", "散歩", ids(club), Names(among))
