"""Text → words, the key under which forms of a word are counted as one, and how running text writes it.

Pure. A headline capitalises everything and the first word of a sentence is capitalised anyway, so only
the other words of running text tell a name from a common word.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from feedsvc.themes.places import LONG_FORMS, PLACE_BY_FORM, PLACES
from feedsvc.themes.words import UNSPACED

BREAKS = frozenset(",;:()|/–—，、：；（）「」《》،؛")  # a phrase does not go across these
# One character is a word where words are not set apart. "U.S." and "cloud.gov" are one word, "end.Next" is two.
WORD = re.compile(
    rf"(?=[A-Z])(?:(?:{LONG_FORMS})(?!\w)|(?:[A-Z]\.)+[A-Z]\b)"
    rf"|[^\W_{UNSPACED}]+(?:(?:[’'&-]|\.(?=[a-z]{{2,}}))[^\W_{UNSPACED}]+)*"
    rf"|[{UNSPACED}{''.join(sorted(BREAKS))}]"
)
# A full stop after "St" or "U.S" ends no sentence.
SENTENCE = re.compile(r"[.!?…。！？](?:(?<=[。！？])|(?<!\.[A-Z]\.)(?<![ \n][A-Z][a-z]\.)[\"”’)]*\s)")
POSSESSIVES = ("’s", "'s", "’", "'")
DOTTED = re.compile(r"\w[._]\w")
JOINED = re.compile(r"[-\d]")
HEADLINE = 0.6  # of the longer words of a line, those with a capital, from which on it is a headline
NAME = 0.7  # of the times a word is written in running text, those with a capital, from which on it is a name
Key = str
TWO_WORDS = {"heatwave": ("heat", "wave"), "heatwaves": ("heat", "wave")}  # written either way


def sentences(text: str, split: Callable[[str], Sequence[str]] = WORD.findall) -> Iterator[tuple[str, ...]]:
    """The words of each sentence, as written. A line that repeats another, as a summary may, is read once."""
    for line in dict.fromkeys(line.strip() for line in text.split("\n")):
        for sentence in SENTENCE.split(line):
            if words := split(sentence):
                yield tuple(words)  # which, unlike lists, the garbage collector leaves alone


@lru_cache(maxsize=200_000)
def keys(word: str) -> tuple[Key, ...]:
    """What a word counts as: places by their name, plurals as the singular, "Israel-Iran" as both."""
    word = bare(word)
    place = PLACE_BY_FORM.get(word) or (
        PLACE_BY_FORM.get(word.capitalize()) if len(word) > 3 and word.isupper() else ""
    )
    if not place and word[-1:] == "s" and word[:-1] in PLACES:  # "Nigerias", from which an apostrophe was lost
        place = word[:-1]
    if place:
        return (place,)
    if word.casefold() in TWO_WORDS:
        return TWO_WORDS[word.casefold()]
    head, hyphen, tail = word.partition("-")
    if hyphen and head in PLACE_BY_FORM:
        return (PLACE_BY_FORM[head], *(keys(tail) if tail in PLACE_BY_FORM else ()))
    return (_singular(word.casefold()),)


def bare(text: str) -> str:
    """Without the possessive at its end."""
    if not text.endswith(POSSESSIVES):
        return text
    return text.removesuffix("s")[:-1] or text


def _singular(word: str) -> str:
    if len(word) < 4 or not word.isascii() or word[-1] != "s" or word[-2:] in ("ss", "us", "is"):
        return word
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ches", "shes", "sses", "xes")) else word[:-1]


class Casing:
    """How a site writes each word, from all the sentences of its articles."""

    def __init__(self, sentences: Iterable[Sequence[str]]) -> None:
        running: list[str] = []
        headlines: list[str] = []
        for words in sentences:
            if is_headline(words):
                headlines += words
            else:
                running += words[1:]
                headlines.append(words[0])
        self._running = _by_key(running)
        self._headlines = _by_key(headlines)
        self._are_names: dict[Key, bool] = {}

    def is_name(self, key: Key) -> bool:
        """Whether running text writes it with a capital. What only headlines use is not known to be a name."""
        if key not in self._are_names:
            self._are_names[key] = key in PLACES or self._capitals(key) >= NAME
        return self._are_names[key]

    def is_common(self, key: Key) -> bool:
        """Whether running text writes it without one."""
        return key not in PLACES and key in self._running and self._capitals(key) < NAME

    def form(self, key: Key) -> str:
        """The word as mostly written."""
        if key in PLACES:
            return key
        forms = self._running.get(key) or self._headlines.get(key) or {key: 1}
        return min(forms, key=lambda form: (-forms[form], form))

    def is_identifier(self, form: str) -> bool:
        """Whether it has a dot, or a hyphen or a digit where sentences begin with it but never with its capital."""
        forms = self._headlines.get(form.casefold(), {})
        always = bool(forms) and not any(one[0].isupper() for one in forms)
        return bool(DOTTED.search(form) or (always and JOINED.search(form)))

    def _capitals(self, key: Key) -> float:
        forms = self._running.get(key)
        return (
            sum(number for form, number in forms.items() if has_capital(form)) / sum(forms.values()) if forms else 0.0
        )


def has_capital(form: str) -> bool:
    """Whether it is written as names are; "al-Shabaab" is. A script without capitals has no such words."""
    return not form.islower() and any(letter.isupper() for letter in form)


def is_headline(words: Sequence[str]) -> bool:
    """Whether nearly all the longer words have a capital, so that those tell nothing."""
    small = [word[0].islower() for word in words[1:] if len(word) > 3]
    return len(small) > 2 and small.count(True) <= (1 - HEADLINE) * len(small)


def is_unspaced(word: str) -> bool:
    """Whether it is a character of a script that does not set words apart."""
    return len(word) == 1 and word >= "\u0e00"


def _by_key(words: Iterable[str]) -> dict[Key, dict[str, int]]:
    found: dict[Key, dict[str, int]] = {}
    for word, number in Counter(words).items():
        form = bare(word)
        for key in keys(word):
            forms = found.setdefault(key, {})
            forms[form] = forms.get(form, 0) + number
    return found
