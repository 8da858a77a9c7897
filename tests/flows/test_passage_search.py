"""The search for a passage in the text of a page, as the browser runs it."""

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("passage", "on_the_page", "found"),
    [
        ("Set it to 120 °F, at most.", "Now: Set it\u00a0to 120°F at most", ["setitto120fatmost"]),
        ("efficient windows and doors", "e\ufb03cient win\u00addows and doors", ["efficientwindowsanddoors"]),
        ("CAFÉ au lait and more of it", "Cafe\u0301 AU LAIT and more of it", ["cafeaulaitandmoreofit"]),
        (
            "the first half of it and the second half of it",
            "the first half of it and page 7 the second half of it",
            ["thefirsthalfofitand", "thesecondhalfofit"],
        ),
        (
            "the beginning of this one ends so",
            "the beginning of that one; the beginning of this one ends so",
            ["thebeginningofthisoneendsso"],
        ),
        ("short", "a short one", ["short"]),
        ("not on this page at all", "something else stands here", []),
        ("", "something", []),
        ("𝒜 letter beyond the plane", "𝒜 letter beyond the plane", ["aletterbeyondtheplane"]),
        (
            "حبيبي يا نور العين يا ساكن خيالي",
            "حبيبي يا نور العين يا ساكن خيالي",
            ["حبيبييانورالعينياساكنخيالي"],
        ),
    ],
    ids=[
        "signs",
        "ligatures",
        "accents",
        "something between",
        "the longest run",
        "short",
        "absent",
        "empty",
        "planes",
        "rtl",
    ],
)
def test_a_passage_is_found_however_its_letters_are_set(visit, passage, on_the_page, found):
    page = visit.open("/nothing/")

    got = page.evaluate(
        """async ([passage, page]) => {
            const { align, fold } = await import("/static/knowledge/viewer/alignment.js");
            const { letters, origins } = fold(page);
            if (origins.length !== letters.length) throw new Error("each letter has an origin");
            return align(fold(passage).letters, letters).map(([start, end]) => letters.slice(start, end));
        }""",
        [passage, on_the_page],
    )

    assert got == found
