"""What a User-Agent tells of a reader: which one it is, and how many people it asks for. Pure.

All of it is what the reader says of itself.
"""

import re
from functools import lru_cache

UNKNOWN = "unknown"
BROWSER = "browser"
MAX_NAME = 40
MAX_SUBSCRIBERS = 10_000_000  # who claims more is not believed

# Readers whose names stand elsewhere than in front, or have spaces, as they are written → as people know them.
KNOWN = {
    "theoldreader": "The Old Reader",
    "inoreader": "Inoreader",
    "newsblur": "NewsBlur",
    "feedbin": "Feedbin",
    "feedlybot": "FeedlyBot",
    "feedly": "Feedly",
    "bazqux": "BazQux",
    "netnewswire": "NetNewsWire",
    "miniflux": "Miniflux",
    "freshrss": "FreshRSS",
    "tiny tiny rss": "Tiny Tiny RSS",
    "nextcloud-news": "Nextcloud News",
    "commafeed": "CommaFeed",
    "newsboat": "Newsboat",
    "thunderbird": "Thunderbird",
    "feedfetcher-google;": "Feedfetcher-Google",
    "netvibes": "Netvibes",
    "feedspot": "Feedspot",
    "digg feed fetcher": "Digg",
}
_KNOWN = re.compile("|".join(re.escape(name) for name in sorted(KNOWN, key=len, reverse=True)), re.IGNORECASE)
_COMPATIBLE = re.compile(r"\bcompatible; ?([^;,)\s/]+)")
_FIRST = re.compile(r"[^\s/(;,]+")
_UNSAFE = re.compile(r"[^A-Za-z0-9._+-]+")
_COUNT = re.compile(
    r"(?<![-0-9.])([0-9]{1,9})[\s+]{0,3}(?:subscriber|reader)s?\b|\bsubscribers?[:=] ?([0-9]{1,9})", re.IGNORECASE
)
_BOT = re.compile(r"bot\b|crawler|spider", re.IGNORECASE)


@lru_cache(maxsize=4096)
def family(agent: str) -> str:
    """The reader's name without its version: "Miniflux", "python-requests", "browser"; "unknown" where none is told.

    At most MAX_NAME characters, all of them safe to show anywhere.
    """
    if known := _KNOWN.search(agent):
        return KNOWN[known[0].lower()]
    if agent.startswith("Mozilla/"):
        named = _COMPATIBLE.search(agent)
        return _safe(named[1]) if named else BROWSER
    first = _FIRST.search(agent)
    return _safe(first[0]) if first else UNKNOWN


def subscribers(agent: str) -> int:
    """For how many people a service says that it asks; 0 where it says nothing of that."""
    found = _COUNT.search(agent)
    count = int(found[1] or found[2]) if found else 0
    return count if count <= MAX_SUBSCRIBERS else 0


def without_count(agent: str) -> str:
    """The same User-Agent whatever number of subscribers it tells."""
    return _COUNT.sub("", agent)


def is_robot(name: str) -> bool:
    """Whether a reader of this name reads for no one in particular."""
    return bool(_BOT.search(name))


def _safe(name: str) -> str:
    return _UNSAFE.sub("", name)[:MAX_NAME] or UNKNOWN
