"""The words of an article, for theming: plain text from its title, summary and body."""

import re
from html import unescape

TAG = re.compile(r"<[^>]*>")


def plain(html: str) -> str:
    """The text of sanitised HTML, whose tags are well formed."""
    return unescape(TAG.sub(" ", html))


def words_of(title: str, summary: str, body_html: str) -> str:
    """One plain text. The body is sanitised already, so its tags are well formed."""
    return f"{title}\n{summary}\n{unescape(TAG.sub(' ', body_html))}"
