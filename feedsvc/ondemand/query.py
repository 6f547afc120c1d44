"""A query → the channels and words that a combined feed is of, in the one spelling that all others mean.

Pure. Words are compared as people read them: whole, in any letter case, with or without accents, with any hyphen or
apostrophe. As in the operator's file, a `*` leaves the end of a word open.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from feedsvc.ondemand.refused import BadQuery
from feedsvc.ondemand.seeking import bare
from feedsvc.render import FORMATS
from feedsvc.settings import Feeds
from feedsvc.themes.curated import folded

MOST_CHANNELS = 20
MOST_WORDS = 10  # to be there, and as many that must not
LONGEST = 500  # characters of a parameter: 20 slugs, or ten long words
LONGEST_WORD = 60
DEFAULT_FORMAT = "rss"
NUMBER = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class Combination:
    """What a combined feed is of: channels by their slugs (none for everything), words, and how many entries.

    `words` must all be in an article's title, subtitle, summary or body, and none of those `without`. Both are in
    their canonical spelling and order. A `limit` of None is the usual number.
    """

    slugs: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    limit: int | None = None

    @property
    def seeks(self) -> bool:
        """Whether articles have to be read to tell if they belong."""
        return bool(self.words or self.without)

    def query(self, format: str = DEFAULT_FORMAT) -> str:
        """The canonical query, percent-encoded, without what goes without saying."""
        said = {
            "channels": ",".join(self.slugs),
            "q": " ".join(self.words),
            "exclude": " ".join(self.without),
            "limit": str(self.limit or ""),
            "format": format if format != DEFAULT_FORMAT else "",
        }
        return urlencode({name: value for name, value in said.items() if value}, quote_via=quote, safe=",*")


def read_query(given: Mapping[str, Sequence[str]], rules: Feeds) -> tuple[Combination, str]:
    """What is asked for, and in which format. Parameters that mean nothing here are ignored.

    Raises BadQuery for what cannot be, or would be too much.
    """
    slugs = _slugs(_text(given, "channels", ","))
    words, without = (_words(name, _text(given, name, " ")) for name in ("q", "exclude"))
    if not slugs and not words:
        raise BadQuery(
            "Say which channels (channels=a,b), which words (q=...) or both; q takes letters and digits as words."
        )
    format = _text(given, "format", "") or DEFAULT_FORMAT
    if format not in FORMATS:
        raise BadQuery(f"format must be one of {', '.join(FORMATS)}.")
    return Combination(slugs, words, without, _limit(_text(given, "limit", ""), rules)), format


def _text(given: Mapping[str, Sequence[str]], name: str, joined_by: str) -> str:
    """The value of a parameter. Where a list is expected it may come in pieces; else the first one counts."""
    values = given.get(name, ())
    text = joined_by.join(values) if joined_by else "".join(values[:1]).strip()
    if len(text) > LONGEST:
        raise BadQuery(f"{name} is too long: it may have {LONGEST} characters.")
    return text


def _slugs(text: str) -> tuple[str, ...]:
    slugs = tuple(sorted({slug.strip() for slug in text.split(",")} - {""}))
    if len(slugs) > MOST_CHANNELS:
        raise BadQuery(f"channels names {len(slugs)}; at most {MOST_CHANNELS} can be combined.")
    if not all(slug.isprintable() for slug in slugs):
        raise BadQuery("channels holds characters that no channel has in its name.")
    return slugs


def _words(name: str, text: str) -> tuple[str, ...]:
    words = tuple(sorted({spelled(word) for word in text.split()} - {""}))
    if len(words) > MOST_WORDS:
        raise BadQuery(f"{name} has {len(words)} words; at most {MOST_WORDS} can be looked for.")
    if any(len(word) > LONGEST_WORD for word in words):
        raise BadQuery(f"{name} has a word of more than {LONGEST_WORD} characters.")
    return words


def _limit(text: str, rules: Feeds) -> int | None:
    most = max(rules.burst_entries, rules.max_entries)
    if not text:
        return None
    if not NUMBER.fullmatch(text) or int(text) > most:
        raise BadQuery(f"limit must be a whole number from 1 to {most}.")
    return int(text) if int(text) != rules.max_entries else None


def spelled(word: str) -> str:
    """A word as all its spellings are written: "Économie*" → "economie*", "COVID–19" → "covid-19"; "" for no word."""
    pieces = folded(bare(word)).split()
    together = "".join(pieces)
    # Scripts without spaces are folded into single letters, which belong together as they stood.
    spelling = together if folded(together).split() == pieces else "-".join(pieces)
    return f"{spelling}*" if spelling and word.endswith("*") else spelling
