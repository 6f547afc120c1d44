"""Dates: what a text plainly says is read, and the rest is refused with a reason."""

import contextlib
import email.utils
import json
import os
import pathlib
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedsvc.errors import UnreadableDate
from feedsvc.model import Precision
from feedsvc.normalise import date_words, dates
from feedsvc.normalise.date_grammar import written
from feedsvc.normalise.dates import read_date, to_utc, zone

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("FEEDSVC_SHARED", ROOT.parent / "shared")) / "dates"
DATA = ROOT / "tests" / "data" / "dates"
NEW_YORK = ZoneInfo("America/New_York")
KYIV = ZoneInfo("Europe/Kyiv")
JS = "Sun Jun 22 2025 02:27:37 GMT+0300 (Eastern European Summer Time)"

in_quiet = settings(deadline=None, max_examples=150)
moments = st.datetimes(datetime(1000, 1, 1), datetime(9998, 12, 31)).map(
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)
zones = st.sampled_from([UTC, NEW_YORK, KYIV, ZoneInfo("Asia/Kolkata"), ZoneInfo("Pacific/Kiritimati")])


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def shared(name: str) -> list[dict[str, object]]:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"needs the shared data, which are not at {path}")
    return json.loads(path.read_text(encoding="utf-8"))


def pairs(name: str) -> list[tuple[str, str]]:
    """The table's rows as (text, expectation)."""
    table = json.loads((DATA / name).read_text(encoding="utf-8"))
    if name == "refused.json":
        return [(text, why) for why, texts in table.items() for text in texts]
    return [pair for forms in table.values() for pair in forms.items()]


def reason(text: str) -> str:
    with pytest.raises(UnreadableDate) as refusal:
        read_date(text, UTC)
    assert refusal.value.text == text
    return refusal.value.why


def note(text: str, default_zone=UTC) -> str:
    return read_date(text, default_zone).note or ""


@pytest.mark.parametrize(("text", "expected"), pairs("forms.json"))
def test_a_form_in_use_is_read_as_what_it_says(text, expected):
    assert to_utc(text, UTC) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(("text", "why"), pairs("refused.json"))
def test_what_names_no_day_for_certain_is_refused_with_a_reason(text, why):
    assert why in reason(text)


def test_the_feed_validators_dates_are_all_right():
    cases = shared("w3c_dates.json")
    wrong = [case for case in cases if to_utc(case["input"], NEW_YORK) != datetime.fromisoformat(case["expected_utc"])]
    assert (len(cases), wrong) == (27, [])


def test_the_feed_validators_valid_dates_are_read_if_they_name_a_day():
    for case in shared("w3c_date_syntax.json"):
        if case["valid"] is True and len(case["input"]) > len("2002-12"):
            read_date(case["input"], UTC)
        elif case["valid"] is True:
            reason(case["input"])


def test_the_feed_validators_invalid_dates_are_refused_or_read_as_their_digits_say():
    for case in shared("w3c_date_syntax.json"):
        if case["valid"] is not False:
            continue
        try:
            said = read_date(case["input"], UTC)
        except UnreadableDate:
            continue
        label = "+00:00" if said.zone in ("UTC", "GMT") else said.zone
        local = said.at.astimezone(datetime.strptime(label, "%z").tzinfo)
        assert str(local.year) in case["input"]
        assert str(local.day) in case["input"]
        assert said.precision is Precision.DAY or f"{local:%H%M}" in case["input"].replace(":", "")


def test_a_date_without_an_offset_is_read_in_the_sources_zone_and_says_so():
    said = read_date("3 March 2024 09:00", NEW_YORK)
    assert (said.at, said.zone, said.zone_assumed) == (utc(2024, 3, 3, 14), "America/New_York", True)


def test_a_day_alone_is_its_first_second_in_the_sources_zone():
    said = read_date("22 June 2025", KYIV)
    assert (said.at, said.precision) == (utc(2025, 6, 21, 21), Precision.DAY)


@pytest.mark.parametrize(
    ("text", "label", "precision"),
    [
        (JS, "+03:00", Precision.SECOND),
        ("Sat, 21 Jun 2025 21:47:25 GMT", "GMT", Precision.SECOND),
        ("2025-06-22T02:27Z", "UTC", Precision.MINUTE),
        ("3 March 2024 9 a.m. pDt", "PDT", Precision.MINUTE),
        ("3 March 2024 09:05 europe/kyiv", "Europe/Kyiv", Precision.MINUTE),
        ("1750548457", "UTC", Precision.SECOND),
    ],
)
def test_a_zone_that_the_text_names_is_kept_beside_the_date(text, label, precision):
    said = read_date(text, NEW_YORK)
    assert (said.text, said.zone, said.zone_assumed, said.precision) == (text, label, False, precision)


@pytest.mark.parametrize("name", ["UTC+3", "GMT+3", "GMT+03:00", "Z+0300", "EST+0300", "UTC +3", "+0300", "+3"])
def test_a_sign_behind_a_zone_is_isos_and_means_east(name):
    assert to_utc(f"2025-06-22 02:27:37 {name}", NEW_YORK) == utc(2025, 6, 21, 23, 27, 37)


def test_a_name_that_disagrees_with_the_offset_beside_it_is_noted():
    assert "it also names EST, which disagrees" in note("2025-06-22 02:27:37 EST+0500")
    assert note("2025-06-22 02:27:37 -0500 (EST)") == ""
    assert note("2025-06-22 02:27:37 -0500 EST") == ""


@pytest.mark.parametrize(
    ("name", "hour"),
    [("EST", 17), ("EDT", 16), ("ET", 16), ("PT", 19), ("UK", 11), ("BST", 11), ("CET", 11), ("CEST", 10), ("EEST", 9)],
)
def test_a_seasonal_name_follows_the_season_and_a_fixed_one_does_not(name, hour):
    assert to_utc(f"1 July 2024 12:00 {name}", UTC) == utc(2024, 7, 1, hour)


@pytest.mark.parametrize(("name", "at"), [("MSK", (9, 0)), ("JST", (3, 0)), ("IST", (6, 30)), ("NPT", (6, 15))])
def test_an_abbreviation_has_its_commonest_meaning(name, at):
    assert to_utc(f"1 July 2024 12:00 {name}", UTC) == utc(2024, 7, 1, *at)


def test_a_weekday_that_does_not_fit_is_noted_and_the_day_stands():
    assert to_utc("Fri, 21 Jun 2025 21:47:25 GMT", UTC) == utc(2025, 6, 21, 21, 47, 25)
    assert note("Fri, 21 Jun 2025 21:47:25 GMT") == "the weekday given does not fit 2025-06-21"


def test_a_leap_second_and_a_military_zone_and_a_strange_comment_are_noted():
    assert "leap second" in note("2016-12-31T23:59:60Z")
    assert "military zone" in note("31 Dec 2002 14:20:20 M")
    assert "parentheses" in note("31 Dec 2002 14:20:20 (Mars time)")


def test_a_time_that_clocks_skipped_or_showed_twice_is_read_by_the_first_offset_and_noted():
    skipped, twice = "2025-03-30 03:30", "2025-10-26 03:30"
    assert to_utc(skipped, KYIV) == utc(2025, 3, 30, 1, 30)
    assert to_utc(twice, KYIV) == utc(2025, 10, 26, 0, 30)
    assert "skipped" in note(skipped, KYIV)
    assert "twice" in note(twice, KYIV)


@pytest.mark.parametrize("text", ["3 March 2024 ", "(" * 9, "9", "Ж", "a/"])
def test_an_endless_text_is_refused_at_once(text):
    assert "longer than 200" in reason(text * (100_000 // len(text)))


def test_the_same_text_reads_the_same_whatever_zone_the_host_is_in():
    code = (
        "import json; from datetime import UTC; from feedsvc.normalise.dates import to_utc\n"
        f"print([str(to_utc(text, UTC)) for text in {[text for text, _ in pairs('forms.json')]!r}])"
    )
    answers = Counter(
        subprocess.run(
            [sys.executable, "-c", code],
            env={"TZ": host_zone, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for host_zone in ("UTC", "EST5EDT", "Asia/Kolkata", "Pacific/Kiritimati")
    )
    assert list(answers.values()) == [4]


@in_quiet
@given(moments)
def test_mail_and_rfc_3339_and_asctime_read_back_to_the_same_instant(at):
    year = f"{at.year:04}"
    assert to_utc(email.utils.format_datetime(at), NEW_YORK) == at
    assert to_utc(email.utils.format_datetime(at, usegmt=True), NEW_YORK) == at
    assert to_utc(at.isoformat(), NEW_YORK) == at
    assert to_utc(f"{at.ctime()}".replace(str(at.year), f"UTC {year}"), NEW_YORK) == at


@in_quiet
@given(moments, zones)
def test_javascripts_to_string_reads_back_to_the_same_instant_in_any_zone(at, tz):
    local = at.astimezone(tz)
    if local.utcoffset().seconds % 60:
        return  # JavaScript, too, rounds local mean time
    text = f"{local:%a %b %d} {local.year:04} {local:%H:%M:%S GMT%z} ({local.tzname()})"
    assert to_utc(text, NEW_YORK) == at


@in_quiet
@given(moments, zones)
def test_the_short_way_reads_just_what_the_grammar_reads(at, tz):
    local = at.astimezone(tz)
    for text in (email.utils.format_datetime(local), local.isoformat(), f"{local:%a %b %d %Y %H:%M:%S GMT%z}"):
        short = dates._stamp(text)
        assert short is None or short == written(text)


PARTS = st.sampled_from(
    "2024 03 3 25 99 May mar Fri 10:00 9am T Z EST ET +0300 -05:00 W25 / - . , (x) ( de th 2025-06-22 03/04/2024 "
    "' 10h 36m 1e5 inf nan".split()
)


@in_quiet
@given(st.text(max_size=250) | st.lists(PARTS, max_size=9).map("".join) | st.lists(PARTS, max_size=9).map(" ".join))
@example("9" * 13)
@example("\ud800")
@example("٣" * 8)
@example("1 May 1e5 h")
def test_any_text_is_read_in_whole_seconds_of_utc_or_refused_as_unreadable(text):
    with contextlib.suppress(UnreadableDate):
        said = read_date(text, KYIV)
        assert (said.at.tzinfo, said.at.microsecond) == (UTC, 0)
        assert not text.isdecimal() or len(text) in (7, 8, 10, 12, 13, 14)


@in_quiet
@given(st.lists(PARTS, min_size=2, max_size=7).map(" ".join))
def test_whatever_is_read_has_its_year_and_day_in_the_text(text):
    with contextlib.suppress(UnreadableDate):
        said = read_date(text, UTC)
        near = [said.at + timedelta(days=days) for days in (-1, 0, 1)]
        numbers = set(map(int, re.findall("[0-9]+", text)))
        assert any({day.year, day.year % 100} & numbers and day.day in numbers for day in near)


@pytest.mark.parametrize("table", [date_words._MONTHS, date_words._WEEKDAYS])
def test_no_word_is_two_months_or_two_weekdays(table):
    words = Counter(word for names in table for word in {date_words.fold(name) for name in names.split()})
    assert [word for word, times in words.items() if times > 1] == []


def test_a_zone_for_settings_is_found_by_its_iana_name():
    assert zone("Europe/Kyiv") == KYIV
    assert zone("UTC") == ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("europe/kyiv", "Europe/Kyiv"),
        ("Kyiv", "Europe/Kyiv"),
        ("America/New York", "America/New_York"),
        ("PT", "an IANA name"),
        ("", "an IANA name"),
        ("localtime", "unknown time zone"),
        ("../../etc/passwd", "unknown time zone"),
        ("Europe", "unknown time zone"),
    ],
)
def test_a_zone_that_settings_misname_is_refused_with_a_hint(name, hint):
    with pytest.raises(ValueError, match="unknown time zone") as refusal:
        zone(name)
    assert hint in str(refusal.value)
