"""Words that carry no content of their own, and words that say the same: data."""


def listed(words: str) -> tuple[str, ...]:
    """The words of a list that is written as one text."""
    return tuple(words.split())


ARTICLES = frozenset(listed("a an the some any this that these those my your his her its our their"))

AUXILIARIES = frozenset(
    listed("""
    is are was were am be been being do does did done doing have has had having can could will would
    shall should may might must need ought
""")
)

PREPOSITIONS = frozenset(
    listed("""
    of to from in on at by for with without into onto out off over under above below before after
    between through during until till since than against within inside outside across towards toward
    behind beyond via per as about around near along upon among instead
""")
)

PRONOUNS = frozenset(
    listed("""
    i me mine myself you yours yourself he him himself she hers herself it itself we us ours they them
    theirs one ones someone somebody anyone anybody everyone something anything everything there here
""")
)

FRAMES = frozenset(
    listed("""
    please pls thanks thank hi hello hey tell know knowing want wants wanted like wish wonder
    wondering explain help let understand say advise advice inform information info way ways step
    steps possible able trying try tried possibility best sure think believe seem seems happen
    happening happened go going gone mean means exactly really actually currently just also too very
    so such well now right still yet already ever even quite rather then again only maybe perhaps
    thing things kind kindly sort bit lot lots possibly basically simply need needs needed
    everything anything anyway soon much many more most less least extra additional approximately
    roughly urgently several various few required necessary basis regards regarding
""")
)

CONNECTIVES = frozenset(
    listed("""
    and or but if because when while where who whom whose which what why how whether though although
    however both either neither nor not non no n yes each every all etc e g ie eg
""")
)

ENGLISH = (
    ARTICLES | AUXILIARIES | PREPOSITIONS | PRONOUNS | CONNECTIVES | frozenset(listed("please tell get"))
)

GERMAN = frozenset(
    listed("""
    der die das den dem des ein eine einen einem einer eines und oder aber wie was wer wo wann warum
    wieso weshalb welche welcher welches wohin woher ich du er sie es wir ihr mich mir dich dir uns euch
    ihnen mein meine meinen meinem meiner dein deine sein seine unser unsere ist sind war bin bist hat
    habe haben hatte kann konnen konnte muss soll sollte darf will mochte wird werden wurde auf bei mit
    nach von zu zum zur aus fur im ins am vom uber um durch gegen ohne nicht kein keine keinen wenn dass
    als auch noch nur sich man bitte viel viele gibt
""")
)

FRENCH = frozenset(
    listed("""
    le la les un une des du de et ou mais comment quoi que quel quelle quels quelles qui ou quand
    pourquoi combien je tu il elle nous vous ils elles me te se mon ma mes ton ta tes son sa ses notre
    nos votre vos leur est sont suis es ai as a avons avez ont etait peut puis puis-je peux pouvez faut
    doit dois dans sur avec sans pour par en au aux chez ce cette ces ne pas jamais ni y si plus est-ce
    svp fait faire
""")
)

SPANISH = frozenset(
    listed("""
    el la los las un una unos unas de del y o pero como que cual cuales quien donde cuando cuanto cuanta
    cuantos por cuantas porque yo tu usted el ella nosotros ellos me te se mi mis su sus nuestro es son
    soy esta estan estoy hay he ha han tiene tengo puedo puede pueden debo debe hace hacer con sin para
    al en sobre no nunca si mas lo le les
""")
)

OTHER_LANGUAGES = (GERMAN, FRENCH, SPANISH)

SILENT = ARTICLES | AUXILIARIES | PREPOSITIONS | PRONOUNS | FRAMES | CONNECTIVES
"""Words of an English question that may come and go without a change of what is asked."""

SYNONYMS = """
get obtain acquire receive order request apply provide offer supply issue give take make create choose
select have hand available option able accept; change modify alter edit update adjust amend switch; fix
repair mend resolve solve troubleshoot; delete erase remove; buy purchase; cost price fee charge pricing;
begin start commence; make create perform carry set run; contact reach call phone; choose select pick;
book reserve; photo picture image; phone mobile cellphone smartphone telephone; car vehicle automobile; bill invoice;
cancel terminate; purpose point reason; required necessary mandatory compulsory; allowed permitted;
permission consent; wrong incorrect erroneous mistaken; big large; small little tiny; fast quick rapid
speedy quickly; rubbish trash garbage refuse; holiday vacation; flat apartment; house home; lawyer
attorney solicitor; doctor physician gp; medicine medication drug; ill sick unwell; job position; employee
worker; salary pay wage; folder directory; app application; sign log; signin login; password passcode;
website site webpage; screen display monitor; installation setup; faulty defective broken; malfunction
fault problem issue trouble error; cheap inexpensive affordable; maximum max largest highest; minimum min
smallest lowest; advantage benefit pro; disadvantage drawback con downside; kid child; method process
procedure approach; method procedure; recommended ideal optimal advisable; suitable appropriate proper;
happen occur; view display check show appear see; locate find get see; assist help; expire lapse; abroad overseas;
currency money; transaction payment purchase; identity id; address location; hoover vacuum; fridge
refrigerator; tv television; aeroplane airplane plane; lift elevator; petrol gasoline; lorry truck; autumn
fall; bike bicycle; exam test examination; definition meaning; claim claiming; verify confirm validate;
steal theft; limit maximum cap; decline reject refuse; declined rejected refused denied; available
offered; turn switch; reduce lower cut decrease; save conserve; increase raise boost; ensure guarantee;
whole entire; annual yearly; kind type sort; allow permit let enable; stop prevent; keep retain; work
function operate; arrive come delivered; delivery shipping; post mail; shop store; pension retirement; end
finish; regulation rule law; rent lease; tenant renter; landlord owner; passport passports; luggage
baggage; ticket tickets; trip journey; seat seats; meeting appointment; schedule timetable; temperature
temp; photograph photo; laptop notebook; safe secure; unknown unrecognized unfamiliar strange; limit
restriction; fund money cash; say show; calculate determine decide compute find; ask request; bad terrible
awful; pay payment; buy purchase get order; change exchange convert; clean wash; frequent regular; extra
additional added more; card cards; pay charge; check inspect verify test; complete finish accept done;
replace change swap exchange substitute; various different several multiple; show display; earn make; describe
outline; difference distinction; compare comparison
"""
"""Groups of words that questions exchange without asking for something else."""
