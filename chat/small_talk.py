"""Greetings, thanks and the like, which are answered without a search: pure.

English and German, the plainest words of French and Spanish. A message counts only if it is nothing else:
"Hello!" is small talk, "Hello, how hot should my water be?" is a question.
"""

import re
import unicodedata
from collections.abc import Iterator

LONGEST = 120
"""Characters. Nobody greets at greater length, and the rest need not be looked at."""

KINDS = ("who", "how", "thanks", "farewell", "greeting", "filler")
"""If several stand in one message, the first of these is answered."""

# (kind, language, phrases); letters bare of accents, spaces for all marks. No language: used in several.
PHRASES = (
    ("greeting", "", "hi|hey|hallo hallo|huhu"),
    (
        "greeting",
        "en",
        "hello|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|nice to meet you|"
        "(?:is )?any(?:one|body) there|are you there|"
        "i (?:have|ve got|got) a question|can i ask (?:you )?(?:a question|something)",
    ),
    (
        "greeting",
        "de",
        "hallo|hallochen|moin|servus|gru(?:e)?ss (?:gott|dich|euch)|gruezi|"
        "gute[nr]? (?:morgen|tag|abend|mittag)|schonen (?:guten )?(?:tag|abend|morgen)|"
        "ich (?:hab|habe|hatte|haette) (?:da )?(?:ei)?ne frage|(?:ist )?(?:da )?jemand da",
    ),
    ("greeting", "fr", "bonjour|bonsoir|salut"),
    ("greeting", "es", "hola|buenos dias|buenas (?:tardes|noches)"),
    (
        "how",
        "en",
        "how (?:are|r) (?:you|u)(?: (?:doing|today|doing today))?|hows it going|how is it going|"
        "how do you do|whats up|what is up",
    ),
    (
        "how",
        "de",
        "(?:na )?wie gehts?(?: (?:es )?(?:dir|ihnen|euch))?(?: (?:heute|so))?|wie geht es(?: (?:dir|ihnen|euch))?"
        "(?: (?:heute|so))?|alles (?:klar|gut) bei (?:dir|ihnen)",
    ),
    ("how", "fr", "(?:comment )?ca va|comment (?:allez vous|vas tu)"),
    ("how", "es", "como (?:estas|esta usted)|que tal"),
    (
        "thanks",
        "en",
        "(?:many |much )?(?:thanks|thank (?:you|u)|thx|thanx)|ty|cheers|(?:much )?appreciated|"
        "(?:i )?(?:really )?appreciate (?:it|that|your help)|that (?:was|is) (?:very |really |so )?helpful|"
        "thats (?:very |really |so )?helpful|(?:very )?helpful|you(?:re| are) (?:great|the best|awesome)",
    ),
    (
        "thanks",
        "de",
        "danke|dankeschon|dankesehr|(?:vielen|besten|herzlichen|lieben|schonen)(?: lieben| herzlichen)? dank|"
        "ich (?:danke|bedanke mich)|das (?:war|ist) (?:sehr )?hilfreich|das hat (?:mir )?(?:sehr )?geholfen",
    ),
    ("thanks", "fr", "(?:un grand )?merci(?: beaucoup| bien)?"),
    ("thanks", "es", "(?:muchas |mil )?gracias"),
    (
        "farewell",
        "en",
        "(?:good ?)?bye(?: bye)?|good ?night|see (?:you|ya)(?: (?:later|soon|tomorrow|around))?|take care|"
        "have a (?:nice|good|great) (?:day|evening|weekend|one|night)|farewell",
    ),
    (
        "farewell",
        "de",
        "tschu(?:e)?ss(?:i)?|auf wiedersehen|auf wiederschauen|bis (?:bald|dann|morgen|spater|nachher)|"
        "gute nacht|mach(?:s| es) gut|(?:(?:einen )?schonen|schones) (?:tag|abend|feierabend|wochenende)(?: noch)",
    ),
    ("farewell", "fr", "au revoir|bonne (?:nuit|journee|soiree)"),
    ("farewell", "es", "adios|hasta (?:luego|pronto|manana)"),
    (
        "who",
        "en",
        "(?:who|what) (?:exactly )?are you|who (?:am i|are we) (?:talking|speaking) (?:to|with)|"
        "what(?:s| is) your name|introduce yourself|tell me about yourself|"
        "(?:what|how) can (?:you|u) (?:do|help)(?: for)?(?: me)?(?: with)?|what do you do|what can i ask(?: you)?|"
        "(?:can|could) you (?:please )?help me|help(?: me)?|how do you work|"
        "are you (?:an? )?(?:real |ai )?(?:bot|chatbot|robot|human|person|ai|machine|real)",
    ),
    (
        "who",
        "de",
        "(?:wer|was) (?:genau )?(?:bist du|sind sie)|wie (?:heisst du|heissen sie|ist dein name)|"
        "was (?:kannst du|konnen sie)(?: (?:alles|so|so alles))?(?: (?:fur mich )?(?:tun|machen))?|"
        "(?:wobei|womit|wie) (?:kannst du|konnen sie) mir helfen|(?:kannst du|konnen sie) mir (?:bitte )?helfen|"
        "was kann ich (?:dich |sie )?(?:alles )?fragen|hilfe|wie funktionierst du|stell dich (?:mal |bitte )?vor|"
        "(?:bist du|sind sie) (?:ein |eine )?(?:bot|chatbot|roboter|mensch|ki|maschine|echt)",
    ),
    ("who", "fr", "qui (?:es tu|etes vous)"),
    ("who", "es", "quien (?:eres|es usted)"),
    ("filler", "", "ok|okay|super|perfect|cool|wow|please|bot|chatbot"),
    (
        "filler",
        "en",
        "oh|ah|great|nice|alright|all right|awesome|excellent|wonderful|yes|no|got it|i see|well done|good job|"
        "there|all|everyone|everybody|team|again|assistant|dear|friend|guys|folks|mate|sir|madam|my friend|"
        "very much|so much|a lot|a bunch|a million|in advance|and|you too|and you|today|i am|im|fine|good|well|"
        "for (?:the|your|all your|all the) (?:quick |great |good |kind )?"
        "(?:help|answers?|information|info|explanation|support|time|reply)|for (?:that|this|everything|helping)",
    ),
    (
        "filler",
        "de",
        "ach|prima|toll|klasse|perfekt|alles klar|wunderbar|ja|nein|gut|mir|auch|und|sehr|schon|bitte|noch|mal|"
        "zusammen|leute|alle|alles|liebes|lieber|team|assistent|dir|ihnen|euch|im voraus|vielmals|"
        "fur (?:die|deine|ihre|das|alles|dein|den|eure)(?: (?:schnelle|tolle|gute))?"
        "(?: (?:hilfe|antwort|antworten|auskunft|info|infos|information|informationen|unterstutzung))?",
    ),
)
PATTERNS = [(kind, language, re.compile(rf"(?:{phrases})(?= |$)")) for kind, language, phrases in PHRASES]

REPLIES = {
    "en": {
        "greeting": "Hello! Ask me something, and I will look for the answer in the sources.",
        "how": "I am well, thank you. What would you like to know?",
        "thanks": "You are welcome!",
        "farewell": "Goodbye!",
        "who": "I am an assistant that answers questions from chosen sources, and shows where each statement "
        "stands. Just ask: what they do not say, I do not make up.",
    },
    "de": {
        "greeting": "Hallo! Fragen Sie mich etwas, und ich suche die Antwort in den Quellen.",
        "how": "Danke, gut. Was möchten Sie wissen?",
        "thanks": "Gern geschehen!",
        "farewell": "Auf Wiedersehen!",
        "who": "Ich bin ein Assistent, der Fragen aus ausgewählten Quellen beantwortet und zeigt, wo jede Aussage "
        "steht. Fragen Sie einfach: Was dort nicht steht, denke ich mir nicht aus.",
    },
    "fr": {
        "greeting": "Bonjour ! Posez-moi une question, et je chercherai la réponse dans les sources.",
        "how": "Je vais bien, merci. Que voulez-vous savoir ?",
        "thanks": "Je vous en prie !",
        "farewell": "Au revoir !",
        "who": "Je suis un assistant qui répond aux questions à partir de sources choisies, et qui montre d'où "
        "vient chaque affirmation.",
    },
    "es": {
        "greeting": "¡Hola! Hágame una pregunta y buscaré la respuesta en las fuentes.",
        "how": "Estoy bien, gracias. ¿Qué quiere saber?",
        "thanks": "¡De nada!",
        "farewell": "¡Hasta luego!",
        "who": "Soy un asistente que responde a preguntas a partir de fuentes elegidas, y que muestra de dónde "
        "viene cada afirmación.",
    },
}


def reply(text: str, *, greeting: str = "", language: str = "en") -> str | None:
    """An answer in the language of the words if the whole message is small talk, else None.

    `greeting` is the assistant's own, with which a greeting is returned; `language` answers words that several have.
    """
    found = _parts(_plain(text)) if len(text) <= LONGEST else None
    if not found:
        return None
    kind = min((kind for kind, _ in found), key=KINDS.index)
    if kind == "filler":
        return None
    if kind == "greeting" and greeting.strip():
        return greeting.strip()
    decisive = [language for part, language in found if part == kind] + [language for _, language in found]
    return REPLIES[next(filter(None, decisive), language if language in REPLIES else "en")][kind]


def _plain(text: str) -> str:
    """Words in small letters bare of accents, a space between: "Thaaanks, how's it?" is "thanks hows it"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char) and char not in "'’‘`´")
    once = re.sub(r"([^\W\d])\1{2,}", r"\1", bare)
    return " ".join(re.findall(r"\w+", once))


def _parts(words: str) -> list[tuple[str, str]]:
    """Kind and language of each phrase from first to last; nothing if one word is of none."""
    parts = []
    while words:
        longest = max(_phrases_at_start(words), default=None)
        if longest is None:
            return []
        length, kind, language = longest
        parts.append((kind, language))
        words = words[length:].lstrip()
    return parts


def _phrases_at_start(words: str) -> Iterator[tuple[int, str, str]]:
    for kind, language, pattern in PATTERNS:
        if match := pattern.match(words):
            yield match.end(), kind, language
