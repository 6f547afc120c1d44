"""Dates in the language that a source says they are in: read right, or refused, and never a wrong day."""

import contextlib
import re
from datetime import UTC, date, datetime

import pytest
from babel import localedata
from babel.dates import format_date
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from feedsvc.datewords.cldr import words_of
from feedsvc.datewords.english import LEAST_STEM
from feedsvc.datewords.folding import lean
from feedsvc.errors import UnreadableDate
from feedsvc.normalise.dates import read_date

LANGUAGES = (
    "hr sr-Latn sr-Cyrl bs sl mk bg be lt lv et is fo sq mt ga cy eu gl id ms fil vi th lo km my hi bn mr ne ta te ur"
    " ar ar-IQ ar-MA fa he ka hy az kk ky uz mn sw af de fr pl cs ru uk tr ja ko zh"
).split()
# Babel writes these with slashes, and slashes do not tell day and month apart.
UNCERTAIN = {(tag, "medium") for tag in ("ar", "ar-IQ", "ar-MA")}
ZEROES = dict(zip("ar ar-IQ fa ur hi mr ne bn th lo my".split(), "٠٠۰۰०००০๐໐၀", strict=True))

in_quiet = settings(deadline=None, max_examples=40)
days = st.dates(date(1900, 1, 1), date(2049, 12, 31))


def formatted(day: date, form: str, tag: str) -> str:
    words_of(tag)  # before Babel's own look-ups, which change its data
    return format_date(day, form, tag.replace("-", "_"))


def in_its_digits(text: str, tag: str) -> str:
    zero = ord(ZEROES[tag])
    return text.translate({ord("0") + number: chr(zero + number) for number in range(10)})


def day_of(text: str, tag: str) -> date | None:
    """The day, or None if it is refused."""
    with contextlib.suppress(UnreadableDate):
        return read_date(text, UTC, tag).at.date()
    return None


def reason(text: str, tag: str) -> str:
    with pytest.raises(UnreadableDate) as refusal:
        read_date(text, UTC, tag)
    return refusal.value.why


@pytest.mark.parametrize("form", ["full", "long", "medium"])
@pytest.mark.parametrize("tag", LANGUAGES)
@in_quiet
@given(day=days)
def test_a_day_as_cldr_writes_it_reads_back_to_the_same_day(tag: str, form: str, day: date) -> None:
    text = formatted(day, form, tag)
    if tag == "ne" and day.year >= 2050:
        assert "another calendar" in reason(text, tag)
        return
    assert day_of(text, tag) in ({day, None} if (tag, form) in UNCERTAIN else {day})
    if form == "full":
        assert read_date(text, UTC, tag).note is None


@pytest.mark.parametrize("tag", ZEROES)
@in_quiet
@given(day=days)
def test_it_does_so_in_digits_of_its_own_script(tag: str, day: date) -> None:
    assert day_of(in_its_digits(formatted(day, "full", tag), tag), tag) == day


@in_quiet
@given(day=st.dates(date(1900, 1, 1), date(2100, 12, 31)), form=st.sampled_from(["full", "long", "medium"]))
def test_a_thai_day_with_a_buddhist_year_is_read_as_ours_and_noted(day: date, form: str) -> None:
    text = formatted(day, form, "th").replace("ค.ศ. ", "").replace(str(day.year), str(day.year + 543))
    said = read_date(text, UTC, "th")
    assert said.at.date() == day
    assert said.note == f"the year {day.year + 543} is Buddhist and was read as {day.year}"


@pytest.mark.parametrize("tag", LANGUAGES)
@in_quiet
@given(day=days, ending=st.text("aeiouāīuojmdsnlаиое", min_size=1, max_size=3), cut=st.integers(0, 3))
def test_a_month_with_another_ending_is_never_another_month(tag: str, day: date, ending: str, cut: int) -> None:
    name = formatted(day, "MMMM", tag)
    stem = name if name[-1].isdecimal() else name[: max(len(name) - cut, LEAST_STEM)]
    word = stem + ending
    assume(lean(word) not in words_of(tag).names)  # Czech June, červen, is July with another ending
    found = day_of(f"{day.day} {word} {day.year}", tag)
    assert found is None or found.month == day.month


@in_quiet
@given(text=st.text(max_size=60) | st.sampled_from(LANGUAGES).map(lambda tag: formatted(date(2025, 3, 4), "full", tag)),
       tag=st.sampled_from(LANGUAGES))  # fmt: skip
def test_any_text_in_any_language_is_read_or_refused_as_unreadable(text: str, tag: str) -> None:
    with contextlib.suppress(UnreadableDate):
        assert read_date(text, UTC, tag).at.tzinfo is UTC


@pytest.mark.parametrize(
    ("tag", "text", "at"),
    [
        ("hr", "Utorak, 4. listopada 2025. godine u 10:05 sati", (2025, 10, 4, 10, 5)),
        ("hr", "2025-03-04T10:05:00Z", (2025, 3, 4, 10, 5)),
        ("hr", "Tue, 04 Mar 2025 10:05:00 GMT", (2025, 3, 4, 10, 5)),
        ("hr", "4 October 2025 10:05", (2025, 10, 4, 10, 5)),
        ("bs", "četvrtak, 4. septembra 2025. u 10:05", (2025, 9, 4, 10, 5)),
        ("sl", "4. avgusta 2025 ob 10:05", (2025, 8, 4, 10, 5)),
        ("bg", "4 март 2025 г., 10:05 ч.", (2025, 3, 4, 10, 5)),
        ("id", "Selasa, 4 Maret 2025 pukul 10.05 WIB", (2025, 3, 4, 3, 5)),
        ("th", "4 มี.ค. 2568 เวลา 10:05 น.", (2025, 3, 4, 10, 5)),
        ("th", "2568-03-04T10:05:00+07:00", (2025, 3, 4, 3, 5)),
        ("fa", "۴ مارس ۲۰۲۵، ساعت ۱۰:۰۵", (2025, 3, 4, 10, 5)),
        ("ar", "4 مارس 2025م، 09:15 مساءً", (2025, 3, 4, 21, 15)),
        ("vi", "Thứ Ba, ngày 04 tháng 03 năm 2025, 02:05 chiều", (2025, 3, 4, 14, 5)),
        ("ja", "2025年3月4日(火) 午後2時05分", (2025, 3, 4, 14, 5)),
    ],
)
def test_a_date_as_its_pages_write_it_is_read(tag: str, text: str, at: tuple[int, ...]) -> None:
    assert read_date(text, UTC, tag).at == datetime(*at, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tag", "text", "day"),
    [
        ("fr-FR", "05/10/2026 09:15", date(2026, 10, 5)),
        ("fr", "05/10/2026 09:15", date(2026, 10, 5)),
        ("pt-BR", "05/10/2026 09:15", date(2026, 10, 5)),
        ("en-GB", "05/10/2026 09:15", date(2026, 10, 5)),
        ("en-US", "05/10/2026 09:15", date(2026, 5, 10)),
        ("en-US", "05.10.2026 09:15", date(2026, 5, 10)),
        ("es-ES", "5-10-26", date(2026, 10, 5)),
        ("de", "05.10.26", date(2026, 10, 5)),
        ("sr", "04/03/2025", date(2025, 3, 4)),
        ("ar", "٠٤/٠٣/٢٠٢٥", date(2025, 3, 4)),
        ("sv", "05-10-11", date(2005, 10, 11)),
    ],
)
def test_numbers_that_could_be_two_days_are_read_in_the_order_of_the_language(tag: str, text: str, day: date) -> None:
    said = read_date(text, UTC, tag)
    assert said.at.date() == day
    assert said.note == f"day, month and year were read in the order of {tag}"


def test_a_weekday_or_a_day_past_twelve_needs_no_order_of_a_language() -> None:
    for text in ("Tuesday 04/03/2025", "25/12/2025", "4 March 2025", "04.03.2025"):
        assert read_date(text, UTC, "en-GB") == read_date(text, UTC)
    assert read_date("Thursday 04/03/2025", UTC, "en-GB").at.date() == date(2025, 4, 3)


REGIONS = sorted(name for name in localedata.locale_identifiers() if "POSIX" not in name)


@settings(deadline=None, max_examples=600)
@given(tag=st.sampled_from(REGIONS), day=days, form=st.sampled_from(["dd{0}MM{0}y", "MM{0}dd{0}y", "y{0}MM{0}dd", ""]),
       sign=st.sampled_from("/-."))  # fmt: skip
def test_a_day_in_the_numbers_of_any_language_is_that_day_or_refused(tag: str, day: date, form: str, sign: str) -> None:
    orders = words_of(tag.replace("_", "-")).orders
    pattern = form.format(sign) or localedata.load(tag)["date_formats"]["short"].pattern
    order = "".join(field for field in re.sub(r"'[^']*'|[^dMy]", "", pattern) if field in "dMy")
    order = re.sub(r"(.)\1+", r"\1", order)
    assume(order in orders and not ("G" in pattern or (orders != {order} and "." in pattern)))
    assume("yy" not in pattern.replace("yyyy", "") or day.year >= 1950)
    text = format_date(day, pattern, "en")
    assert day_of(text, tag.replace("_", "-")) in (day, None)


def test_in_the_languages_of_most_news_any_day_in_slashes_is_read() -> None:
    for tag in "fr-FR es-ES pt-BR it-IT en-GB en-AU en-IN nl-BE el-GR vi id ar-EG he-IL".split():
        assert day_of("05/10/2026", tag) == date(2026, 10, 5), tag


@pytest.mark.parametrize(
    ("tag", "text", "why"),
    [
        ("hr", "danas, 4. ožujka 2025.", "'danas' is not understood"),
        ("hr", "jučer u 10:05", "is not understood"),
        ("fa", "۱۳ اسفند ۱۴۰۳", "is not understood"),
        ("fa", "۱۴۰۳/۱۲/۱۳", "looks like one of another calendar"),
        ("fa", "1403-12-13T10:00:00+03:30", "looks like one of another calendar"),
        ("fa", "۱۳.۱۲.۸۵", "a year of two digits may be one of another calendar"),
        ("ar", "4 رمضان 1446", "is not understood"),
        ("th", "4 มี.ค. 68", "a year of two digits may be one of another calendar"),
        ("th", "4 มี.ค. พ.ศ. 2025", "is not understood"),
        ("km", "2568-03-04", "looks like one of another calendar"),
        ("ne", "२०८१-११-२०", "looks like one of another calendar"),
        ("hr", "٤ مارس ٢٠٢٥", "its digits are of another script"),
        ("en", "04/03/2025", "ambiguous"),
        ("es", "04/03/2025", "ambiguous"),
        ("en-CA", "04/03/2025", "ambiguous"),
        ("ja", "04/03/2025", "ambiguous"),
        ("fr", "04/03/05", "ambiguous"),
        ("fr-FR", "Friday 04/03/2025", "ambiguous"),
        ("fr-FR", "31/02/2025", "there is no day"),
        ("hr", "31. veljače 2025.", "there is no day"),
        ("hr", "ožujak 2025.", "names a month but no day"),
    ],
)
def test_what_is_relative_or_of_another_calendar_is_refused_with_a_reason(tag: str, text: str, why: str) -> None:
    assert why in reason(text, tag)


def test_without_the_language_its_words_and_digits_are_refused_as_ever() -> None:
    assert "is not understood" in reason("4. ožujka 2025.", "")
    assert "digits are of another script" in reason("٤ مارس ٢٠٢٥", "")


def test_the_word_of_two_languages_is_the_month_of_the_sources_own() -> None:
    months = {tag: read_date("4 listopad 2025", UTC, tag).at.month for tag in ("hr", "pl", "cs", "")}
    assert months == {"hr": 10, "pl": 11, "cs": 11, "": 11}
