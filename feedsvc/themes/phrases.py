"""Words → the phrases they stand in, how those are written, and which words stand as nouns do.

Pure.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from feedsvc.themes.casing import BREAKS, Key, bare, is_headline, keys
from feedsvc.themes.places import PLACES
from feedsvc.themes.unspaced import closes_up
from feedsvc.themes.vocabulary import BEFORE_NOUN, FUNCTION, NAMELESS, PEOPLE

MAX_WORDS = 4
NOT_IN_PHRASES = NAMELESS | PEOPLE | PLACES | BREAKS
AFTER = FUNCTION | BREAKS
ARTICLES = frozenset(("the", "a", "an"))

Run = Sequence[Key]
Phrase = tuple[Key, ...]


@dataclass(frozen=True)
class Text:
    """The sentences of an article, each its words as written."""

    sentences: Sequence[Sequence[str]]

    @cached_property
    def runs(self) -> Sequence[Run]:
        """The sentences as keys."""
        return tuple(tuple(chain.from_iterable(map(keys, words))) for words in self.sentences)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where some words stand in some texts.

    `articles` counts the texts with each word and `phrases` those with each longer phrase around it,
    `forms` how running text writes that phrase, and `as_noun` is the share of a word's uses where it
    stands as a noun does.
    """

    articles: Counter[Key]
    phrases: Counter[Phrase]
    forms: dict[Phrase, Counter[str]]
    as_noun: dict[Key, float]


def surroundings(
    texts: Iterable[Text], wanted: Set[Key], small: Set[Key] = frozenset(), before_noun: Set[Key] = frozenset()
) -> Surroundings:
    """Look at each place where a wanted word stands.

    `small` are words that only hold others together, and `before_noun` what stands before a noun, besides those of
    English.
    """
    outside, before, after = NOT_IN_PHRASES | small, BEFORE_NOUN | before_noun, AFTER | small
    articles: Counter[Key] = Counter()
    phrases: Counter[Phrase] = Counter()
    forms: dict[Phrase, Counter[str]] = {}
    uses: Counter[Key] = Counter()
    nouns: Counter[Key] = Counter()
    for text in texts:
        seen: set[Key] = set()
        found: set[Phrase] = set()
        for words, run in zip(text.sentences, text.runs, strict=True):
            if wanted.isdisjoint(run):
                continue
            running = len(words) == len(run) and not is_headline(words)
            for at, key in enumerate(run):
                if key not in wanted:
                    continue
                seen.add(key)
                uses[key] += 1
                nouns[key] += _ends(run, at, after) and not before.isdisjoint(run[max(0, at - 2) : at])
                if running and key in PLACES:
                    forms.setdefault((key,), Counter())[bare(words[at]).partition("-")[0]] += 1
                for start, phrase in _around(run, at, outside):
                    found.add(phrase)
                    if running and start:
                        forms.setdefault(phrase, Counter())[written(words[start : start + len(phrase)])] += 1
        articles.update(seen)
        phrases.update(found)
    return Surroundings(articles, phrases, forms, {key: nouns[key] / uses[key] for key in uses})


def places(text: Text, phrase: Phrase) -> Iterator[tuple[Run, int]]:
    """Where a phrase stands: the sentence and the position in it."""
    for run in text.runs:
        if phrase[0] in run:  # most do not, and this is the quickest way to know
            yield from ((run, at) for at in range(len(run)) if tuple(run[at : at + len(phrase)]) == phrase)


def spelt_out(texts: Iterable[Text], abbreviation: Key, phrase: Phrase) -> bool:
    """Whether these words are among others whose first letters make up the abbreviation, with or without small ones."""
    size = len(abbreviation)
    for run, at in (found for text in texts for found in places(text, phrase)):
        words = range(max(0, at - 2 * size), min(len(run), at + 2 * size))
        for near in (list(words), [place for place in words if run[place] not in FUNCTION]):
            initials = "".join(run[place][0] for place in near)
            start = initials.find(abbreviation)
            if start >= 0 and at in near[start : start + size]:
                return True
    return False


def takes_article(texts: Iterable[Text], phrase: Phrase) -> bool:
    """Whether "the" or "a" mostly stands before these words, where nothing else comes after them."""
    found = ((run, at) for text in texts for run, at in places(text, phrase) if _ends(run, at + len(phrase) - 1, AFTER))
    with_article = [run[at - 1] in ARTICLES for run, at in found if at]
    return sum(with_article) * 2 > len(with_article)


def written(words: Sequence[str]) -> str:
    """Words as one text; those of unspaced scripts close up."""
    shown = words[0]
    for word in words[1:]:
        shown += word if closes_up(word) or shown.endswith(("’", "'")) else f" {word}"
    return bare(shown)


def _around(run: Run, at: int, outside: Set[Key]) -> Iterator[tuple[int, Phrase]]:
    """The phrases of two words and more around a place in a sentence, each with where it starts."""
    first, end = _stretch(run, at, outside)
    for n in range(2, MAX_WORDS + 1):
        for start in range(max(first, at - n + 1), min(at, end - n) + 1):
            phrase = tuple(run[start : start + n])
            if not _numbered(phrase):
                yield start, phrase


def _stretch(run: Run, at: int, outside: Set[Key]) -> tuple[int, int]:
    """How far a phrase around a place can reach: its first word, and the one after its last."""
    first = end = at
    while end < min(len(run), at + MAX_WORDS) and run[end] not in outside:
        end += 1
    while first > max(0, at - MAX_WORDS + 1) and run[first - 1] not in outside:
        first -= 1
    return first, end


def _numbered(phrase: Phrase) -> bool:
    """Whether it begins with a number that is no year."""
    return phrase[0].isnumeric() and len(phrase[0]) != 4


def _ends(run: Run, at: int, after: Set[Key]) -> bool:
    """Whether what is said there goes no further in the next word."""
    return at + 1 == len(run) or run[at + 1] in after
