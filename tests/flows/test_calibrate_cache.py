"""`manage.py calibrate_cache`."""

import json

import pytest
from django.core.management import CommandError, call_command

from chat.models import CacheGate
from tests.embedders import BrokenEmbeddings

pytestmark = pytest.mark.django_db

ASKED = {
    "bread": ["How do I bake bread?", "How is bread baked?", "How can I bake a loaf of bread?"],
    "lawn": ["How do I mow the lawn?", "How is the lawn mowed?", "How can I mow a long lawn?"],
    "tyre": ["How do I change a tyre?", "How is a tyre changed?", "How can I change the tyre of a car?"],
}


@pytest.fixture
def questions(tmp_path):
    path = tmp_path / "questions.jsonl"
    rows = ({"text": text, "intent": intent} for intent, texts in ASKED.items() for text in texts)
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def test_a_table_is_printed_for_the_embedder_in_force(questions, capsys):
    call_command("calibrate_cache", str(questions))

    said = capsys.readouterr()
    assert "9 questions, 3 intents" in said.out
    assert "1 phrasing known of each answer, 6 asked" in said.out
    assert "all but the asked, 9 asked" in said.out
    assert "0.98" in said.out
    assert "A stream of 9 questions" in said.out
    assert said.out.count("too few labels to calibrate") == 6
    assert "9 of 9 embedded" in said.err


def test_the_figures_are_there_as_json(questions, capsys):
    call_command("calibrate_cache", str(questions), "--json", "--target", "5", "--questions", "8")

    report = json.loads(capsys.readouterr().out)
    assert [part["known"][0] for part in report["static"]] == ["1", "5", "a"]
    rows = report["static"][2]["rows"]
    assert [row["threshold"] for row in rows] == [round(0.7 + 0.02 * n, 2) for n in range(15)]
    assert set(rows[0]) == {"threshold", "plain", "guards", "margin", "both"}
    assert rows[0]["plain"]["hit_rate"] >= rows[0]["both"]["hit_rate"]
    assert report["stream"]["questions"] == 8
    assert {run["target"] for run in report["stream"]["targets"]} == {0.05}
    assert len(report["stream"]["targets"]) == 2


def test_an_embedder_of_another_server_is_measured_too(questions, settings, model_server, capsys):
    settings.OPENAI_BASE_URL, settings.EMBEDDING_MODEL = model_server.url, "remote-model"

    call_command("calibrate_cache", str(questions), "--json", "--target", "5")

    report = json.loads(capsys.readouterr().out)
    assert report["embedder"] == "remote-model (64)"
    gate = CacheGate.objects.get()
    assert gate.threshold == report["threshold"]
    assert max(len(body["input"]) for body in model_server.bodies("/v1/embeddings")) <= 64


def test_too_few_questions_keep_the_threshold_as_it_is(questions, capsys):
    call_command("calibrate_cache", str(questions), "--keep")

    assert "Nothing kept" in capsys.readouterr().out
    assert CacheGate.objects.get().measured_on == "built-in questions"


def test_a_threshold_that_holds_the_target_is_kept(tmp_path, capsys):
    path = tmp_path / "many.jsonl"
    rows = [
        {"text": text + "!" * (number % 40), "intent": intent}
        for intent, texts in ASKED.items()
        for text in texts
        for number in range(160)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))

    call_command("calibrate_cache", str(path), "--keep", "--target", "5")

    gate = CacheGate.objects.get()
    assert gate.measured_on == "many.jsonl"
    assert f"the guarded threshold is {gate.threshold:.2f}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"rubbish", "Line 1 is not JSON"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b'{"text": "a", "intent": "x"}', "two intents"),
        (b'{"text": "a", "intent": "x"}\n{"text": "b", "intent": "y"}', "No two questions"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(tmp_path, content, said):
    (tmp_path / "bad.jsonl").write_bytes(content)

    with pytest.raises(CommandError, match=said):
        call_command("calibrate_cache", str(tmp_path / "bad.jsonl"))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"none\.jsonl cannot be read: No such file"):
        call_command("calibrate_cache", str(tmp_path / "none.jsonl"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--target", "0"], "percentage"),
        (["--target", "100"], "percentage"),
        (["--questions", "0"], "1 or more"),
    ],
)
def test_options_out_of_range_are_refused(questions, options, said):
    with pytest.raises(CommandError, match=said):
        call_command("calibrate_cache", str(questions), *options)


def test_an_embedder_that_is_down_is_a_sentence(questions, settings):
    settings.EMBEDDINGS_CLASS = f"{BrokenEmbeddings.__module__}.{BrokenEmbeddings.__qualname__}"

    with pytest.raises(CommandError, match="could not be read"):
        call_command("calibrate_cache", str(questions))
