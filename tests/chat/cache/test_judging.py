"""Fresh answers compared with those that the cache had, by their texts."""

import pytest

from chat.cache.judging import compare_waiting
from chat.writers.extractive import NO_MODEL
from tests.chat.cache.entries import asking, looking_alike, waiting
from tests.factories import CollectionFactory
from tests.knowledge.revisions import chunk, ready_pdf

HOT, WARM = "How hot should it be?", "How warm should it be?"
HEATER = "Set the water heater to 120 °F to save energy [1]."
LINT = "Clean the lint filter of the dryer after every load [1]."

pytestmark = pytest.mark.django_db


@pytest.fixture
def passage():
    """A chunk that both answers cite."""
    return chunk(ready_pdf("Words of the guide.", collection=CollectionFactory()), "Words")


def outcome(made):
    made.refresh_from_db()
    return made.label, made.labelled_by, made.waits


def test_the_same_text_from_the_same_passage_makes_the_question_a_phrasing(passage):
    made = waiting(HEATER, HEATER, passage=passage)

    assert compare_waiting() == 1

    assert outcome(made) == ("same", "comparison", False)
    assert asking(made.answer) == {HOT, WARM}


def test_another_figure_makes_it_one_that_only_looks_alike(passage):
    made = waiting(HEATER.replace("120", "140"), HEATER, passage=passage)

    compare_waiting()

    assert outcome(made) == ("different", "comparison", False)
    assert looking_alike(made.answer) == {WARM}


def test_the_remark_below_quotations_is_no_part_of_the_answers(passage):
    made = waiting(f"{LINT}\n\n{NO_MODEL}", f"{HEATER}\n\n{NO_MODEL}", passage=passage, kind="extract")

    compare_waiting()

    assert outcome(made)[0] == "unsure"


def test_what_an_entry_cited_is_unknown_once_it_has_been_written_anew(passage):
    made = waiting(HEATER, HEATER, passage=passage)
    made.answer.content = LINT
    made.answer.save()

    compare_waiting()

    assert outcome(made)[0] == "unsure"


def test_an_entry_that_is_gone_is_compared_by_what_was_kept_of_it(passage):
    made = waiting(HEATER.replace("120", "140"), HEATER, passage=passage)
    made.answer.delete()

    compare_waiting()

    assert outcome(made)[0] == "different"


def test_an_abstention_where_the_cache_had_an_answer_is_unsure():
    made = waiting("The sources do not answer this question.", HEATER, kind="abstained")

    compare_waiting()

    assert outcome(made) == ("unsure", "comparison", False)


@pytest.mark.parametrize("state", ["failed", "stopped"])
def test_without_a_whole_answer_there_is_nothing_to_compare(state):
    made = waiting("Set the", HEATER, state=state)

    assert compare_waiting() == 0

    assert outcome(made) == ("", "", False)


def test_without_its_message_there_is_nothing_to_compare():
    made = waiting(HEATER, HEATER)
    made.message.delete()

    assert compare_waiting() == 0

    assert outcome(made) == ("", "", False)


def test_an_answer_that_is_still_being_written_is_waited_for(passage):
    made = waiting("Set the", HEATER, passage=passage, state="streaming")

    assert compare_waiting() == 0

    assert outcome(made) == ("", "", True)


def test_what_does_not_wait_is_left_alone(passage):
    made = waiting(HEATER, HEATER, passage=passage, waits=False)

    assert compare_waiting() == 0

    assert outcome(made) == ("", "", False)


def test_no_more_are_compared_than_allowed():
    for _ in range(3):
        waiting(HEATER, HEATER)

    assert [compare_waiting(2), compare_waiting(2), compare_waiting(2)] == [2, 1, 0]


def test_none_is_begun_when_the_time_is_over():
    made = waiting(HEATER, HEATER)

    assert compare_waiting(seconds=0) == 0

    assert outcome(made) == ("", "", True)
