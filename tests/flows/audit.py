"""What was lost and what is double, when many hosts have worked on one database and some of them were killed."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q

from chat.models import Message
from knowledge.models import Chunk, Job, Revision, Source


def faults_of_ingestion(expected: int) -> list[str]:
    """Sentences about sources, jobs, revisions and chunks; none if each of so many sources was read once and whole."""
    building = Revision.objects.filter(state=Revision.State.BUILDING)
    strays = Chunk.objects.filter(live=True).exclude(revision=F("source__live_revision"))
    live = Count("revisions", filter=Q(revisions__state=Revision.State.LIVE))
    counted = {
        "sources too many or too few": abs(Source.objects.count() - expected),
        "sources not ready": Source.objects.exclude(status=Source.Status.READY).count(),
        "sources without exactly one live revision": Source.objects.annotate(n=live).exclude(n=1).count(),
        "jobs too many or too few": abs(Job.objects.count() - expected),
        "jobs not done": Job.objects.exclude(state=Job.State.DONE).count(),
        "revisions too many or too few": abs(Revision.objects.count() - expected),
        "revisions left half-built": building.count(),
        "live chunks of another revision than the live one": strays.count(),
        "revisions with a doubled or missing chunk": broken_revisions(),
    }
    return [f"{number} {what}" for what, number in counted.items() if number]


def broken_revisions() -> int:
    """Those whose live chunks are not numbered 0, 1, 2 …, each once."""
    of_each = (
        Chunk.objects.live()
        .order_by()
        .values("revision")
        .annotate(
            number=Count("pk"),
            different=Count("ordinal", distinct=True),
            first=Min("ordinal"),
            last=Max("ordinal"),
        )
    )
    whole = Q(first=0, last=F("number") - 1, different=F("number"))
    return of_each.exclude(whole).count()


def chunks_of_sources() -> dict[int, int]:
    """How many chunks answer for each source."""
    return dict(Chunk.objects.live().order_by().values_list("source").annotate(Count("pk")))


def missing_marks(expected: Mapping[int, Collection[str]]) -> list[str]:
    """Of what each source, by its id, must say: what none of its passages says."""
    said: defaultdict[int, list[str]] = defaultdict(list)
    for source, text in Chunk.objects.live().values_list("source", "text").iterator():
        said[source].append(text)
    missing = []
    for source, marks in expected.items():
        whole = "\n".join(said[source])
        missing += [mark for mark in marks if mark not in whole]
    return missing


def faults_of_conversation(session: UUID, asked: list[str]) -> list[str]:
    """None if all questions stand there in order, each with one answer; tries that were cut off stand there as such."""
    questions = Message.objects.filter(session=session, role=Message.Role.USER).order_by("pk")
    stored = list(dict.fromkeys(questions.values_list("content", flat=True)))
    answers = Message.objects.answers_with_questions().filter(session=session, state=Message.State.COMPLETE)
    answered = Counter(answers.values_list("question", flat=True))
    faults = [f"{session}: asked {asked}, stored {stored}"] if stored != asked else []
    return faults + [
        f"{session}: {question!r} has {answered[question]} answers"
        for question in asked
        if answered[question] != 1
    ]
