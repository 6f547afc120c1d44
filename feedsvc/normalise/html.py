"""Bodies in any notation → safe HTML with absolute URLs.

Pure. nh3 always has the last word: nothing is put into HTML after it, and what is taken out are single
characters that no feed can carry. It does not look for the article within a page; the parsers do.
"""

import re
import unicodedata
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import quote, urljoin, urlsplit

import nh3
from markdown_it import MarkdownIt
from w3lib.url import safe_url_string

from feedsvc.model import BodyFormat
from feedsvc.normalise.text import clean, drop_unwanted, is_heavy, roughly_untagged, tame

_TAGS = set(
    "a abbr address article aside audio b bdi bdo blockquote br caption cite code col colgroup dd "
    "del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li "
    "mark ol p pre q rp rt ruby s samp section small source span strike strong sub summary sup table tbody "
    "td tfoot th thead time tr u ul var video wbr".split()
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "hreflang"},
    "audio": {"src"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "img": {"alt", "height", "src", "width"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"reversed", "start"},
    "q": {"cite"},
    "source": {"src", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "video": {"height", "poster", "src", "width"},
}
# Elements whose text is no part of the article. Of all others that are not allowed, the text stays.
_SILENT_TAGS = set(
    "button canvas datalist embed iframe math noembed noframes option script select style svg template "
    "textarea title".split()
)
_SCHEMES = {"http", "https", "mailto"}
_PLAYABLE = {"audio": {"controls": ""}, "video": {"controls": ""}}

# Markdown is read at about 0.6 MB/s, at worst (a row of "![") at a tenth of that; the longest article
# seen has 43 kB.
_MAX_MARKDOWN_CHARS = 100_000

_PARAGRAPH_BREAK = re.compile(r"\n\s*\n")
_NETLOC = re.compile(r"(?:[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?|\[[0-9a-f:.]+\])(?::[0-9]+)?")
_STRUCK_TAG_END = re.compile(">\u0338+")
_BETWEEN_TAGS = re.compile(r"[^<>]+")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")

_markdown = MarkdownIt("commonmark", {"html": True}).enable("table")


def body_to_html(body: str, body_format: BodyFormat, base_url: str | None) -> str:
    """An article's body as sanitised HTML; empty when there is nothing in it.

    Relative URLs are resolved against `base_url`, and their attribute is removed when there is none.
    A body far larger than an article keeps its paragraphs and loses its markup: it would take too long.
    """
    body = clean(body).strip()
    if body_format is BodyFormat.MARKDOWN and len(body) <= _MAX_MARKDOWN_CHARS:
        return _sanitised(_markdown.render(body), base_url)
    if body_format is BodyFormat.HTML:
        return _sanitised(body, base_url)
    return _paragraphs(body)


def absolute_url(url: str | None, base_url: str | None) -> str | None:
    """`url` as an absolute http(s) URL in ASCII (RFC 3986), resolved against `base_url`.

    Hosts are in IDNA, other letters percent-encoded, spaces around it stripped. None when it cannot be
    such a URL, or when it carries a user name, which nobody means to publish.
    """
    if not url or not (url := url.strip()):
        return None
    is_absolute = url.lower().startswith(("http:", "https:"))  # urljoin makes the base of "https://"
    try:
        absolute = safe_url_string(url if is_absolute else urljoin(base_url or "", url))
        parts = urlsplit(absolute)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not _NETLOC.fullmatch(parts.netloc):
        return None
    return _STRAY_PERCENT.sub("%25", absolute)


def _paragraphs(text: str) -> str:
    paragraphs = (paragraph.strip() for paragraph in _PARAGRAPH_BREAK.split(text))
    return "\n".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in paragraphs if paragraph)


def _sanitised(markup: str, base_url: str | None) -> str:
    if is_heavy(markup):
        return _paragraphs(clean(unescape(roughly_untagged(markup))))
    cleaner = nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_SILENT_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_with_urls_against(base_url),
        url_schemes=_SCHEMES,
        set_tag_attribute_values=_PLAYABLE,
    )
    # Composing the HTML, which any consumer may do, would turn a tag's > and this mark into a letter: ≯.
    safe = _STRUCK_TAG_END.sub(">", drop_unwanted(cleaner.clean(tame(markup))))
    # What was dropped may have stood between a letter and its mark.
    return _BETWEEN_TAGS.sub(lambda text: unicodedata.normalize("NFC", text[0]), safe).strip()


def _with_urls_against(base_url: str | None) -> Callable[[str, str, str], str | None]:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "href" and value.strip().lower().startswith("mailto:"):
            return quote(value.strip(), safe="%!$&'()*+,/:;=?@")
        if attribute in ("href", "src", "poster", "cite"):
            return absolute_url(value, base_url)
        return value

    return keep
