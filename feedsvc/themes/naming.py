"""A readable title for a channel, from the words of its articles.

Pure. A phrase names a channel when many of its articles use it and few others do. Names that running
text writes with a capital are preferred, since headlines capitalise everything; two such names that occur
together are shown as a pair.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from slugify import slugify

from feedsvc.themes.graph import Vertex

MAX_TITLE = 48
MAX_SLUG = 60
MAX_TEXT = 2000  # characters of an article that are looked at: what it is about stands in front
WORD = re.compile(r"[^\W_]+(?:[’'.-][^\W_]+)*")
# Words that headlines use about any theme at all.
FILLER = frozenset(
    "after again ahead amid amidst announces announced begins call calls claims day days end ends face faces first "
    "following gets gives goes head hit hits hope hopes key latest leads major make makes man men million month "
    "months new news next old one people plan plans report reported reports say says said second set sets show "
    "shows still take takes talks tensions third time times today top two three update urges want wants warns week "
    "weeks win wins woman women world year years january february march april may june july august september "
    "october november december monday tuesday wednesday thursday friday saturday sunday".split()
)
DULL = FILLER | ENGLISH_STOP_WORDS

Phrase = tuple[str, ...]


class Names:
    """Counts over all articles, from which communities are named."""

    def __init__(self, vertices: Iterable[Vertex]) -> None:
        self.phrases = {vertex.id: _phrases(vertex) for vertex in vertices}
        self.texts = {vertex.id: vertex.text[:MAX_TEXT] for vertex in vertices} if self.phrases else {}
        self.spread = Counter(phrase for found in self.phrases.values() for phrase in found)

    def titles(self, communities: Sequence[frozenset[str]]) -> list[str]:
        """One title a community, no two alike."""
        taken: set[str] = set()
        titles = []
        for members in communities:
            title = next(t for t in self._candidates(members) if t.casefold() not in taken)
            taken.add(title.casefold())
            titles.append(title)
        return titles

    def _candidates(self, members: frozenset[str]) -> Iterable[str]:
        inside = Counter(phrase for id in members for phrase in self.phrases[id])
        ranked = sorted(inside, key=lambda phrase: (-self._score(phrase, inside, len(members)), phrase))[:20]
        ranked = [phrase for phrase in ranked if inside[phrase] > 1] or ranked
        for i, phrase in enumerate(ranked):
            title = self._shown(phrase)
            partner = self._partner(phrase, ranked[i + 1 : i + 6], inside) if self._is_name(phrase) else None
            pair = f"{title}–{self._shown(partner)}" if partner else ""
            yield from (_capital(text) for text in (pair, title) if text and len(text) <= MAX_TITLE)
        number = 1
        while True:
            yield f"Theme {number}"
            number += 1

    def _score(self, phrase: Phrase, inside: Mapping[Phrase, int], size: int) -> float:
        coverage = inside[phrase] / size
        lift = coverage / (self.spread[phrase] / len(self.phrases))
        name = 1.5 if self._is_name(phrase) else 1.0
        return coverage * math.log1p(lift) * name * (1 + 0.25 * (len(phrase) - 1))

    def _partner(self, phrase: Phrase, others: Sequence[Phrase], inside: Mapping[Phrase, int]) -> Phrase | None:
        """Another name of one word that is nearly as common here: Israel–Iran."""
        if len(phrase) > 1:
            return None
        fits = (o for o in others if len(o) == 1 and self._is_name(o) and inside[o] * 2 >= inside[phrase])
        return next((o for o in fits if not self._one_thing(phrase, o, inside)), None)

    @staticmethod
    def _one_thing(a: Phrase, b: Phrase, inside: Mapping[Phrase, int]) -> bool:
        """Whether two words name the same: forms of one word (Russia, Russian), or parts of one name (Sri Lanka)."""
        together = inside.get(a + b, 0) + inside.get(b + a, 0)
        return a[0][:4] == b[0][:4] or together * 2 >= min(inside[a], inside[b])

    def _is_name(self, phrase: Phrase) -> bool:
        form = self._forms.get(phrase)
        return form is not None and all(word[:1].isupper() for word in form.split())

    def _shown(self, phrase: Phrase) -> str:
        return self._forms.get(phrase, " ".join(phrase))

    @cached_property
    def _forms(self) -> dict[Phrase, str]:
        """How running text mostly writes a phrase; the first word of a sentence tells nothing."""
        seen: dict[Phrase, Counter[str]] = {}
        for text in self.texts.values():
            words = list(WORD.finditer(text))
            for n in (1, 2, 3):
                for i in range(len(words) - n + 1):
                    phrase = tuple(word.group().casefold() for word in words[i : i + n])
                    if phrase in self.spread and not _starts_a_sentence(text, words[i].start()):
                        seen.setdefault(phrase, Counter())[text[words[i].start() : words[i + n - 1].end()]] += 1
        return {phrase: min(forms, key=lambda f: (-forms[f], f)) for phrase, forms in seen.items()}


def slug(title: str) -> str:
    """The part of a channel's URL that stands for it: ASCII letters, digits and hyphens."""
    return slugify(title, max_length=MAX_SLUG, word_boundary=True)


def _phrases(vertex: Vertex) -> set[Phrase]:
    """Every phrase of one to three words in the title that neither begins nor ends with a dull word."""
    words = [word.casefold() for word in WORD.findall(vertex.title)]
    spans = (words[i : i + n] for n in (1, 2, 3) for i in range(len(words) - n + 1))
    return {tuple(span) for span in spans if not (_dull(span[0]) or _dull(span[-1]))}


def _dull(word: str) -> bool:
    return word in DULL or len(word) < 3 or word.isdecimal()


def _starts_a_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \n\"'“‘(")
    return not before or before[-1] in ".!?:;\n"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
