"""The words and phrases that tell what some of the articles are about, against all the others.

Pure. A word tells of a theme when many of its articles use it and few others do. A telling word grows
into the phrase it is mostly part of. Besides, every theme is of some kind, a war or an election, which
its articles speak of in many words.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from heapq import nlargest
from itertools import chain
from typing import TypeVar

from feedsvc.themes.casing import Casing, Key, has_capital, keys
from feedsvc.themes.languages import ENGLISH, FEWEST, before_noun, language_of, small_words
from feedsvc.themes.parts import Vertex
from feedsvc.themes.phrases import Phrase, Surroundings, Text, places, surroundings, written
from feedsvc.themes.places import PLACES
from feedsvc.themes.reading import Reader, own
from feedsvc.themes.unspaced import closes_up, is_word
from feedsvc.themes.vocabulary import KINDS, KINDS_BY_SIGN, NAMELESS, PEOPLE, WEAK, Kind, alike

MAX_TEXT = 1000  # characters of an article that are looked at: what it is about stands in front
CONSIDERED = 30  # words of which the phrases are looked for
LOOKED_AT = 100  # articles of a community, evenly spaced, whose phrases are looked at

# How telling a word is
COMMON = 0.3  # of the site's articles: a word of more of them, and hardly more often here, says nothing
HARDLY = 1.3  # times as often here as on the whole site
USUAL = 0.05  # of the site's articles, and five at least: a word of so many says nothing if it stands in them by chance
BY_CHANCE = 0.15  # of its residual inverse document frequency, below which it does
RATHER = 3.0  # times as often here as on the whole site: more, and it is not by chance that it stands here
USUAL_WORDS = 60  # by which the language of the site is told
SPOKEN = 0.25  # of the articles, those in a language, from which on its small words say nothing
WIDELY = 1.4  # above 1: rather a word that most articles use than a rare one that a few do
NAME_BONUS = 1.5
NOTED = 0.35  # of the articles that must use a name for it to have that bonus
NO_NOUN = 0.5  # what a common word counts that does not stand as nouns do

# What a word grows into
WHOLE = 0.6  # of the articles that use a word, those that use it within one phrase, from which on that is meant
WHOLE_KIND = 0.5  # the same for a kind of theme
PAIRED = 0.3  # the same for a common word, which says little alone, and the word beside it
NOUN = 0.06  # of the times a word is used, those where it stands as a noun does
PARTICIPLE = 0.3  # the same for a word in -ed or -ing
PARTICIPLES = ("ed", "ing")
ADJECTIVE = 0.9  # of the times a place is meant, those with the same other form, from which on that is shown
SHORT = 4  # letters; a shorter word of EVERYWHERE of the site's articles or more ends no phrase
EVERYWHERE = 0.1

# What kind of theme it is
INDIRECT = 0.4  # what an article counts that speaks of a kind without naming it
DIRECT = 0.5  # what naming it counts besides
SIBLINGS = 0.3  # what naming it counts among kinds that are nearly alike, such as a war and a conflict
NAMED = 0.04  # of the articles, two at least, that must name the kind
OBVIOUS = 0.35  # of the articles that must speak of it where hardly one names it
FIGHTING = ("conflict", "insurgency")  # which reports of it hardly ever name
LEAST = 0.15  # of the articles that must speak of the kind, all told
LONG_KINDS = [kind for kind in KINDS if len(kind.own) > 1]
KIND_BY_WORD = {word: kind for kind in KINDS if len(kind.own) == 1 for word in kind.own}

FEW = 0.02  # of the articles: what is never said there counts as said by so many

ORDINAL = re.compile(r"[\W\d]+(?:st|nd|rd|th)?")  # or any other number

What = TypeVar("What")


@dataclass(frozen=True, slots=True)
class Part:
    """What may stand in a title. `score` says how telling, `coverage` how many of the articles use it, 0 to 1."""

    phrase: Phrase
    shown: str
    score: float
    coverage: float
    is_name: bool = False
    is_noun: bool = False

    @property
    def is_place(self) -> bool:
        return self.phrase[0] in PLACES


class Telling:
    """The words of all articles, from which a community's own stand out."""

    def __init__(self, vertices: Iterable[Vertex]) -> None:
        self.reader = Reader({v.id: v.text[:MAX_TEXT] or v.title for v in vertices})
        found = self.reader.read()
        self.texts = {id: Text(some) for id, some in found.items()}
        self.casing = Casing(chain.from_iterable(text.sentences for text in self.texts.values()))
        self.words = {id: frozenset(chain(*text.runs)) for id, text in self.texts.items()}
        self._spread = self._documents(self.words)
        self._flat = self._by_chance()
        for id, some in own(found).items():  # only now: what many have word for word is usual all the same
            self.texts[id] = Text(some)
            self.words[id] = frozenset(chain(*self.texts[id].runs))
        self._loose = frozenset(key for key in self._spread if not is_word(key))
        self._languages = self._spoken_in()
        self._kinds = {id: _spoken(words) if self._in_english(id) else set() for id, words in self.words.items()}
        self._kinds_spread = Counter(chain.from_iterable(self._kinds.values()))
        self._found: dict[tuple[frozenset[str], frozenset[str]], list[Part]] = {}

    def parts(self, members: Sequence[str], rivals: Collection[str] = ()) -> list[Part]:
        """Names and phrases, the most telling first; against `rivals`, articles of a community much like this one."""
        asked = frozenset(members), frozenset(rivals)  # for a title, and again for a description
        if asked not in self._found:
            self._found[asked] = self._parts(members, rivals)
        return self._found[asked]

    def _parts(self, members: Sequence[str], rivals: Collection[str]) -> list[Part]:
        inside, beside = self._documents(members), self._documents(rivals)
        everywhere = self._everywhere(inside, len(members))
        small, _ = self._small(members)
        telling = {key: number for key, number in inside.items() if key not in small and not _dull(key)}
        repeated = [key for key, number in telling.items() if number > 1] or list(telling)
        scores = {
            key: self._score(inside[key] / len(members), self._spread[key])
            * _contrast(key, inside, members, beside, rivals)
            for key in [key for key in repeated if key not in everywhere] or repeated
        }
        weighed = {key: score * (NAME_BONUS if self.casing.is_name(key) else 1) for key, score in scores.items()}
        top = sorted(weighed, key=lambda key: (-weighed[key], key))[:CONSIDERED]
        around = self._surroundings(members, top)
        parts: dict[Phrase, Part] = {}
        for key in top:
            phrase = self._whole(key, around, everywhere)
            if phrase == (key,) and not self.casing.is_name(key):
                phrase = self._pair(key, around)
            parts.setdefault(phrase, self._part(phrase, scores[key], inside[key] / len(members), around))
        return sorted(parts.values(), key=lambda part: (-part.score, part.phrase))

    def kinds(self, members: Sequence[str], rivals: Collection[str] = ()) -> list[Part]:
        """What kind of thing the theme is: "war", "outbreak"; the best first."""
        size = len(members)
        named = Counter(chain.from_iterable(_named(self.words[id]) for id in members if self._in_english(id)))
        spoken = Counter(kind for id in members for kind in self._kinds[id])
        beside = Counter(kind for id in rivals for kind in self._kinds[id])
        score: dict[Kind, float] = {}
        coverage: dict[Kind, float] = {}
        best: dict[Key, float] = {}
        for kind, number in spoken.items():
            lift = self._lift(number / size, self._kinds_spread[kind])
            coverage[kind] = (named[kind] + INDIRECT * (number - named[kind])) / size
            obvious = number >= OBVIOUS * size and (named[kind] or kind.shown in FIGHTING)
            told = obvious or named[kind] >= max(2, NAMED * size)
            if told and coverage[kind] >= LEAST and lift >= HARDLY:
                weight = (coverage[kind] + DIRECT * named[kind] / size) * math.log1p(lift)
                score[kind] = weight * _contrast(kind, spoken, members, beside, rivals)
                best[kind.like] = max(score[kind], best.get(kind.like, 0.0))
        rank = {kind: (-best[kind.like] - SIBLINGS * named[kind] / size, -score[kind], kind.shown) for kind in score}
        ranked = sorted(rank, key=lambda kind: rank[kind])
        around = self._surroundings(members, [key for kind in ranked for key in kind.own])
        return [part for kind in ranked for part in self._kind_parts(kind, score[kind], coverage[kind], around)]

    def fit(self, words: Collection[Key], members: Collection[str]) -> float:
        """How well these words tell the members from all other articles: 0 when any of them tells nothing.

        It is the geometric mean of what each word tells, which rises with the members that use it and falls with the
        other articles that do. A kind of theme is used by all that speak of it, whether or not they name it.
        """
        told = [self._told(word, members) for word in sorted(words)]  # a product of floats hangs on their order
        return math.prod(told) ** (1 / len(told)) if told else 0.0

    def _told(self, word: Key, members: Collection[str]) -> float:
        if kind := KIND_BY_WORD.get(word):
            number, spread = sum(kind in self._kinds[id] for id in members), self._kinds_spread[kind]
        else:
            number, spread = sum(word in self.words[id] for id in members), self._spread[word]
        return self._score(number / len(members), spread) if number else 0.0

    def said(self, title: str) -> frozenset[Key]:
        """The words of a title, as those of the articles are read, with those that mean nearly the same made one."""
        return alike(key for words in self.reader.sentences(title) for word in words for key in keys(word))

    def writes(self, members: Iterable[str], phrase: Phrase) -> bool:
        """Whether one of these articles has these words in a row."""
        with_them = (id for id in members if self.words[id].issuperset(phrase))
        return any(True for id in with_them for _ in places(self.texts[id], phrase))

    def _documents(self, ids: Iterable[str]) -> Counter[Key]:
        return Counter(chain.from_iterable(self.words[id] for id in ids))

    def _everywhere(self, inside: Counter[Key], size: int) -> frozenset[Key]:
        """The words that much of the site uses, hardly more often here: the stop words of any language."""
        total = len(self.words)
        if size * 2 > total:  # most of the site: there is nothing to tell it from
            return frozenset()
        often = {key for key in inside if self._spread[key] > COMMON * total}
        by_chance = {key for key in self._flat & inside.keys() if inside[key] * 2 < self._spread[key]}
        return frozenset(
            key
            for key in often | by_chance
            if self._lift(inside[key] / size, self._spread[key]) <= (RATHER if key in by_chance else HARDLY)
        )

    def _by_chance(self) -> frozenset[Key]:
        """The words that many articles use, none of them much more than another.

        What an article is about it says again and again; what it says by the way is spread as if by chance (Church &
        Gale 1995, "Inverse document frequency: a measure of deviations from Poisson").
        """
        total = len(self.words)
        often = {key for key, number in self._spread.items() if number >= max(5, USUAL * total)}
        words = chain.from_iterable(chain(*text.runs) for text in self.texts.values())
        uses = Counter(filter(often.__contains__, words))
        expected = {key: -total * math.expm1(-uses[key] / total) for key in often}  # articles, by chance
        return frozenset(
            key for key in often if math.log(expected[key] / self._spread[key]) < BY_CHANCE and not key[0].isnumeric()
        )

    def _spoken_in(self) -> dict[str, str]:
        """id → the language; an article too short to tell is in that of the site's most usual words."""
        least = min(nlargest(USUAL_WORDS, self._spread.values()), default=0)
        here = language_of([key for key, number in self._spread.items() if number >= least])
        return {id: language_of(words) if len(words) >= FEWEST else here for id, words in self.words.items()}

    def _in_english(self, id: str) -> bool:
        return self._languages[id] == ENGLISH

    def _small(self, members: Collection[str]) -> tuple[frozenset[Key], frozenset[Key]]:
        """The words that only hold others together in these articles, besides those of English.

        Secondly those of them that stand before a noun.
        """
        spoken = Counter(self._languages[id] for id in members)
        often = [name for name, number in spoken.items() if number >= SPOKEN * len(members) and name != ENGLISH]
        return self._loose.union(*map(small_words, often)), self._loose.union(*map(before_noun, often))

    def _score(self, coverage: float, spread: int) -> float:
        return float(coverage**WIDELY) * math.log1p(self._lift(coverage, spread))

    def _lift(self, coverage: float, spread: int) -> float:
        return coverage * len(self.words) / spread

    def _surroundings(self, members: Iterable[str], wanted: Iterable[Key]) -> Surroundings:
        top = frozenset(wanted)
        with_them = [id for id in members if not self.words[id].isdisjoint(top)]
        step = math.ceil(len(with_them) / LOOKED_AT) or 1
        return surroundings((self.texts[id] for id in with_them[::step]), top, *self._small(with_them))

    def _whole(
        self, key: Key, around: Surroundings, everywhere: Set[Key] = frozenset(), least: float = WHOLE
    ) -> Phrase:
        """The longest phrase that the word is mostly part of."""
        often = max(2, least * around.articles[key])
        often_with = [p for p, number in around.phrases.items() if number >= often and key in p]
        fits = [p for p in often_with if not any(end in everywhere or self._is_slight(end) for end in (p[0], p[-1]))]
        whole = min(fits, key=lambda p: (-len(p), -around.phrases[p], p), default=(key,))
        hyphenated = "-".join(whole)
        return (hyphenated,) if hyphenated in self._spread else whole

    def _is_slight(self, key: Key) -> bool:
        """Whether it is a short word that is often used and no name: "la", "до"."""
        short = len(key) < SHORT and not closes_up(key) and not self.casing.is_name(key)
        return short and self._spread[key] >= EVERYWHERE * len(self.words)

    def _pair(self, key: Key, around: Surroundings) -> Phrase:
        """The noun and the common word before it that the word is often one of."""
        often = max(2, PAIRED * around.articles[key])
        fits = [
            (a, b)
            for a, b in (p for p, number in around.phrases.items() if number >= often and len(p) == 2 and key in p)
            if around.as_noun.get(b, 0.0) >= NOUN and not self.casing.is_name(a) and not a.endswith(PARTICIPLES)
        ]
        return min(fits, key=lambda p: (-around.phrases[p], p), default=(key,))

    def _part(self, phrase: Phrase, score: float, coverage: float, around: Surroundings) -> Part:
        last = phrase[-1]
        if len(phrase) == 1 and last in PLACES:
            shown, is_name = _place(last, around.forms.get(phrase, Counter())), True
        elif forms := around.forms.get(phrase):
            shown = min(forms, key=lambda form: (-forms[form], form))
            is_name = all(has_capital(word) or not word[0].isalpha() for word in shown.split())
        else:
            kind = KIND_BY_WORD.get(phrase[0]) if len(phrase) == 1 else None
            shown = (
                kind.shown
                if kind and kind in self._kinds_spread
                else written([self.casing.form(key) for key in phrase])
            )
            is_name = all(self.casing.is_name(key) for key in phrase if key not in WEAK) and self.casing.is_name(last)
        is_noun = around.as_noun.get(last, 0.0) >= (PARTICIPLE if last.endswith(PARTICIPLES) else NOUN)
        if is_name and coverage >= NOTED:
            score *= NAME_BONUS
        elif not is_name and not is_noun and self.casing.is_common(last):
            score *= NO_NOUN
        return Part(phrase, shown, score, coverage, is_name, is_noun)

    def _kind_parts(self, kind: Kind, score: float, coverage: float, around: Surroundings) -> Iterator[Part]:
        """The phrase that these articles mostly say for the kind, if there is one: "civil war"; then the kind."""
        phrase = tuple(key for word in kind.shown.split() for key in keys(word))
        if len(phrase) == 1:
            whole = self._whole(phrase[0], around, least=WHOLE_KIND)
            if len(whole) == 2 and whole[1] == phrase[0] and not self.casing.is_name(whole[0]):
                yield Part(whole, f"{self.casing.form(whole[0])} {kind.shown}", score, coverage, is_noun=True)
        yield Part(phrase, kind.shown, score, coverage, is_noun=True)


def _contrast(
    what: What, inside: Counter[What], members: Collection[str], beside: Counter[What], rivals: Collection[str]
) -> float:
    """How much more often here than there, in bits, 0 at least; 1 when there is nothing to tell it from."""
    if not rivals:
        return 1.0
    return max(0.0, math.log2((inside[what] / len(members) + FEW) / (beside[what] / len(rivals) + FEW)))


def _place(place: Key, forms: Counter[str]) -> str:
    """Its name, or the word for what is its own where hardly anything else is said: Spanish, of a language."""
    form = min(forms, key=lambda form: (-forms[form], form), default=place)
    return form if forms[form] >= ADJECTIVE * forms.total() and not form.isupper() else place


def _spoken(words: frozenset[Key]) -> set[Kind]:
    signs = words & KINDS_BY_SIGN.keys()
    return {kind for sign in signs for kind in KINDS_BY_SIGN[sign]} | {kind for kind in LONG_KINDS if kind.own <= words}


def _named(words: frozenset[Key]) -> set[Kind]:
    named = {KIND_BY_WORD[word] for word in words & KIND_BY_WORD.keys()}
    return named | {kind for kind in LONG_KINDS if kind.own <= words}


def _dull(key: Key) -> bool:
    if key in NAMELESS or key in WEAK or key in PEOPLE or not key[0].isalnum():
        return True
    if key[0].isnumeric() and ORDINAL.fullmatch(key):
        return True
    return key.isascii() and len(key) < 3 and key not in PLACES
