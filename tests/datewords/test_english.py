"""Dates in the words of a language, put into English ones: nothing else changes."""

import subprocess
import sys

import pytest
from babel import localedata

from feedsvc.datewords.cldr import MONTHS, WEEKDAYS, known_language, words_of
from feedsvc.datewords.english import in_english
from feedsvc.datewords.months import MONTHS as KNOWN_MONTHS


def english(text: str, tag: str) -> str:
    return " ".join(in_english(text, tag).text.split())


@pytest.mark.parametrize(
    ("tag", "text", "expected"),
    [
        ("hr", "Utorak, 4. listopada 2025. godine u 10:05 sati", "tuesday, 4. october 2025 10:05"),
        ("sr", "4. мај 2025. / 4. maj 2025.", "4. may 2025. / 4. may 2025"),
        ("lt", "2025 m. kovo 4 d., antradienis", "2025 march 4 ., tuesday"),
        ("eu", "2025(e)ko martxoaren 4(a), asteartea", "2025 march 4 , tuesday"),
        ("he", "יום שלישי, 4 במרץ 2025 בשעה 10:05", "tuesday, 4 march 2025 10:05"),
        ("vi", "Thứ Ba, ngày 04 tháng 03 năm 2025", "tuesday, 04 march 2025"),
        ("vi", "12 tháng 12, 2025", "12 december, 2025"),
        ("fa", "سه‌شنبه ۴ مارس ۲۰۲۵", "tuesday 4 march 2025"),
        ("fa", "سه شنبه ۴ مارس ۲۰۲۵", "tuesday 4 march 2025"),
        ("bn", "মঙ্গলবার, ৪ জানুয়ারি, ২০২৫", "tuesday, 4 january, 2025"),
        ("th", "วันอังคารที่ ๔ มี.ค. 2025", "tuesday 4 march. 2025"),
        ("ky", "2025-ж., 4-март, шейшемби", "2025 , 4-march, tuesday"),
        ("id", "4 Maret 2025 pukul 10.05 WIB", "4 march 2025 10:05 wib"),
        ("ja", "2025年3月4日(火)", "2025 march 4 (tuesday)"),
        ("zh", "2025年十二月4日星期二", "2025 december 4 tuesday"),
    ],
)
def test_the_words_and_digits_of_a_language_become_english(tag: str, text: str, expected: str) -> None:
    assert english(text, tag) == expected


@pytest.mark.parametrize("text", ["danas, 10:05", "4. prije 2025.", "2025-03-04T10:05:00+01:00", "mon oncle", ""])
def test_what_the_language_does_not_know_stays(text: str) -> None:
    assert english(text, "lt") == text.lower().removesuffix(".")


@pytest.mark.parametrize(
    ("tag", "text", "expected"),
    [
        ("sr-Latn", "4. marta 2025", "4. march 2025"),
        ("sl", "4. avgusta 2025", "4. august 2025"),
        ("lv", "2025. gada 4. martā", "2025. 4. march"),
        ("et", "4. juulil 2025", "4. july 2025"),
        ("hr", "4. listopadu 2025", "4. october 2025"),
        ("cs", "4. červenci 2025", "4. cervenci 2025"),  # begins as June and July do
        ("hr", "4. most 2025", "4. most 2025"),
    ],
)
def test_a_name_with_another_ending_is_that_name_if_it_is_like_no_other(tag: str, text: str, expected: str) -> None:
    assert english(text, tag) == expected


@pytest.mark.parametrize(
    ("tag", "text", "expected"),
    [
        ("ar", "10:30 م", "22:30"),
        ("ar", "12:30 ص", "00:30"),
        ("ar", "٠٩:١٥ مساءً", "21:15"),
        ("vi", "2:05 chiều", "14:05"),
        ("vi", "14:05 chiều", "14:05"),
        ("ko", "오후 2:05", "14:05"),
        ("ko", "AM 12:05", "00:05"),
        ("de", "am 12:05", "am 12:05"),
        ("vi", "9:05 chiều", "9:05 chieu"),  # neither nine in the morning nor at night is an afternoon
        ("vi", "11:30 trưa", "11:30 trua"),  # noon is a moment
    ],
)
def test_a_part_of_the_day_tells_the_hour_or_stays_to_be_refused(tag: str, text: str, expected: str) -> None:
    assert english(text, tag) == expected


def test_a_silent_word_right_behind_a_time_may_be_a_zone_and_stays() -> None:
    assert english("3. ožujka 2024. u 10:05 u", "hr") == "3. march 2024. 10:05 u"


def test_thai_years_are_buddhist_where_they_are_and_said_to_be() -> None:
    assert in_english("4 มีนาคม พ.ศ. ๒๕๖๘", "th").notes == ("the year 2568 is Buddhist and was read as 2025",)
    assert in_english("4 มีนาคม ค.ศ. 2025", "th").notes == ()


def test_a_tag_without_a_region_stands_for_all_of_them_and_one_with_it_for_itself() -> None:
    january = {"يناير", "جانفي", "كانون الثاني"}
    read = {tag: {name for name in january if english(f"4 {name} 2025", tag) == "4 january 2025"} for tag in
            ("ar", "ar-IQ", "ar-DZ", "ar-EG")}  # fmt: skip
    assert read["ar"] == january
    assert "جانفي" not in read["ar-IQ"] | read["ar-EG"]
    assert "كانون الثاني" not in read["ar-DZ"] | read["ar-EG"]


@pytest.mark.parametrize("tag", ["xx", "croatian", "hr_HR", "", "root", "und", "../de", "h\0r", "x" * 300])
def test_a_tag_of_no_language_is_refused_with_a_sentence(tag: str) -> None:
    with pytest.raises(ValueError, match="must be the BCP 47 tag of a language that Unicode CLDR has"):
        known_language(tag)


LANGUAGES = sorted({name.partition("_")[0] for name in localedata.locale_identifiers()})


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_of_cldr_has_twelve_months_and_seven_days(tag: str) -> None:
    meanings = set(words_of(tag).names.values())
    assert meanings >= {*MONTHS, *WEEKDAYS}


def test_no_month_that_is_always_understood_is_another_one_in_a_language_that_has_it_by_its_own_name() -> None:
    assert len(KNOWN_MONTHS) == 12
    assert english("listopad", "hr") == "october"
    assert english("listopad", "pl") == "november"


def test_what_a_language_knows_does_not_hang_on_those_that_were_asked_for_before() -> None:
    code = (
        "import sys; from feedsvc.datewords.cldr import words_of\n"
        "[words_of(tag) for tag in sys.argv[1:]]; print(sorted(words_of('sw').names.items()))"
    )
    orders = [("sw",), ("he", "ar", "no"), ("no", "de", "he")]
    answers = {
        subprocess.run([sys.executable, "-c", code, *order], capture_output=True, check=True).stdout for order in orders
    }
    assert len(answers) == 1
