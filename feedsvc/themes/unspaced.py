"""Words of scripts that do not set words apart, found in the texts themselves.

Pure. A run of katakana is one word. Of a run of Han characters, the words are strings of two characters or more
that recur, that hold together more than chance would have them do, and that are no mere piece of a longer one
(Sproat & Shih 1990; Feng et al. 2004, "accessor variety"). What is in none of them stays a lone character, of which
no title is made; the same goes for hiragana, Thai and Lao, whose words cannot be told this way.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from feedsvc.themes.words import UNSPACED

HAN = "\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
KATAKANA = "\u30a1-\u30fa\u30fc-\u30fe"
# A middle dot joins nothing: it stands between the words of a list as well.
RUN = re.compile(rf"[{HAN}]+|[{KATAKANA}]+|(?:(?![{HAN}{KATAKANA}\u30fb])[{UNSPACED}])+")
IS_WORD = re.compile(rf"[{HAN}]{{2,}}|[{KATAKANA}]{{2,}}")
HAN_RUN = re.compile(rf"[{HAN}]{{2,}}")
LONGEST = 6  # characters of a word
OFTEN = 3  # times a word must be there
TOGETHER = 15.0  # times as often as chance would have its two halves meet, however it is halved
PIECE = 0.65  # of the times it is there, those before or after the same character, from which on it is a mere piece


class Grams(NamedTuple):
    """Of the string of one length that begins at each place of a text: which it is, and how often it is there."""

    ids: NDArray[np.int_]
    times: NDArray[np.float64]


class Lexicon:
    """The words that some texts are made of."""

    def __init__(self, texts: Iterable[str]) -> None:
        runs = [run for text in texts for run in HAN_RUN.findall(text)]
        self._words = _set_apart(runs) | _found_within(runs) if runs else frozenset[str]()
        self._split = lru_cache(maxsize=50_000)(self._cut)

    def split(self, text: str) -> Sequence[str]:
        """The words and lone characters of a text in such a script."""
        return [word for run in RUN.findall(text) for word in self._split(run)]

    def _cut(self, run: str) -> Sequence[str]:
        if not HAN_RUN.fullmatch(run) or run in self._words:
            return (run,)
        words = []
        at = 0
        while at < len(run):
            longest = range(min(len(run), at + LONGEST), at + 1, -1)
            end = next((end for end in longest if run[at:end] in self._words), at + 1)
            words.append(run[at:end])
            at = end
        return tuple(words)


def is_word(key: str) -> bool:
    """Whether it may stand in a title by itself, if it is of such a script."""
    return not _is_unspaced(key) or bool(IS_WORD.fullmatch(key))


def closes_up(word: str) -> bool:
    """Whether it is written without a space before it."""
    return _is_unspaced(word)


def _is_unspaced(word: str) -> bool:
    return word[:1] >= "\u0e00" and bool(RUN.match(word))


def _set_apart(runs: Iterable[str]) -> frozenset[str]:
    """What is often a run of its own, between marks or letters of other scripts, as most Japanese nouns are."""
    return frozenset(run for run, number in Counter(runs).items() if number >= OFTEN and len(run) <= LONGEST)


def _found_within(runs: Iterable[str]) -> frozenset[str]:
    text = "\n".join(runs)
    grams = _grams(text)
    total = float((grams[0].times > 0).sum())
    found: set[str] = set()
    for length in range(2, min(LONGEST, len(grams) - 1) + 1):
        gram, longer = grams[length - 1], grams[length]
        fits = (gram.times >= OFTEN) & ~_pieces(gram, longer)
        for at in range(1, length):  # a string that recurs is made of strings that do, which are all counted
            apart = grams[at - 1].times * np.roll(grams[length - at - 1].times, -at)
            fits &= gram.times * total > TOGETHER * apart
        _, first = np.unique(gram.ids[fits], return_index=True)
        found.update(text[at : at + length] for at in np.flatnonzero(fits)[first].tolist())
    return frozenset(found)


def _grams(text: str) -> list[Grams]:
    """The strings of one character, of two and so on; no string goes across lines."""
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    _, letters, number = np.unique(codes, return_inverse=True, return_counts=True)
    inside = codes != ord("\n")
    grams = [Grams(letters, np.where(inside, number[letters], 0).astype(float))]
    for length in range(1, LONGEST + 1):
        fits = (grams[-1].times >= OFTEN) & np.roll(inside, -length)
        fits[len(codes) - length :] = False
        at = np.flatnonzero(fits)
        _, same, times = np.unique(
            grams[-1].ids[at] * (len(number) + 1) + letters[at + length], return_inverse=True, return_counts=True
        )
        ids, counted = np.full(len(codes), -1), np.zeros(len(codes))
        ids[at], counted[at] = same, times[same]
        grams.append(Grams(ids, counted))
    return grams


def _pieces(gram: Grams, longer: Grams) -> NDArray[np.bool_]:
    """Where a string is that mostly stands in one that is longer by a character."""
    at = np.flatnonzero(longer.times >= OFTEN)
    known = np.zeros(int(gram.ids.max(initial=-1)) + 1, bool)
    for shift in (0, 1):
        within = longer.times[at] > PIECE * gram.times[at + shift]
        known[gram.ids[at + shift][within]] = True
    return np.asarray(known[gram.ids] if len(known) else np.zeros(len(gram.ids), bool))
