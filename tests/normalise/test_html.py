import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from feedsvc.model import BodyFormat
from feedsvc.normalise.html import absolute_url, body_to_html

BASE = "https://news.example/2024/03/story.html"
MEGABYTE = 1_000_000
PIECES = (
    "<p> </p> <a\thref=' <img\tsrc= <script> <b\tx=1> javascript: data: //h/ ' \" > ]]> &#1; &#0; &lt; & "
    "\u0338 \x00 \ud800 \ufffe <style> <table><td> \ton click= *"
).split(" ")
ANY_MARKUP = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=30).map("".join)


def html(body, base_url=BASE):
    return body_to_html(body, BodyFormat.HTML, base_url)


def test_plain_text_becomes_escaped_paragraphs():
    assert body_to_html("a < b &\r\nc\n \n<b>d</b>\n\n\n", BodyFormat.TEXT, BASE) == (
        "<p>a &lt; b &amp;\nc</p>\n<p>&lt;b&gt;d&lt;/b&gt;</p>"
    )


@pytest.mark.parametrize("body_format", BodyFormat)
def test_a_blank_body_is_empty(body_format):
    assert body_to_html(" \n\n ", body_format, BASE) == ""


def test_markdown_with_tables_and_html_is_rendered_and_then_sanitised():
    body = "# Head\n\n*em* [link](/x) [bad](javascript:alert(1))\n\n|a|\n|-|\n|1|\n\n<div onclick=x>kept</div>"
    assert body_to_html(body, BodyFormat.MARKDOWN, BASE).replace("\n", "") == (
        '<h1>Head</h1><p><em>em</em> <a href="https://news.example/x" rel="noopener noreferrer">link</a> '
        "[bad](javascript:alert(1))</p><table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
        "<div>kept</div>"
    )


@pytest.mark.parametrize(
    "body",
    [
        "<figure><figcaption>c</figcaption></figure>",
        "<h2>h</h2><ul><li>a</li></ul><blockquote>q</blockquote><pre><code>x</code></pre>",
        'H<sub>2</sub>O <time datetime="2024-03-04">4 March</time>',
        '<img src="https://a.example/i.png" alt="a" width="1" height="2">',
        '<td colspan="2">cell</td>'.join(["<table><tbody><tr>", "</tr></tbody></table>"]),
    ],
)
def test_what_news_is_written_in_stays_as_it_is(body):
    assert html(body) == body


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p onclick=x class=c style='color:red' id=i>t</p>", "<p>t</p>"),
        ("<script>bad()</script><style>b{}</style><iframe src=//e.example>f</iframe>ok", "ok"),
        ("<form><input value=v><button>Go</button>ok</form>", "ok"),
        ("<title>t</title><p>ok</p>", "<p>ok</p>"),
        ("<!-- c -->ok ]]>", "ok ]]&gt;"),
        ("<custom-tag>ok</custom-tag>", "ok"),
        ("<a href='javascript:x'>t</a>", '<a rel="noopener noreferrer">t</a>'),
        (
            "<a href='java&#1;script:x'>t</a>",
            '<a href="https://news.example/2024/03/java%01script:x" rel="noopener noreferrer">t</a>',
        ),
        ("<a href='https://u:p@h.example/'>t</a>", '<a rel="noopener noreferrer">t</a>'),
        (
            "<a href='mailto:a@b.example?subject=é x'>t</a>",
            '<a href="mailto:a@b.example?subject=%C3%A9%20x" rel="noopener noreferrer">t</a>',
        ),
        ("<img src='data:image/png;base64,AA' alt=a>", '<img alt="a">'),
        ("<img src='mailto:a@b.example' srcset='x 2x' onerror=e>", "<img>"),
        ("<video src=v.mp4 autoplay></video>", '<video src="https://news.example/2024/03/v.mp4" controls=""></video>'),
        ("<q cite='/c'>t</q>", '<q cite="https://news.example/c">t</q>'),
        ("a&#1;b&#xFFFE;c&#147;", "abc“"),
    ],
)
def test_what_a_reader_must_not_get_is_taken_out(body, expected):
    assert html(body) == expected


def test_a_relative_url_without_a_base_is_removed():
    assert (
        html("<a href='/x'>t</a><img src='i.png' alt='a'>", None) == '<a rel="noopener noreferrer">t</a><img alt="a">'
    )


def test_a_combining_mark_never_fuses_with_the_end_of_a_tag():
    assert html("<p>&#1;&#x338;text</p>") == "<p>text</p>"


@given(ANY_MARKUP, st.sampled_from([BASE, None, "not a url", "file:///etc/"]))
@example("<p>\u0338", BASE)
def test_no_markup_raises_or_leaves_anything_unsafe_or_unwritable(body, base_url):
    for body_format in BodyFormat:
        safe = body_to_html(body, body_format, base_url)
        etree.Element("a").text = safe
        for tag in re.findall(r"<[^>]*>", safe):
            assert not re.search(r"<(?:script|style|iframe|form)|\s(?:on\w+|style|class)=", tag)
            for url in re.findall(r'\s(?:href|src|cite|poster)="([^"]*)"', tag):
                assert re.match(r"https?://[^/@]+|mailto:", url)
                assert url.isascii()


@given(ANY_MARKUP)
@example("<p>&#1;\u0338")
@example("<p>&#x338;x</p>")
@example("a=&#1;\u0338 e&#1;\u0301")
def test_sanitised_html_is_sanitised_already(body):
    once = html(body)
    assert html(once) == once


@pytest.mark.parametrize("body_format", BodyFormat)
@pytest.mark.parametrize(
    "unit",
    [
        "<div>",
        "<ul><li>",
        "<p>x</p>",
        "&",
        "&notit; ",
        "<",
        "<script>",
        "<!--",
        "]]>",
        "<b a=",
        "[",
        "![",
        "> ",
        "*a ",
        "|a",
        "\n ",
        "<p a=1 ",
    ],
)
def test_a_megabyte_of_anything_is_read_in_about_a_second(unit, body_format):
    started = time.process_time()
    body_to_html(unit * (MEGABYTE // len(unit)), body_format, BASE)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 10_000 + "deep" + "</div>" * 10_000,
        "<p>" + "".join(f"<b a={n}>" for n in range(7000)) + "</p>" + "<p>x</p>" * 7000,
        "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</p>",
        "<p " + "/".join(f"a{n}" for n in range(100_000)) + ">x</p>",
    ],
    ids=["nesting", "unclosed formatting", "attributes", "attributes parted by slashes"],
)
def test_markup_made_to_take_long_does_not(body):
    started = time.process_time()
    assert len(html(body)) < 2 * MEGABYTE
    assert time.process_time() - started < 2


@pytest.mark.parametrize("unit", ["![", "[", "*a ", "- a\n", "a\n\n"])
def test_the_longest_markdown_that_is_read_as_such_takes_no_longer_either(unit):
    started = time.process_time()
    body_to_html(unit * (100_000 // len(unit)), BodyFormat.MARKDOWN, BASE)
    assert time.process_time() - started < 3


def test_a_body_too_large_to_parse_keeps_its_paragraphs_and_its_text():
    body = "<p>One <b>two</b> &amp; three</p>" * 40_000
    assert html(body).startswith("<p>One two &amp; three</p>\n<p>One two")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/a#item-1", "https://news.example/a#item-1"),
        ("  http://a.example/x ", "http://a.example/x"),
        ("http://exämple.com/pä th?q=ü|#frä", "http://xn--exmple-cua.com/p%C3%A4%20th?q=%C3%BC%7C#fr%C3%A4"),
        ("http://a.example/100%", "http://a.example/100%25"),
        ("http://a.example/%C3%A4", "http://a.example/%C3%A4"),
        ("/x", "https://news.example/x"),
        ("img.png", "https://news.example/2024/03/img.png"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
    ],
)
def test_a_url_becomes_absolute_and_ascii(url, expected):
    assert absolute_url(url, BASE) == expected


@pytest.mark.parametrize(
    "url",
    [
        *(None, "", " ", "javascript:alert(1)", "data:text/html,x", "ftp://a.example/", "mailto:a@b.example"),
        *("http://u:p@a.example/", "http://u@a.example/", "http://a b.example/", "http:///x", "https://"),
        *("http://a.example:99999/", "http://[::1/", "http://a.example\x00/", "http://..", "http:x"),
        "http://a.example/\ud800",
    ],
)
def test_what_is_no_http_url_is_none(url):
    assert absolute_url(url, BASE) is None


@pytest.mark.parametrize("url", ["/x", "x", "//h.example/x", "#f", "?q"])
def test_a_relative_url_without_a_base_is_none(url):
    assert absolute_url(url, None) is None


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("htp:/@[]%#?\\ ."))), st.sampled_from([BASE, None]))
def test_an_absolute_url_is_ascii_and_stays_as_it_is(text, base_url):
    for url in (text, f"http://{text}"):
        absolute = absolute_url(url, base_url)
        if absolute is not None:
            assert re.fullmatch(r"https?://[!-~]+", absolute)
            assert absolute_url(absolute, None) == absolute
