"""How alike the texts of articles are: tf-idf and its cosine.

Pure, and the only module that knows scikit-learn. The words of a text are counted once and kept, packed; how
rare a word is follows from all the counts there are when two texts are compared. Where a script does not set words
apart, pairs of letters are its words.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.utils import murmurhash3_32

from feedsvc.themes.parts import Edge, Text, in_order
from feedsvc.themes.tokens import set_apart

NEAREST = 10  # text edges of one article
LEAST = 0.08  # cosine below which two texts have nothing in common
STRANGE = 0.05  # cosine below which a text has nothing in common with what is told on average in a channel
BLOCK = 500  # rows compared at once, which bounds the memory
MAX_TEXT = 20_000  # characters; a book among the articles must not cost more than an article
WORDS = 2**20  # numbers that words are told apart by
MAX_COUNT = 2**16 - 1
FEW = 20  # texts, below which every word counts

Vectors = NDArray[np.float32]

# Packed: the numbers of the words in rising order, four bytes each, then as many counts of two bytes.
NUMBERS, COUNTS = np.dtype("<u4"), np.dtype("<u2")
EMPTY = b""


def count(texts: Iterable[str]) -> list[bytes]:
    """The words of each text and how often it has them, packed; English function words are left out."""
    shortened = [text[:MAX_TEXT] for text in texts]
    if not shortened:
        return []
    counts = _reader().transform(shortened).tocsr()
    counts.sort_indices()
    bounds = zip(counts.indptr, counts.indptr[1:], strict=False)
    return [_pack(counts.indices[start:end], counts.data[start:end]) for start, end in bounds]


@cache
def _reader() -> HashingVectorizer:
    return HashingVectorizer(n_features=WORDS, analyzer=_tokens, norm=None, alternate_sign=False, dtype=np.float32)


def _tokens(text: str) -> list[str]:
    """What is counted of a text, in lower case."""
    spaced, pairs = set_apart(text)
    tokens = _words()(spaced)
    tokens += pairs
    return tokens


@cache
def _words() -> Callable[[str], list[str]]:
    analyse: Callable[[str], list[str]] = HashingVectorizer(stop_words="english").build_analyzer()
    return analyse


def _pack(numbers: NDArray[np.int32], counts: Vectors) -> bytes:
    return numbers.astype(NUMBERS).tobytes() + np.minimum(counts, MAX_COUNT).astype(COUNTS).tobytes()


class Likeness:
    """The texts as vectors. Rows are in the order of `texts`, which callers sort by time."""

    def __init__(self, texts: Sequence[Text], mix: Callable[[Vectors, Vectors], Vectors] | None = None) -> None:
        self.ids = [text.id for text in texts]
        self.row_by_id = {id: row for row, id in enumerate(self.ids)}
        counts = _unpack([text.words for text in texts])
        self.having = np.bincount(counts.indices, minlength=WORDS)
        occurring = np.flatnonzero(self.having)
        self.rows = _weighted(_without_gaps(counts, occurring), _rarity(self.having[occurring], len(texts)))
        self._rarity_by_word: dict[str, float] = {}
        self.embeddings = _embeddings([text.embedding for text in texts]) if mix else None
        self.mix = mix

    def rarity_of(self, word: str) -> float:
        """The inverse document frequency of a lower-cased word, of one that is not compared too; 0 if not counted.

        What is several words where texts are counted is as rare as the commonest of them.
        """
        if word not in self._rarity_by_word:
            counted = [self.having[abs(murmurhash3_32(token)) % WORDS] for token in _tokens(word)]
            self._rarity_by_word[word] = float(_idf(len(self.ids), max(counted))) if counted else 0.0
        return self._rarity_by_word[word]

    def of(self, pairs: Iterable[Edge], words_alone: bool = False) -> dict[Edge, float]:
        """The likeness of each pair, or only the cosine of their words."""
        wanted = sorted(pairs)
        found: dict[Edge, float] = {}
        for start in range(0, len(wanted), BLOCK * 20):
            some = wanted[start : start + BLOCK * 20]
            left = np.array([self.row_by_id[a] for a, _ in some])
            right = np.array([self.row_by_id[b] for _, b in some])
            cosines = np.asarray(self.rows[left].multiply(self.rows[right]).sum(axis=1), np.float32).ravel()
            if self.mix and self.embeddings is not None and not words_alone:
                dense = np.einsum("ij,ij->i", self.embeddings[left], self.embeddings[right])
                cosines = self.mix(cosines, dense)
            found.update(zip(some, map(_rounded, cosines.tolist()), strict=True))
        return found

    def nearest(self, ids: Iterable[str]) -> dict[Edge, float]:
        """For each of these articles those in the rows before it that are most like it, NEAREST at most."""
        found: dict[Edge, float] = {}
        everything = self.rows.T.tocsc()
        rows = sorted(self.row_by_id[id] for id in ids)
        for start in range(0, len(rows), BLOCK):
            for row, others, cosines in self._compared(rows[start : start + BLOCK], everything):
                before = (others < row) & (cosines >= LEAST)
                others, cosines = others[before], cosines[before]
                best = np.lexsort((others, -cosines))[:NEAREST]
                id = self.ids[row]
                for other, cosine in zip(others[best].tolist(), cosines[best].tolist(), strict=True):
                    found[in_order(id, self.ids[other])] = _rounded(cosine)
        return found

    def _compared(self, rows: Sequence[int], everything: csr_array) -> Iterator[tuple[int, NDArray[np.int64], Vectors]]:
        """(row, rows of others, cosines with them) for each of these rows, at least with all that have LEAST."""
        last = rows[-1]
        cosines = (self.rows[list(rows)] @ everything[:, :last]).tocsr()
        if self.mix and self.embeddings is not None:
            mixed = self.mix(cosines.toarray(), self.embeddings[list(rows)] @ self.embeddings[:last].T)
            yield from ((row, np.arange(last), mixed[at]) for at, row in enumerate(rows))
            return
        alike = np.flatnonzero(cosines.data >= LEAST)  # few are
        ends = np.searchsorted(alike, cosines.indptr)
        others, values = cosines.indices[alike], cosines.data[alike]
        for at, row in enumerate(rows):
            span = slice(ends[at], ends[at + 1])
            yield row, others[span], values[span]

    def between(self, some: Iterable[str], others: Iterable[str]) -> float:
        """How alike two groups of articles are: the cosine of their mean vectors, 0 when one is empty."""
        return float(self._mean(some) @ self._mean(others))

    def strange(self, ids: Iterable[str], groups: Mapping[str, Iterable[str]]) -> frozenset[tuple[str, str]]:
        """(article, group) of all that have nothing in common; what has no words is strange to nothing."""
        rows = self._worded(ids)
        parts = {name: part for name, members in sorted(groups.items()) if (part := self._worded(members))}
        if not rows or not parts:
            return frozenset()
        where = np.repeat(np.arange(len(parts)), [len(part) for part in parts.values()])
        members = np.concatenate(list(parts.values()))
        belongs = csr_array((np.ones(len(members), np.float32), (where, members)), (len(parts), len(self.ids)))
        cosines = (self.rows[rows] @ _of_length_1(belongs @ self.rows).T).toarray()
        if self.mix and self.embeddings is not None:
            means = belongs @ self.embeddings
            means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), np.finfo(np.float32).tiny)
            cosines = self.mix(cosines, self.embeddings[rows] @ means.T)
        names = list(parts)
        far = np.argwhere(np.round(cosines, 5) < STRANGE)
        return frozenset((self.ids[rows[article]], names[group]) for article, group in far)

    def _worded(self, ids: Iterable[str]) -> list[int]:
        rows = sorted(self.row_by_id[id] for id in ids if id in self.row_by_id)
        return [row for row in rows if self.rows.indptr[row] < self.rows.indptr[row + 1]]

    def _mean(self, ids: Iterable[str]) -> NDArray[np.float64]:
        rows = sorted(self.row_by_id[id] for id in ids if id in self.row_by_id)
        mean = np.asarray(self.rows[rows].sum(axis=0), np.float64).ravel()
        length = np.linalg.norm(mean)
        return mean / length if length else mean


def packed(embeddings: Vectors) -> list[bytes]:
    """Embeddings as they are kept: two bytes a number are as good as four where only likeness is asked for."""
    return [row.astype("<f2").tobytes() for row in embeddings]


def _rounded(cosine: float) -> float:
    # Another machine's arithmetic must not give another graph.
    return round(cosine, 5)


def _unpack(packed: Sequence[bytes]) -> csr_array:
    lengths = np.array([len(words) // (NUMBERS.itemsize + COUNTS.itemsize) for words in packed], np.int64)
    # All at once, in the halves of numbers and the counts that they are made of: a text has two of the one, then one.
    parts = np.frombuffer(b"".join(packed), COUNTS)
    is_number = np.repeat(np.tile([True, False], len(packed)), np.outer(lengths, [2, 1]).ravel())
    numbers, counts = parts[is_number].view(NUMBERS), parts[~is_number]
    ends = np.concatenate(([0], np.cumsum(lengths)))
    return csr_array((counts.astype(np.float32), numbers.astype(np.int32), ends), shape=(len(packed), WORDS))


def _rarity(having: NDArray[np.int64], texts: int) -> Vectors:
    """The idf of each word that so many have; words of every other text, or of one only, say nothing of a theme."""
    fewest, most = (2, texts / 2) if texts >= FEW else (1, texts)
    idf: Vectors = np.where((having >= fewest) & (having <= most), _idf(texts, having), 0).astype(np.float32)
    return idf


def _idf(texts: int, having: Any) -> Any:
    """Smoothed, so that a word of every text still weighs 1."""
    return np.log((1 + texts) / (1 + having)) + 1


def _weighted(counts: csr_array, rarity: Vectors) -> csr_array:
    """Rows of length 1. A word that is there ten times does not say ten times as much."""
    weights = (np.log(counts.data) + 1) * rarity[counts.indices]
    starts = counts.indptr[:-1]
    squares = np.add.reduceat(np.append(weights**2, np.float32(0)), starts) if len(starts) else weights
    squares[np.diff(counts.indptr) == 0] = 0  # reduceat gives an empty span its neighbour's value
    lengths = np.sqrt(squares)
    lengths[lengths == 0] = 1
    weights /= np.repeat(lengths, np.diff(counts.indptr))
    return csr_array((weights.astype(np.float32), counts.indices, counts.indptr), shape=counts.shape)


def _without_gaps(counts: csr_array, occurring: NDArray[np.int64]) -> csr_array:
    """The same with no other words than occur, in the same order: a million columns take their time, full or empty."""
    place = np.zeros(WORDS, np.int32)
    place[occurring] = np.arange(len(occurring))
    return csr_array((counts.data, place[counts.indices], counts.indptr), shape=(counts.shape[0], len(occurring)))


def _of_length_1(rows: csr_array) -> csr_array:
    lengths = np.sqrt(rows.multiply(rows).sum(axis=1))
    return csr_array(rows.multiply(1 / lengths[:, np.newaxis]))


def _embeddings(packed: Sequence[bytes]) -> Vectors:
    width = max(map(len, packed), default=0)
    # An article without one, such as a text without words, is like nothing.
    rows = [one if len(one) == width else bytes(width) for one in packed]
    return np.frombuffer(b"".join(rows), "<f2").reshape(len(rows), width // 2).astype(np.float32)
