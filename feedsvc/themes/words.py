"""The words of an article, for theming: plain text from its title, summary and body."""

import re
from html import unescape

# Thai, Lao, Burmese, Khmer, kana and Han put no space between words: there every letter is a word, and a word a phrase.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
TAG = re.compile(r"<[^>]*>")
BLOCK = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
CODE = re.compile(r"<code\b[^>]*>(.*?)</code>", re.DOTALL)
NAME = re.compile(r"[^\W\d_]{2,}(?:[-.][^\W\d_]{2,})?")  # cargo, crates.io; neither a call, a path nor a flag


def plain(html: str) -> str:
    """The text of sanitised HTML, whose tags are well formed."""
    return unescape(TAG.sub(" ", html))


def told_by(title: str, summary: str, body_html: str) -> str:
    """One plain text without code, for naming: of code in a line, a word may stay. The body as for `words_of`."""
    return f"{title}\n{summary}\n{plain(CODE.sub(_word, BLOCK.sub(' ', body_html)))}"


def _word(code: re.Match[str]) -> str:
    said = unescape(code[1])
    return said if NAME.fullmatch(said) else " "


def words_of(title: str, summary: str, body_html: str) -> str:
    """One plain text. The body is sanitised already, so its tags are well formed."""
    return f"{title}\n{summary}\n{unescape(TAG.sub(' ', body_html))}"
