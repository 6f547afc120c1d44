"""What an operator says of a source's pages, and selectors that are none."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.load.pages.html import read_page
from feedsvc.load.pages.page import open_page
from feedsvc.load.pages.rules import PageRules, check_selector, selected
from feedsvc.model import Document

PAGE = """<html lang=en><head><meta property="og:title" content="Stated"><meta name=author content=Stated>
<meta property="og:image" content="/stated.jpg"></head><body><h1>Shown</h1>
<p class=kicker>Ruled <b>title</b></p><div class=who><a>Ada Reed</a><a>Bo Lind</a><a>Ada Reed</a></div>
<figure><img src="/ruled.jpg"></figure><div class=text><p>First part.</p><div class=text>Within.</div></div>
<p>Not the text.</p><section class=text><p>Second part.</p></section></body>"""


def test_selectors_come_before_what_a_page_states():
    rules = PageRules(title=".kicker", author="//div[@class='who']/a", image="figure", body=".text")
    document = Document(
        "gazette", "x", "text/html", PAGE.encode(), dt.datetime(2025, 3, 4, tzinfo=dt.UTC), "https://g.example/a"
    )
    reading = read_page(document, rules)
    article = reading.article
    assert (article.title, article.authors) == ("Ruled title", ("Ada Reed", "Bo Lind"))
    assert article.image == "https://g.example/ruled.jpg"
    assert article.body == '<p>First part.</p><div class="text">Within.</div>\n<p>Second part.</p>'
    assert reading.origins["title"] == "the selector .kicker"
    assert reading.origins["body"] == "the selector .text"


def test_a_selector_that_selects_nothing_leaves_the_page_as_it_is():
    document = Document("gazette", "x", "text/html", PAGE.encode(), dt.datetime(2025, 3, 4, tzinfo=dt.UTC))
    none = PageRules(title=".no", author=".no", image=".no", body=".no", published=".no", related="//no")
    assert read_page(document, none).article == read_page(document, PageRules()).article


@pytest.mark.parametrize(
    "selector", ["h1", "article > p.lead:first-child", "#main h2, .x", "//h1", "(//p)[1]", ".//time"]
)
def test_css_and_xpath_are_selectors(selector):
    assert check_selector(selector) == selector


@pytest.mark.parametrize("selector", ["h1[", "::", ">", "//[", "(//p", "a:unknown-thing(2)", "//p[@a='"])
def test_anything_else_is_refused_by_name(selector):
    with pytest.raises(ValueError, match="is neither a CSS selector nor an XPath"):
        check_selector(selector)


@pytest.mark.parametrize("selector", ["//p/text()", "//@class", "(count(//p))", "(1)", "//p[unknown()]", ""])
def test_what_selects_no_elements_selects_nothing(selector):
    assert selected(open_page(PAGE), selector) == []


@given(st.text(alphabet="abp.#[]()>:=*/@'\" ~+,1", min_size=1, max_size=12))
def test_any_text_is_a_selector_or_refused(selector):
    try:
        check_selector(selector)
    except ValueError:
        return
    selected(open_page(PAGE), selector)
