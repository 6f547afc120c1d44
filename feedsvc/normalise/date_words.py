"""Words that dates are written with, folded: months, weekdays, and words that say nothing.

English, German, French, Spanish, Italian, Portuguese, Catalan, Dutch, Swedish, Danish, Norwegian,
Finnish, Polish, Czech, Slovak, Hungarian, Romanian, Greek, Turkish, Bulgarian, Russian, Ukrainian;
full names in the cases a date puts them in, and the abbreviations of CLDR. Croatian is left out
because its listopad is October and its neighbours' November.
"""

import unicodedata

_SAME = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("’‘ʼ`´′", "'") | {"ı": "i"})


def fold(text: str) -> str:
    """Text as the tables compare it: compatibility forms, lower case, no accents, plain dashes."""
    if text.isascii():
        return text.lower()
    # The apostrophes go first: NFKD would make a space and an accent of "´".
    apart = unicodedata.normalize("NFKD", text.translate(_SAME)).casefold()
    bare = "".join(char for char in apart if unicodedata.category(char) not in ("Mn", "Cf"))
    return unicodedata.normalize("NFKC", bare).translate(_SAME)


ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_MONTHS = (
    "january jan januar jänner jän janvier janv januari enero ene gennaio gen genn janeiro gener "
    "tammikuuta tammikuu tammi stycznia styczeń sty ledna leden led január januára ianuarie ian "
    "ιανουαρίου ιανουάριος ιαν ocak oca января январь янв січня січень січ януари яну",
    "february feb febr februar février févr fév februari febrero febbraio febb fevereiro fev febrer "
    "helmikuuta helmikuu helmi lutego luty lut února únor úno február februára februarie "
    "φεβρουαρίου φεβρουάριος φεβ şubat şub февраля февраль февр фев лютого лютий лют февруари",
    "march mar märz maerz mär mars marzo março març maart mrt marts maaliskuuta maaliskuu maalis "
    "marca marzec března březen bře marec március márc martie μαρτίου μάρτιος μαρ mart "
    "марта март мар березня березень бер",
    "april apr avril avr abril abr aprile apríla apríl április ápr aprilie huhtikuuta huhtikuu huhti "
    "kwietnia kwiecień kwi dubna duben dub dabril απριλίου απρίλιος απρ nisan nis "
    "апреля апрель апр квітня квітень квіт кві април",
    "may mai mayo maggio mag maio mei maj maja mája máj május maig toukokuuta toukokuu touko "
    "května květen kvě μαΐου μάιος μαι mayıs мая май травня травень трав тра",
    "june jun juni juin junio giugno giu junho juny kesäkuuta kesäkuu kesä czerwca czerwiec cze "
    "června červen čvn júna jún június iunie iun ιουνίου ιούνιος ιουν haziran haz "
    "июня июнь июн червня червень черв чер юни",
    "july jul juli juillet juil julio luglio lug julho juliol heinäkuuta heinäkuu heinä lipca lipiec lip "
    "července červenec čvc júla júl július iulie iul ιουλίου ιούλιος ιουλ temmuz tem "
    "июля июль июл липня липень лип юли",
    "august aug août agosto ago augustus augusti agost dagost elokuuta elokuu elo sierpnia sierpień sie "
    "srpna srpen srp augusta augusztus αυγούστου αύγουστος αυγ ağustos ağu "
    "августа август авг серпня серпень серп сер",
    "september sep sept septembre septiembre settembre set sett setembro setembre syyskuuta syyskuu syys "
    "września wrzesień wrz září zář septembra szeptember szept septembrie σεπτεμβρίου σεπτέμβριος σεπ "
    "σεπτ eylül eyl сентября сентябрь сент сен вересня вересень вер септември",
    "october oct oktober okt octobre octubre ottobre ott outubro out doctubre lokakuuta lokakuu loka "
    "października październik paź října říjen říj október októbra octombrie οκτωβρίου οκτώβριος οκτ "
    "ekim eki октября октябрь окт жовтня жовтень жовт жов октомври",
    "november nov novembre noviembre novembro marraskuuta marraskuu marras listopada listopad listopadu "
    "lis novembra noiembrie noi νοεμβρίου νοέμβριος νοε kasım kas ноября ноябрь нояб ноя "
    "листопада листопад лист лис ноември",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro desember des desembre "
    "joulukuuta joulukuu joulu grudnia grudzień gru prosince prosinec decembra decembrie "
    "δεκεμβρίου δεκέμβριος δεκ aralık ara декабря декабрь дек грудня грудень груд гру декември",
)

_WEEKDAYS = (
    "monday mon montag mo lundi lun lunes lunedì segunda seg maandag måndag mån mandag maanantaina "
    "maanantai poniedziałek pon pondělí pondelok hétfő luni δευτέρα δευ pazartesi pzt dilluns "
    "понедельник понеделник пн понеділок",
    "tuesday tue tues dienstag mardi mar martes martedì terça ter dinsdag tisdag tis tirsdag tir tirs "
    "tiistaina tiistai wtorek wt wto úterý utorok út kedd marți τρίτη τρι salı sal dimarts вторник вт вівторок",
    "wednesday wed weds mittwoch mercredi mer miércoles mié mercoledì quarta qua woensdag wo onsdag ons "
    "keskiviikkona keskiviikko ke środa śr śro středa streda szerda sze miercuri mie τετάρτη τετ "
    "çarşamba çar dimecres среда сряда ср середа",
    "thursday thu thur thurs donnerstag do jeudi jeu jueves jue giovedì gio quinta qui donderdag torsdag "
    "tors tor torstaina torstai czwartek czw čtvrtek čt štvrtok csütörtök joi πέμπτη πεμ perşembe "
    "per dijous четверг четвъртък чт четвер",
    "friday fri freitag fr vendredi ven viernes vie venerdì sexta sex vrijdag vr fredag fre perjantaina "
    "perjantai piątek pt pią pátek pá piatok péntek vineri vin παρασκευή παρ cuma cum divendres "
    "пятница петък пт пятниця",
    "saturday sat samstag sa samedi sam sábado sáb sabato zaterdag za lördag lör lørdag lør lauantaina "
    "lauantai sobota sob szombat szo sâmbătă sâm σάββατο σαβ cumartesi cmt dissabte суббота сб субота събота",
    "sunday sun sonntag dimanche dim domingo dom domenica zondag zo söndag sön søndag søn sunnuntaina "
    "sunnuntai su niedziela niedz nie neděle nedeľa vasárnap duminică dum κυριακή κυρ pazar paz "
    "diumenge воскресенье неделя вс неділя нд",
)

_SILENT = (
    "at on of the ad ce day date first published posted updated created modified oclock hrs hs h "
    "am um uhr den der vom mi di so le à du el la las los del de d dia feira as às il alle ore kl klo om op uur "
    "ma ti to pe ne o godz dnia roku r dne hodin v в г год года о р рік року"
)

MONTHS = {fold(word): number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
WEEKDAYS = {fold(word): number for number, words in enumerate(_WEEKDAYS) for word in words.split()}
# Weekday abbreviations that mean different days in two languages (di, mi, so, ma, to) say nothing here.
SILENT = frozenset(map(fold, _SILENT.split()))
ORDINALS = frozenset("st nd rd th er ere re o a e de го е и й".split())
RELATIVE = frozenset(
    "today yesterday tomorrow tonight now last next heute gestern hier aujourdhui hoy ayer "
    "сегодня вчера сьогодні вчора".split()
)
MORNING = ("오전", "上午", "午前")
EVENING = ("오후", "下午", "午後")
