"""The texts of a site → sentences of words, as naming reads them.

Pure. Unlike for comparing texts, addresses say nothing here, an identifier is one word whatever joins it, and
scripts that do not set words apart are read by the words that recur in them. What many articles have word for
word is of none of them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from operator import itemgetter

from feedsvc.themes.casing import BREAKS, sentences
from feedsvc.themes.places import LONG_FORMS
from feedsvc.themes.unspaced import Lexicon
from feedsvc.themes.words import UNSPACED

# What is not ASCII may follow an address without a space.
ADDRESS = re.compile(r"(?:[A-Za-z]+://|\bwww\.|\bmailto:)[!-~]*|[!-~]*%[0-9A-Fa-f]{2}[!-~]*")
APOSTROPHE = r"[’'](?<!\b[cdjlmnst].)(?<!\bqu.)"
# As `casing.WORD`, but that "_" joins, that "1.2" is one word and "l'eau" two, and that what is written without
# spaces comes in one piece.
WORD = re.compile(
    rf"(?=[A-Z])(?:(?:{LONG_FORMS})(?!\w)|(?:[A-Z]\.)+[A-Z]\b)"
    rf"|[^\W_{UNSPACED}]+(?:(?:{APOSTROPHE}|[&-]|_+|\.(?:(?=[a-z]{{2,}})|(?<=\d\.)(?=\d)))[^\W_{UNSPACED}]+)*"
    r"(?:[’'](?=[^\W\d_]))?"
    rf"|[{UNSPACED}\u3005]+|[{''.join(sorted(BREAKS))}]"
)
VERSION = re.compile(r"\d+(?:\.\d+)+")
IN_ONE_PIECE = re.compile(rf"[{UNSPACED}\u3005]")
LEAST = 5  # words of a sentence that may be boilerplate
FEWEST = 10  # articles that have it: fewer may be a series, which is a theme
MANY = 0.01  # of the articles that have the same sentence

BEGINNING = itemgetter(slice(2))

Sentence = tuple[str, ...]


class Reader:
    """How to read the texts of a site."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = {id: _without_addresses(text) for id, text in texts.items()}
        self._unspaced = {id for id, text in self._texts.items() if not text.isascii() and IN_ONE_PIECE.search(text)}
        self._lexicon = Lexicon(self._texts[id] for id in sorted(self._unspaced))

    def read(self) -> dict[str, tuple[Sentence, ...]]:
        """id → the sentences."""
        return {
            id: tuple(sentences(text, self._words if id in self._unspaced else WORD.findall))
            for id, text in self._texts.items()
        }

    def sentences(self, text: str) -> Iterable[Sentence]:
        """Those of any text, read in the same way."""
        return sentences(text, self._words)

    def _words(self, sentence: str) -> list[str]:
        words = WORD.findall(sentence)
        return [one for word in words for one in (self._lexicon.split(word) if IN_ONE_PIECE.match(word) else (word,))]


def own(found: Mapping[str, tuple[Sentence, ...]]) -> dict[str, tuple[Sentence, ...]]:
    """id → the sentences without those that many articles have, of those articles that keep some and not all."""
    many = max(FEWEST, MANY * len(found))
    begun = Counter(map(BEGINNING, chain.from_iterable(found.values())))
    often = {words for words, number in begun.items() if number >= many}  # what begins otherwise need not be looked at
    frames = {
        id: {one: _frame(one) for one in some if one[:2] in often and len(one) >= LEAST}
        for id, some in found.items()
        if not often.isdisjoint(map(BEGINNING, some))
    }
    counted = Counter(chain.from_iterable(set(some.values()) for some in frames.values()))
    kept = {id: tuple(one for one in found[id] if counted[some.get(one, "")] < many) for id, some in frames.items()}
    return {id: some for id, some in kept.items() if 0 < len(some) < len(found[id])}


def _frame(sentence: Sentence) -> str:
    """What it has in common with another that tells the same of the next version."""
    text = " ".join(sentence)
    return VERSION.sub("", text) if "." in text else text


def _without_addresses(text: str) -> str:
    return ADDRESS.sub(" ", text) if "://" in text or "www." in text or "%" in text or "mailto:" in text else text
