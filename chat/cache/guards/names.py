"""Names of people, places, organisations and products."""

from collections.abc import Sequence

from chat.cache.guards.dates import MONTH_OF, WEEKDAY_OF
from chat.cache.guards.reading import Reading
from chat.cache.guards.vocabulary import SILENT, listed
from chat.cache.guards.words import Word

GIVEN_NAMES = listed("""
    adam alex alexander alice amanda amelia amy andrea andrew andy angela anna anne anthony antonio
    arthur barbara ben benjamin carlos carol caroline catherine charles charlotte chris christian
    christina christine christopher clara claire daniel daniela david deborah dennis diana donald donna
    dorothy edward elena elizabeth ella emily emma eric erik eva felix fiona florian francesca francis
    frank fred gabriel george giovanni greg hannah hans harry heather heinrich helen helena henry hugo
    ian ibrahim ingrid isabella ivan jack jacob jakob james jan jane janet jason jean jeff jennifer
    jessica jim joan joe john jonathan jorge jose joseph juan judith julia julian karen karl kate
    katherine keith kelly kevin klaus laura lauren lea leo leon leonard leonie lewis liam lily linda
    lisa louis louise lucas lucia lucy luigi luis luke lukas magda manuel marco margaret maria marie
    mark markus marta martha martin mary matthew max maya megan melissa michael michelle miguel mike
    mohamed mohammed monika nadia nancy natalie nicholas nicole nina noah nora oliver olivia omar oscar
    otto pablo pamela patricia patrick paul paula pedro peter petra philip pierre priya rachel ralph
    raymond rebecca richard robert roberto roger ronald rosa ruth ryan sabine sam samantha samuel sandra
    sara sarah scott sebastian sharon simon sofia sophia sophie stefan stephanie stephen steve steven
    susan susanne tanya teresa theresa thomas tim timothy tina tobias tom tony ursula valentina vanessa
    veronica victor victoria vincent walter wei william wolfgang yuki yusuf zoe
""")
PLACES = listed("""
    africa america asia europe afghanistan albania algeria argentina australia austria bangladesh
    belgium bolivia brazil bulgaria cambodia canada chile china colombia croatia cuba cyprus denmark
    ecuador egypt england estonia ethiopia finland france germany ghana greece hungary iceland india
    indonesia iran iraq ireland israel italy jamaica japan jordan kenya korea kuwait latvia lebanon
    lithuania luxembourg malaysia malta mexico morocco nepal netherlands nigeria norway pakistan panama
    peru philippines poland portugal qatar romania russia scotland serbia singapore slovakia slovenia
    spain sweden switzerland syria taiwan thailand tunisia turkey uganda uk ukraine uruguay usa
    venezuela vietnam wales zimbabwe zealand arabia emirates britain honduras guatemala paraguay
    alabama alaska arizona arkansas california carolina colorado connecticut dakota delaware florida
    georgia hawaii idaho illinois indiana iowa jersey kansas kentucky louisiana maine maryland
    massachusetts michigan minnesota mississippi missouri montana nebraska nevada ohio oklahoma oregon
    pennsylvania tennessee texas utah vermont virginia wisconsin wyoming york quebec ontario bavaria
    amsterdam athens
    atlanta bangkok barcelona beijing berlin bern birmingham boston brussels bucharest budapest cairo
    chicago cologne copenhagen dallas delhi denver detroit dubai dublin edinburgh florence frankfurt
    geneva glasgow hamburg helsinki houston istanbul jakarta kiev kyiv lagos leeds leipzig lima lisbon
    liverpool london lyon madrid manchester manila marseille melbourne miami milan montreal moscow
    mumbai munich naples nairobi oslo paris philadelphia porto prague rome rotterdam salzburg seattle
    seoul seville shanghai sofia stockholm stuttgart sydney tokyo toronto turin vancouver venice vienna
    warsaw washington zurich
""")
BRANDS_AND_LANGUAGES = listed("""
    adobe airbnb airbus alexa alibaba amazon amd android angular aws azure bing bitcoin bluetooth boeing
    bosch canon chrome chromium cisco debian dell dhl django docker dropbox ebay edge ethereum excel
    expedia facebook fedex fedora figma firefox ford git github gitlab gmail golang google hermes honda
    huawei hyundai ibm ikea instagram intel ios iphone ipad java javascript jenkins jira kafka kindle
    klarna kotlin kubernetes lenovo linkedin linux lufthansa macos mastercard mercedes microsoft miele
    mongodb mozilla mysql netflix nginx nintendo nissan nokia nvidia oracle outlook paypal pfizer
    philips photoshop php playstation postgres postgresql powerpoint python reddit redis revolut ruby
    ryanair salesforce samsung sap shopify siemens siri skype slack snapchat sony spotify sqlite stripe
    swift tesla tiktok toyota twitter typescript uber ubuntu ups venmo visa volkswagen volvo vodafone
    vue whatsapp wikipedia windows wordpress xbox xiaomi yahoo yamaha youtube zoom aspirin ibuprofen
    paracetamol acetaminophen insulin metformin amoxicillin penicillin english french german italian
    spanish portuguese dutch polish russian chinese japanese korean arabic turkish hindi swedish danish
    norwegian finnish greek british american european
""")
KNOWN = frozenset((*GIVEN_NAMES, *PLACES, *BRANDS_AND_LANGUAGES))
"""The best known, so that they count in lower case and at the beginning too."""

PLACE_NAMES = frozenset(PLACES)
PLACES_OR_THINGS = frozenset(listed("turkey china jordan georgia jersey cologne florence lima chile panama"))
"""Places only with a capital, or after a word such as "in"."""
BEFORE_A_PLACE = frozenset(("in", "from", "to"))
CALENDAR = frozenset((*MONTH_OF, *WEEKDAY_OF))
TITLE_SHARE = 0.6
"""If so many of a text's words have capitals, a capital says nothing."""


def found(words: Sequence[Word]) -> frozenset[str]:
    """The names, as stems: known ones, capitals inside a sentence, capitals inside a word."""
    plain = [word for word in words if word.kind == "word"]
    capitals = sum(word.raw[:1].isupper() for word in plain)
    titled = len(plain) > 1 and capitals > TITLE_SHARE * len(plain)
    return frozenset(word.stem for word in plain if _is_name(word, titled))


def _is_name(word: Word, titled: bool) -> bool:
    if word.text in KNOWN:
        return True
    if len(word.raw) > 1 and word.raw.isupper() and not titled and word.text not in CALENDAR:
        return True
    if word.text in SILENT or word.text in CALENDAR or len(word.text) < 2:
        return False
    if titled:
        return False
    inside = word.raw[1:]
    if inside != inside.lower() and not word.begins:
        return True
    return word.raw[0].isupper() and not word.begins


def places(words: Sequence[Word], *, english: bool) -> frozenset[str]:
    """The names of known places; in English, where nouns have small letters, any name after "in" too."""
    named = found(words) if english else frozenset()
    return frozenset(
        word.stem
        for before, word in zip((None, *words), words, strict=False)
        if _is_place(word, before) or (before and before.text == "in" and word.stem in named)
    )


def _is_place(word: Word, before: Word | None) -> bool:
    if word.text not in PLACE_NAMES or word.kind != "word":
        return False
    surely = word.raw[0].isupper() or (before is not None and before.text in BEFORE_A_PLACE)
    return surely or word.text not in PLACES_OR_THINGS


def differ(asked: Reading, known: Reading) -> bool:
    """A name on each side that the other lacks, however it is written there; or a place on one side only."""
    if any(place not in known.counts for place in asked.places) or any(
        place not in asked.counts for place in known.places
    ):
        return True
    if not asked.names or not known.names:
        return False
    return any(name not in known.counts for name in asked.names) and any(
        name not in asked.counts for name in known.names
    )
