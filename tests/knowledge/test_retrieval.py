import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from knowledge import lexical, retrieval
from knowledge.models import Chunk, Collection, Corpus, Embedder, Source
from tests.factories import CollectionFactory, GroupFactory, TextSourceFactory, UserFactory, read, ready_text

pytestmark = pytest.mark.django_db

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
ROSES = "Prune roses in late winter, above an outward-facing bud."
TEA = "Green tea is steeped for two minutes at eighty degrees."


def titles(passages):
    return [passage.title for passage in passages]


def test_the_passage_that_answers_comes_first():
    ready_text(ROSES, title="Roses")
    ready_text(HEATER, title="Heating")
    ready_text(TEA, title="Tea")

    passages = retrieval.find_passages("How hot should the water heater be?", user=AnonymousUser())

    assert titles(passages)[0] == "Heating"
    assert {"heater", "water"} <= set(passages[0].matched)
    assert passages[0].score > passages[1].score


def test_the_stored_score_is_okapi_bm25():
    for text in (HEATER, ROSES, TEA, "Water the roses. Water the garden. Water is life."):
        ready_text(text, title="")
    corpus = Corpus.objects.current()
    chunk = Chunk.objects.get(text__startswith="Water the roses")
    query = lexical.query({"water": 2}, total=4)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT -(bm25 <#> %s::sparsevec) FROM knowledge_chunk WHERE id = %s", [query.vector, chunk.pk]
        )
        (score,) = cursor.fetchone()

    frequency = 3
    saturation = lexical.K1 * (1 - lexical.B + lexical.B * chunk.length / corpus.weighed_length)
    expected = (
        lexical.inverse_document_frequency(2, lexical.SMALLEST)
        * frequency
        * (lexical.K1 + 1)
        / (frequency + saturation)
    )
    assert score == pytest.approx(expected, rel=1e-4)


def test_nothing_fits_a_question_about_something_else():
    ready_text(HEATER)
    ready_text(ROSES)

    search = retrieval.search("Who won the football cup in Brazil?", user=None)

    assert not search.answerable


@pytest.mark.parametrize(
    ("access", "sees_anonymous", "sees_reader", "sees_member"),
    [
        (Collection.Access.EVERYONE, True, True, True),
        (Collection.Access.SIGNED_IN, False, True, True),
        (Collection.Access.GROUPS, False, False, True),
    ],
)
def test_only_those_who_may_read_a_collection_find_its_passages(
    access, sees_anonymous, sees_reader, sees_member
):
    group = GroupFactory()
    ready_text(HEATER, collection=CollectionFactory(access=access, groups=[group]))
    reader, member = UserFactory(), UserFactory()
    member.groups.add(group)

    found = {
        name: bool(retrieval.find_passages("water heater", user=user))
        for name, user in {"anonymous": AnonymousUser(), "reader": reader, "member": member}.items()
    }

    assert found == {"anonymous": sees_anonymous, "reader": sees_reader, "member": sees_member}


def test_a_deactivated_member_finds_what_everyone_finds():
    group = GroupFactory()
    ready_text(HEATER, collection=CollectionFactory(access=Collection.Access.GROUPS, groups=[group]))
    member = UserFactory(is_active=False)
    member.groups.add(group)

    assert retrieval.find_passages("water heater", user=member) == []


def test_a_member_of_two_groups_finds_a_passage_once():
    groups = [GroupFactory(), GroupFactory()]
    ready_text(HEATER, collection=CollectionFactory(access=Collection.Access.GROUPS, groups=groups))
    member = UserFactory()
    member.groups.set(groups)

    assert len(retrieval.find_passages("water heater", user=member)) == 1


def test_asking_in_a_collection_that_one_may_not_read_finds_nothing():
    closed = CollectionFactory(access=Collection.Access.GROUPS)
    ready_text(HEATER, collection=closed)

    assert retrieval.find_passages("water heater", user=UserFactory(), collections=[closed]) == []


def test_a_disabled_source_is_not_found_and_found_again_when_enabled():
    source = ready_text(HEATER)
    sources = Source.objects.filter(pk=source.pk)

    sources.enable(False)
    assert retrieval.find_passages("water heater", user=None) == []

    sources.enable(True)
    assert titles(retrieval.find_passages("water heater", user=None)) == [source.title]


def test_a_source_that_moves_takes_its_passages_along():
    source = ready_text(HEATER)

    source.move_to(CollectionFactory(access=Collection.Access.GROUPS))

    assert retrieval.find_passages("water heater", user=UserFactory()) == []


def test_each_language_is_stemmed_by_its_own_rules():
    german = CollectionFactory(language=Collection.Language.GERMAN)
    ready_text("Die Heizungen werden im Sommer abgeschaltet.", collection=german, title="Heizung")
    ready_text(ROSES, title="Roses")

    passages = retrieval.find_passages("Wann wird die Heizung abgeschaltet?", user=None)

    assert titles(passages)[0] == "Heizung"
    assert "heizung" in passages[0].matched


def test_the_same_text_in_two_sources_is_found_once():
    ready_text(HEATER, title="Heating")
    ready_text(HEATER, title="Heating")

    assert len(retrieval.find_passages("water heater", user=None)) == 1


def test_neighbouring_chunks_become_one_passage_without_saying_anything_twice():
    sentences = [f"The water heater in house {number} is set to {number} degrees." for number in range(60)]
    ready_text(" ".join(sentences), title="Houses")

    passages = retrieval.find_passages("water heater houses", user=None)

    assert len(passages) == 1
    assert len(passages[0].chunk_ids) > 1
    for sentence in sentences:
        assert passages[0].text.count(sentence) == 1


def test_chunks_of_another_embedding_model_are_found_by_their_words():
    ready_text(HEATER)
    other = Embedder.objects.create(provider="elsewhere", model="other", dimensions=256)
    Chunk.objects.update(embedder=other)

    (passage,) = retrieval.find_passages("water heater", user=None)

    assert passage.cosine is None
    assert passage.score > 0


def test_when_the_embedding_model_is_down_the_words_decide(settings):
    ready_text(HEATER)
    settings.EMBEDDINGS_CLASS = "tests.embedders.BrokenEmbeddings"

    search = retrieval.search("water heater", user=None)

    assert len(search.passages) == 1
    assert search.degraded


def test_a_question_of_stop_words_only_is_not_answered():
    ready_text(HEATER)

    assert not retrieval.search("what is it and how?", user=None).answerable


def test_a_search_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    for number in range(5):
        ready_text(f"{HEATER} House {number}.", title=f"House {number}")
    retrieval.find_passages("warm up", user=None)

    with django_assert_max_num_queries(8):  # with the savepoint of the test
        retrieval.find_passages("water heater", user=None)


def test_above_the_exact_range_the_index_gives_every_visible_row(settings):
    settings.RETRIEVAL_EXACT_SCAN_ROWS = 3
    for number in range(8):
        ready_text(f"House {number} keeps its boiler at {50 + number} degrees.", title=f"House {number}")
    corpus = Corpus.objects.current()
    corpus.recount()

    passages = retrieval.find_passages("furnace temperature in a building", user=None, limit=8)

    assert len(passages) == 8


def test_a_text_that_was_never_read_is_not_found():
    TextSourceFactory(text=HEATER)

    assert retrieval.find_passages("water heater", user=None) == []


def test_a_passage_names_page_and_chunk_of_each_of_its_characters():
    passage = retrieval.Passage(
        chunk_ids=(1, 2),
        chunk_starts=(0, 6), source_id=1, revision_id=1, ordinal=0, title="", heading="", text="one\ntwo\nthree",
        start=0, page=4, last_page=6, page_breaks=(4, 8), url="", read_at=None, score=1.0, cosine=None, bm25=1.0,
        matched=(),
    )  # fmt: skip

    assert [passage.page_at(offset) for offset in (0, 3, 4, 8, 12)] == [4, 4, 5, 6, 6]
    assert [passage.chunk_at(offset) for offset in (0, 5, 6, 12)] == [1, 1, 2, 2]


def test_reading_again_after_a_change_of_language_stems_anew():
    source = ready_text("Die Heizungen sind kalt.")
    source.collection.language = Collection.Language.GERMAN
    source.collection.save()

    read(source)

    assert set(Chunk.objects.values_list("config", flat=True)) == {"german"}
