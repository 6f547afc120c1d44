"""What a text on a page says that may be a date: whether it names a day, and of what.

Pure. Nothing is read here: `normalise.dates` does, and what it refuses is no worse than what was not found.
"""

import re

from feedsvc.load.text import strangeness
from feedsvc.load.words import MONTH, folded, worded

MOST_NAMES = 10  # words before the date in a line that the markup calls a byline or the like
WEEKDAY_CHARS = 4  # of a short one, which may settle which number is the month

_YEAR = re.compile(r"(?<!\d)(?:1[89]|2[0-5])\d\d(?!\d)|(?<!\d)\d{8}(?:\d{2}|\d{5,6})?(?!\d)")
_YEAR_ALONE = re.compile(r"\s*\d{4}\s*")
_SHORT_YEAR = re.compile(
    rf"\d[-./]\d{{1,2}}[-./]\d\d(?!\d)|\d[\s.-]+(?:{MONTH})[\s.,-]+'?\d\d(?![\d:])|(?:{MONTH})\s+\d+,?\s+'?\d\d(?![\d:])"
)
_CHANGED = re.compile(
    r"\b(?:updated?|modified|edited|changed|corrected|aktualisiert|geandert|mis(?:e)? a jour|modifie|actualizado"
    r"|aggiornat[oa]|atualizado|обновлено|оновлено|изменено|bijgewerkt|uppdaterad|oppdatert|opdateret|paivitetty"
    r"|zaktualizowano|aktualizace|aktualizovano|frissitve|actualizat|guncelle\w*|ενημερωθηκε)\b|更新"
    # Without dots or what follows, it is the month of May in half of Europe.
    r"|\bm\.\s?a\.\s?j\b|(?<!\d)(?<!\d )(?<!\d\. )\bmaj(?: ?:| le\b)"
)
_LABEL = re.compile(r"([^\d:]{2,40}):(?!\d)")
# How words begin that tell of publication, or of no more than a date.
_PUBLISHING_WORDS = """
publ pubbl julkaist veröffent erschien erstellt written created issued fecha mis_en_ligne écrit creado escrito inserito
geplaatst geschreven megjelen közzétéve dodano utworzono vydán vloženo yayın eklenme giriş tarih δημοσιευ ημερομηνια
дата опубл созда paskelbta avaldatud objav објав udgivet skrevet skapad terbit tanggal đăng ngày เผยแพร่ วันที่ 발행 등록
입력 게시 작성 発行 公開 掲載 配信 投稿 発表 日付 发布 發布 发表 發表 时间 時間 日期 نشر تاريخ פורסם תאריך प्रकाशित दिनांक
"""
_PUBLISHING = re.compile(
    r"\bpost(?:ed|ado)|^(?:post |article |the )?(?:date|datum|data)\b|\b(?:time|stand|on|by)\b|"
    + "|".join(re.escape(folded(word.replace("_", " "))) for word in _PUBLISHING_WORDS.split())
)
_NUMERIC = re.compile(r"\d{1,2}[-./]\d{1,2}[-./]\d{4}")


def names_day(text: str, language: str = "") -> bool:
    """Whether a text seems to name a whole day: a clock, an age or a day without its year does not."""
    text = worded(text, language)
    if _YEAR_ALONE.fullmatch(text):
        return False
    return _YEAR.search(text) is not None or _SHORT_YEAR.search(folded(text)) is not None


def tells_of_change(text: str) -> bool:
    """Whether a text with a date tells of when something was changed."""
    return _CHANGED.search(folded(text)) is not None


def tells_of_another(text: str) -> bool:
    """Whether the label before a date, as of "Concert: 20 April 2026", says of it that it is not of publication."""
    label = _LABEL.match(folded(text))
    return label is not None and _PUBLISHING.search(label[1]) is None


def date_texts(text: str, language: str) -> list[str]:
    """The text from the word on that leaves out most of what is no date, and nothing that is; the best first.

    A short word before a numeric date may be a weekday, which says which number is the month.
    """
    words = text.split()
    texts = [" ".join(words[at:]) for at in range(min(len(words), MOST_NAMES + 1))]
    days = [one for one in texts if names_day(one, language)]
    purest = min(days, key=lambda one: strangeness(one, language), default=text)
    at = len(words) - len(purest.split())
    word = words[at - 1].rstrip(".,") if at else ""
    if _NUMERIC.match(purest) and word.isalpha() and len(word) <= WEEKDAY_CHARS:
        return [f"{words[at - 1]} {purest}", purest]
    return [purest]
