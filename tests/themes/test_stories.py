"""Which articles tell the same event. Where a case gives no cosine both are stubs, and titles are all there is."""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from feedsvc.load.text import parse_text
from feedsvc.model import Document, Marks, RawArticle
from feedsvc.normalise.dates import to_utc
from feedsvc.themes.stories import LEAST, MAX_TITLE, SPAN, Told, story_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def plainly(word: str) -> float:
    """As if every word but function words were equally rare."""
    return 0.0 if word in ENGLISH_STOP_WORDS else 6.0


def rarity_in(texts: Sequence[str], uncounted: frozenset[str] = frozenset()) -> Callable[[str], float]:
    """The smoothed idf of a word over some texts, as scikit-learn's."""
    having = Counter(word for text in texts for word in set(re.findall(r"\w\w+", text.lower())))
    return lambda word: 0.0 if word in uncounted else math.log((1 + len(texts)) / (1 + having[word])) + 1


def stories(articles: Sequence[Told], rarity: Callable[[str], float] = plainly, cosine: float = 0.0) -> list[list[str]]:
    """The titles of each story that has more than one, everything told offered to whatever came later."""
    story_by_id: dict[str, str] = {}
    told: list[Told] = []
    for article in sorted(articles, key=lambda one: (one.published, one.id)):
        offered = [(other, cosine, story_by_id[other.id]) for other in told]
        story_by_id[article.id] = story_of(article, offered, rarity) or article.id
        told.append(article)
    titles: dict[str, list[str]] = {}
    for article in told:
        titles.setdefault(story_by_id[article.id], []).append(article.title)
    return [group for group in titles.values() if len(group) > 1]


def same(a: str, b: str, apart: timedelta = HOUR, cosine: float | None = None) -> bool:
    stub = cosine is None
    first, then = Told("a", a, NOON, stub), Told("b", b, NOON + apart, stub)
    return story_of(then, [(first, cosine or 0.0, "a")], plainly) == "a"


# Rewritten, corrected


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("Bus crash near Ashford kills seven schoolchildren", "Seven schoolchildren killed in Ashford bus crash"),
        ("7 dead in bus crash on Ashford bridge", "12 dead in bus crash on Ashford bridge"),
        ("Bus crash on Ashford bridge: 7 dead", "Bus crash on Ashford bridge: 12 dead"),
        ("Seven dead in bus crash on Ashford bridge", "Twelve dead in bus crash on Ashford bridge"),
        ("Rebels shell Iranian harbour, tanker burns", "Tanker burns after rebels shell harbour in Iran"),
        (
            "Incendie dans une usine de Rouen, le quartier évacué",
            "Rouen : quartier évacué après l’incendie d’une usine",
        ),
        ("トランプ大統領、イラン攻撃の決定を延期", "イラン攻撃の決定、トランプ大統領が延期"),
    ],
)
def test_a_rewritten_or_corrected_headline_of_the_hour_is_the_same_story(first: str, then: str) -> None:
    assert same(first, then)


def test_a_synonym_is_for_the_texts_to_tell() -> None:
    titles = ("Council approves the new tram line to Hospital Hill", "Council backs the new tram line to Hospital Hill")
    assert same(*titles, cosine=0.7)
    assert not same(*titles, cosine=0.3)
    assert not same(*titles)


def test_texts_that_are_nearly_one_are_the_same_story_under_any_headline() -> None:
    assert same("Harbour wall gives way", "Boats adrift after the storm", cosine=0.98)


# Alike, but not the same


@pytest.mark.parametrize("cosine", [None, 0.6])
@pytest.mark.parametrize(
    ("first", "then", "apart"),
    [
        ("Weather forecast for Monday", "Weather forecast for Tuesday", DAY),
        ("Weather forecast for Monday: rain in the north", "Weather forecast for Tuesday: sun in the south", HOUR),
        (
            "Day 3 of teachers’ strike shuts schools in Ashford",
            "Teachers’ strike, day 4: schools in Ashford shut",
            HOUR,
        ),
        ("Match report: Rovers 2–1 Ashford Town", "Match report: Rovers 2–1 Milltown United", 3 * HOUR),
        ("Rovers beat Ashford 2–1 in the league cup", "Rovers beat Ashford 3–0 in league cup replay", DAY),
        ("Sweden reports nine new cases of monkeypox", "Ireland reports three new cases of monkeypox", HOUR),
        ("Peru reports its first case of monkeypox", "Minnesota reports first case of monkeypox", HOUR),
        ("Germany reports 70 new cases of monkeypox", "Germany reports 82 new cases of monkeypox", DAY),
        ("Live updates: council budget vote", "Live updates: council budget vote", DAY),
        ("In pictures: the week in Ashford and Milltown", "In pictures: Rovers and their fans", HOUR),
        ("Second round of talks on the harbour board", "Third round of talks on the harbour board", HOUR),
        ("Budget 2025: what changes for families", "Budget 2026: what changes for families", HOUR),
        ("周一天气预报北京晴转多云", "周二天气预报北京晴转多云", DAY),
    ],
)
def test_the_next_of_a_series_is_another_story(first: str, then: str, apart: timedelta, cosine: float | None) -> None:
    assert not same(first, then, apart, cosine)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("Live updates", "Live updates"),
        ("Budget", "Budget"),
        ("", ""),
        ("!?", "!?"),
        ("Trump and Iran", "Iran: Trump"),
        ("トランプ大統領、イラン攻撃の決定を延期", "トランプ大統領、関税の引き上げを発表"),
    ],
)
def test_a_title_that_says_little_tells_no_story_by_itself(first: str, then: str) -> None:
    assert not same(first, then)


def test_what_nearly_all_texts_say_ties_nothing_together() -> None:
    titles = ("Trump and Israel on Iran nuclear deal: envoys arrive", "Iran nuclear deal: Trump calls Israel")
    rarity = rarity_in([*titles, *["Trump, Israel, Iran, nuclear deal"] * 20])
    articles = [Told(str(n), title, NOON, True) for n, title in enumerate(titles)]
    assert stories(articles) == [list(titles)]
    assert stories(articles, rarity) == []


def test_a_headline_that_returns_with_another_text_is_another_story() -> None:
    assert same("The morning in Ashford", "The morning in Ashford", HOUR, cosine=0.9)
    assert not same("The morning in Ashford", "The morning in Ashford", HOUR, cosine=LEAST - 0.01)
    assert not same("The morning in Ashford", "The morning in Ashford", DAY, cosine=0.9)


# One of a series, on one day and with texts that are nearly one


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("Announcing Quayside 1.70.0", "Announcing Quayside 1.71.0"),
        ("Announcing Quayside 1.70", "Announcing Quayside 1.71"),
        ("Quayside 2.1.3-rc1 is out", "Quayside 2.1.3-rc2 is out"),
        ("Quayside v20.1.0 and v18.16.0 released", "Quayside v16.20.0 released"),
        ("Quayside v20 released", "Quayside v21 released"),
        ("Harbour digest 12", "Harbour digest 13"),
        ("Hafenrückblick 12: Kräne", "Hafenrückblick 13: Kräne"),
        ("Harbour letter no. 12 for members of the club", "Harbour letter no. 13 for members of the club"),
        ("Hafenbrief Nr. 12 für alle im Verein", "Hafenbrief Nr. 13 für alle im Verein"),
        ("Lettre du port n° 12 aux membres", "Lettre du port n° 13 aux membres"),
        ("Harbour letter #12 to members", "Harbour letter #13 to members"),
        ("Understanding cranes, part a", "Understanding cranes, part b"),
        ("Understanding cranes, part ii: ropes", "Understanding cranes, part iii: ropes"),
        ("Kräne verstehen, Teil 2: Seile am Hafen", "Kräne verstehen, Teil 3: Seile am Hafen"),
        ("2. Teil: Kräne und Seile am Hafen", "3. Teil: Kräne und Seile am Hafen"),
        ("Erster Teil der Reihe über Kräne", "Zweiter Teil der Reihe über Kräne"),
        ("Comprendre les grues, partie 2", "Comprendre les grues, partie 3"),
        ("Las grúas del puerto: primera parte", "Las grúas del puerto: segunda parte"),
        ("港湾だより第12号：新しい船の紹介", "港湾だより第13号：新しい船の紹介"),
        ("港湾だより第十二号：新しい船の紹介", "港湾だより第十三号：新しい船の紹介"),
        ("从零开始造一艘船（五）：甲板上的工作", "从零开始造一艘船（四）：甲板"),
        ("从零开始造一艘船（上）", "从零开始造一艘船（下）"),
        ("Building a boat from nothing (2)", "Building a boat from nothing (3)"),
        ("帆船の入門講座 前編", "帆船の入門講座 後編"),
        ("長崎の波の予報：高い波が続く見込み", "函館の波の予報：高い波が続く見込み"),
        ("طقس ميناء طرابلس اليوم وغدا", "طقس ميناء صيدا اليوم وغدا"),
    ],
)
@pytest.mark.parametrize("apart", [timedelta(0), 2 * HOUR, DAY])
def test_another_number_of_a_series_is_another_story_whatever_the_time(first: str, then: str, apart: timedelta) -> None:
    assert not same(first, then, apart, cosine=0.98)
    assert not same(then, first, apart, cosine=0.98)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("Ashford bridge: death toll rises to 12", "Ashford bridge: death toll rises to 15"),
        ("Ashford bridge crash kills 12", "Ashford bridge crash kills 15"),
        (
            "Brückensturz in Ashford: Zahl der Toten steigt auf 12",
            "Brückensturz in Ashford: Zahl der Toten steigt auf 15",
        ),
        ("Pont d’Ashford : le bilan monte à 12", "Pont d’Ashford : le bilan monte à 15"),
        ("Magnitude 5.9 earthquake strikes off Ashford", "Magnitude 6.1 earthquake strikes off Ashford"),
        ("Powerful 5.9 quake strikes off Ashford", "Powerful 6.1 quake strikes off Ashford"),
        ("Harbour fund grows to 1.5 million", "Harbour fund grows to 1.7 million"),
        ("Mindestens 1.500 Boote im Hafen", "Mindestens 1.700 Boote im Hafen"),
        ("Ashford boat prices up 3.5% on the year", "Ashford boat prices up 3.6% on the year"),
        ("長崎の港で火災、7人死亡", "長崎の港で火災、12人死亡"),
        ("長崎の港で火災、七人死亡", "長崎の港で火災、九人死亡"),
        ("長崎の港が火災で閉鎖される", "長崎の港は火災で閉鎖される"),
        ("Harbour guide, part 2", "Harbour guide, Part Two"),
    ],
)
def test_what_is_counted_of_an_event_may_rise_within_a_story(first: str, then: str) -> None:
    assert same(first, then, 2 * HOUR, cosine=0.9)


@pytest.mark.parametrize("apart", [HOUR, DAY])
def test_a_toll_that_rises_in_other_words_is_one_story_on_the_next_day_too(apart: timedelta) -> None:
    titles = ("Death toll rises to 12 in Ashford bus crash", "Ashford bus crash: death toll rises to 15")
    assert same(*titles, apart, cosine=0.9)


# Time


def test_the_further_apart_the_more_alike_they_have_to_be() -> None:
    titles = ("Harbour wall gives way in the storm, boats adrift", "Storm breaks harbour wall and sets boats adrift")
    assert [same(*titles, n * DAY, cosine=0.75) for n in (0, 1, 2)] == [True, True, False]
    assert [same(*titles, n * DAY, cosine=0.55) for n in (0, 1, 2)] == [True, False, False]


def test_a_week_of_a_war_does_not_become_one_story_link_by_link() -> None:
    written = [
        "Shells fall on Ashford harbour as rebels close in {}",
        "Rebels close in and shells fall on Ashford harbour {}",
    ]
    week = [Told(f"{n:02}", written[n % 2].format("!" * n), NOON + n * 12 * HOUR, False) for n in range(14)]
    times = [[one.published for one in week if one.title in group] for group in stories(week, cosine=0.95)]
    assert len(times) > 2
    assert max(max(group) - min(group) for group in times) <= SPAN


def test_only_its_first_article_speaks_for_a_story() -> None:
    told = Told("second", "Bus crash on bridge: seven schoolchildren killed", NOON, True)
    article = told._replace(id="new", published=NOON + HOUR)
    assert story_of(article, [(told, 1.0, "second")], plainly) == "second"
    assert story_of(article, [(told, 1.0, "first")], plainly) is None


def test_an_article_joins_the_story_that_is_most_like_it() -> None:
    near = Told("near", "Schoolchildren in bus crash on Ashford bridge", NOON, True)
    nearer = Told("nearer", "Seven schoolchildren killed in bus crash on bridge", NOON, True)
    article = Told("new", "Bus crash on bridge: seven schoolchildren killed", NOON + HOUR, True)
    offered = [(near, 0.0, "near"), (nearer, 0.0, "nearer")]
    assert story_of(article, offered[:1], plainly) == "near"
    assert story_of(article, offered, plainly) == story_of(article, offered[::-1], plainly) == "nearer"


# The seed page

DELAYS = [
    "Trump Delays Major Decision on Iran Following Missile Strike",
    "Tensions Escalate as Trump Delays Decision on Potential Iran Attack",
]
REACTOR = [
    "Escalating Tensions: Israel Targets Iranian Nuclear Reactor Amid Ongoing Conflict",
    "Escalation in Israel-Iran Conflict: Air Strikes Target Arak Heavy Water Reactor",
]

TEXTS = ("title", "summary", "body_text", "body_markdown")


@pytest.mark.parametrize("beside", ["", "18f", "currentevents-2022"])
@pytest.mark.parametrize("uncounted", [frozenset(), ENGLISH_STOP_WORDS], ids=["every word", "no function words"])
def test_of_the_seed_pages_titles_two_pairs_are_one_story_each(
    shared: Path, uncounted: frozenset[str], beside: str
) -> None:
    path = next((shared / "seed").glob("*.txt"))
    page = Document("paper", path.name, "text/plain", path.read_bytes(), NOON)
    (article,) = parse_text(page, Marks())
    assert isinstance(article, RawArticle)
    told = [Told("page", article.title, to_utc(article.published or "", UTC), False)]
    told += [Told(link.title, link.title, to_utc(link.published or "", UTC), True) for link in article.related]
    assert len(told) == 21
    texts = [f"{article.title} {article.summary} {article.body}", *(one.title for one in told[1:])]
    if beside:
        with (shared / "corpora" / beside / "articles.jsonl").open(encoding="utf-8") as lines:
            texts += [" ".join(filter(None, map(json.loads(line).get, TEXTS))) for line in islice(lines, 200)]
    assert stories(told, rarity_in(texts, uncounted)) == [REACTOR, DELAYS]


# Whatever is told

WORDS = [
    "Harbour",
    "wall",
    "cracks",
    "Iran",
    "Spain",
    "7",
    "12",
    "Monday",
    "third",
    "of",
    "港",
    "口",
    "2–1",
    ":",
    "storm",
]
titles = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join) | st.text(max_size=30)
offers = st.lists(
    st.tuples(titles, st.integers(-60, 60), st.booleans(), st.floats(0, 1), st.booleans()), max_size=6
).map(
    lambda drawn: [
        (Told(str(n), title, NOON + hours * HOUR, stub), cosine, str(n) if is_first else "another")
        for n, (title, hours, stub, cosine, is_first) in enumerate(drawn)
    ]
)


@settings(deadline=None)
@given(titles, st.booleans(), offers, st.randoms(use_true_random=False))
def test_the_story_is_one_of_those_offered_in_any_order(
    title: str, stub: bool, earlier: list[tuple[Told, float, str]], chance: Callable[[], float]
) -> None:
    article = Told("new", title, NOON, stub)
    story = story_of(article, earlier, plainly)
    firsts = {told.id: told for told, _, name in earlier if told.id == name}
    assert story is None or abs(firsts[story].published - NOON) <= SPAN
    shuffled = [*earlier, *earlier]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert story_of(article, shuffled, plainly) == story
    assert story_of(article, [], plainly) is None


@settings(deadline=None)
@given(titles, titles, st.floats(0, 1), st.floats(0, 1), st.integers(0, 60), st.integers(0, 60))
def test_more_in_common_and_less_time_between_never_part_two_articles(
    a: str, b: str, less: float, more: float, hours: int, further: int
) -> None:
    less, more = sorted((less, more))
    first, article = Told("a", a, NOON, False), Told("b", b, NOON + (hours + further) * HOUR, False)
    if story_of(article, [(first, less, "a")], plainly):
        assert story_of(article, [(first, more, "a")], plainly) == "a"
        nearer = article._replace(published=NOON + hours * HOUR)
        assert story_of(nearer, [(first, less, "a")], plainly) == "a"


def test_a_book_for_a_title_costs_no_more_than_a_title() -> None:
    asked: list[str] = []

    def rarity(word: str) -> float:
        asked.append(word)
        return 6.0

    book = "storm breaks harbour wall " * 5000
    assert story_of(Told("b", book, NOON, True), [(Told("a", book, NOON, True), 1.0, "a")], rarity) == "a"
    assert len(asked) < 2 * MAX_TITLE
