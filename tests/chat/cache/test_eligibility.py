"""Which questions the cache has to do with."""

import pytest

from chat.cache.eligibility import LONGEST, may_be_shared, stands_alone
from chat.followups import Standalone

SHARED = [
    "What temperature should I set my water heater to?",
    "what should I do to save money on my bills?",
    "How do I know which filter fits?",
    "When was the house built, in 1998 or in 2001?",
    "Which standard holds since 2015-06-16?",
    "What does EN 12831 ask for?",
    "Wie warm soll mein Boiler sein?",
]
NOT_SHARED = [
    "What is the price of gas today?",
    "Is the office open right now?",
    "What is the latest version?",
    "Who won last year?",
    "Was kostet Gas heute?",
    "Quel temps fait-il aujourd'hui ?",
    "¿Qué precio tiene hoy?",
    "What is my name?",
    "who am I",
    "What did I ask before?",
    "Summarise our conversation",
    "You said 120 degrees, why?",
    "My name is Ada, how warm should my heater be?",
    "Send it to ada@example.org, will you?",
    "Why was my card 4929 1234 5678 9012 refused?",
    "Can you call +49 30 1234567?",
    "What is wrong with DE89 3704 0044 0532 0130 00?",
    "",
    "why " * LONGEST,
]


LONG = "What would it take in an old house with thin walls to bring that down to the level of new houses?"


def alone_as_it_is(question):
    return Standalone(question, question)


@pytest.mark.parametrize("question", SHARED)
def test_a_question_about_the_sources_may_be_shared(question):
    assert may_be_shared(question)


@pytest.mark.parametrize("question", NOT_SHARED)
def test_one_about_now_or_me_or_with_private_data_may_not(question):
    assert not may_be_shared(question)


@pytest.mark.parametrize(
    ("question", "is_first", "alone"),
    [
        (Standalone("And how much is that?", "And how much is that?"), True, True),
        (Standalone("How much does the heater save?", "How much does the heater save?", True), False, True),
        (alone_as_it_is("How do I clean the filter of a dryer?"), False, True),
        (Standalone("And that?", "What is AFUE? And that?"), False, False),
        (alone_as_it_is(LONG), False, False),
        (alone_as_it_is("Wie reinige ich den Filter im Trockner?"), False, False),
    ],
)
def test_only_what_needs_no_conversation_stands_alone(question, is_first, alone):
    assert stands_alone(question, is_first=is_first) is alone
