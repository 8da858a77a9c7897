import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction

from knowledge.models import Chunk, Collection, Corpus, Embedder, Original, Revision, Source
from tests.factories import CollectionFactory, TextSourceFactory, UserFactory, ready_text
from tests.roles import curator_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "url", "url": ""},
        {"kind": "url", "url": "https://example.com/", "text": "x"},
        {"kind": "text", "text": ""},
        {"kind": "pdf"},
        {"kind": "else", "text": "x"},
    ],
)
def test_a_source_is_exactly_one_of_address_pdf_and_text(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        Source.objects.create(collection=CollectionFactory(), **fields)


def test_an_address_stands_in_a_collection_once():
    collection = CollectionFactory()
    Source.objects.create(collection=collection, kind="url", url="https://example.com/")

    with pytest.raises(IntegrityError), transaction.atomic():
        Source.objects.create(collection=collection, kind="url", url="https://example.com/")
    Source.objects.create(collection=CollectionFactory(), kind="url", url="https://example.com/")


def test_an_unknown_access_rule_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        CollectionFactory(access="nobody-knows")


def test_what_is_disabled_is_seen_by_who_cares_for_it_and_by_nobody_else():
    source = ready_text()
    Source.objects.filter(pk=source.pk).enable(False)

    def sees(user):
        return Source.objects.visible_to(user).filter(pk=source.pk).exists()

    assert sees(curator_of(source.collection))
    assert sees(UserFactory(is_superuser=True, is_staff=True))
    assert not sees(curator_of(CollectionFactory()))
    assert not sees(UserFactory())
    assert not sees(None)


def test_staff_do_not_see_what_another_group_may_read():
    ready_text(collection=CollectionFactory(access=Collection.Access.GROUPS))

    assert not Source.objects.visible_to(UserFactory(is_staff=True)).exists()
    assert Source.objects.visible_to(UserFactory(is_superuser=True)).exists()


def test_the_same_bytes_are_kept_once_and_written_again_if_the_file_was_lost(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    original = Original.objects.keep(b"%PDF-1", "application/pdf")
    (tmp_path / original.file.name).unlink()

    again = Original.objects.keep(b"%PDF-1", "application/pdf")

    assert again == original
    assert again.read() == b"%PDF-1"


def test_a_source_is_called_by_its_title_or_what_else_is_known():
    assert Source(title="Guide", url="https://example.com/").name == "Guide"
    assert Source(file_name="guide.pdf").name == "guide.pdf"
    assert Source(url="https://example.com/").name == "https://example.com/"


def test_a_citation_opens_the_page_of_a_pdf_and_the_address_of_a_web_page():
    pdf = Source(pk=3, kind=Source.Kind.PDF)
    web = Source(pk=4, kind=Source.Kind.URL, url="https://example.com/")

    assert pdf.page_url(21, 7) == "/sources/3/pages/21/?passage=7"
    assert web.page_url(None, 7) == "https://example.com/"


def test_moving_a_source_moves_its_chunks():
    source, target = ready_text(), CollectionFactory()

    source.move_to(target)

    assert set(Chunk.objects.values_list("collection", flat=True)) == {target.pk}


def test_removing_a_source_takes_its_revisions_and_chunks_along_and_is_noted():
    source = ready_text()

    Source.objects.filter(pk=source.pk).remove()

    assert Corpus.objects.current().changes == 1
    assert not Revision.objects.exists()
    assert not Chunk.objects.exists()


def test_pages_of_a_revision_are_counted_from_one():
    revision = Revision(text="one\ftwo\f\ffour")

    assert [revision.page_text(page) for page in range(6)] == ["", "one", "two", "", "four", ""]


def test_sources_without_a_collection_go_to_the_first_one():
    made = Collection.objects.default()

    assert Collection.objects.default() == made


def test_there_is_one_account_for_an_address_however_it_is_written():
    UserFactory(email="ada@example.com")

    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(email="ADA@example.com")
    assert get_user_model().objects.get_by_natural_key("Ada@Example.com").email == "ada@example.com"


def test_an_account_needs_an_address():
    with pytest.raises(ValueError, match="e-mail"):
        get_user_model().objects.create_user("")


@pytest.mark.django_db(transaction=True)
def test_the_vector_index_holds_live_chunks_of_its_model_and_is_used():
    ready_text()
    embedder = Embedder.objects.in_force()

    embedder.make_index()
    embedder.make_index()  # again, as after an interruption

    assert embedder.has_index()
    assert not embedder.needs_index
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute("SET enable_bitmapscan = off")
        cursor.execute("SET enable_sort = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM knowledge_chunk WHERE live AND embedder_id = %s "
            "ORDER BY embedding::halfvec(256) <=> (SELECT embedding FROM knowledge_chunk LIMIT 1)::halfvec(256) "
            "LIMIT 5",
            [embedder.pk],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
        for option in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
            cursor.execute(f"RESET {option}")
    assert embedder.index_name in plan


def test_a_model_with_too_many_dimensions_goes_without_an_index():
    assert not Embedder(dimensions=4096).can_be_indexed


def test_a_source_that_waits_answers_nothing():
    TextSourceFactory()

    assert not Source.objects.answering().exists()
