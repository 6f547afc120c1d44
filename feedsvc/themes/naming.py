"""A readable title for a channel, from the words of its articles.

Pure. A title is a name or two, as running text writes them, and a noun for what happens: "Israel–Iran
conflict". A channel whose title would be nearly that of another is named by what sets it apart from it.
"""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, count

from slugify import slugify

from feedsvc.themes.casing import Key, keys, sentences
from feedsvc.themes.parts import Vertex
from feedsvc.themes.phrases import Run, spelt_out
from feedsvc.themes.telling import Part, Telling
from feedsvc.themes.vocabulary import FUNCTION, KINDS, alike

MAX_TITLE = 48
MAX_SLUG = 60
TRIED = 12  # parts that a title may be built around, before one is taken from an article
PARTNER = 0.4  # of the first name's score, which the second name of a pair must have
TOGETHER = 0.5  # of the articles with the first name, those with the second
JOINTS = frozenset(("and", "–", "v", "vs"))
JOINED = 0.1  # of them, those that write "the one and the other"; two places need not be
ONE = 0.6  # of the articles with the second name, those with "the one and the other", from which on that is one name
PLACE = 0.2  # of a common word's score, which a place before it must have
PLACED = 0.4  # of the articles, those that speak of that place
NOUN = 0.3  # of a name's score, which a noun after it must have that is of no known kind
NOUN_OF_PLACE = 0.1  # the same after a place, which says little alone
SAID = 0.25  # of the articles, those that use that noun
MOSTLY = 0.35  # of the articles: a name of fewer needs a kind that is said right after it
ALWAYS = 0.8  # of the articles: a noun of so many needs not be said right after the name
BETTER = 3.0  # times the score of the best kind, from which on a noun of no known kind is preferred
ANYWAY = 0.5  # of the articles: what fewer use comes after all names and nouns, unless it is one
LEADING = 0.25  # of a kind's score, which a name must have to come before it
LED = 0.2  # of the articles, those with that name
FEW = 0.8  # of the articles that use a long kind, those with the name, below which the kind stands better alone
ALIKE = 0.6  # of the words of two titles, those in both, from which on a reader would mix them up


class Names:
    """The words of all articles, from which communities are named.

    `known` are titles that are given already, each with the ids of its channel's members.
    """

    def __init__(self, vertices: Iterable[Vertex], known: Mapping[str, Collection[str]] | None = None) -> None:
        self.vertices = {vertex.id: vertex for vertex in vertices}
        self.known = {title: [id for id in sorted(ids) if id in self.vertices] for title, ids in (known or {}).items()}
        self._telling: Telling | None = None

    @property
    def telling(self) -> Telling:
        """Read when the first community is named: in most runs there is none."""
        if self._telling is None:
            self._telling = Telling(self.vertices.values())
        return self._telling

    def titles(self, communities: Sequence[frozenset[str]]) -> list[str]:
        """One title a community, no two nearly alike where words can help it; the earlier has the plainer one."""
        given = dict(self.known)
        titles = []
        for community in communities:
            members = sorted(community)
            titles.append(self._title(members, given))
            given[titles[-1]] = members
        return titles

    def title(self, members: Sequence[str], given: Mapping[str, Sequence[str]]) -> str:
        """The title that words make for it beside those `given`, each with its members; empty when they make none."""
        return next(self._worded(members, given), "")

    def _title(self, members: Sequence[str], given: Mapping[str, Sequence[str]]) -> str:
        taken = {title.casefold() for title in given}
        anyway = (f"Theme {number}" for number in count(1))
        titles = chain(self._worded(members, given), self._fragments(members), anyway)
        return next(title for title in titles if title.casefold() not in taken)

    def _worded(self, members: Sequence[str], given: Mapping[str, Sequence[str]]) -> Iterator[str]:
        """Titles that nobody would take for one of those given, the best first."""
        composed = self._composed(members)
        first = next(composed, "")
        if not first:
            return
        if rivals := _near(first, given):
            there = sorted({id for title in rivals for id in given[title]} - set(members))
            yield from (title for title in self._composed(members, there) if not _near(title, given))
        yield from (title for title in chain((first,), composed) if not _near(title, given))

    def _composed(self, members: Sequence[str], rivals: Sequence[str] = ()) -> Iterator[str]:
        """Titles, the best first; against `rivals`, from what is said more here than there."""
        parts = [part for part in self.telling.parts(members, rivals) if part.score > 0]
        kinds = [kind for kind in self.telling.kinds(members, rivals) if kind.score > 0]
        for head in _heads(parts)[:TRIED]:
            compose = self._named if head.is_name else self._common
            texts = compose(head, parts, kinds, members)
            yield from (text for text in map(self._capital, texts) if len(text) <= MAX_TITLE)

    def _named(self, head: Part, parts: Sequence[Part], kinds: Sequence[Part], members: Sequence[str]) -> Iterator[str]:
        """Titles around a name, the fullest first."""
        tail = self._tail(head, parts, kinds, members)
        if tail and len(tail.phrase) > 1 and not head.is_place and head.coverage < FEW * tail.coverage:
            yield tail.shown
        if partner := self._partner(head, parts, members):
            first, second = self._in_order(head, partner, members)
            pair = (" and " if self._are_one(first, second, members) else "–").join((_in_pair(first), _in_pair(second)))
            yield from (f"{pair} {tail.shown}", pair) if tail else (pair,)
        if tail:
            yield f"{head.shown} {tail.shown}"
        yield head.shown

    def _common(
        self, head: Part, parts: Sequence[Part], kinds: Sequence[Part], members: Sequence[str]
    ) -> Iterator[str]:
        """Titles around a common word, the fullest first. What they put together, the articles do too."""
        fits = (k for k in _unused(kinds, head) if self.telling.writes(members, head.phrase + k.phrase))
        tail = next(fits, None)
        shown = f"{head.shown} {tail.shown}" if tail else head.shown
        places = (p for p in parts if p.is_place and p.score >= PLACE * head.score and p.coverage >= PLACED)
        if place := next(places, None):
            yield from (f"{place.shown} {shown}", f"{place.shown} {head.shown}")
        yield from (shown, head.shown)

    def _tail(self, head: Part, parts: Sequence[Part], kinds: Sequence[Part], members: Sequence[str]) -> Part | None:
        """The noun for what happens, unless the name says it. After a place any will do; else it must be said so."""
        if any(not kind.own.isdisjoint(head.phrase) for kind in KINDS):
            return None
        fits = [kind for kind in _unused(kinds, head) if not self._stands_for(head, kind, members)]
        best = max((kind.score for kind in fits), default=0.0)
        bar = max(BETTER * best, (NOUN_OF_PLACE if head.is_place else NOUN) * head.score)
        for part in _unused(parts, head):
            fit = part.is_noun and not part.is_name and part.score > bar and part.coverage >= SAID
            free = head.is_place or part.coverage >= ALWAYS
            fit = fit and (free or self.telling.writes(members, head.phrase + part.phrase))
            if fit and not self._stands_for(head, part, members):
                return part
        if head.is_place or head.coverage >= MOSTLY:
            return next(iter(fits), None)
        return next((kind for kind in fits if self.telling.writes(members, head.phrase + kind.phrase)), None)

    def _partner(self, head: Part, parts: Sequence[Part], members: Sequence[str]) -> Part | None:
        """Another name that is nearly as telling, and mostly found with the first."""
        fits = (
            part
            for part in parts
            if part.is_name
            and part.is_place == head.is_place
            and part.score >= PARTNER * head.score
            and set(part.phrase).isdisjoint(head.phrase)
            and not self._stands_for(head, part, members)
        )
        return next((part for part in fits if part is not head and self._together(head, part, members)), None)

    def _together(self, head: Part, other: Part, members: Sequence[str]) -> bool:
        first = [id for id in members if self.telling.words[id].issuperset(head.phrase)]
        both = [id for id in first if self.telling.words[id].issuperset(other.phrase)]
        if head.is_place:
            return len(both) >= TOGETHER * len(first)
        joined = sum(any(_joined(run, head, other) for run in self.telling.texts[id].runs) for id in both)
        return joined >= max(2, JOINED * len(first))

    def _stands_for(self, a: Part, b: Part, members: Sequence[str]) -> bool:
        """Whether one is an abbreviation of words that the other is among: what both say is said twice."""
        texts = [self.telling.texts[id] for id in members]
        return any(
            spelt_out(texts, word, other.phrase)
            for one, other in ((a, b), (b, a))
            for word in one.phrase
            if self.telling.casing.form(word).isupper()
        )

    def _are_one(self, first: Part, second: Part, members: Sequence[str]) -> bool:
        """Whether they mostly stand as "the one and the other", as the name of an authority may."""
        if first.is_place:
            return False
        whole = (*first.phrase, "and", *second.phrase)
        there = [id for id in members if self.telling.words[id].issuperset(second.phrase)]
        return sum(self.telling.writes((id,), whole) for id in there) >= ONE * len(there)

    def _in_order(self, a: Part, b: Part, members: Sequence[str]) -> tuple[Part, Part]:
        """First the one that articles mostly speak of first."""
        lead = 0
        for id in members:
            if {a.phrase[0], b.phrase[0]} <= self.telling.words[id]:
                first = next(k for run in self.telling.texts[id].runs for k in run if k in (a.phrase[0], b.phrase[0]))
                lead += 1 if first == a.phrase[0] else -1
        return (a, b) if lead >= 0 else (b, a)

    def _capital(self, text: str) -> str:
        """With a capital in front, unless it begins with an identifier, which no sentence gives one: crates.io."""
        first, *_ = text.split(maxsplit=1)
        return text if self.telling.casing.is_identifier(first) else text[:1].upper() + text[1:]

    def _fragments(self, members: Sequence[str]) -> Iterator[str]:
        """The beginnings of the articles' titles, those with the most telling words first."""
        scores = {key: part.score for part in self.telling.parts(members) for key in part.phrase}
        best = {
            text: math.fsum(scores.get(key, 0.0) for key in _marks(text))
            for text in (_shortened(self.vertices[id].title) for id in members)
            if any(letter.isalnum() for letter in text)
        }
        yield from sorted(best, key=lambda text: (-best[text], text))


def slug(title: str) -> str:
    """The part of a channel's URL that stands for it: ASCII letters, digits and hyphens, never empty."""
    return slugify(title, max_length=MAX_SLUG, word_boundary=True) or "channel"


def _heads(found: Sequence[Part]) -> list[Part]:
    """The parts that a title may be built around. Before a mere kind of theme, "protests", comes a name in it."""
    parts = sorted(found, key=lambda part: not (part.is_name or part.is_noun or part.coverage >= ANYWAY))
    if parts and not parts[0].is_name and any(not kind.own.isdisjoint(parts[0].phrase) for kind in KINDS):
        names = [p for p in parts if p.is_name and p.score >= LEADING * parts[0].score and p.coverage >= LED]
        return [*names[:1], *parts]
    return parts


def _in_pair(part: Part) -> str:
    return part.phrase[0] if part.is_place else part.shown


def _unused(parts: Iterable[Part], head: Part) -> list[Part]:
    used = alike(head.phrase)
    return [part for part in parts if used.isdisjoint(alike(part.phrase))]


def _joined(run: Run, a: Part, b: Part) -> bool:
    """Whether a sentence has "a and b", "a–b" or "a v b", either way round."""
    if JOINTS.isdisjoint(run):
        return False
    ends = {(a.phrase[-1], b.phrase[0]), (b.phrase[-1], a.phrase[0])}
    return any(run[at] in JOINTS and (run[at - 1], run[at + 1]) in ends for at in range(1, len(run) - 1))


def _shortened(title: str) -> str:
    text = " ".join(title.split())
    if len(text) <= MAX_TITLE:
        return text
    return (text[:MAX_TITLE].rsplit(" ", 1)[0] if " " in text[:MAX_TITLE] else text[:MAX_TITLE]).rstrip(" ,;:–—-")


def telling_words(title: str, read: Callable[[str], Iterable[Sequence[str]]] = sentences) -> frozenset[Key]:
    """What a title says: its words as `read` tells them apart, but for those that only hold them together."""
    found = frozenset(key for words in read(title) for word in words for key in keys(word))
    return frozenset(key for key in found - FUNCTION if key[0].isalnum()) or found


def nearly_alike(a: str, b: str) -> bool:
    """Whether a reader would take one title for the other."""
    return a.casefold() == b.casefold() or _mistakable(_marks(a), _marks(b))


def _near(title: str, others: Iterable[str]) -> list[str]:
    return [other for other in others if nearly_alike(title, other)]


@lru_cache(maxsize=10_000)
def _marks(title: str) -> frozenset[Key]:
    """What a reader tells a title by."""
    return alike(telling_words(title))


def _mistakable(a: frozenset[Key], b: frozenset[Key]) -> bool:
    return a <= b or b <= a or len(a & b) >= ALIKE * len(a | b)
