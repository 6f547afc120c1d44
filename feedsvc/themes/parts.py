"""What the graph is made of. Words only, so that whoever reads or writes it need not load what computes it."""

from datetime import datetime
from typing import NamedTuple

Edge = tuple[str, str]


class Vertex(NamedTuple):
    """What naming sees of an article. `text` is plain: title, summary and body; a stub's is its title."""

    id: str
    title: str
    text: str
    published: datetime
    stub: bool


class Tie(NamedTuple):
    """What joins two articles, `a` before `b` by id.

    `votes` is what lists of related links say, `likeness` the cosine of the texts, `near` whether one is among
    those nearest to the other. Once woven, the likeness stays: words grow rarer or commoner with every run, and
    would move articles that nobody has touched.
    """

    a: str
    b: str
    votes: float
    likeness: float
    near: bool

    @property
    def edge(self) -> Edge:
        return self.a, self.b

    @property
    def weight(self) -> float:
        return self.votes + self.likeness * ((self.votes > 0) + self.near)


def in_order(a: str, b: str) -> Edge:
    """The pair as the key of an edge that has no direction."""
    return (a, b) if a < b else (b, a)


class Text(NamedTuple):
    """What is compared of an article: its packed words, and its embedding where a model gave one."""

    id: str
    words: bytes
    embedding: bytes = b""
