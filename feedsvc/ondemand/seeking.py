"""Words in texts, as people read them: whole, in any letter case, with or without accents, with any hyphen between.

Pure. Thousands of articles are looked through while a reader waits, so a text is brought into a form that can be
searched, and not taken apart into its words.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

from feedsvc.themes.curated import folded
from feedsvc.themes.words import UNSPACED, plain

UNSPACED_LETTER = re.compile(f"[{UNSPACED}]")
LETTER = f"[^\\W_{UNSPACED}]"  # or a digit: what a word goes on with, in scripts that put spaces between words


def bare(text: str) -> str:
    """Case-folded text without accents and soft hyphens, taken apart as NFKD does."""
    if text.isascii():
        return text.casefold()
    apart = unicodedata.normalize("NFKD", text.replace("\u00ad", "")).casefold()
    # й is a letter of its own, not an и with an accent; the collation of Unicode has it so too.
    apart = apart.replace("и\u0306", "й")
    for accent in _accents():  # a third of the time of one regular expression
        apart = apart.replace(accent, "")
    return apart


@cache
def _accents() -> tuple[str, ...]:
    """What stands above, below or through letters of the European scripts."""
    apart = (unicodedata.normalize("NFD", chr(code)) for code in range(0xC0, 0x2000))
    return tuple(sorted({mark for letter in apart for mark in letter[1:] if "\u0300" <= mark <= "\u036f"}))


class Seeker:
    """Tells whether an article has all of some words, and none of others, in their canonical spelling."""

    def __init__(self, words: Iterable[str], without: Iterable[str]) -> None:
        self._wanted = [_Word(word) for word in words]
        self._unwanted = [_Word(word) for word in without]

    def finds(self, title: str, subtitle: str, summary: str, body_html: str) -> bool:
        texts = [bare(text) for text in (title, subtitle, summary, plain(body_html))]
        return all(word.is_in(texts) for word in self._wanted) and not any(word.is_in(texts) for word in self._unwanted)


class _Word:
    """One word, or several that hang together: "covid-19" is found in "COVID 19"."""

    def __init__(self, word: str) -> None:
        self._pieces = [bare(piece) for piece in folded(word).split()]
        last = len(self._pieces) - 1
        ends = [number == last and word.endswith("*") for number in range(last + 1)]
        self._pattern = re.compile(_GAP.join(map(_piece, self._pieces, ends)))

    def is_in(self, texts: Sequence[str]) -> bool:
        return any(self._is_in(text) for text in texts)

    def _is_in(self, text: str) -> bool:
        # To see that letters are nowhere in a text takes a tenth of the time that the pattern does.
        return all(piece in text for piece in self._pieces) and self._pattern.search(text) is not None


_GAP = r"[\W_]*"  # the pieces themselves say where a word may not go on


def _piece(piece: str, open_end: bool) -> str:
    """A pattern for a whole word, or for a letter of a script that puts no space between words; or a beginning."""
    # What stands before is looked at last, as the search for a pattern that begins with letters is fast.
    before = "" if UNSPACED_LETTER.match(piece) else f"(?<!{LETTER}{piece})"
    after = "" if open_end else f"(?!{_marks()})" if UNSPACED_LETTER.match(piece) else f"(?!{LETTER}|{_marks()})"
    return f"{piece}{before}{after}"


@cache
def _marks() -> str:
    """The marks that many scripts write their vowels with."""
    marks = (char for char in map(chr, range(0x300, 0x20000)) if unicodedata.category(char)[0] == "M")
    return f"[{''.join(marks)}]"
