"""Which language an article is in, and the words that only hold others together there.

Pure, but for Babel's reading files of its own package, once a language. Each article is judged by its own words:
sites mix languages. Where a language has no list here, a word that the whole site shares still says nothing.
"""

from collections.abc import Collection, Iterator
from functools import cache

from babel import localedata

from feedsvc.themes.casing import Key, keys
from feedsvc.themes.vocabulary import CONTRACTIONS, FUNCTION

ENGLISH = "en"
FEWEST = 20  # different words of an article that tell its language
LEAST = 0.12  # of them, those that only hold others together: in running text two or three in ten do
SURELY = 0.2  # from which on it is English, whatever else it might be
HIRAGANA = ("\u3041", "\u309f")
HAN = ("\u3400", "\u9fff")

LISTS = {
    "de": """
aber angaben alle allem allen aller alles als also am an andere anderen anderer anderes auch auf aus bei beim beiden
bereits bin bis bisher bleibt da dabei dadurch dafür dagegen daher damit danach dann daran darauf darf darüber das
dass davon dazu dem den denn der deren des dessen deutlich die dies diese diesem diesen dieser dieses doch dort du
durch dürfen eben eigentlich ein eine einem einen einer eines einige einigen einmal er erst erste ersten es etwa etwas
für ganz gar geben gegen gegenüber geht gewesen gibt ging gut haben habe hat hatte hatten hätte heute hier hinter ich
ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in ins ist ja jede jedem jeden jeder jedes jedoch jetzt kann kein
keine keinen keiner kommen kommt konnte konnten können könnte lassen laut letzten lässt machen macht mal man mehr
mehrere meisten mich mir mit mittlerweile muss musste müssen nach nachdem neben nein neue neuen neuer nicht nichts
noch nun nur ob oder ohne rund sagt sagte schon sehr sei seien sein seine seinem seinen seiner seit seitdem selbst
sich sie sieht sind so sogar soll sollen sollte sollten sondern sonst sowie statt steht stehen trotz über um und uns
unser unsere unter viel viele vielen vom von vor war waren wäre was weder wegen weil weiter weitere weiteren welche
wenn wer werde werden wie wieder will wir wird wo wollen wollte worden wurde wurden würde würden während zu zudem zum
zunächst zur zwar zwei drei vier fünf zehn zwischen jänner feber sonnabend jahr jahre jahren uhr tag tage tagen
montags woche wochen monat monate prozent
""",
    "fr": """
c d j l m n qu s t ai ainsi alors après assez au aucun aucune aujourd’hui aujourd'hui aussi autre autres aux avait
avant avec avez avoir avons beaucoup bien bon c’est c'est car ce ceci cela celle celui ces cet cette ceux chaque chez
comme comment contre d’un d'un d’une d'une dans de depuis des deux devient doit donc dont du déjà elle elles en encore
ensuite entre est et eu faire fait faut fois font ici il ils j’ai j'ai je jour jours jusqu’à l’on la le les leur leurs
lorsque lors lui là ma mais me mes mettre mieux moi moins mon même n’est n'est ne nos notre nous on ont ou où par
parce pas pendant permet permettre petit peu peut peuvent plus plusieurs plutôt pour pourquoi pouvez pouvoir près
qu’il qu'il qu’on qu'on quand que quel quelle quelques qui quoi rien s’il s'il sa sans se selon sera ses seulement si
soit son sont sous souvent suis sur ta tel telle tes toi ton toujours tous tout toute toutes très trop trois tu un une
utiliser va vers veut voici vois voir vont vos votre vous vraiment y à ça était étaient été êtes être an ans année
années
""",
    "es": """
a al algo algunas algunos ahora ante antes aquí así aunque año años bajo bien cada casi como con contra cual cuando
cómo de del desde después día días donde dos durante e el ella ellas ellos en entre era eran es esa ese eso esta
estaba estado están estar estas este esto estos está fue fueron ha había hace hacer hacia han hasta hay la las le les
lo los más me mi mientras mismo mucho muchos muy nada ni no nos nosotros nuestra nuestro o otra otras otro otros para
pero poco por porque puede pueden pues que qué quien se sea según ser será si sido sin sobre solo son su sus sí
también tan tanto tener tiene tienen toda todas todo todos tras tres tu un una uno unos usted vez y ya yo
""",
    "it": """
a agli ai al alla d l alle allo anche ancora anni anno avere aveva avevano c’è che chi ci ciò come con contro cosa
così cui da dai dal dalla dalle degli dei del dell’ della delle dello di dopo dove due e ed era erano essere fa fare
fatto fino fra gli già giorni giorno ha hai hanno ho i il in io l’ la le lei lo loro lui ma me meno mentre mi mia mio
molti molto nei nel nella nelle noi non nostra nostro o ogni oggi oltre ora per perché però più poi prima può quale
quando quanto quella quelli quello questa queste questi questo qui quindi se sempre senza si sia sono sotto sta stata
stati stato su sua sue sugli sui sul sulla sulle suo suoi tra tre tutta tutte tutti tutto un una uno verso vi è
""",
    "pt": """
a agora ainda algum alguns ano anos antes ao aos após aqui as assim até bem cada com como contra da das de depois
desde deve dia dias do dois dos durante e ela elas ele eles em então enquanto entre era eram essa esse esta está estão
estava este eu foi foram há isso isto já la lhe mais mas me mesmo meu muito muitos na nas nem no nos nossa nosso nova
novo num numa não nós o onde os ou outra outras outro outros para pela pelas pelo pelos pode podem por porque qual
quando que quem se seja sem sempre ser será seu seus sido sob sobre sua suas são só também tanto te tem ter teve tinha
toda todas todo todos três tudo têm um uma umas uns você vocês à às é
""",
    "nl": """
aan achter af al alle alleen als altijd ander andere bij binnen daar dan dat de deze die dit doen door drie dus echter
een eerste elk en er even ga gaan gaat geen geweest goed had hadden heb hebben heeft hem het hier hij hoe hun ik in is
jaar je jij kan komen komt kon kunnen laat later maar mag meer men met mijn moet moeten na naar nadat niet niets
nieuwe nog nu of om omdat ons onder onze ook op over per sinds te tegen tijdens toch toen tot tussen twee uit uw van
vanaf vandaag veel volgens voor waar wanneer waren was wat we weer wel werd werden wie wij wil wordt worden zal ze
zegt zei zelf zich zij zijn zo zoals zonder zou zouden
""",
    "sv": """
alla allt att av bara blev bli blir de dem den denna deras dess det detta dig din du där då efter ej eller en er ett
finns flera för från få får ge genom går göra gör ha hade han hans har henne hennes hon hos hur här i in inga ingen
inte inom ja jag jämfört kan kommer kunde man med mellan men mer mest mot mycket ni nu när någon något några nästa och
också om oss på sedan sig sin sina sitt ska skall skulle som så till två under upp ut utan vad var vara varit vem vi
vid vilka vilket än är år åt över
""",
    "da": """
af alle alt andre at blev blive bliver da de dem den denne der deres det dette dig din dog du efter eller en end er et
flere for fordi fra få får gør gøre ham han hans har havde hende hun hvad hvem hver hvis hvor hvordan i ikke ind ingen
jeg jo kan kom kommer kun kunne man mange med meget mellem men mere mod må ned nogle nok nu når og også om op os over
på sagde samt selv ses siden sig siger sin sine skal skulle som så til to ud uden under var ved vi vil ville være
været år
""",
    "nb": """
alle alt andre at av ble bli blir da de dem den denne der deres det dette dette du eller en enn er et etter flere for
fordi fra få får gjør ham han hans har hadde henne hun hva hvem hver hvis hvor hvordan i ikke ingen inn jeg kan kom
kommer kunne man mange med meg mellom men mer mot mye må ned noe noen nok nå når og også om opp oss over på sa selv
seg siden sier sin sine skal skulle som så til to under ut uten var ved vi vil ville være vært år
""",
    "pl": """
a aby albo ale ani bardzo bez bo być był była było były będzie będą ci co czy dla do dwa gdy gdzie go i ich im inne ja
jak jako je jednak jego jej jest jeszcze jeśli już kiedy kto która które którego której który których którzy lat lub
ma mają mi może można na nad nam nas nawet nie niż nich nie o od on ona oni oraz po pod podczas ponad powiedział przed
przez przy roku również są się swoje ta tak także tam te tego tej ten teraz to tu tych tylko tym u w we według więc
wszystko wszystkich z za został została ze że żeby
""",
    "ru": """
а без более больше бы был была были было быть в вам вас во вот все всех вы где да даже два для до его ее если есть еще
же за здесь и из или им их к как когда которая которого которой которые который которых кто ли лет между меня мне
много может можно мы на над нас не него нет ни но ну о об он она они оно от очень по под после потом потому при про с
сам своей свои своих себя сейчас со так также такой там то того тоже только том тот у уже что чтобы эта эти этих это
этого этой этом этот я года году
""",
    "uk": """
а але або без більше був була були було бути в вже ви від все всі вони він вона де для до з за зі є й його йому його
її їх і із із інші коли крім ми між на над нас не немає ні о об один один однак під після по при про роки року свої
своє себе та так також там те теж ті тільки той то у х це цього цей ця ці чи через що щоб який яка яке які яких я як
якщо
""",
    "zh": """
一个 一些 一种 一样 一下 一次 一直 一起 不同 不会 不是 不能 不要 为了 也是 主要 之前 之后 之间 人们 什么 他们 以下
以及 以前 任何 但是 你可 你可以 你们 你的 使用 例如 例子 其中 其他 其它 再次 几个 出现 则是 包括 即可 却是 参考 另一个
另外 只是 只有 只能 只要 可以 可能 各种 同时 同样 后来 否则 哪些 因为 因此 在这 多个 大多数 大家 大量 如下 如何 如果
它们 完成 对于 就是 就会 并且 开始 当然 很多 得到 必须 怎么 怎样 总是 情况 想要 我们 我的 或者 所以 所有 所示 才能
提供 方式 方法 无法 时候 是否 更多 最后 最好 最近 有些 有时 有时候 本文 来说 某些 根据 此外 比如 没有 然后 然而 特别
由于 的话 目前 直到 相关 看到 真的 知道 第一 第一个 第二 简单 经常 能够 自己 至少 虽然 要求 觉得 认为 许多 该文件
让我们 起来 超过 足够 过程 还是 还有 这个 这些 这样 这种 这里 这篇 进行 通常 通过 那么 那些 那个 部分 都是 重要 问题
除了 需要 非常 首先
""",
    "ja": """
一つ 一度 一番 一緒 一覧 上記 下記 今回 今日 以上 以下 以前 以外 以降 何度 使用 便利 出来 前回 参考 可能 同様 問題
場合 大体 実際 対応 必要 感覚 意味 方法 方向 時点 時間 普通 最初 最後 最近 最高 次回 残念 気分 無理 現在 理由 的 確認
等 簡単 結果 結局 続き 自体 自分 良 色々 行 記事 説明 追加 途中 通常 部分 関係 非常
""",
}

# What stands before a noun. German writes nouns with a capital, which tells them better.
BEFORE = {
    "fr": "le la les l un une des du d au aux ce cet cette ces son sa ses leur leurs notre nos votre vos en",
    "es": "el la los las un una unos unas al del su sus este esta estos estas nuestro nuestra",
    "it": "il lo la i gli le l un una uno del dello della dei degli delle al alla ai alle dal dalla nel nella sul",
    "pt": "o a os as um uma do da dos das no na nos nas ao à aos às pelo pela este esta seu sua",
    "nl": "de het een deze dit dat zijn hun onze",
    "sv": "en ett den det de denna detta sin sitt sina",
    "da": "en et den det de denne dette sin sit sine",
    "nb": "en et den det de denne dette sin sitt sine",
    "pl": "w na z do dla od o przez po",
    "ru": "в на о от для из с по при к",
    "uk": "в у на про від для з із до",
}


@cache
def before_noun(language: str) -> frozenset[Key]:
    """What stands before a noun there."""
    return frozenset(BEFORE.get(language, "").split())


@cache
def small_words(language: str) -> frozenset[Key]:
    """The words that only hold others together, with the names of its months and weekdays; of English, as ever."""
    if language == ENGLISH:
        return FUNCTION | CONTRACTIONS
    return _of(language) | frozenset(_calendar(language)) if language in LISTS else frozenset()


def language_of(words: Collection[Key]) -> str:
    """The language of these words, "" for one that is not known here or where they are too few to tell."""
    size = len(words)
    if size < FEWEST:
        return ""
    if len(FUNCTION.intersection(words)) >= SURELY * size:
        return ENGLISH  # as most are, and nothing else need be counted
    found = frozenset(words)
    if script := _by_script(found):
        return script
    most, language = max((len(found & small), name) for name, small in [(ENGLISH, FUNCTION), *_lists()])
    return language if most >= LEAST * len(found) else ""


def _by_script(words: frozenset[Key]) -> str:
    firsts = [word[0] for word in words]
    kana = sum(HIRAGANA[0] <= first <= HIRAGANA[1] for first in firsts)
    han = sum(HAN[0] <= first <= HAN[1] for first in firsts)
    if (kana + han) * 4 < len(words):
        return ""
    return "ja" if kana * 10 > han else "zh"


@cache
def _lists() -> tuple[tuple[str, frozenset[Key]], ...]:
    return tuple((name, _of(name)) for name in sorted(LISTS))


@cache
def _of(language: str) -> frozenset[Key]:
    return frozenset(key for word in LISTS[language].split() for key in keys(word))


def _calendar(language: str) -> Iterator[Key]:
    """The data themselves: Babel's look-ups write what they find into data that languages share."""
    data = localedata.load(language)
    for table in (data["months"], data["days"]):
        for name in table["format"]["wide"].values():
            yield from (key for word in str(name).split() for key in keys(word))
