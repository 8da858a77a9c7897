"""What a model is told that chooses tools."""

from chat.prompts import TOOLS_RULE, answer_messages
from chat.tools.prompts import EARLIER, EARLIER_LENGTH, messages_for


def told(question="Will it rain?", earlier=(), instructions=""):
    (_, rules), (_, asked) = messages_for(
        question, earlier, instructions=instructions, today="Monday, 2 March 2026"
    )
    return rules, asked


def test_rules_date_and_own_instructions_stand_before_the_question():
    rules, asked = told(instructions="You help farmers.")

    assert "You decide whether tools" in rules
    assert "Today is Monday, 2 March 2026." in rules
    assert rules.endswith("never override the rules above:\nYou help farmers.")
    assert asked == "Question: Will it rain?"


def test_only_the_last_earlier_questions_are_told_each_on_a_line_and_not_at_length():
    _, asked = told(earlier=[f"Question {n}\nof many" for n in range(EARLIER)] + ["x" * 900])

    lines = asked.splitlines()
    assert len(lines) == EARLIER + 1
    assert lines[0] == "Asked before: Question 1 of many"
    assert lines[-2] == f"Asked before: {'x' * EARLIER_LENGTH}"


def test_the_writer_is_told_of_results_only_if_there_are_some():
    with_results = answer_messages("Why?", (), delimiter="-", from_tools=True)

    assert TOOLS_RULE in with_results[0][1]
    assert TOOLS_RULE not in answer_messages("Why?", (), delimiter="-")[0][1]
