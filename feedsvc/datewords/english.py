"""A date in the language of its source → the same date with English words and ASCII digits.

Pure. What the language does not know stays as it is, so that whoever reads the result refuses what he does not
understand. Beside words only what the language makes plain is changed: a part of the day beside a time, where it
leaves one hour, and a year of the Buddhist calendar in Thai. Nothing is read here.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache, partial
from itertools import takewhile
from typing import NamedTuple

from feedsvc.datewords.cldr import SILENT, Words, known_language, words_of
from feedsvc.datewords.folding import lean

BUDDHIST_AHEAD = 543  # years
LEAST_STEM = 4  # letters that a name and the same with another ending begin with
MOST_ENDING = 3  # letters of that other ending

_SPACELESS = frozenset(("THAI", "LAO", "KHMER", "MYANMAR", "CJK", "HIRAGANA", "KATAKANA"))
_LETTER = r"[^\W\d_]"
_NEVER = "(?!)"
_BUDDHIST = re.compile(r"(พ\.?\s?ศ\.?\s?)?(?<!\d)(2[4-6]\d\d)(?!\d)")
_DOTTED_TIME = re.compile(r"(?<=\d{4})(\D{1,20}\b\d{1,2})\.(\d\d)(?![.\d])")
_BEHIND_TIME = re.compile(r":\d\d\s?$")
_LEADING_ZERO = re.compile(r"(?<!\d)0(?=\d)")


class English(NamedTuple):
    """`notes` say what was changed beside words. A language with `own_digits` often has a calendar of its own too."""

    text: str
    notes: tuple[str, ...]
    own_digits: bool


class _Language(NamedTuple):
    """A language made ready to be looked for; `names` that other endings may be put to are `stems`."""

    words: Words
    stems: tuple[tuple[str, str], ...]
    digits: dict[int, str]
    time: re.Pattern[str]
    year: re.Pattern[str]
    name: re.Pattern[str]
    is_thai: bool


@lru_cache(maxsize=4096)
def in_english(text: str, tag: str) -> English:
    """Translate a date; `tag` is a BCP 47 tag. Raises ValueError for a language that CLDR has not."""
    language = _language(tag)
    plain = " ".join(lean(text).translate(language.digits).split())
    if language.words.has_dotted_times:
        plain = _DOTTED_TIME.sub(r"\1:\2", plain)
    plain = language.time.sub(partial(_on_the_clock, language.words), plain)
    plain = language.year.sub(r"\1\2 ", plain)
    notes: list[str] = []
    if language.is_thai:
        plain = _BUDDHIST.sub(partial(_common_year, notes), plain)
    plain = language.name.sub(partial(_named, tag), plain).strip()
    return English(plain.rstrip(". ") if language.words.ends_in_stop else plain, tuple(notes), bool(language.digits))


def _on_the_clock(words: Words, match: re.Match[str]) -> str:
    """A time on the 24-hour clock, if the part of the day beside it is one that leaves a single hour."""
    period, hour = match["early"] or match["late"], int(match["hour"])
    if not period:
        return match["hour"] + match["minutes"]
    hours = [hour] if hour > 12 else [hour % 12, hour % 12 + 12]
    fitting = [one for one in hours if any(start <= one < end for start, end in words.periods[period])]
    return f"{fitting[0]:02}{match['minutes']}" if len(fitting) == 1 else match[0]


def _common_year(notes: list[str], match: re.Match[str]) -> str:
    year = int(match[2]) - BUDDHIST_AHEAD
    notes.append(f"the year {match[2]} is Buddhist and was read as {year}")
    return f" {year}" if match[1] else str(year)


def _named(tag: str, match: re.Match[str]) -> str:
    word, names = match[0], _language(tag).words.names
    meaning = names.get(word) if word in names else names.get(_LEADING_ZERO.sub("", word), _by_stem(tag, word))
    # At the end, right behind a time, it may be a zone: "at" is the Atlantic there.
    if meaning is None or (meaning == SILENT and match.end() == len(match.string) and _follows_time(match)):
        return word
    return _apart_from_others(meaning, match) if meaning else " "


def _apart_from_others(meaning: str, match: re.Match[str]) -> str:
    """A space on each side where there is none, but not beside a dash: " -2024" would be an offset."""
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    return f"{' ' * before.isalnum()}{meaning}{' ' * after.isalnum()}"


def _follows_time(match: re.Match[str]) -> bool:
    return _BEHIND_TIME.search(match.string[: match.start()]) is not None


@lru_cache(maxsize=4096)
def _by_stem(tag: str, word: str) -> str | None:
    """The one name that a word begins like, as Serbian marta does like mart: CLDR has not all cases."""
    like = [(name, meaning) for name, meaning in _language(tag).stems if _same(name, word) >= LEAST_STEM]
    meanings = {meaning for _, meaning in like}
    return meanings.pop() if len(meanings) == 1 and any(_is_form_of(name, word) for name, _ in like) else None


def _is_form_of(name: str, word: str) -> bool:
    return _same(name, word) >= len(name) - 2 and len(word) - _same(name, word) <= MOST_ENDING


def _same(name: str, word: str) -> int:
    """How many letters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(name, word, strict=False)))


# Languages made ready


@cache
def _language(tag: str) -> _Language:
    words = words_of(tag)
    scripts = {unicodedata.name(char, "").partition(" ")[0] for char in _letters(words)}
    digits = {ord(digit): str(number) for script in scripts for number, digit in _digits(script)}
    words = words._replace(names={name.translate(digits): meaning for name, meaning in words.names.items()})
    spaced = _SPACELESS.isdisjoint(scripts)
    marks = _marks() if any(unicodedata.category(char).startswith("M") for char in _letters(words)) else ""
    letter = rf"(?:{_LETTER}|[{marks}])" if marks else _LETTER
    edges = (f"(?<!{_LETTER})" + (f"(?<![{marks}])" if marks else ""), f"(?!{letter})") if spaced else ("", "")
    phrases = [name for name in words.names if not (spaced and re.fullmatch(f"{letter}+", name))]
    periods, years = _any_of(words.periods, edges), _any_of(words.years, edges)
    return _Language(
        words,
        tuple((name, meaning) for name, meaning in words.names.items() if meaning) if spaced and not marks else (),
        digits,
        re.compile(
            rf"(?:(?P<early>{periods})\.?\s?)?(?<![\d:])(?P<hour>\d{{1,2}})(?P<minutes>:\d\d(?::\d\d)?)(?![\d:])"
            rf"(?:\s?(?P<late>{periods})\.?)?(?:\s?{_any_of(words.clocks, edges)}\.?)?"
        ),
        re.compile(rf"(?<!\d)(\d{{4}})[\s.,-]*{years}\.?|{years}[\s.]*(\d{{4}})(?!\d)"),
        re.compile(f"{_any_of(phrases, edges)}|{letter}+"),
        known_language(tag).partition("_")[0] == "th",
    )


def _letters(words: Words) -> set[str]:
    """The letters, and the vowels above and below them, of all names."""
    names = "".join(name for name, meaning in words.names.items() if meaning)
    return {char for char in names if unicodedata.category(char)[0] in "LM"}


def _any_of(phrases: Iterable[str], edges: tuple[str, str]) -> str:
    """A pattern of phrases, longest first; a number in one may have a zero before it."""
    before, after = edges
    found = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return f"(?:{'|'.join(_pattern(phrase, before, after) for phrase in found)})" if found else _NEVER


def _pattern(phrase: str, before: str, after: str) -> str:
    pattern = re.sub(r"(?<!\d)(?=\d)", "0?", re.escape(phrase))
    before = before if phrase[0].isalpha() else r"(?<!\d)" if phrase[0].isdecimal() else ""
    after = after if phrase[-1].isalpha() else r"(?!\d)" if phrase[-1].isdecimal() else ""
    return before + pattern + after


def _digits(script: str) -> Iterable[tuple[int, str]]:
    for kind in (script, f"{script}-INDIC", f"EXTENDED {script}-INDIC"):
        try:
            zero = ord(unicodedata.lookup(f"{kind} DIGIT ZERO"))
        except KeyError:
            continue
        yield from ((number, chr(zero + number)) for number in range(10))


@cache
def _marks() -> str:
    """Every vowel and other mark of the scripts of living languages; for Python they are no part of a word."""
    return "".join(re.escape(c) for c in map(chr, range(0x300, 0xAC00)) if unicodedata.category(c).startswith("M"))
