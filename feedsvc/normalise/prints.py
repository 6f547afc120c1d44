"""Fingerprints of texts, by which the same text is known again wherever else it is published.

Pure. A text is the set of its runs of five words, each a number; a print keeps the smallest of these numbers, which
are a fair sample of them, the same ones for the same runs in every text (A. Broder, "On the resemblance and
containment of documents", 1997). Two prints tell how much of the shorter text is in the longer one word for word.
"""

import re
from html import unescape
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from feedsvc.model import Print

RUN = 5  # words
FEWEST_RUNS = 12  # below which a text is too short to be known again
SAMPLE = 64
KEYS = 8  # of the sample, by which other prints are looked for
LONGER = 2  # times the length, from which on another text is told with the same one in it

_TAG = re.compile(r"<[^>]*>")
# Scripts that do not set words apart go by characters.
_WORD = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]|\w+")
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SHIFTS = tuple(map(np.uint64, (30, 27, 31)))
_MIXERS = tuple(map(np.uint64, (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)))


def keys_of(print: Print) -> tuple[int, ...]:
    """The numbers under which the print is found by others."""
    return print.sample[:KEYS]


def likeness(one: Print, other: Print) -> float:
    """The share of the shorter text that is in the other, 0 where one is far longer."""
    short, long = sorted((one.runs, other.runs))
    return 0.0 if short * LONGER < long else shared(one, other)


def shared(one: Print, other: Print) -> float:
    """The share of the shorter text that is in the other: exact for short texts."""
    reach = min((print.sample[-1] for print in (one, other) if print.runs > len(print.sample)), default=None)
    a, b = ({number for number in print.sample if reach is None or number <= reach} for print in (one, other))
    fewer = min(len(a), len(b))
    return len(a & b) / fewer if fewer else 0.0


def print_of(html: str) -> Print | None:
    """The print of a text in sanitised HTML, or None of one that is too short."""
    words = _WORD.findall(unescape(_TAG.sub(" ", html)).casefold())
    if len(words) < FEWEST_RUNS + RUN - 1:
        return None
    numbers = np.fromiter((crc32(word.encode()) for word in words), np.uint64, len(words))
    runs = np.zeros(len(words) - RUN + 1, np.uint64)
    for at in range(RUN):
        runs = runs * _FACTOR + numbers[at : at + len(runs)]
    different = np.unique(_mixed(runs).astype(np.int64))
    if len(different) < FEWEST_RUNS:
        return None
    return Print(tuple(different[:SAMPLE].tolist()), len(different))


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Numbers spread evenly, so that the smallest are a fair sample (the finalizer of SplitMix64)."""
    numbers = (numbers ^ (numbers >> _SHIFTS[0])) * _MIXERS[0]
    numbers = (numbers ^ (numbers >> _SHIFTS[1])) * _MIXERS[1]
    return numbers ^ (numbers >> _SHIFTS[2])
