"""Names of months that are understood whatever language a source is in; a word is never two of them.

English, German, French, Spanish, Italian, Portuguese, Catalan, Dutch, Swedish, Danish, Norwegian,
Finnish, Polish, Czech, Slovak, Hungarian, Romanian, Greek, Turkish, Bulgarian, Russian, Ukrainian;
full names in the cases a date puts them in, and the abbreviations of CLDR. Croatian is left out
because its listopad is October and its neighbours' November.
"""

MONTHS = (  # January first, words as they are written
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
