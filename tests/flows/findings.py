"""What an upheaval has left behind, for a person to read."""

import datetime
import os
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property

from django.db.models import F, Min

from chat.models import Message
from knowledge.models import Chunk, Delivery, Job, Revision, Source
from tests.flows.audit import chunks_of_sources, faults_of_ingestion, missing_marks
from tests.flows.hosts import Death
from tests.flows.upheaval import Upheaval

SOON = datetime.timedelta(seconds=1)


class Findings:
    def __init__(self, run: Upheaval) -> None:
        self.run = run
        self.conversations = [talk for reader in run.readers for talk in reader.conversations]

    @cached_property
    def faults(self) -> list[str]:
        """Everything that should not be."""
        faults = faults_of_ingestion(self.run.sources)
        faults += [f"nothing says {mark!r}" for mark in self.missing_marks[:10]]
        faults += [
            f"source {pk}: {expected} chunks expected, {found} found"
            for pk, (expected, found) in self.chunks.items()
            if expected != found
        ]
        faults += [fault for talk in self.conversations for fault in talk.faults()]
        faults += [f"{reader.name}: {reader.failure}" for reader in self.run.readers if reader.failure]
        faults += [f"set aside: {message}" for message in Delivery.objects.filter(set_aside_at__isnull=False)]
        return faults

    @cached_property
    def missing_marks(self) -> list[str]:
        return missing_marks({pk: document.marks for pk, document in self.run.documents.items()})

    @cached_property
    def chunks(self) -> dict[int, tuple[int, int]]:
        """How many are expected and how many answer, by source.

        Expected is what all documents of that length gave when nobody was killed; if they differ, what this one gives
        when it is read alone.
        """
        found, usual = chunks_of_sources(), defaultdict(set)
        for pk in sorted(self.run.documents)[: 2 * (self.run.sources // 5)]:
            usual[self.run.documents[pk].shape].add(found.get(pk, 0))
        return {
            pk: (
                found[pk] if usual[document.shape] == {found.get(pk)} else document.read_alone(),
                found.get(pk, 0),
            )
            for pk, document in self.run.documents.items()
        }

    def report(self) -> str:
        parts = (
            self._sources(),
            self._jobs(),
            self._speed(),
            self._conversations(),
            self._deaths(),
            self._verdict(),
        )
        return "\n".join(line for part in parts for line in part)

    def _sources(self) -> Iterator[str]:
        expected, found = (sum(numbers) for numbers in zip(*self.chunks.values(), strict=True))
        kinds = Counter(document.kind for document in self.run.documents.values())
        contents = len({document.house for document in self.run.documents.values()})
        yield f"sources    {self.run.sources} offered ({', '.join(f'{n} {kind}' for kind, n in sorted(kinds.items()))})"
        tries = sum(curator.tries for curator in self.run.curators)
        yield f"           {contents} different contents; {tries} requests to add the last three fifths"
        yield f"           {Source.objects.filter(status=Source.Status.READY).count()} ready"
        yield f"revisions  {Revision.objects.count()}"
        yield f"chunks     {expected} expected, {found} live, {Chunk.objects.count()} in all"

    def _jobs(self) -> Iterator[str]:
        attempts = Counter(Job.objects.values_list("attempts", flat=True))
        again = Job.objects.filter(queued_at__gt=F("created_at") + SOON).count()
        told = ", ".join(f"{number} in {times}" for times, number in sorted(attempts.items()))
        yield f"jobs       {Job.objects.count()}: {told} attempt(s); {again} were sent again"

    def _speed(self) -> Iterator[str]:
        one, two = self.run.speeds
        rest = self.run.sources - 2 * (self.run.sources // 5)
        yield f"speed      {one:.2f} sources/s by one worker, {two:.2f} by two: ratio {two / one:.2f}"
        yield f"           {rest / self.run.seconds:.2f} while readers converse and everything is killed"
        load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
        yield f"           ({rest} in {self.run.seconds:.0f} s; load of the machine at the end {load})"

    def _conversations(self) -> Iterator[str]:
        talks = self.conversations
        waits = sorted(seconds for talk in talks for seconds in talk.seconds)
        states = Counter(Message.objects.filter(role=Message.Role.ASSISTANT).values_list("state", flat=True))
        outcomes = sum((talk.outcomes for talk in talks), Counter[str]())
        carried = sum(len(talk.webs) > 1 for talk in talks)
        yield f"talks      {len(talks)}, {carried} of them answered by both webs; {len(waits)} questions answered,"
        yield f"           requests: {dict(outcomes)}; answers stored: {dict(states)}"
        p99 = waits[int(0.99 * len(waits))]
        yield f"           waits: p50 {statistics.median(waits):.1f}, p99 {p99:.1f}, longest {waits[-1]:.1f} s"

    def _deaths(self) -> Iterator[str]:
        begun = self.run.hosts.deaths[0].at
        for death in self.run.hosts.deaths:
            after = (death.at - begun).total_seconds()
            yield f"killed     +{after:.0f} s {death.victim}: {', '.join(self._consequences(death))}"
        yield f"revived    {', '.join(self.run.hosts.revived) or 'nobody: all others worked all the time'}"

    def _consequences(self, death: Death) -> Iterator[str]:
        if death.jobs:
            taken = ", ".join(f"{seconds:.0f} s" for seconds in death.takeovers())
            yield f"{len(death.jobs)} jobs in hand, taken over after {taken or 'none'}"
        job = Job.objects.filter(finished_at__gt=death.at).aggregate(at=Min("finished_at"))["at"]
        answer = Message.objects.filter(
            created_at__gt=death.at, state=Message.State.COMPLETE, role="assistant"
        )
        moments = {"job done": job, "answer begun": answer.aggregate(at=Min("created_at"))["at"]}
        for what, at in moments.items():
            yield (
                f"next {what} after {(at - death.at).total_seconds():.1f} s" if at else f"no {what} after it"
            )

    def _verdict(self) -> Iterator[str]:
        yield f"lost or double: {len(self.faults) or 'nothing'}"
        yield from self.faults
