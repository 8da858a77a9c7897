"""What changed between two texts, word by word."""

import random

from knowledge.differences import CONTEXT, LONGEST_SHOWN, Part, compare

FILLER = " ".join(f"word{n}" for n in range(100))


def changed(comparison, kind):
    return [part.text for change in comparison.changes for part in change.parts if part.kind == kind]


def test_equal_texts_have_no_change():
    comparison = compare("The same.\n\nAs before.", "The same.\n\nAs before.")

    assert (comparison.changes, comparison.count, comparison.added, comparison.removed) == ((), 0, 0, 0)


def test_a_replaced_word_is_removed_and_added():
    comparison = compare("Set it to 120 degrees.", "Set it to 125 degrees.")

    assert comparison.changes[0].parts == (
        Part("same", "Set it to "),
        Part("removed", "120"),
        Part("same", " "),
        Part("added", "125"),
        Part("same", " "),
        Part("same", "degrees."),
    )


def test_words_are_counted():
    comparison = compare("Turn it off at night.", "Turn it off early every night.")

    assert (comparison.removed, comparison.added) == (1, 2)


def test_a_new_paragraph_leaves_its_neighbours_alone():
    comparison = compare("First one.\n\nLast one.", "First one.\n\nQuite new.\n\nLast one.")

    assert changed(comparison, "added") == ["Quite new."]
    assert changed(comparison, "removed") == []


def test_lines_that_only_break_elsewhere_have_not_changed():
    comparison = compare(
        "Insulation keeps the\nheat inside the house.", "Insulation keeps\nthe heat inside\nthe house."
    )

    assert comparison.count == 0


def test_a_few_equal_words_between_two_changes_are_shown_as_part_of_one():
    comparison = compare("It costs five or six dollars.", "It costs seven or eight dollars.")

    assert changed(comparison, "removed") == ["five or six"]
    assert changed(comparison, "added") == ["seven or eight"]


def test_only_a_little_of_what_stayed_the_same_is_shown():
    comparison = compare(f"{FILLER}\nold\n{FILLER}", f"{FILLER}\nnew\n{FILLER}")

    (change,) = comparison.changes
    same = [part.text for part in change.parts if part.kind == "same" and part.text.strip()]
    assert [len(text.replace("…", "").split()) for text in same] == [CONTEXT, CONTEXT]


def test_changes_that_stand_far_apart_are_told_apart():
    comparison = compare(f"one\n{FILLER}\ntwo", f"1\n{FILLER}\n2")

    assert comparison.count == 2


def test_a_change_says_where_it_is_in_the_new_text():
    old, new = f"{FILLER}\fIt was 120 degrees.", f"{FILLER}\fIt was 125 degrees."

    (change,) = compare(old, new).changes

    assert new[change.offset :].startswith("125")


def test_text_from_nothing_and_to_nothing():
    assert changed(compare("", "All new."), "added") == ["All new."]
    assert changed(compare("All gone.", ""), "removed") == ["All gone."]


def test_more_changes_than_wanted_are_counted_but_not_shown():
    old = f"\n{FILLER}\n".join(f"old{n}" for n in range(5))
    new = f"\n{FILLER}\n".join(f"new{n}" for n in range(5))

    comparison = compare(old, new, most=2)

    assert (len(comparison.changes), comparison.count) == (2, 5)


def test_a_long_replacement_is_shortened():
    (change,) = compare("", "a" * 2 * LONGEST_SHOWN).changes

    assert len(change.parts[0].text) < LONGEST_SHOWN + 10


def test_where_the_budget_ends_a_text_counts_as_replaced():
    old, new = "one two three four", "zero two three five"

    comparison = compare(old, new, steps=0)

    assert (comparison.removed, comparison.added) == (4, 4)


def test_two_megabytes_that_repeat_themselves_come_to_an_end():
    chance = random.Random(3)
    old, new = (" ".join(chance.choices(["so", "and", "on"], k=300_000)) for _ in range(2))

    comparison = compare(old, new)

    assert comparison.count == 1
