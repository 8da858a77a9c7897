"""What is small talk, what is a question, and what is replied."""

import pytest

from chat.small_talk import LONGEST, REPLIES, reply

SMALL_TALK = {
    ("en", "greeting"): "Hi!|hello|Good morning 👋|Hey there|hellooo!!|hi all|Hi, I have a question",
    (
        "en",
        "thanks",
    ): "thank you very much!|THX|Thanks a lot for your help.|ok, great, thanks|Thanks, bye!|ty 🙏",
    ("en", "farewell"): "bye|Good-bye!|See you later|Have a nice day!",
    ("en", "how"): "How are you?|Hi, how are you doing today?|what’s up",
    ("en", "who"): "who are you?|Hello! What can you do?|what's your name|Can you help me?|are you a bot?",
    ("de", "greeting"): "Hallo|Guten Morgen!|Grüß Gott|moin moin|Hi zusammen, guten Tag",
    ("de", "thanks"): "Danke!|danke schön|Vielen lieben Dank für die Hilfe|Super, danke dir|Danke, tschüss",
    ("de", "farewell"): "Tschüss|tschuess|Auf Wiedersehen!|Schönen Abend noch",
    ("de", "how"): "Wie geht's?|Hallo, wie geht es Ihnen heute?|hi, wie gehts",
    ("de", "who"): "Wer bist du?|Was kannst du alles?|Hallo, wie können Sie mir helfen?|Bist du eine KI?",
    ("fr", "greeting"): "Bonjour !|salut",
    ("fr", "thanks"): "merci beaucoup",
    ("es", "greeting"): "¡Hola!|Buenos días",
    ("es", "thanks"): "Muchas gracias",
}


@pytest.mark.parametrize(
    ("language", "kind", "text"),
    [(*about, text) for about, texts in SMALL_TALK.items() for text in texts.split("|")],
)
def test_small_talk_is_replied_to_in_the_language_of_its_words(language, kind, text):
    assert reply(text) == REPLIES[language][kind]


@pytest.mark.parametrize(
    "text",
    [
        "Hello, how hot should my water be?",
        "thanks, and what about filters?",
        "Danke, und was ist mit Filtern?",
        "hi-fi",
        "hello world example",
        "thanksgiving",
        "thanks@example.com",
        "high",
        "hi 5",
        "How are you supposed to clean it?",
        "what can you do about mould?",
        "What is your name server?",
        "How does this work?",
        "How do I say good morning in German?",
        "good night mode",
        "help desk hours",
        "Help me clean the filter",
        "Gute-Nacht-Modus",
        "Was kannst du mir über Wasser sagen?",
        "こんにちは、水の温度は？",
    ],
)
def test_a_question_is_none_however_it_begins(text):
    assert reply(text) is None


@pytest.mark.parametrize("text", ["", " \n", "...", "👋", "yes", "ok", "great", "und", "there", "1"])
def test_a_message_without_any_greeting_or_thanks_is_none(text):
    assert reply(text) is None


def test_a_long_message_is_none():
    assert reply("hi " * LONGEST) is None


@pytest.mark.parametrize("text", ["Hello", "Guten Tag"])
def test_the_assistants_own_greeting_returns_a_greeting(text):
    assert reply(text, greeting=" Welcome to the energy desk. ") == "Welcome to the energy desk."


@pytest.mark.parametrize("text", ["Thanks!", "Hello, who are you?", "How hot?"])
def test_the_assistants_own_greeting_answers_nothing_else(text):
    assert reply(text, greeting="Welcome.") != "Welcome."
