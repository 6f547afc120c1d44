from datetime import UTC, datetime

from feedsvc.model import Article
from feedsvc.render.assemble import assemble
from feedsvc.settings import Site

DAY = datetime(2026, 3, 1, tzinfo=UTC)
ARTICLE = Article("urn:uuid:1", "paper", "Trams", DAY, None, language="uk")
SITE = Site(title="The Paper", base_url="https://paper.example", language="de")


def assembled(**given):
    return assemble("channels/tram", "urn:uuid:2", "Tram", "", [ARTICLE], {"rss": "rss.xml"}, SITE, **given)


def test_a_channel_has_the_sites_language_and_no_picture_unless_it_has_its_own():
    plain, shown = assembled(), assembled(image="https://paper.example/tram.png", language="en-GB")
    assert (plain.language, plain.image) == ("de", None)
    assert (shown.language, shown.image) == ("en-GB", "https://paper.example/tram.png")


def test_an_entry_keeps_the_language_it_has_and_gets_none():
    assert [entry.language for entry in assembled(language="en").entries] == ["uk"]
