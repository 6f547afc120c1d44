"""The words of Unicode CLDR for dates in one language, as Babel carries them.

Pure, but for Babel's reading files of its own package, once a language. Takes the data themselves and not
`babel.Locale`, whose look-ups write what they find into data that languages share: after Hebrew has been asked for the
months that stand alone, other languages answer with Hebrew ones (Babel 2.18). A word of two meanings is left out.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import chain, pairwise
from typing import Any, NamedTuple

from babel import Locale, localedata
from babel.core import UnknownLocaleError

from feedsvc.datewords.folding import lean

MONTHS = "january february march april may june july august september october november december".split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
SILENT = ""
ENGLISH_HALVES = ("am", "pm")
FIRST_SIGN = "\u2e80"

Hours = tuple[int, int]  # from, and before; whole hours

# What stands before a day or a time in newspapers, and in no pattern that Babel has.
_BESIDE = {
    "ar": "الساعة يوم", "az": "saat", "bg": "в", "bs": "u", "et": "kell", "fa": "ساعت", "he": "בשעה", "hr": "u",
    "hy": "ժամը", "id": "pukul jam", "kk": "сағат", "lt": "val", "lv": "plkst", "mk": "во", "ms": "pukul jam",
    "sl": "ob dne", "sq": "ora", "sr": "u у", "th": "วันที่ เวลา", "tr": "saat", "vi": "lúc ngày",
}  # fmt: skip
_CLOCKS = {"th": "น"}  # and after a time
_JOINER = "\u200c"  # some write a space for it
_PIECE = re.compile(r"'((?:[^']|'')*)'|([A-Za-z]+|\{\d\})|([^'A-Za-z{]+)")
_SPACE = re.compile(r"\s")
_DAY_SKELETON = re.compile(r"G*yM+E*d")


class Words(NamedTuple):
    """All as `lean` leaves them, without a stop at the end.

    `names`: a word or phrase → its English month or weekday, or SILENT. `periods`: a part of the day → its hours.
    `clocks` stand after a time and `years` beside a year, and say nothing. `has_dotted_times`: 10.05 is a time.
    `ends_in_stop`: the stop after a day ends no sentence. `orders` of day, month and year in numbers: "dMy", "Mdy",
    "yMd"; several where regions disagree.
    """

    names: Mapping[str, str]
    periods: Mapping[str, tuple[Hours, ...]]
    clocks: frozenset[str]
    years: frozenset[str]
    has_dotted_times: bool
    ends_in_stop: bool
    orders: frozenset[str]


@lru_cache(maxsize=256)
def known_language(tag: str) -> str:
    """CLDR's identifier of a BCP 47 tag: sr-latn is sr_Latn. Raises ValueError, with a sentence, for what is none."""
    try:
        if tag.lower().partition("-")[0] not in ("root", "und"):  # of no language, but not unknown to Babel
            return str(Locale.parse(tag, sep="-"))
    except (UnknownLocaleError, ValueError):
        pass
    raise ValueError(f"must be the BCP 47 tag of a language that Unicode CLDR has, such as hr or sr-Latn, not {tag!r}")


@cache
def words_of(tag: str) -> Words:
    """The words of a tag; one without a region or a script stands for all of them. Raises ValueError as above."""
    name = known_language(tag)
    language = name.partition("_")[0]
    regions = sorted(one for one in localedata.locale_identifiers() if one.startswith(f"{name}_"))
    tables = [localedata.load(one) for one in (name, *regions)]
    return Words(
        names=_all_names(tables, lean(_BESIDE.get(language, "")).split()),
        periods=_periods(tables),
        clocks=frozenset(chain(*map(_clocks, tables), lean(_CLOCKS.get(language, "")).split())),
        years=frozenset(chain(*map(_years, tables))),
        has_dotted_times=any("H.mm" in pattern for table in tables for pattern in _time_patterns(table)),
        ends_in_stop=any(pattern.endswith(".") for table in tables for pattern in _day_patterns(table)),
        orders=frozenset(_order(_at(table, "date_formats")["short"].pattern) for table in tables),
    )


def _bare(text: str) -> str:
    bare = " ".join(lean(text).split())
    return bare.strip(".,;: " if bare.count("(") == bare.count(")") else ".,;: ()")


# Names


def _all_names(tables: list[Any], beside: list[str]) -> dict[str, str]:
    """Months come before words that say nothing, and those before weekdays."""
    months = _certain(chain(*(_names(table, "months", MONTHS, "MMM") for table in tables)))
    days = _certain(chain(*(_names(table, "days", WEEKDAYS, "EEE") for table in tables)))
    # Of one letter in Chinese and Korean signs only: in Thai Wednesday and Friday make the Buddhist era.
    weekdays = {word: day for word, day in days.items() if len(word) > 1 or word >= FIRST_SIGN}
    silent = dict.fromkeys(chain(*map(_beside, tables), beside), SILENT)
    return weekdays | silent | months


def _names(table: Any, key: str, english: list[str], field: str) -> Iterator[tuple[str, str]]:
    """Names in every form with what they mean, and as patterns write them: with an ending, or a word before."""
    affixes = {("", ""), *(pair for pattern in _day_patterns(table) for pair in _affixes(pattern, field))}
    first = min(_at(table, key, "format", "wide"))
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in _at(table, key, context, width).items():
                for form in {name, name.replace(_JOINER, " ")}:
                    for before, after in affixes:
                        yield _bare(before + form + after), english[number - first]


def _certain(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    meanings: dict[str, set[str]] = {}
    for word, meaning in pairs:
        meanings.setdefault(word, set()).add(meaning)
    return {word: found.pop() for word, found in meanings.items() if _has_letter(word) and len(found) == 1}


# Patterns


def _day_patterns(table: Any) -> Iterator[str]:
    yield from (pattern.pattern for pattern in _at(table, "date_formats").values())
    skeletons = _at(table, "datetime_skeletons").items()
    yield from (pattern.pattern for skeleton, pattern in skeletons if _DAY_SKELETON.fullmatch(skeleton))


def _order(pattern: str) -> str:
    return "".join(field[0] for _, field in _pieces(pattern) if field[:1] in ("d", "M", "y"))


def _pieces(pattern: str) -> list[tuple[str, str]]:
    """A pattern (UTS 35 §4.8) as fields and the text before each; what comes after the last is before no field."""
    pieces, text = [], ""
    for quoted, field, plain in _PIECE.findall(pattern):
        if field:
            pieces.append((text, field))
            text = ""
        text += quoted or plain
    return [*pieces, (text, "")]


def _affixes(pattern: str, field: str) -> Iterator[tuple[str, str]]:
    """What is written together with a field that is a word."""
    for (before, name), (after, _) in pairwise(_pieces(pattern)):
        if name.startswith(field):
            ahead, behind = _SPACE.split(before)[-1], _SPACE.split(after)[0]
            yield ahead * _has_letter(ahead), behind * _has_letter(behind)


def _beside(table: Any) -> Iterator[str]:
    """Words that patterns put between numbers and names."""
    for pattern in (*_day_patterns(table), *map(str, _at(table, "datetime_formats").values())):
        yield from _words_in(pattern)


def _clocks(table: Any) -> Iterator[str]:
    """Words that patterns put after a time, and the hour as a unit."""
    yield from filter(_has_letter, _units(table, "duration-hour"))
    for pattern in _time_patterns(table):
        yield from _words_in(pattern)


def _time_patterns(table: Any) -> Iterator[str]:
    return (pattern.pattern for pattern in _at(table, "time_formats").values())


def _words_in(pattern: str) -> Iterator[str]:
    return filter(_has_letter, (_bare(word) for text, _ in _pieces(pattern) for word in text.split()))


def _years(table: Any) -> Iterator[str]:
    """The year as a unit, and the era."""
    yield from filter(_has_letter, _units(table, "duration-year"))
    for width in ("wide", "abbreviated", "narrow"):
        yield _bare(_at(table, "eras", width).get(1, ""))


def _units(table: Any, unit: str) -> Iterator[str]:
    for width in ("long", "short", "narrow"):
        forms = _at(table, "unit_patterns", unit, width)
        yield from (_bare(form.replace("{0}", "")) for plural, form in forms.items() if plural != "per")


def _has_letter(word: str) -> bool:
    return any(map(str.isalpha, word))


# Parts of the day


def _periods(tables: list[Any]) -> dict[str, tuple[Hours, ...]]:
    """Noon and midnight are moments, and are left out, as are AM and PM where they follow a time: they are English."""
    found: dict[str, set[Hours]] = {}
    lead = any(pattern.startswith("a") for table in tables for pattern in _time_patterns(table))
    for table in tables:
        rules = _at(table, "day_period_rules").get(None, {})
        for width in ("wide", "abbreviated"):
            for period, word in _at(table, "day_periods", "format", width).items():
                hours = {"am": [(0, 12)], "pm": [(12, 24)]}.get(period) or list(_hours(rules.get(period, ())))
                found.setdefault(_bare(word), set()).update(hours)
    words = (word for word in found if word and (lead or word not in ENGLISH_HALVES))
    return {word: tuple(sorted(found[word])) for word in words if found[word]}


def _hours(rules: Any) -> Iterator[Hours]:
    for rule in rules:
        if "from" in rule and "before" in rule:
            start, end = rule["from"] // 3600, rule["before"] // 3600
            yield from [(start, end)] if start < end else [(start, 24), (0, end)]


# Babel's data


def _at(table: Any, *keys: Any) -> Any:
    """What lies under these keys, where some say only that it is the same as what lies elsewhere."""
    found = table
    for key in keys:
        found = _resolved(table, found.get(key, {}))
    return found


def _resolved(table: Any, value: Any) -> Any:
    if isinstance(value, localedata.Alias):
        return _at(table, *value.keys)
    if isinstance(value, tuple):
        alias, others = value
        return {**_resolved(table, alias), **others}
    return value
