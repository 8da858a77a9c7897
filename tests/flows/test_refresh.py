"""The life of a web page and of a PDF as sources, from the first reading to the last refresh."""

import pytest

from knowledge import intake, tasks
from knowledge.ingestion.store import UNCHANGED
from knowledge.models import Chunk, Job, Source
from knowledge.retrieval import find_passages
from tests.factories import CollectionFactory, read
from tests.knowledge.ingestion.site import cut_short, page, running
from tests.pdf import pdf_with_text

pytestmark = pytest.mark.django_db

ARTICLE = """<html lang="en"><head><title>Heating at home</title></head><body><nav>Home | About</nav><article>
<h1>Heating at home</h1><p>The thermostat of the water heater is best set to {degrees} degrees Fahrenheit.</p>
<p>That is hot enough for a shower and for the dishes, and it keeps the tank from losing warmth all day.</p>
<h2>Pipes</h2><p>Wrap the first six feet of the pipes that leave the tank; foam sleeves are cheap.</p>
</article><footer>Imprint</footer></body></html>"""


def article(degrees, **headers):
    return page(ARTICLE.format(degrees=degrees).encode(), **headers)


def only_if_changed(etag, answer):
    """Says 304 to whoever knows the page already."""

    def conditional(handler):
        unchanged = page(b"", status=304, kind="", ETag=etag)
        (unchanged if handler.headers.get("If-None-Match") == etag else answer)(handler)

    return conditional


@pytest.fixture
def site(settings):
    with running() as site:
        settings.FETCH_ALLOWED_NETWORKS = ["127.0.0.0/8"]
        settings.FETCH_ALLOWED_PORTS = [site.port]
        settings.FETCH_IGNORE_ROBOTS_FOR = ["127.0.0.1"]
        yield site


@pytest.fixture
def source(site):
    site.pages["/"] = only_if_changed('"1"', article(120, ETag='"1"'))
    made = Source.objects.create(collection=CollectionFactory(), kind=Source.Kind.URL, url=site.url())
    assert read(made).state == Job.State.DONE
    return made


def answers():
    return [passage.text for passage in find_passages("thermostat of the water heater", user=None)]


def test_a_page_is_read_with_its_title_and_headings(source):
    assert source.name == "Heating at home"
    assert "Imprint" not in source.live_revision.text
    assert Chunk.objects.get().heading.startswith("Heating at home")
    assert "120 degrees" in answers()[0]


def test_a_page_that_says_that_it_has_not_changed_is_not_sent_again(site, source):
    job = read(source)

    assert job.result == UNCHANGED
    assert site.headers[-1]["If-None-Match"] == '"1"'
    assert source.revisions.count() == 1


def test_a_page_whose_markup_alone_changed_costs_nothing(site, source):
    site.pages["/"] = page(ARTICLE.format(degrees=120).replace("Imprint", "Other imprint").encode())

    assert read(source).result == UNCHANGED


def test_a_page_that_changed_answers_anew(site, source):
    site.pages["/"] = article(130)

    read(source)

    assert source.live_revision.number == 2
    assert "130 degrees" in answers()[0]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (cut_short(ARTICLE.format(degrees=130).encode()), "broke off"),
        (page(b"oops", status=500), "500"),
        (page(b"\x89PNG\r\n\x1a\n" + b"x" * 100, kind="image/png"), ""),
        (page(b"<html><body><div id=app></div></body></html>"), "filled by scripts"),
    ],
    ids=["cut short", "error of the server", "a picture", "an empty page"],
)
def test_a_refresh_that_fails_leaves_the_old_answer_and_says_why(site, source, broken, words):
    site.pages["/"] = broken

    job = read(source)

    assert job.state == Job.State.FAILED
    assert words in source.status_detail
    assert source.status == Source.Status.FAILED
    assert "120 degrees" in answers()[0]


def test_a_page_that_is_missing_twice_is_hidden_and_answers_again_when_it_is_back(site, source):
    site.pages["/"] = page(b"gone", status=404)

    read(source)
    assert "120 degrees" in answers()[0]
    read(source)
    assert source.status == Source.Status.GONE
    assert answers() == []

    site.pages["/"] = article(120)
    read(source)
    assert source.status == Source.Status.READY
    assert "120 degrees" in answers()[0]


def test_an_address_inside_the_network_is_refused_with_a_sentence(settings):
    settings.FETCH_ALLOWED_NETWORKS = []
    source = Source.objects.create(
        collection=CollectionFactory(), kind=Source.Kind.URL, url="http://127.0.0.1/"
    )

    job = read(source)

    assert job.state == Job.State.FAILED
    assert "127.0.0.1" in source.status_detail


def test_a_pdf_is_read_page_by_page_and_its_replacement_takes_over(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    collection = CollectionFactory()
    pages = [
        "This guide tells what to do at home.\nIt is short.",
        "Set the thermostat of the water heater\nto 120 degrees.",
    ]
    (source,) = intake.add_pdf(pdf_with_text(pages), "guide.pdf", collection=collection).added
    tasks.read(Job.objects.open().get().pk)
    (passage,) = find_passages("thermostat of the water heater", user=None)
    assert passage.page_at(passage.text.index("120")) == 2

    intake.replace_pdf(source, pdf_with_text([pages[1].replace("120", "130")]))
    assert "120" in answers()[0]
    tasks.read(Job.objects.open().get().pk)

    assert "130" in answers()[0]
    source.refresh_from_db()
    assert source.live_revision.original == source.original


def test_a_replacement_that_cannot_be_read_leaves_the_old_pdf_to_answer_and_to_look_at(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    collection = CollectionFactory()
    text = "Set the thermostat of the water heater to 120 degrees."
    (source,) = intake.add_pdf(pdf_with_text([text]), "guide.pdf", collection=collection).added
    tasks.read(Job.objects.open().get().pk)
    first = source.original

    intake.replace_pdf(source, b"%PDF-1.7 damaged")
    tasks.read(Job.objects.open().get().pk)

    source.refresh_from_db()
    assert source.status == Source.Status.FAILED
    assert "120" in answers()[0]
    assert source.live_revision.original == first


def test_sources_are_embedded_again_from_what_was_kept_when_the_model_changes(site, source, settings):
    site.pages["/"] = page(b"gone", status=404)
    asked = len(site.asked)
    settings.EMBEDDINGS_CLASS = "tests.embedders.CountingEmbeddings"

    tasks.reindex_outdated()
    tasks.read(Job.objects.open().get().pk)

    source.refresh_from_db()
    assert len(site.asked) == asked
    assert source.status == Source.Status.READY
    assert source.live_revision.embedder.provider == settings.EMBEDDINGS_CLASS
