"""Which of the dates on a page is taken for its own, and what is handed on beside it."""

import pytest

from feedsvc.load.pages.datetext import date_texts, names_day, tells_of_another, tells_of_change
from feedsvc.load.pages.dating import Dating, date_page
from feedsvc.load.pages.linkeddata import linked_data
from feedsvc.load.pages.page import open_page
from feedsvc.load.pages.pagedata import stated_by
from feedsvc.load.pages.rules import PageRules
from feedsvc.model import Evidence

URL = "https://gazette.example/news/harbour-wall"
TITLE = "Harbour wall to be rebuilt"
PROSE = f"<p>{'The northern breakwater will be rebuilt before winter. ' * 5}</p>"
H1 = f"<h1>{TITLE}</h1>"
OWN = '<p class="date">4 March 2026</p>'
LD = '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": %s}</script>'


def dated(markup: str) -> Dating:
    page = open_page(f"<html><body>{markup}</body></html>")
    return date_page(page, stated_by(page, linked_data(page, URL)), PageRules(), TITLE, URL)


@pytest.mark.parametrize(
    ("markup", "published"),
    [
        (f'{H1}{OWN}{PROSE}<div><h2>Next</h2><time datetime="2026-02-11"></time></div>', "4 March 2026"),
        (f'<div class="ticker"><time datetime="2026-03-09"></time></div>{H1}{OWN}{PROSE}', "4 March 2026"),
        (f'{H1}{PROSE}<div class="comments-area"><time datetime="2026-03-09">9 March 2026</time></div>', None),
        (f'{H1}{PROSE}<p>The meeting is on <time datetime="2026-04-20">20 April 2026</time> at six.</p>', None),
        (f'{H1}<p>By Mary Quay</p><time itemprop="startDate" datetime="2026-04-20">20 April 2026</time>{PROSE}', None),
        (f'{H1}<p>By Mary Quay</p><time itemprop="dateModified" datetime="2026-04-20">9 May 2026</time>{PROSE}', None),
        (f"{H1}<p>Concert: 20 April 2026</p>{PROSE}", None),
        (f"{H1}<p>Published: 4 March 2026</p>{PROSE}", "Published: 4 March 2026"),
        (f"<div>Monday, 23 November 2026</div><div><h2>{TITLE}</h2>{PROSE}</div>", None),
        (f"<div>Monday, 23 November 2026</div>{H1}{PROSE}", None),
        (f"<article><p>04.03.2026, 09:15 Uhr</p>{H1}{PROSE}</article>", "04.03.2026, 09:15 Uhr"),
        (
            f'{H1}<time class="updated" datetime="2026-03-09"></time>'
            f'<time class="published" datetime="2026-03-04"></time>{PROSE}',
            "2026-03-04",
        ),
        (
            f'{H1}<p><span>Last updated:</span> <span><time datetime="2026-03-09">9 March</time></span></p>'
            f'<p><span>Published:</span> <time datetime="2026-03-04">4 March</time></p>{PROSE}',
            "2026-03-04",
        ),
        (f'{H1}{PROSE}<p>Read on.</p><time class="published" datetime="2026-03-04"></time>', "2026-03-04"),
        (f'{H1}<abbr class="published" title="2026-03-04T09:15:00Z">Wednesday</abbr>{PROSE}', "2026-03-04T09:15:00Z"),
        (f"{H1}<div>14. maj 2026 kl. 09:15</div>{PROSE}", "14. maj 2026 kl. 09:15"),
        (f"{H1}<div>2026. máj. 14. 09:15</div>{PROSE}", "2026. máj. 14. 09:15"),
        (f"{H1}<div>MAJ : 14/05/2026 09:15</div>{PROSE}", None),
        (f"{H1}<time datetime=2026>4 March 2026</time>{PROSE}", "4 March 2026"),
    ],
)
def test_the_date_is_the_one_that_stands_beside_the_headline_as_that_of_publication(markup, published):
    dating = dated(markup)
    assert (dating.published and dating.published.text) == published


def test_of_a_day_and_its_time_the_finer_is_taken():
    meta = '<meta property="article:published_time" content="%s">'
    assert dated(LD % '"2026-03-04"' + meta % "2026-03-04T09:15:00Z").published.text == "2026-03-04T09:15:00Z"
    assert dated(LD % '"2026-03-04"' + meta % "2026-03-05T09:15:00Z").published.text == "2026-03-04"


@pytest.mark.parametrize(
    "text", ['"0001-01-01T00:00:00Z"', '"1970-01-01T00:00:00Z"', '"04/03/2026 09:15"', '"%Y 2026 x"']
)
def test_what_may_turn_out_unreadable_brings_all_else_with_it(text):
    dating = dated(LD % text + H1 + OWN + PROSE)
    (more,) = dating.more_dates
    assert (more.text, more.evidence, more.origin) == (
        "4 March 2026",
        Evidence.PAGE,
        'a dated line in <p class="date">',
    )


def test_a_date_that_is_plain_brings_nothing_of_what_is_shown():
    assert dated(LD % '"2026-03-04T09:15:00Z"' + H1 + OWN + PROSE).more_dates == ()


@pytest.mark.parametrize(("number", "text"), [("1772615700", "1772615700"), ("1772615700000", "1772615700000")])
def test_seconds_since_1970_are_a_date(number, text):
    assert dated(LD % number).published.text == text


@pytest.mark.parametrize("name", ["dcterms.date", "citation_publication_date"])
def test_more_names_of_meta_elements_are_known(name):
    assert dated(f'<meta name="{name}" content="2026/03/04">').published.text == "2026/03/04"


def test_json_with_a_needless_comma_is_read():
    assert dated(LD % '"2026-03-04", "name": "a,]}",').published.text == "2026-03-04"


def test_a_short_weekday_stays_with_its_numbers_and_is_told_without_them_too():
    assert date_texts("mer 04/03/2026 - 10:15", "") == ["mer 04/03/2026 - 10:15", "04/03/2026 - 10:15"]


def test_the_month_of_may_is_no_word_for_a_change():
    assert not any(map(tells_of_change, ("14 maj 2026", "2026. máj. 14.", "Maj 2026", "14. maj: 10.00")))
    assert all(map(tells_of_change, ("MAJ : 4 mars 2026", "MAJ le 4 mars 2026", "m.à.j. 4 mars 2026")))


def test_a_label_tells_what_happened_on_the_day():
    assert all(map(tells_of_another, ("Concert: 20 April 2026", "Event date: 20 April 2026", "Born: 1 May 1960")))
    own = (
        "Published: 1 May 2026",
        "Veröffentlicht: 1.5.2026",
        "Date: 1 May 2026",
        "1 May 2026 10:15",
        "発行: 2026年",
        "발행: 2026. 3. 4.",
    )
    assert not any(map(tells_of_another, own))


def test_a_bare_year_names_no_day():
    assert not names_day("2026")
