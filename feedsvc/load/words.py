"""Words by which pages say what a part of them is: dates, related links, boxes that are neither.

Pure. All are compared folded: letter case, accents, spacing and what trails a heading make no difference. Months are
those of `datewords.months`, as far as they are told from other words; what a date says is read by `normalise.dates`.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from feedsvc.datewords.english import in_english
from feedsvc.datewords.months import MONTHS

MOST_DATE_CHARS = 200  # no longer text is read as a date

_WORD_END = re.compile(r"[ :]")  # folding has made an ordinary colon of any
_TRAIL = " :.…»›>→↓–—-"

_RELATED = """
related articles | related article | related stories | related story | related news | related content | related links
related coverage | related posts | related reading | related | more on this story | more on this topic | more on this
more on theme | more on the topic | read also | also read | see also | read more on this | further reading
more like this | more related stories | more stories like this | more stories like this one
lesen sie auch | lesen sie mehr zum thema | lesen sie mehr | mehr zum thema
verwandte artikel | verwandte themen und artikel | ähnliche artikel | weiterführende artikel
weitere artikel zum thema | passend zum thema | mehr dazu | zum thema | siehe auch
à lire aussi | lire aussi | à lire également | sur le même sujet | articles liés | articles connexes | voir aussi
articles similaires | dans la même rubrique et sur le même sujet | pour aller plus loin | à voir aussi
lea también | lee también | leer también | noticias relacionadas
artículos relacionados | artículo relacionado | más sobre este tema | más información sobre este tema | vea también
contenido relacionado | relacionados
leia também | leia mais sobre o assunto | veja também | notícias relacionadas | artigos relacionados
matérias relacionadas | conteúdo relacionado | mais sobre o tema | leia ainda
leggi anche | articoli correlati | articoli collegati | notizie correlate | vedi anche
sullo stesso argomento | approfondimenti sul tema
lees ook | lees meer over dit onderwerp | gerelateerde artikelen | gerelateerd nieuws | meer over dit onderwerp
zie ook | gerelateerd
läs också | läs även | läs mer om ämnet | relaterade artiklar | mer om ämnet | relaterat
les også | relaterte artikler | relaterte saker | mer om saken | læs også | relaterede artikler | mere om emnet
lue myös | aiheeseen liittyvää | aiheesta lisää | lisää aiheesta
czytaj także | czytaj też | czytaj również | przeczytaj także | przeczytaj też | zobacz także | zobacz też
zobacz również | powiązane artykuły | podobne artykuły | powiązane | więcej na ten temat
čtěte také | čtěte též | přečtěte si také | související články | související | k tématu
čítajte aj | prečítajte si aj | súvisiace články | súvisiace
olvassa el ezt is | olvasson tovább a témában | kapcsolódó cikkek | kapcsolódó
citește și | citiți și | vezi și | articole similare | articole asociate | pe aceeași temă
διαβάστε επίσης | διαβάστε ακόμη | δείτε επίσης | σχετικά άρθρα | σχετικές ειδήσεις | σχετικά
ilgili haberler | ilgili haber | i̇lgili haberler | ayrıca okuyun | benzer haberler
читайте также | читайте так же | смотрите также | читайте по теме | по теме | материалы по теме | похожие статьи
похожие новости | похожие материалы | статьи по теме | новости по теме | связанные материалы | еще по теме | ещё по теме
другие материалы по теме | сюжет по теме
читайте також | читайте ще | дивіться також | за темою | матеріали за темою | статті за темою | новини за темою
схожі новини | схожі статті | пов'язані новини | більше на цю тему | по темі
прочетете също | прочети още по темата | още по темата | свързани статии | виж още по темата | подобни новини
прочитајте још | повезане вести | pročitajte još | pročitajte i | povezane vesti | povezani članci | vezane vijesti
preberite tudi | sorodni članki | skaitykite taip pat | susiję straipsniai | lasi arī | saistītie raksti | loe ka
seotud artiklid | tengdar fréttir | lesið einnig
baca juga | berita terkait | artikel terkait | xem thêm | tin liên quan | bài liên quan | bài viết liên quan
अधिक पढ़ें | यह भी पढ़ें | ये भी पढ़ें | संबंधित खबरें | اقرأ أيضا | اقرأ أيضًا | مواضيع ذات صلة | أخبار ذات صلة
مقالات ذات صلة | مطالب مرتبط | כתבות קשורות | עוד בנושא | อ่านเพิ่มเติม | ข่าวที่เกี่ยวข้อง
関連記事 | 関連ニュース | あわせて読みたい | 相关文章 | 相关新闻 | 相关阅读 | 相关报道 | 延伸阅读
相關文章 | 相關新聞 | 延伸閱讀 | 관련 기사 | 관련기사 | 관련 뉴스 | 관련뉴스
"""

# What opens related links on many a page, and on as many is a button, or opens what the site has to sell.
_RECOMMENDED = """
read more | read next | what to read next | you may also like | you might also like | you may also be interested in
recommended | recommended for you | recommended stories | recommended articles | recommended reading
"""

_OTHER_BOX = r"""
most (?:read|popular|viewed|shared|commented)|popular|trending|top stories|latest|breaking|newest|just in
|\btags?\b|topics\b|categor|\bcomments?\b|leave a reply|\bshare\b|follow|subscribe|newsletter|sponsored|advert
|promoted|from the web|around the web|editors? picks|recent (?:posts|comments)|archives?\b|about the author|more from
|meistgelesen|meistgeklickt|neueste|aktuelle nachrichten|schlagworte|kommentare|les plus (?:lus|vus)|dernières
|commentaires|mots-clés|lo más (?:leído|visto)|más leíd[ao]s|últim[ao]s|etiquetas|mais lid[ao]s|comentarios
|più letti|più lette|ultime notizie|commenti|meest gelezen|mest läst|mest lest|najczęściej czytane|najnowsze
|nejčtenější|nejnovější|legolvasottabb|cele mai citite|en çok okunan|son dakika|самое|популярн|последние|свежие|лента
|комментарии|теги|метки|найпопулярніш|найчитаніш|останні|коментар|人気|ランキング|新着|最新|热门|热点|評論|评论
|많이 본|인기|댓글
"""

# Months that tell no date line: rather other words, or in a case or an abbreviation that hardly any date has.
_OTHER_MONTHS = """
genn tammi sty led ian ιανουάριος oca січень яну helmi lut úno φεβρουάριος лютий maalis bře μάρτιος мар березень huhti
kwi dub dabril απρίλιος nis квітень кві maig touko kvě μάιος травень тра kesä cze čvn iun ιούνιος червень чер heinä
lip čvc iul ιούλιος липень agost dagost elo sie srp augusta αύγουστος серпень сер set sett syys zář σεπτέμβριος σεπτ
вересень out doctubre loka říj οκτώβριος жовтень жов marras listopadu lis noi νοέμβριος листопад лис joulu gru
δεκέμβριος грудень гру
"""
_MORE_MONTHS = "feber setiembre"

# What stands in dates beside months: weekdays, and words that join their parts or end their times.
_BESIDE = """
monday mon tuesday tue tues wednesday wed thursday thu thurs friday fri saturday sat sunday sun
montag dienstag mittwoch donnerstag freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche
lunes martes miércoles jueves viernes sábado domingo segunda terça quarta quinta sexta feira
lunedì martedì mercoledì giovedì venerdì sabato domenica maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
понедельник вторник среда четверг пятница суббота воскресенье понеділок вівторок середа п'ятниця субота неділя
am pm at on of st nd rd th t z published updated posted de del di le la el las as à às um uhr den der kl om alle ore
o godz h г года р року в о год роки dne dnia v
"""


@lru_cache(maxsize=16_384)
def folded(text: str) -> str:
    """Text as headings are compared: one line, lower case, no accents, without the sign that may trail it."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text.replace("ı", "i").replace("’", "'")).casefold()
        text = "".join(character for character in apart if unicodedata.category(character) != "Mn")
    return " ".join(text.lower().split()).strip(_TRAIL)


def worded(text: str, language: str) -> str:
    """What may be a date with the words of its source's `language`, a BCP 47 tag or "", as English ones."""
    return in_english(text, language).text if language and len(text) <= MOST_DATE_CHARS else text


def _phrases(table: str) -> frozenset[str]:
    return frozenset(filter(None, (folded(phrase) for row in table.splitlines() for phrase in row.split("|"))))


def _any_of(*tables: str, but: str = "") -> str:
    wanted = {folded(word) for table in tables for word in table.split()} - {folded(word) for word in but.split()}
    return "|".join(sorted(map(re.escape, wanted), key=len, reverse=True))


def first_word(text: str) -> str:
    """The first word of a text, or what comes before its first colon, folded."""
    return _WORD_END.split(folded(text), maxsplit=1)[0]


@lru_cache
def first_words(phrases: tuple[str, ...]) -> frozenset[str]:
    """The first words of phrases, folded."""
    return frozenset(first_word(phrase) for phrase in phrases)


class Headings(NamedTuple):
    """Phrases, and the first word of each, all folded."""

    phrases: frozenset[str]
    beginnings: frozenset[str]


def _headings(table: str) -> Headings:
    return Headings(_phrases(table), first_words(tuple(_phrases(table))))


NONE = Headings(frozenset(), frozenset())
RELATED = _headings(_RELATED)
RECOMMENDED = _headings(_RECOMMENDED)
MONTH = _any_of(*MONTHS, _MORE_MONTHS, but=_OTHER_MONTHS)
DATE_WORD = f"{MONTH}|{_any_of(_BESIDE)}"
_OTHER_BOX_PATTERN = re.compile("".join(map(folded, _OTHER_BOX.splitlines())))


def names_another_box(heading: str) -> bool:
    """Whether a heading opens what is neither the article nor related to it: the most read, the latest, comments."""
    return _OTHER_BOX_PATTERN.search(folded(heading)) is not None


def begins_another_box(text: str) -> bool:
    """Whether a text, which need not be a heading, begins with such words."""
    return _OTHER_BOX_PATTERN.match(folded(text)) is not None
