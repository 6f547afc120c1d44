"""How alike the texts of articles are: tf-idf and its cosine.

Pure, and the only module that knows scikit-learn.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from feedsvc.themes.graph import Edge, Vertex, in_order

NEAREST = 10  # text edges of one article
LEAST = 0.08  # cosine below which two texts have nothing in common
BLOCK = 500  # rows compared at once, which bounds the memory
MAX_TEXT = 20_000  # characters; a book among the articles must not cost more than an article


class Likeness:
    """The texts as vectors. `vertices` in any order; rows are in order of time, then id."""

    def __init__(self, vertices: Iterable[Vertex]) -> None:
        self.vertices = sorted(vertices, key=lambda v: (v.published, v.id))
        self.row_by_id = {vertex.id: row for row, vertex in enumerate(self.vertices)}
        self.rows = _vectors([vertex.text[:MAX_TEXT] for vertex in self.vertices])

    def of(self, edges: Iterable[Edge]) -> dict[Edge, float]:
        """The cosine of each pair."""
        wanted = sorted(edges)
        found: dict[Edge, float] = {}
        for start in range(0, len(wanted), BLOCK * 20):
            some = wanted[start : start + BLOCK * 20]
            left = self.rows[[self.row_by_id[a] for a, _ in some]]
            right = self.rows[[self.row_by_id[b] for _, b in some]]
            cosines = np.asarray(left.multiply(right).sum(axis=1)).ravel()
            found.update(zip(some, map(float, cosines), strict=True))
        return found

    def nearest_earlier(self) -> dict[Edge, float]:
        """For each whole article the articles before it that are most like it, NEAREST of them at most."""
        found: dict[Edge, float] = {}
        everything = self.rows.T.tocsc()
        for start in range(0, len(self.vertices), BLOCK):
            cosines = (self.rows[start : start + BLOCK] @ everything[:, : start + BLOCK]).tocsr()
            for offset in range(cosines.shape[0]):
                row = start + offset
                if not self.vertices[row].stub:
                    span = slice(cosines.indptr[offset], cosines.indptr[offset + 1])
                    found.update(self._nearest(row, cosines.indices[span], cosines.data[span]))
        return found

    def _nearest(self, row: int, others: NDArray[np.int32], cosines: NDArray[np.float32]) -> dict[Edge, float]:
        earlier = (others < row) & (cosines >= LEAST)
        others, cosines = others[earlier], cosines[earlier]
        best = np.lexsort((others, -cosines))[:NEAREST]
        id = self.vertices[row].id
        pairs = ((self.vertices[others[i]].id, float(cosines[i])) for i in best)
        return {in_order(id, other): cosine for other, cosine in pairs}


def _vectors(texts: Sequence[str]) -> csr_matrix:
    """One tf-idf row of length 1 a text; words of every other text, or of one only, say nothing of a theme."""
    few = len(texts) < 20
    vectorizer = TfidfVectorizer(
        sublinear_tf=True, stop_words="english", min_df=1 if few else 2, max_df=1.0 if few else 0.5, dtype=np.float32
    )
    try:
        return vectorizer.fit_transform(texts).tocsr()
    except ValueError:  # not one word is left
        return csr_matrix((len(texts), 1), dtype=np.float32)
