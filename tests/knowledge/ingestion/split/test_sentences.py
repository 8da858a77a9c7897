import pytest

from knowledge.ingestion.split import split
from knowledge.ingestion.split.units import size_of
from tests.knowledge.ingestion.split.readings import reading, texts


@pytest.mark.parametrize(
    "short_form",
    ["Dr. Reed", "e.g. Water", "the U.S. Department", "Fig. 3", "J. Reed", "am 3. Oktober", "(vgl. Seite"],
)
def test_a_full_stop_inside_a_sentence_does_not_end_it(short_form):
    long = " ".join(f"Number w{n} was seen by {short_form} and others of them here." for n in range(60))

    for text in texts(split(reading(long))):
        assert text.startswith("Number")
        assert text.endswith("here.")


@pytest.mark.parametrize(
    ("sentence_in_script", "end"),
    [
        ("把热水器设为四十九度，可以节省能源。", "。"),
        ("「温度を下げると節約できます。」", "」"),
        ("اضبط سخان الماء على درجة حرارة مناسبة؟ ", "؟"),
        ("पानी का तापमान कम करने से ऊर्जा बचती है। ", "।"),
    ],
)
def test_sentences_of_other_scripts_end_where_they_end(sentence_in_script, end):
    pieces = split(reading(sentence_in_script * 200))

    assert len(pieces) > 3
    assert all(piece.text.endswith(end) for piece in pieces)
    assert all(size_of(piece.text) <= 220 * 1.1 for piece in pieces)


def test_chinese_without_any_mark_is_still_cut_to_size():
    pieces = split(reading("能" * 5_000), overlap=0)

    assert "".join(texts(pieces)) == "能" * 5_000
    assert {len(piece.text) for piece in pieces[:-2]} == {440}
