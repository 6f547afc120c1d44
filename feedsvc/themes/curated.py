"""The operator's rules → the members of curated channels.

Pure. An article is in a channel when it fits the rule, when most of what ties it to others ties it to articles
that do, or when it is pinned there; never when it is banned. A pinned article pulls nobody in: it may be about
something else. Words are compared as people read them: whole, in any letter case, with any hyphen or apostrophe.
No other sign counts but where a term has a + or # after a word or a point before one: "C++", "C#", ".NET".
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, cached_property
from math import fsum

from feedsvc.curation import Curation, Rule, Terms
from feedsvc.themes.parts import Edge
from feedsvc.themes.words import UNSPACED

WORD = re.compile(r"\w+")
DOT = re.compile("i\u0307+")
MAJORITY = 0.5  # of the weight of an article's edges, above which it goes where they lead
TEXTS = ("title", "summary", "body")
WHOLES = ("sources", "authors", "tags")

EDITION = 2  # counts how often it has changed what a term finds
# A word with signs that tell it from another.
SIGNED = re.compile(r"(?<![^\W_])(?<!\.)\.[^\W_]+[+#]*|[^\W_]+[+#]+")

Needle = tuple[str, str, re.Pattern[str] | None]  # where to look, the folded text to find there, and words with signs
Verdict = tuple[str, str, bool]  # see judge


@dataclass(frozen=True, slots=True)
class Candidate:
    """What rules see of an article. `summary` and `body` are plain text; a stub has a title alone.

    `url` is in the form that URLs are compared in, as the curation's own are.
    """

    id: str
    title: str
    source: str
    summary: str = ""
    body: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    url: str | None = None


class Judged:
    """What the rules of the file say of every article, and the articles by the names it may have there.

    `said` is what `judge` gave, in this run or an earlier one; `named` gives the id of each article with its URL in
    the form that URLs are compared in.
    """

    def __init__(self, said: Iterable[Verdict], named: Iterable[tuple[str, str | None]]) -> None:
        self._said: dict[tuple[str, bool], set[str]] = defaultdict(set)
        for slug, id, fits in said:
            self._said[slug, fits].add(id)
        self._named = named

    def fitting(self, slug: str) -> frozenset[str]:
        """The ids of the articles that the rule of this channel describes."""
        return frozenset(self._said.get((slug, True), ()))

    def excluded(self, slug: str) -> frozenset[str]:
        """The ids of the articles that its rule keeps out."""
        return frozenset(self._said.get((slug, False), ()))

    def named(self, names: Iterable[str]) -> frozenset[str]:
        """The ids of the articles with these ids or URLs."""
        return frozenset(id for name in names for id in self._ids.get(name, ()))

    @cached_property
    def _ids(self) -> dict[str, set[str]]:
        """Made when the file names an article: most name few or none."""
        found: dict[str, set[str]] = defaultdict(set)
        for id, url in self._named:
            found[id].add(id)
            if url:
                found[url].add(id)
        return found


def judge(candidates: Collection[Candidate], curation: Curation) -> list[Verdict]:
    """(slug, id, whether it fits or is kept out) for every rule of a channel or a split that says anything of it."""
    rules = {one.slug: one.rule for one in curation.channels if one.rule}
    rules |= {one.slug: one.rule for one in curation.splits if one.rule}
    wanted = {where for rule in rules.values() for terms in _clauses(rule) for where, _ in terms.pairs()}
    needles = {slug: tuple(map(_needles, _clauses(rule))) for slug, rule in rules.items()}
    found = []
    for candidate in candidates if rules else ():
        look = _Look(candidate, wanted)
        for slug, (any_of, all_of, none_of) in needles.items():
            if any(map(look.finds, none_of)):
                found.append((slug, candidate.id, False))
            elif (not any_of or any(map(look.finds, any_of))) and all(map(look.finds, all_of)):
                found.append((slug, candidate.id, True))
    return found


def curate(
    judged: Judged,
    weights: Mapping[Edge, float],
    curation: Curation,
    former: Mapping[str, frozenset[str]] | None = None,
    weighed: AbstractSet[str] | None = None,
) -> dict[str, frozenset[str]]:
    """slug → the ids of the articles that are in each curated channel; an article may be in several.

    `weights` are those of the whole graph, before any article has left it; or else all those of the articles that
    are `weighed`, and the others are drawn to where they were in the `former` channels.
    """
    ties = _Ties(weights) if curation.channels else None
    found = {}
    for channel in curation.channels:
        banned, members = judged.named(channel.banned), judged.named(channel.pinned)
        if channel.rule and ties:
            fitting = judged.fitting(channel.slug) - banned
            drawn = ties.drawn_to(fitting)
            if weighed is not None:
                drawn = (drawn & weighed) | ((former or {}).get(channel.slug, frozenset()) - weighed)
            members |= fitting | (drawn - judged.excluded(channel.slug))
        found[channel.slug] = members - banned
    return found


class _Ties:
    """The edges of every article, and what they weigh together."""

    def __init__(self, weights: Mapping[Edge, float]) -> None:
        self.of: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for (a, b), weight in weights.items():
            self.of[a].append((b, weight))
            self.of[b].append((a, weight))
        self.total = {id: fsum(weight for _, weight in edges) for id, edges in self.of.items()}

    def drawn_to(self, ids: AbstractSet[str]) -> frozenset[str]:
        """The other articles over half of whose weight leads to these."""
        pulls: dict[str, list[float]] = defaultdict(list)
        for id in ids:
            for other, weight in self.of.get(id, ()):
                if other not in ids:
                    pulls[other].append(weight)
        # fsum, as the order in which a set gives its members must not decide.
        return frozenset(id for id, pull in pulls.items() if fsum(pull) > MAJORITY * self.total[id])


def folded(text: str) -> str:
    """The words of a text, each between single spaces: "COVID-19’s" → " covid 19 s "."""
    text, word = text.casefold(), WORD
    if not text.isascii():
        letter, word = _letter_and_word()
        text = unicodedata.normalize("NFKC", text.replace("\u00ad", ""))  # a soft hyphen is not there to be read
        # The dot of a Turkish capital İ comes apart from it.
        text = letter.sub(r" \g<0> ", unicodedata.normalize("NFKC", DOT.sub("i", text.casefold())))
    return f" {' '.join(word.findall(text.replace('_', ' ')))} "


@cache
def _letter_and_word() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A letter of an unspaced script, and a word, with the marks that many scripts write their vowels with."""
    marks = "".join(char for char in map(chr, range(0x300, 0x20000)) if unicodedata.category(char)[0] == "M")
    return re.compile(f"[{UNSPACED}][{marks}]*"), re.compile(f"\\w+(?:[{marks}]+\\w*)*")  # \w has no marks


def _clauses(rule: Rule) -> tuple[Terms, Terms, Terms]:
    return rule.any_of, rule.all_of, rule.none_of


def _needles(terms: Terms) -> Sequence[Needle]:
    return [(where, _needle(where, term), _signs(where, term)) for where, term in terms.pairs()]


def _needle(where: str, term: str) -> str:
    """What to find: spaces hold it to whole words, line ends to a whole tag; a * leaves its end open."""
    needle = folded(term)
    start, end = ("\n", "\n") if where in WHOLES else ("", "")
    return start + (needle[:-1] if term.endswith("*") else needle + end)


def _signs(where: str, term: str) -> re.Pattern[str] | None:
    """What else to find for a term with signs that count, in the text as it was written."""
    term = _even(term)
    words = SIGNED.findall(term)
    # Whole words: neither "example.net" nor ".network" is ".net"; and "C++" is not "C+", but "C++20" is.
    ends = ["(?![+#])" if word[-1] in "+#" else r"(?![^\W_]|[+#])" for word in words]
    if words and term.endswith(f"{words[-1]}*"):
        ends[-1] = ""
    whole = [r"(?<![^\W_])" + re.escape(word) + end for word, end in zip(words, ends, strict=True)]
    return re.compile(r"[^\n]*?".join(whole)) if whole else None


def _even(text: str) -> str:
    """A text in the letters it is compared in, on one line."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


class _Look:
    """An article as terms see it."""

    def __init__(self, candidate: Candidate, wanted: AbstractSet[str]) -> None:
        self._candidate, self._wanted = candidate, wanted
        self._parts = self._through(folded)

    def finds(self, needle: Needle) -> bool:
        where, text, signs = needle
        return text in self._parts[where] and (signs is None or signs.search(self._written[where]) is not None)

    @cached_property
    def _written(self) -> dict[str, str]:
        return self._through(_even)

    def _through(self, read: Callable[[str], str]) -> dict[str, str]:
        """where → the text to look in, as it reads."""
        one, wanted = self._candidate, self._wanted
        texts = {where: read(getattr(one, where)) for where in TEXTS if where in wanted or "words" in wanted}
        wholes = {"sources": (one.source,), "authors": one.authors, "tags": one.tags}
        lists = {where: "\n".join(["", *map(read, wholes[where]), ""]) for where in WHOLES if where in wanted}
        # A line end between the parts keeps a phrase from reaching over.
        return {"words": "\n".join(texts.values()), **texts, **lists}
