"""channels.toml → one typed, frozen `Curation`: what an operator says about channels.

Says what may stand in the file and reads it; `themes.curated` and `themes.amend` apply it. Every mistake is
found at once and named by its line and key; an unknown key is a mistake. Without the file nothing is said.
"""

import codecs
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from feedsvc.errors import BadSettings
from feedsvc.settings import Section, Site
from feedsvc.toml_lines import Place, key_lines, line_of

FILE_NAME = "channels.toml"  # it lies beside the settings file
MAX_SLUG = 60
EVERYTHING = "everything"  # names the feed of all articles where a channel is asked for
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# What every feed format takes as it stands: the characters of RFC 3986, a host by name, and no user.
IMAGE = re.compile(
    r"https?://[a-z0-9][a-z0-9._-]*(:[0-9]{1,5})?/([a-z0-9/?#!$&'()*+,;=:@._~-]|%[0-9a-f]{2})*",
    re.IGNORECASE | re.ASCII,
)
# What no feed can carry (https://www.w3.org/TR/xml/#charsets), no database keeps, or nobody means to write.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # by category, they would show something
# Where tomllib says that a mistake is.
TOML_PLACE = re.compile(r" \((?:at line (\d+), column (\d+)|at end of document)\)$")


# The kinds of text


def _slug(value: str) -> str:
    if not SLUG.fullmatch(value):
        raise ValueError("must be lower-case letters, digits and single hyphens, as in a channel's URL")
    return value


def _new_slug(value: str) -> str:
    if len(value) > MAX_SLUG:
        raise ValueError(f"must have {MAX_SLUG} characters at most")
    if value == EVERYTHING:
        raise ValueError(f"{value!r} is the name of the feed of all articles; take another")
    return value


def _some(value: str) -> str:
    if not value:
        raise ValueError("must not be empty")
    return value


def _lines(value: str) -> str:
    if found := CONTROL.search(value):
        raise ValueError(f"holds the control character U+{ord(found[0]):04X}")
    return value


def _line(value: str) -> str:
    if len(value.splitlines()) > 1 or "\t" in value:
        raise ValueError("must be one line, without tabs")
    return _lines(value)


def _visible(value: str) -> str:
    if not any(unicodedata.category(char)[0] in "LNPS" and char not in BLANK_LETTERS for char in value):
        raise ValueError("must show something")
    return value


def _term(value: str) -> str:
    # As it is compared: a voicing mark of its own is a letter until then.
    if not any(char.isalnum() for char in unicodedata.normalize("NFKC", value)):
        raise ValueError("must hold a letter or a digit")
    if "*" in value[:-1]:
        raise ValueError("may have a * only at its end, as in flood*")
    return value


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", value)
    except ValueError:
        return False


def _article(value: str, info: ValidationInfo) -> str:
    url_key: Callable[[str], str] = (info.context or {}).get("url_key", str)
    return url_key(value) if _is_web_address(value) else _some(value)


def _image(value: str) -> str:
    if not IMAGE.fullmatch(value):
        raise ValueError(
            "must be the absolute http or https URL of a picture, in ASCII, such as"
            " https://paper.example/river.png, without user name"
        )
    return value


def _language(value: str) -> str:
    try:
        return Site(language=value).language
    except ValidationError as error:
        raise ValueError("must be a language tag, such as en or pt-BR") from error


Slug = Annotated[str, AfterValidator(_slug)]
NewSlug = Annotated[Slug, AfterValidator(_new_slug)]
Title = Annotated[str, AfterValidator(_some), AfterValidator(_line), AfterValidator(_visible)]
Prose = Annotated[str, AfterValidator(_lines)]
Image = Annotated[str, AfterValidator(_image)]
Language = Annotated[str, AfterValidator(_language)]
Term = Annotated[str, AfterValidator(_line), AfterValidator(_term), AfterValidator(_visible)]
ArticleName = Annotated[
    str, AfterValidator(_line), AfterValidator(_article)
]  # an id, or a URL in the form that is compared


# The tables


class Terms(Section):
    """What is looked for, by where. A * at the end stands for any ending.

    `words` are words or phrases anywhere in the text, `title`, `summary` and `body` in that part alone;
    `sources`, `authors` and `tags` are compared as a whole.
    """

    words: tuple[Term, ...] = ()
    title: tuple[Term, ...] = ()
    summary: tuple[Term, ...] = ()
    body: tuple[Term, ...] = ()
    sources: tuple[Term, ...] = ()
    authors: tuple[Term, ...] = ()
    tags: tuple[Term, ...] = ()

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(where, term) of everything said here."""
        return tuple((where, term) for where in type(self).model_fields for term in getattr(self, where))


class Rule(Section):
    """An article fits when at least one of `any_of`, everything in `all_of` and nothing in `none_of` is found."""

    any_of: Terms = Terms()
    all_of: Terms = Field(Terms(), validate_default=True)
    none_of: Terms = Terms()

    @field_validator("all_of")
    @classmethod
    def _asks_for_something(cls, value: Terms, info: ValidationInfo) -> Terms:
        if not value.pairs() and "any_of" in info.data and not info.data["any_of"].pairs():
            raise ValueError("must ask for something where any_of does not")
        return value


class Look(Section):
    """What a channel of any kind may have for as long as the file gives it: a picture, and a language (BCP 47)."""

    image: Image | None = None
    language: Language | None = None


class Told(Look):
    """What readers are told of a channel."""

    slug: NewSlug
    title: Title
    description: Prose = ""


def _unless_ruled(value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    if not value and info.data.get("rule", ...) is None:
        raise ValueError("must name articles where there is no rule")
    return value


class CuratedChannel(Told):
    """One `[[channels]]` table."""

    rule: Rule | None = None
    pinned: tuple[ArticleName, ...] = Field((), validate_default=True)
    banned: tuple[ArticleName, ...] = ()

    _can_hold_something = field_validator("pinned")(_unless_ruled)


class Rename(Look):
    """One `[[renames]]` table: what readers are told of a discovered channel, under the slug it has."""

    slug: Slug
    title: Title | None = None
    description: Prose | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set - {"slug"}:
            raise ValueError("must give a title, a description, an image or a language")
        return self


class Merge(Section):
    """One `[[merges]]` table: the channels `slugs` become part of `into`."""

    slugs: tuple[Slug, ...]
    into: Slug


class Split(Told):
    """One `[[splits]]` table: a new channel for `articles`, and for whatever of `out_of` fits the rule."""

    out_of: Slug
    rule: Rule | None = None
    articles: tuple[ArticleName, ...] = Field((), validate_default=True)

    _can_hold_something = field_validator("articles")(_unless_ruled)


class Curation(Section):
    """Everything the file says, in its order."""

    channels: tuple[CuratedChannel, ...] = ()
    renames: tuple[Rename, ...] = ()
    merges: tuple[Merge, ...] = ()
    splits: tuple[Split, ...] = ()

    _text: str = PrivateAttr("")  # what it was read from

    def model_post_init(self, context: Any) -> None:
        self._text = (context or {}).get("text", "")

    def at(self, *place: str | int) -> str:
        """How to name what stands at a place: "channels.toml line 12: merges[0].into"; without a file the key alone."""
        line = f"{FILE_NAME} line {line_of(place, _lines_of(self._text))}: " if self._text else ""
        return line + _key(place)

    @property
    def made(self) -> dict[str, Told]:
        """slug → what is told of it, for each channel that the file makes."""
        return {one.slug: one for one in (*self.channels, *self.splits)}


# Reading


def load_curation(path: Path, url_key: Callable[[str], str] = str) -> Curation:
    """Read the file at `path`; one that is not there says nothing.

    Articles that are named by URL are kept as `url_key` gives them, the form in which URLs are compared.
    Raises BadSettings with every problem at once.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        table = tomllib.loads(text)
    except FileNotFoundError:
        return Curation()
    except OSError as error:
        raise BadSettings(str(path), [f"{path.name} cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise BadSettings(str(path), [_not_utf8(error)]) from error
    except (ValueError, RecursionError) as error:  # not TOML, or a number of thousands of digits
        raise BadSettings(str(path), [_not_toml(text, error)]) from error
    problems = list(_contradictions(table))
    try:
        curation = Curation.model_validate(table, context={"url_key": url_key, "text": text})
    except ValidationError as error:
        problems += [(detail["loc"], _sentence(detail)) for detail in error.errors()]
    if problems:
        placed = sorted((line_of(place, _lines_of(text)), _key(place), sentence) for place, sentence in problems)
        told = [f"{FILE_NAME} line {line}: {key}: {sentence}" for line, key, sentence in placed]
        raise BadSettings(str(path), told)
    return curation


def _not_utf8(error: UnicodeDecodeError) -> str:
    if error.object.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return f"{FILE_NAME} line 1: is text in UTF-16; save it as UTF-8"
    line = error.object.count(b"\n", 0, error.start) + 1
    return f"{FILE_NAME} line {line}: is not text in UTF-8: it holds the byte 0x{error.object[error.start]:02x}"


def _not_toml(text: str, error: Exception) -> str:
    """Where and why, with the last line for what is missing at the end."""
    place = TOML_PLACE.search(str(error))
    if not place:
        return f"{FILE_NAME} is not TOML: {error}"
    line = place[1] or text.rstrip().count("\n") + 1
    where = f"column {place[2]}" if place[2] else "here the file ends"
    return f"{FILE_NAME} line {line}: is not TOML: {TOML_PLACE.sub('', str(error))} ({where})"


@lru_cache(maxsize=4)
def _lines_of(text: str) -> Mapping[Place, int]:
    return key_lines(text)


def _contradictions(table: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """What is said twice, or against what is said elsewhere; whatever else may be wrong with the file."""
    texts = list(_texts(table))
    made, renamed, merged = (
        _firsts(texts, *keys) for keys in (("channels.slug", "splits.slug"), ("renames.slug",), ("merges.slugs",))
    )
    banned = {(place[1], text) for key, place, text in texts if key == "channels.banned"}
    for key, place, text in texts:
        if key in ("channels.slug", "splits.slug") and made[text] != place:
            yield place, f"{text!r} is the slug of another channel here"
        if key == "renames.slug" and renamed[text] != place:
            yield place, f"{text!r} is renamed twice"
        if key == "merges.slugs" and merged[text] != place:
            yield place, f"{text!r} is merged twice"
        if key in ("renames.slug", "merges.slugs", "splits.out_of") and text in made:
            yield place, f"{text!r} is a channel that this file makes, not a discovered one"
        if key in ("renames.slug", "merges.into", "splits.out_of") and text in merged:
            yield place, f"{text!r} is merged into another channel here"
        if key == "channels.pinned" and (place[1], text) in banned:
            yield place, f"{text!r} is banned from this channel, too"


def _texts(table: Mapping[str, Any]) -> Iterator[tuple[str, Place, str]]:
    """("channels.slug", place, text) of every text in a table, alone or in a list."""
    for name, tables in table.items():
        for number, one in enumerate(tables if isinstance(tables, list) else ()):
            for key, value in one.items() if isinstance(one, dict) else ():
                if isinstance(value, str):
                    yield f"{name}.{key}", (name, number, key), value.strip()
                for at, text in enumerate(value if isinstance(value, list) else ()):
                    if isinstance(text, str):
                        yield f"{name}.{key}", (name, number, key, at), text.strip()


def _firsts(texts: list[tuple[str, Place, str]], *keys: str) -> dict[str, Place]:
    """text → where it stands first under one of these keys."""
    firsts: dict[str, Place] = {}
    for key, place, text in texts:
        if key in keys:
            firsts.setdefault(text, place)
    return firsts


# What a list holds, by its key; all other lists are of words.
LISTS = {
    "channels": "written as [[channels]] tables",
    "renames": "written as [[renames]] tables",
    "merges": "written as [[merges]] tables",
    "splits": "written as [[splits]] tables",
    "pinned": "a list of ids or URLs",
    "banned": "a list of ids or URLs",
    "articles": "a list of ids or URLs",
    "slugs": "a list of slugs",
}


def _sentence(detail: ErrorDetails) -> str:
    match detail["type"]:
        case "extra_forbidden":
            return "there is no such key"
        case "missing":
            return "is needed"
        case "string_type":
            return "must be text in quotes"
        case "tuple_type":
            return f"must be {LISTS.get(str(detail['loc'][-1]), 'a list of words')}"
        case "model_type":
            return "must be a table"
    return detail["msg"].removeprefix("Value error, ")


def _key(place: Place) -> str:
    """("channels", 1, "rule") → "channels[1].rule"."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")
