"""Words that dates are written with, folded: months, weekdays, and words that say nothing.

In the languages of `datewords.months`.
"""

from feedsvc.datewords.folding import fold
from feedsvc.datewords.months import MONTHS as _MONTHS

ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

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
