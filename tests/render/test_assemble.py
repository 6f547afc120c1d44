from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedsvc.model import Article, Credit, Image, RelatedLink, Tombstone
from feedsvc.render.assemble import article_page, assemble, assemble_archive
from feedsvc.settings import Site

DAY = datetime(2026, 3, 1, tzinfo=UTC)
LATER = DAY + timedelta(days=2)
ARTICLE = Article("urn:uuid:1", "paper", "Trams", DAY, None, url="https://paper.example/trams", language="uk")
SITE = Site(title="The Paper", base_url="https://paper.example/feeds", language="de")
FILES = {"rss": "rss.xml", "json": "feed.json"}
HOME = "https://paper.example/feeds/channels/tram/"


def assembled(*articles, **given):
    return assemble("channels/tram", "urn:uuid:2", "Tram", "", articles or [ARTICLE], FILES, SITE, **given)


def entry(**given):
    return assembled(replace(ARTICLE, **given)).entries[0]


def archive(*articles, **given):
    return assemble_archive("channels/tram", "urn:uuid:2", "Tram", "", articles, FILES, SITE, **given)


def test_a_channel_has_the_sites_language_and_no_picture_unless_it_has_its_own():
    plain, shown = assembled(), assembled(image="https://paper.example/tram.png", language="en-GB")
    assert (plain.language, plain.image) == ("de", None)
    assert (shown.language, shown.image) == ("en-GB", "https://paper.example/tram.png")
    assert assembled(language="xx").language == "de"


@pytest.mark.parametrize(("language", "told"), [("de", "Tram – The Paper"), ("en-GB", "Tram, from The Paper.")])
def test_a_channel_without_description_is_described_in_no_other_language_than_its_own(language, told):
    assert assembled(language=language).description == archive(number=1, language=language).description == told


def test_everything_without_description_is_called_by_its_name_where_it_is_not_in_english():
    assert assemble("", "urn:uuid:2", "Alles", "", [], FILES, SITE).description == "Alles"


def test_a_picture_that_cannot_be_addressed_gives_way_to_the_sites():
    site = Site(title="The Paper", image="https://paper.example/zeitung ä.png")
    feed = assemble("", "urn:uuid:2", "All", "", [], FILES, site, image="file:///tram.png")
    assert feed.image == "https://paper.example/zeitung%20%C3%A4.png"


def test_an_entry_keeps_the_language_it_has_and_gets_none():
    assert [entry.language for entry in assembled(language="en").entries] == ["uk"]


def test_what_an_article_brings_along_goes_into_its_entry():
    image, credit = Image("https://a.example/i.jpg", "image/jpeg", 5), Credit("Agency", "https://agency.example/")
    found = entry(image=image, credit=credit, rights="© Agency", tags=("Rail",), authors=("Ann",))
    assert (found.image, found.credit, found.rights) == (image, credit, "© Agency")
    assert (found.categories, found.authors) == (("Rail",), ("Ann",))


def test_addresses_are_made_good_or_left_out():
    found = entry(
        url="https://[::1]/six", image=Image("https://bücher.example/ü.png"), credit=Credit("Agency", "news:1")
    )
    assert found.url == article_page(ARTICLE.id, SITE)
    assert found.image == Image("https://xn--bcher-kva.example/%C3%BC.png")
    assert found.credit == Credit("Agency", None)
    assert entry(image=Image("/i.png")).image is None


# Related links


def test_a_related_link_without_an_address_leads_to_its_articles_page():
    links = (RelatedLink("Bus", None, None, "urn:uuid:7"), RelatedLink("Bike", "https://b.example/"), RelatedLink("?"))
    assert [(link.title, link.url) for link in entry(related=links).related] == [
        ("Bus", "https://paper.example/feeds/articles/urn:uuid:7"),
        ("Bike", "https://b.example/"),
    ]


def test_nothing_is_related_twice_or_to_itself():
    links = (RelatedLink("Bike", "https://b.example/"), RelatedLink("Bikes", "https://b.example/"))
    own = (RelatedLink("Trams", ARTICLE.url), RelatedLink("Trams", "https://x.example/", None, ARTICLE.id))
    assert [link.title for link in entry(related=links + own).related] == ["Bike"]


def test_nothing_is_related_to_what_was_withdrawn():
    links = tuple(RelatedLink(id, f"https://b.example/{id}", None, id) for id in ("urn:uuid:3", "urn:uuid:4", "urn:5"))
    shown, gone = replace(ARTICLE, related=links), replace(ARTICLE, id="urn:uuid:3", withdrawn=LATER)
    feed = assembled(shown, gone, tombstones=[Tombstone("urn:uuid:4", LATER)])
    assert [link.title for link in feed.entries[0].related] == ["urn:5"]


# Corrections and withdrawals


def test_a_correction_is_the_last_paragraph_of_the_text():
    found = entry(body_html="<p>Text</p>", summary="Short", note="It was <1> & not 2", language="en")
    assert found.content_html == "<p>Text</p>\n<p><em>Correction: It was &lt;1&gt; &amp; not 2</em></p>"
    assert found.summary == "Short"


def test_without_a_text_the_correction_goes_with_the_summary():
    assert entry(summary="Short", note="Names", language="en").summary == "Short Correction: Names"
    assert entry(subtitle="", note="Names", language="en").summary == "Correction: Names"


@pytest.mark.parametrize(
    ("language", "word"), [("uk", "Виправлення:"), ("fr-CA", "Rectificatif :"), (None, "Berichtigung:"), ("ja", "Corr")]
)
def test_a_correction_is_told_in_the_articles_language_else_the_channels_else_english(language, word):
    assert entry(note="Names", language=language).summary.startswith(word)


WITHDRAWN = replace(
    ARTICLE,
    withdrawn=LATER,
    updated=DAY + timedelta(days=1),
    summary="Secret",
    body_html="<p>Secret</p>",
    authors=("Secret",),
    tags=("Secret",),
    image=Image("https://secret.example/i.png"),
    rights="Secret",
    credit=Credit("Secret"),
    note="Secret",
    related=(RelatedLink("Secret", "https://secret.example/"),),
)


def test_of_a_withdrawn_article_nothing_is_left_but_its_id_its_time_and_a_notice():
    found = assembled(WITHDRAWN, language="en").entries[0]
    assert (found.id, found.published, found.updated, found.expired) == (ARTICLE.id, DAY, LATER, LATER)
    assert found.url == article_page(ARTICLE.id, SITE)
    assert found.title == "Withdrawn"
    assert found.content_html == f"<p>{found.summary}</p>"
    assert found.language is None
    assert "Secret" not in repr(found)
    assert "trams" not in repr(found).lower()


def test_the_notice_is_in_the_channels_language():
    assert assembled(WITHDRAWN).entries[0].title == "Zurückgezogen"
    assert assembled(WITHDRAWN, language="sw").entries[0].title == "Withdrawn"


def test_the_notice_is_never_older_than_the_article():
    assert assembled(replace(WITHDRAWN, withdrawn=DAY - timedelta(days=1))).entries[0].updated == DAY


def test_a_feed_is_as_new_as_its_newest_change_removals_included():
    assert assembled().updated == DAY
    assert assembled(tombstones=[Tombstone("urn:uuid:4", LATER)]).updated == LATER


# Archives


def test_a_feed_leads_to_its_newest_archive_only():
    feed = assembled(archives=3)
    assert feed.prev_urls == {"rss": f"{HOME}archive/3/rss.xml", "json": f"{HOME}archive/3/feed.json"}
    assert feed.current_urls == {}
    assert assembled().prev_urls == {}


@pytest.mark.parametrize(("number", "before"), [(1, None), (2, 1), (3, 2)])
def test_an_archive_follows_the_one_before_and_belongs_to_the_feed(number, before):
    found = archive(ARTICLE, number=number)
    urls = {n: f"{HOME}archive/{n}/rss.xml" for n in (1, 2, 3)}
    assert found.id == "urn:uuid:2"
    assert found.home_url == HOME
    assert found.self_urls["rss"] == urls[number]
    assert found.prev_urls.get("rss") == urls.get(before)
    assert found.current_urls == assembled().self_urls
    assert found.entries == assembled().entries
    assert found.updated == DAY


def test_an_archive_of_nothing_but_tombstones_is_as_new_as_they_are():
    found = archive(number=1, tombstones=[Tombstone("urn:uuid:4", LATER)])
    assert (found.entries, found.updated) == ((), LATER)


def test_an_archive_has_no_rhythm():
    articles = [replace(ARTICLE, id=f"urn:uuid:{n}", published=DAY - timedelta(hours=n)) for n in range(5)]
    assert assembled(*articles).every_min == 30
    assert archive(*articles, number=1).every_min is None
