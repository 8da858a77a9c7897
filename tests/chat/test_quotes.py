"""Quotations: what answers without a language model."""

import re

import pytest

from chat.citations import check
from chat.prompts import NO_ANSWER
from chat.writers import ExtractiveWriter, ModelChoice, Style, Usage, WritingRequest, writer_in_force
from chat.writers.extractive import NO_MODEL
from tests.chat.passages import Passage

HEATING = Passage(
    1,
    """Water Heating
Water heating is the second largest energy expense in your
home. It typically accounts for about 18% of your utility bill.
Water Heating Tips
• Install aerating, low-flow faucets and showerheads.
• Set the thermostat on your water heater to 120°F to get
comfortable hot water for most uses.
• Insulate the first 6 feet of the hot and cold water pipes
connected to the water heater.""",
    title="Energy guide",
    page=21,
)
KITCHEN = Passage(
    2,
    """What temperature should the fridge have?

Recommended temperatures are 37° to 40°F for the fresh food
compartment [1] and 5°F for the freezer section. Clean the door seals twice a year.

Set the thermostat on your water heater to 120°F to get comfortable hot water.""",
    title="Kitchen guide",
)


async def written(writer, request):
    """The pieces of text, and what came last."""
    pieces = [piece async for piece in writer.write(request)]
    return pieces[:-1], pieces[-1]


async def quoted(question, *passages):
    pieces, usage = await written(ExtractiveWriter(), WritingRequest(question, passages))
    assert usage == Usage()
    assert pieces[-1] == NO_MODEL
    return "".join(pieces[:-1])


def test_without_settings_sentences_are_quoted():
    writer = writer_in_force()

    assert isinstance(writer, ExtractiveWriter) and writer.quotes


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (
            "What temperature should I set my water heater to?",
            "Set the thermostat on your water heater to 120°F",
        ),
        ("How much of my bill is hot water?", "about 18% of your utility bill. [1]"),
        ("what temperature should my fridge be", "37° to 40°F for the fresh food compartment and 5°F"),
        ("How often should I clean the door seals?", "Clean the door seals twice a year. [2]"),
        ("How do I insulate pipes?", "Insulate the first 6 feet of the hot and cold water pipes"),
    ],
)
async def test_the_sentence_that_answers_is_quoted(question, sentence):
    assert sentence in await quoted(question, HEATING, KITCHEN)


async def test_two_to_five_sentences_are_quoted_word_by_word_in_reading_order():
    answer = await quoted("How can I save hot water and energy with my water heater?", HEATING, KITCHEN)

    checked = check(answer, [HEATING, KITCHEN])
    quotes = re.findall(r"(\S.+?) \[(\d)\]", answer)
    assert 2 <= len(quotes) <= 5
    sources = {
        p.number: " ".join(p.text.replace("•", "").replace("[1] ", "").split()) for p in (HEATING, KITCHEN)
    }
    places = [(int(number), sources[int(number)].index(text)) for text, number in quotes]
    assert places == sorted(places)
    assert checked.unsupported == () and checked.uncited == ()


async def test_the_same_sentence_of_two_passages_is_quoted_once():
    answer = await quoted("What temperature should I set my water heater to?", HEATING, KITCHEN)

    assert answer.count("thermostat on your water heater") == 1


async def test_headings_and_questions_are_not_quoted():
    answer = await quoted("What temperature should the fridge have?", KITCHEN)

    assert "What temperature" not in answer and "37°" in answer


async def test_a_passages_own_footnote_marks_do_not_become_citations():
    answer = await quoted("What temperature should my fridge be?", KITCHEN)

    assert check(answer, [KITCHEN]).cited == (2,)


async def test_rare_terms_weigh_more_than_common_ones():
    passage = Passage(
        1, "The home is warm and the home is nice. The zeolite needs care in spring. The home is big."
    )
    question = "home zeolite"

    weights = {"home": 0.1, "zeolit": 6.0}
    pieces, _ = await written(ExtractiveWriter(), WritingRequest(question, [passage], term_weights=weights))

    assert "zeolite" in "".join(pieces)


@pytest.mark.parametrize("text", ["", "Only a heading", "12 34 56\n\n78 90"])
async def test_passages_without_sentences_leave_only_the_note(text):
    assert await quoted("What is it?", Passage(1, text)) == ""


async def test_a_question_of_frequent_words_only_is_answered_by_likeness():
    assert "[1]" in await quoted("What is it?", HEATING)


@pytest.mark.parametrize(
    "question",
    ["Who won the world cup in 1998?", "How long do drones live?", "Darf ich hier einen Hund halten?"],
)
async def test_a_selected_text_that_does_not_answer_is_not_quoted(question):
    pieces, usage = await written(ExtractiveWriter(), WritingRequest(question, [HEATING], selected_text=True))

    assert pieces == [NO_ANSWER] and usage == Usage()


@pytest.mark.parametrize(
    "question", ["What temperature should I set?", "Explain this in simple words", "Was bedeutet das?"]
)
async def test_a_selected_text_is_quoted_when_asked_about_itself(question):
    pieces, _ = await written(ExtractiveWriter(), WritingRequest(question, [HEATING], selected_text=True))

    assert "[1]" in "".join(pieces) and pieces[-1] == NO_MODEL


async def test_style_and_choice_change_no_quotation():
    writer = writer_in_force(choice=ModelChoice("gpt", 0.5, 50))
    plain, _ = await written(writer, WritingRequest("How hot?", [HEATING]))

    styled, _ = await written(
        writer, WritingRequest("How hot?", [HEATING], style=Style("expert", "x", "Deutsch"))
    )

    assert styled == plain
