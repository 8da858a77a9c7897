import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from knowledge import benchmarking
from knowledge.models import Source


@pytest.fixture
def folder(tmp_path):
    """Three documents and two questions, one of them about each of two documents."""
    documents = {
        "heat": "Set the water heater to 120 degrees Fahrenheit.",
        "rose": "Prune the roses in late winter above a bud.",
        "tea": "Steep green tea for two minutes at eighty degrees.",
    }
    (tmp_path / "corpus.jsonl").write_text(
        "\n".join(json.dumps({"id": name, "title": "", "text": text}) for name, text in documents.items())
    )
    (tmp_path / "queries.jsonl").write_text(
        '{"id": "1", "text": "how hot should the water heater be"}\n{"id": "2", "text": "when to prune roses"}\n'
        '{"id": "3", "text": "not judged"}\n'
    )
    (tmp_path / "qrels.tsv").write_text("1\theat\t1\n2\trose\t2\n2\ttea\t0\n")
    return tmp_path


@pytest.mark.django_db(transaction=True)
def test_the_command_prints_what_it_measured_and_leaves_nothing_behind(folder, capsys):
    call_command("benchmark", "retrieval", folder, "--json")

    result = json.loads(capsys.readouterr().out)
    assert (result["documents"], result["chunks"]) == (3, 3)
    assert result["this"]["ndcg@10"] == pytest.approx(1.0)
    assert set(result) >= {"this", "vectors", "ts_rank_cd+vectors (RRF)", "documents_per_second"}
    assert not Source.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace('benchmark') IS NULL")
        assert cursor.fetchone() == (True,)


def test_a_folder_that_is_no_judged_collection_is_refused(tmp_path):
    with pytest.raises(CommandError, match="not a judged collection"):
        call_command("benchmark", "retrieval", tmp_path)


def test_gain_is_discounted_by_place_and_normalised():
    grades = {"a": 1.0, "b": 1.0}

    assert benchmarking.ndcg(["a", "b"], grades, 10) == pytest.approx(1.0)
    assert benchmarking.ndcg(["x", "a"], grades, 10) == pytest.approx((1 / 1.585) / (1 + 1 / 1.585), rel=1e-3)
    assert benchmarking.ndcg(["x"], grades, 10) == 0


def test_recall_counts_what_was_found_within_the_depth():
    assert benchmarking.recall(["x", "a", "b"], {"a": 1, "b": 1}, 2) == 0.5


def test_reciprocal_ranks_prefer_what_both_lists_hold():
    assert benchmarking.fuse_by_rank([["a", "b"], ["c", "b"]])[0] == "b"
