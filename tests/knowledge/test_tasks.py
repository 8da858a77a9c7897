import ast
import datetime
import inspect

import pytest
from django.utils import timezone
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from knowledge import tasks
from knowledge.models import Collection, Heartbeat, Job, Original, Source
from knowledge.models.job import JobLostError
from tests.factories import TextSourceFactory, read, ready_text
from tests.knowledge.meanwhile import meanwhile

pytestmark = pytest.mark.django_db

LONG_AGO = datetime.timedelta(days=1)


def dead_worker(job):
    """As if the worker that holds the job had been killed long ago."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - LONG_AGO)


def test_asking_twice_makes_one_job():
    source = TextSourceFactory()

    first, second = tasks.request_reading(source), tasks.request_reading(source)

    assert first == second
    assert Job.objects.count() == 1


def test_a_request_is_queued_when_its_transaction_is_through(django_capture_on_commit_callbacks):
    source = TextSourceFactory()

    with django_capture_on_commit_callbacks(execute=True):
        job = tasks.request_reading(source)
        assert not OrmQ.objects.exists()

    message = SignedPackage.loads(OrmQ.objects.get().payload)
    assert message["args"] == (job.pk,)


def test_a_job_is_claimed_by_one_worker_only():
    job = Job.objects.create(source=TextSourceFactory())

    assert Job.objects.claim(job.pk) is not None
    assert Job.objects.claim(job.pk) is None


def test_the_job_of_a_dead_worker_is_taken_over_and_the_old_claim_is_void():
    job = Job.objects.create(source=TextSourceFactory())
    first = Job.objects.claim(job.pk)
    dead_worker(job)

    second = Job.objects.claim(job.pk)

    assert second.attempts == 2
    with pytest.raises(JobLostError):
        first.progress("reading", 1, 2)
    second.progress("reading", 1, 2)


def test_progress_renews_the_lease():
    job = Job.objects.claim(Job.objects.create(source=TextSourceFactory()).pk)
    dead_worker(job)

    job.progress("embedding", 3, 10)

    job.refresh_from_db()
    assert job.lease_until > timezone.now()
    assert (job.stage, job.done, job.total) == ("embedding", 3, 10)


def test_after_three_dead_workers_a_job_fails_with_a_sentence():
    source = ready_text()
    job = Job.objects.create(source=source)
    for _ in range(3):
        assert Job.objects.claim(job.pk) is not None
        dead_worker(job)

    tasks.read(job.pk)

    job.refresh_from_db()
    source.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.FAILED, 3)
    assert "3 times" in job.error
    assert source.status_detail == job.error
    assert source.chunks.live().exists()


def test_an_unexpected_error_fails_the_job_and_is_not_swallowed(settings):
    source = TextSourceFactory()
    settings.EMBEDDINGS_CLASS = "tests.nowhere.Missing"
    job = Job.objects.create(source=source)

    with pytest.raises(Exception, match="EMBEDDINGS_CLASS"):
        tasks.read(job.pk)

    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "Something unexpected" in job.error


def test_a_failed_job_can_be_run_again():
    job = read(TextSourceFactory(text="\u200b"))
    assert job.state == Job.State.FAILED

    again = tasks.run_again(job)

    assert again != job
    assert again.state == Job.State.QUEUED


def test_a_forced_request_takes_a_running_job_away_from_its_worker():
    source = TextSourceFactory()
    running = Job.objects.claim(Job.objects.create(source=source).pk)

    tasks.request_reading(source, forced=True)

    with pytest.raises(JobLostError):
        running.progress("reading", 1, 1)
    running.refresh_from_db()
    assert (running.state, running.purpose) == (Job.State.QUEUED, Job.Purpose.REREAD)


def queued_jobs():
    """The jobs whose messages wait, in the order in which they are handed out."""
    messages = OrmQ.objects.order_by("key", "pk")
    return [SignedPackage.loads(message.payload)["args"][0] for message in messages]


def test_jobs_of_dead_workers_and_lost_messages_are_queued_again(django_capture_on_commit_callbacks):
    dead = Job.objects.claim(Job.objects.create(source=TextSourceFactory()).pk)
    dead_worker(dead)
    lost = Job.objects.create(source=TextSourceFactory(), queued_at=timezone.now() - LONG_AGO)
    Job.objects.create(source=TextSourceFactory())

    with django_capture_on_commit_callbacks(execute=True):
        tasks.tend()

    assert set(queued_jobs()) == {dead.pk, lost.pk}


def test_what_a_dead_worker_had_goes_before_what_has_always_waited(django_capture_on_commit_callbacks):
    dead = Job.objects.claim(Job.objects.create(source=TextSourceFactory()).pk)
    dead_worker(dead)
    with django_capture_on_commit_callbacks(execute=True):
        waiting = tasks.request_reading(TextSourceFactory())

    with django_capture_on_commit_callbacks(execute=True):
        tasks.tend()

    assert queued_jobs() == [dead.pk, waiting.pk]


def test_a_job_that_waits_its_turn_is_not_taken_for_lost(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = tasks.request_reading(TextSourceFactory())
    Job.objects.filter(pk=job.pk).update(queued_at=timezone.now() - LONG_AGO)
    OrmQ.objects.update(lock=timezone.now() - LONG_AGO)

    with django_capture_on_commit_callbacks(execute=True):
        tasks.tend()

    assert queued_jobs() == [job.pk]


def test_a_page_whose_refresh_is_due_is_asked_for():
    due = Source.objects.create(
        collection=TextSourceFactory().collection,
        kind=Source.Kind.URL,
        url="https://example.com/",
        refresh_interval=Source.Refresh.DAILY,
        next_refresh_at=timezone.now() - LONG_AGO,
    )

    tasks.tend()

    assert Job.objects.open().get().source == due


def due_page(name):
    return Source.objects.create(
        collection=TextSourceFactory().collection,
        kind=Source.Kind.URL,
        url=f"https://example.com/{name}",
        next_refresh_at=timezone.now() - LONG_AGO,
    )


def outdated_text(name):
    """It was stemmed for a language that its collection has no more."""
    source = ready_text(title=name)
    Collection.objects.filter(pk=source.collection_id).update(language="german")
    return source


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("made", "ask"),
    [(due_page, tasks.tend), (outdated_text, tasks.reindex_outdated)],
    ids=["due", "outdated"],
)
def test_a_source_that_is_deleted_at_that_moment_does_not_keep_the_rest_from_being_asked_for(made, ask):
    rest, going = made("rest"), made("going")

    meanwhile(Source.objects.filter(pk=going.pk).remove, ask)

    assert Job.objects.open().get().source == rest


@pytest.mark.parametrize(
    ("interval", "days"),
    [(Source.Refresh.DAILY, 1), (Source.Refresh.WEEKLY, 7), (Source.Refresh.MONTHLY, 30)],
)
def test_the_next_refresh_follows_from_the_interval(interval, days):
    now = timezone.now()
    source = Source(kind=Source.Kind.URL, refresh_interval=interval)

    source.schedule_refresh(now)

    assert source.next_refresh_at == now + datetime.timedelta(days=days)


def test_a_page_that_is_missing_twice_ceases_to_answer_and_loses_nothing():
    source = ready_text()

    source.note_missing("The page does not exist (404).")
    assert source.chunks.live().exists()
    source.note_missing("The page does not exist (404).")

    assert source.status == Source.Status.GONE
    assert source.chunks.exists()
    assert not source.chunks.live().exists()
    assert "no longer answers" in source.status_detail


def test_a_heartbeat_shows_that_the_worker_lives():
    assert not tasks.is_worker_alive(timezone.now())

    tasks.beat()

    assert tasks.is_worker_alive(timezone.now())
    assert not tasks.is_worker_alive(timezone.now() + LONG_AGO)


def test_a_worker_that_makes_progress_counts_as_alive():
    Heartbeat.objects.create(name="worker", at=timezone.now() - LONG_AGO)

    Job.objects.claim(Job.objects.create(source=TextSourceFactory()).pk)

    assert tasks.is_worker_alive(timezone.now())


def test_no_worker_beats_for_another(settings):
    settings.WORKER_NAME = "one"
    tasks.beat()
    Job.objects.claim(Job.objects.create(source=TextSourceFactory()).pk, "two")

    now = timezone.now()
    assert tasks.is_worker_alive(now, "one")
    assert tasks.is_worker_alive(now, "two")
    assert not tasks.is_worker_alive(now, "three")


def test_the_heartbeats_of_workers_that_have_gone_are_forgotten():
    Heartbeat.objects.create(name="gone", at=timezone.now() - 2 * LONG_AGO)
    tasks.beat()

    tasks.tend()

    assert not Heartbeat.objects.filter(name="gone").exists()
    assert Heartbeat.objects.exists()


def test_files_that_nobody_needs_are_removed_after_a_day(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    kept = Original.objects.keep(b"%PDF-1", "application/pdf")
    Original.objects.update(created_at=timezone.now() - 2 * LONG_AGO)

    tasks.tend()

    assert not Original.objects.exists()
    assert not (tmp_path / kept.file.name).exists()


def test_tasks_return_nothing():
    tree = ast.parse(inspect.getsource(tasks))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}

    for name in ("read", "beat", "tend"):
        returned = functions[name].returns
        assert isinstance(returned, ast.Constant) and returned.value is None
