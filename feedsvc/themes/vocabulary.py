"""English words that say nothing of a theme, and nouns that say what kind of thing a theme is.

Pure. What other languages have is in languages.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from feedsvc.themes.casing import Key, keys

# Words that headlines and reports use about any theme at all.
FILLER = """
according accused across after again ago ahead allowed allows amid amidst announce announced announcement announces
approve approved approves april arrest arrested arrests ask asks august away back ban banned bans became become
began begin begins behind best better biggest billion block blocked blocks bring bringing brings brought call called
calls came cancel cancelled carried case cases cause caused causing claim claimed claims close closed come comes
coming concern concerns condition confirm confirmed confirms consecutive considers continue continued continues
country county critical crucial damage damaged day days dead deadly death deaths december decide declare declared
declares demand demands deputy despite destroyed detained did died dies different director discuss does doing don
down due early eight emerge emerges end ended ends enter entered escalate escalating expand expected express face
faced faces facing fall family far fears february federal fifth final find finds first follow followed following
follows forced forces foreign former found fourth friday future gave get gets getting give given gives goes going
good governor great groups grow growing growth had half happen happened head heighten heightens help helps highest
highlight highlights hit hits hold holds hope hopes hour hours hundreds imminent important include included includes
including increase injure injured injures intensify intensifying introduce introducing issue issues january join
joined joins july june just keep kill killed killing kills know known large largest last late later latest lead
leader leaders leading leads learn leave leaves left less level lift like likely live look looks lost made major
make makes making man many march maria marks may meet meeting meets members men million minister ministry minutes
monday month months more morning most move moves multiple named nationwide near nearly need needs next night nine
november number october offer offered offers office officials old one ongoing opened ordered orders part parts past
pay percent person places plan planned plans positive possible prepare prepares present president pressure propose
proposes provide put quarter question questions raise raised reach reached react read ready real reduce reject
rejects release released releases remain remains reopen reopens report reported reportedly reporting reports result
return returned returns reveal reveals review rise rises rising run running said saturday saw say saying says see
seek seeks seen send sends sent september serious set sets seven several shift show shows shut sign signed signs
since six spokesman spokesperson spokeswoman stage stand stands start started starts statement states stay step
still stop stops sunday suspend suspended take taken takes taking talk talks tell ten tension tensions tested tests
than thing things think thousand thousands threat threaten threatens three thursday times title today told took
total tragic tries try trying tuesday turn turns two upcoming update updates urge urged urges use used user uses
using version victim victims view visit vow vows wait want wants warn warned warning warns wednesday week weeks
weigh weighs well went win wins without woman workers working works worst worth years yesterday
"""

# Words that name nothing by themselves, but may be part of a name: the World Cup, an open source.
PARTS = """
air allow army attack attacked attacks autumn big care change chief city civil county court department district east
eastern force general global government governorate group high history home hospital human impact island key launch
launched local long lower member military minor nation national new news north northern oblast officer officers
official open order people place point police prefecture prime project province public record red region right rule
second secretary security single site small soldier soldiers south southern special spring state storage story
street summer support team test third time top town union upper village west western white winter women work worker
world year young
"""

# Titles and roles that stand before a name and are no part of it.
ROLES = """
ambassador captain chancellor chief doctor dr general governor judge justice king lady lord mayor minister mr mrs ms
police pope premier president prime prince princess professor queen secretary senator sir vice
"""

# The kind of thing a theme is: a noun as shown, and the words of articles that speak for it.
KIND_TABLE = """
war: warfare invasion troops frontline shelling shelled offensive artillery missile airstrike soldiers
conflict: clash attack bomb bombing bombed shelling fighting ceasefire border airstrike rockets violence soldiers
insurgency: insurgent rebels militants jihadist gunmen ambush ambushed extremists terrorist
coup: junta putsch ousted overthrow overthrown
protests: protesters demonstrators demonstration demonstrate rally riots unrest
riots: rioters looting looted
pandemic: virus coronavirus vaccine vaccinated infections restrictions lockdown quarantine
outbreak: case spread infections infected virus epidemic disease
vaccination: vaccine vaccinated dose
earthquake: quake magnitude aftershock richter
floods: flooding flooded floodwaters inundated
wildfires: firefighters blaze acres evacuations
eruption: volcano lava ash volcanic erupts erupted
drought: rainfall dry reservoirs
heat wave: heatwave temperature celsius hottest
hurricane season: hurricane landfall
typhoon season: typhoon
crash: crashed collision derailment derailed
trial: court jury judge prosecutors convicted sentenced verdict defendant
investigation: inquiry investigators probe
election: vote voters voting polls ballot candidate runoff elected electoral
referendum: plebiscite
impeachment: impeach impeached
resignation: resign resigned
crisis: crises shortage emergency unrest default
sanctions: sanctioned
tariffs: duties
summit: communique
negotiations: negotiators negotiate
ceasefire: truce
nuclear deal: nuclear enrichment uranium enriched
missile launches: ballistic
refugees: migrants asylum
relations: ties diplomatic ambassador embassy
membership: accession join joining applicant
championship: champions
tournament: semifinal
season: match matches league goal scored coach fixture
Olympics: olympic medal athletes
"""

# Kinds that mean nearly the same: two titles that differ in these alone are nearly one.
SYNONYMS = """
war conflict insurgency invasion fighting crisis tension clash violence attack offensive
pandemic outbreak epidemic virus disease
protest riot demonstration unrest
election vote poll referendum
talk negotiation relation summit
flood flooding
wildfire fire
covid-19 covid coronavirus
"""

# What is written as one with an apostrophe: "don't", "we've".
NEGATED = """
ai are ca can could dare did do does had has have is might must need ought sha should was were wo would
"""
SUBJECTS = "i you he she it we they this that there here who what when where why how"

# What stands before a noun.
BEFORE = """
a an the this that these those its their his her our of in on at by for from with against over into about and
"""


def _keys(words: str) -> frozenset[Key]:
    return frozenset(key for word in words.split() for key in keys(word))


@dataclass(frozen=True, slots=True)
class Kind:
    """`shown` as in a title; an article that uses all of `own` names it; `like` is the same for kinds nearly alike."""

    shown: str
    own: frozenset[Key]
    like: Key


FUNCTION = _keys(" ".join(ENGLISH_STOP_WORDS))  # words that only hold others together
CONTRACTIONS = frozenset(f"{verb}n{mark}t" for verb in NEGATED.split() for mark in "'’") | frozenset(
    f"{who}{mark}{end}" for who in SUBJECTS.split() for mark in "'’" for end in "ve re ll d m".split()
)
DULL = FUNCTION | _keys(FILLER)
NAMELESS = DULL | CONTRACTIONS | _keys("announcing interested")  # of which no name is made
WEAK = _keys(PARTS)
PEOPLE = _keys(ROLES)
BEFORE_NOUN = _keys(BEFORE)
LIKE = {key: line.split()[0] for line in SYNONYMS.strip().splitlines() for key in _keys(line)}


def alike(words: Iterable[Key]) -> frozenset[Key]:
    """The words, with those that mean nearly the same made one."""
    return frozenset(LIKE.get(word, word) for word in words)


_SIGNS = {
    Kind(shown, _keys(shown), LIKE.get(min(_keys(shown)), shown)): _keys(signs)
    for shown, _, signs in (line.partition(":") for line in KIND_TABLE.strip().splitlines())
}
KINDS = tuple(_SIGNS)
KINDS_BY_SIGN = {
    sign: [kind for kind, signs in _SIGNS.items() if sign in signs or kind.own == {sign}]
    for sign in frozenset().union(*_SIGNS.values(), *(kind.own for kind in KINDS if len(kind.own) == 1))
}
