"""What a question asks for, and by what a sentence shows that it gives that: pure, English and German."""

import re

IMPERATIVES = (
    "add adjust allow apply ask attach avoid be block buy call cancel change check choose clean clear "
    "click close compare complete configure connect consider contact copy cover create delete disable do "
    "don't drain draw earn eliminate enable enter fill find fix follow get give go have hire hold include "
    "increase insert insulate install keep leave let limit look lower maintain make measure minimize move "
    "never note open operate pass place plan plug press provide pull put raise read reduce remember "
    "remove repair replace run save schedule seal search see select send set shop shut specify start stop "
    "store switch take test tighten try turn type unplug update upgrade use verify visit wash wear wrap "
    "write"
)
ORDER = rf"^\W*(?:{'|'.join(IMPERATIVES.split())})\b|^(?:\w+ ){{1,2}}Sie\b"
ADVICE = r"\byou (?:can|should|may|must|need)\b|\bsie (?:können|sollten|müssen)\b"
AMOUNTS = (
    "how (?:many|much|big|large|far|high|deep|thick|wide|long|often|fast|old)|minimum|maximum|average|limit|"
    "number of|percent|what (?:size|rate|share|amount|level)|wie (?:viel|hoch|groß|lange|oft|weit)"
)
MONEY = (
    "cost|price|pay|expensive|cheap|fee|how much (?:money|can|could|do|does|will|would)|kosten|kostet|preis"
)
TIMES = (
    "every|each|once|twice|year|month|week|day|hour|minute|second|annual|daily|during|before|after|until|spring|"
    "summer|autumn|winter|jahr|monat|woche|tag|stunde|täglich|jährlich|(?:19|20)\\d\\d"
)

# (what the question asks, what the sentence shows, by what share its score grows)
SIGNS = tuple(
    (re.compile(asked, re.IGNORECASE), re.compile(shown, re.IGNORECASE), bonus)
    for asked, shown, bonus in (
        (
            r"\b(?:temperatur|degrees|how (?:hot|cold|warm)|wie (?:heiß|kalt|warm))",
            r"\d\s*°|\bdegrees|\bgrad\b",
            0.4,
        ),
        (rf"\b(?:{MONEY})", r"[$€£¥]\s*\d|\d\s*(?:[%$€£¥]|percent|prozent|cents?|dollars?)", 0.25),
        (r"\b(?:how much of|share|portion|percent|anteil|prozent)", r"\d\s*(?:%|percent|prozent)", 0.3),
        (rf"\b(?:{AMOUNTS})", r"\d", 0.25),
        (
            r"\b(?:when|how (?:long|often|soon)|what (?:year|date|time)|wann|wie (?:lange|oft))\b",
            rf"\b(?:{TIMES})",
            0.2,
        ),
        (
            r"\b(?:why|reason|benefit|advantage|warum|wieso|weshalb|vorteil)",
            r"\b(?:because|due to|since|so that|therefore|prevent|reduc|avoid|help|save|weil|damit|dadurch)",
            0.2,
        ),
        (
            r"^\W*(?:how (?:do|can|could|should|to|would)|what (?:can|should|could)|wie (?:kann|soll|muss)|"
            r"was (?:kann|soll))\b|\b(?:ways? to|tips|steps)\b",
            f"{ORDER}|{ADVICE}",
            0.2,
        ),
        (
            r"^\W*(?:what|who|was|wer) (?:is|are|was|were|ist|sind|war)\b|\b(?:mean|stand for|bedeutet)",
            r"^(?:[\w()®’'/-]+\s){1,6}(?:is|are|means|refers|measures|stands|ist|sind|bedeutet|bezeichnet)\b",
            0.15,
        ),
    )
)


def answer_bonus(question: str, sentence: str) -> float:
    """0 or more: how much the form of the sentence fits what the question asks for."""
    return sum(bonus for asked, shown, bonus in SIGNS if asked.search(question) and shown.search(sentence))
