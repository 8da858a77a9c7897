"""A thousand sources and many conversations while webs, workers, their children and the database are killed."""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from django.db import DatabaseError, connection
from django.db.models import Max, Min

from assistant_project.accounts.models import ApiKey, User
from assistant_project.postgres import Cluster
from knowledge.models import Collection, Job, Source
from tests.flows.curators import Curator, Offer, add_at_once
from tests.flows.documents import Document
from tests.flows.hosts import Hosts, keep_to_processor
from tests.flows.readers import Reader
from tests.flows.worker import Worker, eventually
from tests.knowledge.ingestion import site
from tests.model_server import ModelServer

MANY = "1000000/min"
UNCOUNTED = {
    "QUESTION_RATE": MANY,
    "REQUEST_RATE": MANY,
    "TOKENS_PER_DAY": "0",
    "TOKENS_PER_DAY_PER_USER": "0",
}
SECONDS_A_WORD = 0.05
READERS = 4
CURATORS = 4
PATIENCE = 7_200.0


@dataclass
class Upheaval:
    """One run. A fifth of the sources is read by one worker and a fifth by two, undisturbed."""

    cluster: Cluster
    sources: int
    documents: dict[int, Document] = field(default_factory=dict)
    """By the ids of their sources."""
    speeds: list[float] = field(default_factory=list)
    """Sources a second of one worker, and of two."""
    seconds: float = 0.0
    """Of the disturbed part, from the first document offered to the last source ready."""

    def run(self) -> None:
        with site.running() as pages, ModelServer() as model:
            model.behave(pace=SECONDS_A_WORD)
            self._set_up(pages, model)
            for workers in (1, 2):
                self._undisturbed(list(itertools.islice(self.offers, self.sources // 5)), workers)
            self._disturbed(list(self.offers))

    def _set_up(self, pages: site.Site, model: ModelServer) -> None:
        documents = [Document(number) for number in range(self.sources)]
        self.offers: Iterator[Offer] = iter([(document, document.stand_on(pages)) for document in documents])
        self.collection = Collection.objects.create(name="Houses", slug="houses")
        curator = User.objects.create_superuser(
            email="curator@example.com", password="no one signs in with it"
        )
        _, key = ApiKey.objects.issue(curator, name="benchmark", scopes=["ask", "read", "curate"])
        self.key = {"X-API-Key": key}
        self.worker = {"FETCH_ALLOWED_NETWORKS": "127.0.0.0/8", "FETCH_ALLOWED_PORTS": str(pages.port)}
        self.web = UNCOUNTED | {
            "CHAT_MODEL": "test-model",
            "OPENAI_BASE_URL": model.url,
            "OPENAI_API_KEY": "none",
        }

    def _undisturbed(self, offers: list[Offer], workers: int) -> None:
        added = add_at_once(self.collection, offers)
        self.documents |= added
        with ExitStack() as stack:
            for number in range(workers):
                worker = stack.enter_context(Worker(WORKER_NAME=f"worker-{number + 1}", **self.worker))
                keep_to_processor(worker, number)
            wait_until_ready(len(self.documents))
        times = Job.objects.filter(source__in=added).aggregate(
            first=Min("started_at"), last=Max("finished_at")
        )
        self.speeds.append(len(added) / (times["last"] - times["first"]).total_seconds())

    def _disturbed(self, offers: list[Offer]) -> None:
        started = time.monotonic()
        before = len(self.documents)
        with Hosts(self.cluster, self.web, self.worker) as self.hosts:
            self.curators = [Curator(self.hosts.webs, self.key, offers[n::CURATORS]) for n in range(CURATORS)]
            self.readers = [Reader(self.hosts.webs, self.key, f"reader {n + 1}") for n in range(READERS)]
            for thread in (*self.curators, *self.readers):
                thread.start()
            for share, kill in self._kills():
                wait_until_ready(before + int(share * len(offers)))
                kill()
            for curator in self.curators:
                curator.join()
                self.documents |= curator.documents
            wait_until_ready(self.sources)
            self.seconds = time.monotonic() - started
            for reader in self.readers:
                reader.enough.set()
                reader.join()

    def _kills(self) -> list[tuple[float, Callable[[], None]]]:
        """Who is killed when such a share of the disturbed part is ready."""
        hosts = self.hosts
        return [
            (0.05, lambda: hosts.kill_web(0)),
            (0.15, lambda: hosts.kill_child_of_worker(0)),
            (0.25, lambda: hosts.kill_worker(1)),
            (0.40, hosts.kill_database),
            (0.50, lambda: hosts.kill_web(1)),
            (0.60, lambda: hosts.kill_child_of_worker(1)),
            (0.75, lambda: hosts.kill_worker(0)),
        ]


def ready() -> int:
    """How many sources answer; none as long as the database does not."""
    try:
        return Source.objects.filter(status=Source.Status.READY).count()
    except DatabaseError:
        connection.close()
        return 0


def wait_until_ready(number: int) -> None:
    eventually(lambda: ready() >= number, patience=PATIENCE)
