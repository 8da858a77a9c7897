import pytest

from knowledge.ingestion.page_ranges import page_ranges


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([4], "4"),
        ([4, 5], "4 and 5"),
        ([3, 4, 5, 6, 7], "3 to 7"),
        ([9, 1, 3, 4, 5], "1, 3 to 5 and 9"),
        ([1, 3], "1 and 3"),
        (range(999, 2_001), "999 to 2,000"),
    ],
)
def test_pages_are_named_as_people_do(numbers: list[int], words: str) -> None:
    assert page_ranges(numbers) == words
