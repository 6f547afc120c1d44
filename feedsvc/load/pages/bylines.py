"""A byline → the names of the people in it.

Pure. What leads to a name ("By"), what follows it ("Political Editor", "AP Auto Writer") and names of programs'
accounts are none; several names in one text are several authors where each of them reads like a name.
"""

import re
from collections.abc import Iterable

from feedsvc.load.words import folded

MOST_ROLE_WORDS = 5

_SURE = re.compile(
    r"(?:(?:\w+\s+)?by|door|текст|автор)\s*:?\s+(?=\S)|(?:author|autor|auteur|autore)s?\s*:\s*", re.IGNORECASE
)
_MAYBE = re.compile(r"(?:von|par|por|de|di|av|af)\s*(?::\s*|\s+)(?=\S+\s+\S)", re.IGNORECASE)
_ROLE = re.compile(
    r"(?:writers?|editors?|reporters?|correspondents?|columnists?|journalists?|producers?|contributors?|critics?"
    r"|photographers?|analysts?|editor-(?:at-large|in-chief)|redakteur\w*|korrespondent\w*|redacteur|redactor\w*"
    r"|journaliste|periodista|giornalista)"
)
_ACCOUNTS = frozenset(
    "admin administrator webmaster root user guest author editor editors wordpress default unknown anonymous none null"
    " undefined webadmin superuser sysadmin test".split()
)
_EMPLOYERS = frozenset("press business news times post agency bureau desk staff reuters ap afp dpa".split())
_BETWEEN = re.compile(r"\s*(?:;|,|&|\band\b|\bund\b|\bet\b|\by\b|\bi\b|\bи\b)\s*")
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,3}")


def without_by(text: str) -> str:
    """A name without the word that leads to it, in the main languages."""
    found = _SURE.match(text) or _MAYBE.match(text)
    return text[found.end() :] if found else text


def people(texts: Iterable[str]) -> tuple[str, ...]:
    """The names in what a page states or shows of its authors, each once; none of a role or of an account."""
    names = (name for text in texts for name in _apart(without_by(" ".join(text.split()))))
    return tuple(dict.fromkeys(name for name in names if name and folded(name) not in _ACCOUNTS and not _is_role(name)))


def _apart(text: str) -> list[str]:
    """The names in one text, or the text where that is not made of names."""
    parts = [part for part in _BETWEEN.split(text) if part]
    names = [part for part in parts if not _is_role(part) and not (part != parts[0] and _is_employer(part))]
    are_names = len(parts) > 1 and names and all(map(_is_name, names))
    return names if are_names else [text]


def _is_name(text: str) -> bool:
    words = text.split()
    return _NAME.fullmatch(text) is not None and words[0][0].isupper() and words[-1][0].isupper()


def _is_role(text: str) -> bool:
    """Whether a text tells what somebody does: the last of its words does."""
    words = folded(text).split()
    return 1 < len(words) <= MOST_ROLE_WORDS and _ROLE.fullmatch(words[-1]) is not None


def _is_employer(text: str) -> bool:
    """Whether what follows a name tells for whom somebody works."""
    return folded(text).rpartition(" ")[2] in _EMPLOYERS
