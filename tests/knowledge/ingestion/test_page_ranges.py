import pytest

from knowledge.ingestion.page_ranges import page_ranges


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([4], "Page 4"),
        ([4, 5], "Pages 4 and 5"),
        ([3, 4, 5, 6, 7], "Pages 3 to 7"),
        ([9, 1, 3, 4, 5], "Pages 1, 3 to 5 and 9"),
        ([1, 3], "Pages 1 and 3"),
        (range(999, 2_001), "Pages 999 to 2,000"),
    ],
)
def test_pages_are_named_as_people_do(numbers: list[int], words: str) -> None:
    assert page_ranges(numbers) == words
