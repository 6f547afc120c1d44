"""A readable title for a channel, from the words of its articles.

Pure. A phrase names a channel when many of its articles use it and few others do. Names that running
text writes with a capital are preferred, since headlines capitalise everything; two such names that occur
together are shown as a pair.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import count

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from slugify import slugify

from feedsvc.themes.graph import Vertex

MAX_TITLE = 48
MAX_SLUG = 60
MAX_WORDS = 3
CONSIDERED = 40  # phrases of which it is worth knowing how they are written
NAME_BONUS = 1.5
WHOLE_NAME = 0.7  # of the times a word is used, those within one phrase, from which on it stands for nothing else
MAX_TEXT = 2000  # characters of an article that are looked at: what it is about stands in front
WORD = re.compile(r"[^\W_]+(?:[’'.-][^\W_]+)*")
# Words that headlines use about any theme at all.
FILLER = frozenset(
    "according after again ahead amid amidst announced announces april arrested august begins call calls cases "
    "claims day days dead death deaths december died dies end ends face faces february first following found friday "
    "gets gives goes head hit hits hope hopes injured january july june key killed kills latest leads major make "
    "makes man march may men million monday month months new news next november october old one people plan plans "
    "positive report reported reports said saturday say says second september set sets show shows still sunday take "
    "takes talks tensions tests third three thursday time times today top tuesday two update urges want wants warns "
    "wednesday week weeks win wins woman women world year years".split()
)
DULL = FILLER | ENGLISH_STOP_WORDS

Phrase = tuple[str, ...]


class Names:
    """Counts over all articles, from which communities are named."""

    def __init__(self, vertices: Iterable[Vertex]) -> None:
        self.vertices = {vertex.id: vertex for vertex in vertices}
        self.phrases = {id: _phrases(vertex.title) for id, vertex in self.vertices.items()}
        self.spread = Counter(phrase for found in self.phrases.values() for phrase in found)

    def titles(self, communities: Sequence[frozenset[str]]) -> list[str]:
        """One title a community, no two alike."""
        taken: set[str] = set()
        titles = []
        for members in communities:
            title = next(title for title in self._candidates(members) if title.casefold() not in taken)
            taken.add(title.casefold())
            titles.append(title)
        return titles

    def _candidates(self, members: frozenset[str]) -> Iterator[str]:
        """Titles for these articles, the best first, without end."""
        inside = Counter(phrase for id in members for phrase in self.phrases[id])
        telling = self._most_telling(inside, len(members))
        forms = _forms((self.vertices[id].text[:MAX_TEXT] for id in sorted(members)), {phrase for phrase, _ in telling})
        preferred = [(score * (NAME_BONUS if _is_name(forms.get(p, "")) else 1), p) for p, score in telling]
        ranked = [phrase for _, phrase in sorted(preferred, key=lambda one: (-one[0], one[1]))]
        for i, phrase in enumerate(ranked):
            shown = forms.get(phrase, " ".join(phrase))
            partner = _partner(phrase, ranked[i + 1 : i + 6], inside, forms)
            pair = f"{shown}–{forms[partner]}" if partner else ""
            yield from (text[:1].upper() + text[1:] for text in (pair, shown) if text and len(text) <= MAX_TITLE)
        yield from (f"Theme {number}" for number in count(1))

    def _most_telling(self, inside: Mapping[Phrase, int], size: int) -> list[tuple[Phrase, float]]:
        """The phrases that many articles here have and few elsewhere, with how much they tell."""
        repeated = {phrase: number for phrase, number in inside.items() if number > 1} or inside
        # "Sri" is hardly ever said without "Lanka", so it tells nothing by itself.
        parts = {p for longer in repeated for p in (longer[:-1], longer[1:]) if _only_in(p, longer, inside)}
        repeated = {phrase: number for phrase, number in repeated.items() if phrase not in parts}
        scores = {phrase: self._score(phrase, number, size) for phrase, number in repeated.items()}
        return sorted(scores.items(), key=lambda one: (-one[1], one[0]))[:CONSIDERED]

    def _score(self, phrase: Phrase, number: int, size: int) -> float:
        coverage = number / size
        lift = coverage / (self.spread[phrase] / len(self.phrases))
        return coverage * math.log1p(lift) * (1 + 0.25 * (len(phrase) - 1))


def _partner(
    phrase: Phrase, others: Sequence[Phrase], inside: Mapping[Phrase, int], forms: Mapping[Phrase, str]
) -> Phrase | None:
    """Another name of one word that is nearly as common here: Israel–Iran."""
    if len(phrase) > 1 or not _is_name(forms.get(phrase, "")):
        return None
    fits = (o for o in others if len(o) == 1 and _is_name(forms.get(o, "")) and inside[o] * 2 >= inside[phrase])
    return next((o for o in fits if not _one_thing(phrase, o, inside)), None)


def _one_thing(a: Phrase, b: Phrase, inside: Mapping[Phrase, int]) -> bool:
    """Whether two words name the same: forms of one word (Russia, Russian), or parts of one name (Sri Lanka)."""
    together = inside.get(a + b, 0) + inside.get(b + a, 0)
    return a[0][:4] == b[0][:4] or together * 2 >= min(inside[a], inside[b])


def _only_in(part: Phrase, longer: Phrase, inside: Mapping[Phrase, int]) -> bool:
    return inside[longer] >= WHOLE_NAME * inside.get(part, math.inf)


def _is_name(form: str) -> bool:
    return bool(form) and all(word[:1].isupper() for word in form.split())


def _forms(texts: Iterable[str], phrases: Set[Phrase]) -> dict[Phrase, str]:
    """How running text mostly writes each phrase; the first word of a sentence tells nothing."""
    starts = {phrase[0] for phrase in phrases}
    seen: dict[Phrase, Counter[str]] = {}
    for text in texts:
        words = list(WORD.finditer(text))
        folded = [word.group().casefold() for word in words]
        for i, first in enumerate(folded):
            if first in starts and not _starts_a_sentence(text, words[i].start()):
                for n in range(1, MAX_WORDS + 1):
                    phrase = tuple(folded[i : i + n])
                    if len(phrase) == n and phrase in phrases:
                        seen.setdefault(phrase, Counter())[text[words[i].start() : words[i + n - 1].end()]] += 1
    return {phrase: min(forms, key=lambda form: (-forms[form], form)) for phrase, forms in seen.items()}


def slug(title: str) -> str:
    """The part of a channel's URL that stands for it: ASCII letters, digits and hyphens."""
    return slugify(title, max_length=MAX_SLUG, word_boundary=True)


def _phrases(title: str) -> set[Phrase]:
    """Every phrase of up to three words that neither begins nor ends with a dull one."""
    words = [word.casefold() for word in WORD.findall(title)]
    spans = (words[i : i + n] for n in range(1, MAX_WORDS + 1) for i in range(len(words) - n + 1))
    return {tuple(span) for span in spans if not (_dull(span[0]) or _dull(span[-1]))}


def _dull(word: str) -> bool:
    return word in DULL or len(word) < 3 or word.isdecimal()


def _starts_a_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \n\"'“‘(")
    return not before or before[-1] in ".!?:;\n"
