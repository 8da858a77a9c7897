"""A site with something on every page, and the addresses of all of them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from asgiref.sync import async_to_sync
from django.contrib import admin
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from assistant_project.accounts.models import ApiKey
from chat.answering import Details, collect, open_question
from chat.cache import learning
from chat.models import Assistant, CachedAnswer, DailyUsage, Feedback, Message, Session
from chat.visitors import Asker
from knowledge.models import Chunk, Delivery, Job, Original, Revision, Source
from tests.chat import tool_rows
from tests.chat.cache.entries import decision, verified_entry
from tests.chat.conversations import exchange
from tests.factories import CollectionFactory, GroupFactory, UserFactory, read, ready_text
from tests.pdf import pdf_with_text
from tests.roles import curator_of

HEATER = "Set the thermostat of the water heater to 120 degrees Fahrenheit."
QUESTIONS = (
    "How hot should the water heater be?",
    "Which lamps should I buy?",
    "Who won the chess championship of 1972?",
)
STATUS = {"nothing": 404}
"""Of pages that are not simply there."""
WITHOUT_PAGES = {"chat_dailyusage", "chat_cachegate"}
"""Models whose rows have no page of their own."""


@dataclass(frozen=True)
class Gallery:
    """A site that has been in use, who cares for it, and a reader with a conversation."""

    administrator: object
    curator: object
    reader: object
    session: Session
    pdf: Source

    def public_pages(self) -> dict[str, str]:
        """What anybody sees, by a name for its picture."""
        names = ("sign-in", "sign-up", "forgotten-password")
        return {"greeting": "/", **{name: reverse(f"accounts:{name}") for name in names}}

    def reader_pages(self) -> dict[str, str]:
        passage = self.pdf.chunks.filter(text__contains=HEATER).first()
        text = Source.objects.filter(kind=Source.Kind.TEXT, live_revision__isnull=False).first()
        account = ("profile", "answers", "keys", "usage", "data")
        return {
            "conversation": self.session.get_absolute_url(),
            "pdf": self.pdf.page_url(2, passage.pk),
            "text": text.get_absolute_url(),
            "nothing": "/c/00000000-0000-0000-0000-000000000000/",
            **{f"account-{name}": reverse(f"me:{name}") for name in account},
        }

    def curator_pages(self) -> dict[str, str]:
        """What looks different to who cares for one collection."""
        lists = (
            "knowledge_source",
            "knowledge_collection",
            "knowledge_job",
            "chat_message",
            "chat_cachedanswer",
        )
        return {
            "curator": reverse("admin:index"),
            **{f"curator-{name}": reverse(f"admin:{name}_changelist") for name in lists},
            "curator-collection": reverse("admin:knowledge_collection_change", args=[self.pdf.collection_id]),
            "curator-source": reverse("admin:knowledge_source_change", args=[self.pdf.pk]),
            "curator-source-add": reverse("admin:knowledge_source_add"),
        }

    def admin_pages(self) -> dict[str, str]:
        """Every list, the page of a row of each, and the pages of their own."""
        pages = {"admin": reverse("admin:index")}
        for model in admin.site._registry:
            name = f"{model._meta.app_label}_{model._meta.model_name}"
            pages[f"admin-{name}"] = reverse(f"admin:{name}_changelist")
            row = model._default_manager.order_by("pk").last()
            if row is not None and name not in WITHOUT_PAGES:
                pages[f"admin-{name}-row"] = reverse(f"admin:{name}_change", args=[row.pk])
        pages["admin-source-add"] = reverse("admin:knowledge_source_add")
        pages["admin-source-pdf"] = reverse("admin:knowledge_source_change", args=[self.pdf.pk])
        pages["admin-source-reading"] = reverse("admin:knowledge_source_reading", args=[self.pdf.pk])
        pages["admin-source-differences"] = reverse("admin:knowledge_source_differences", args=[self.pdf.pk])
        pages["admin-trial"] = reverse("admin:chat_assistant_trial")
        asked_tools = Message.objects.get(trace__has_key="tools")
        pages["admin-answer-with-tools"] = reverse("admin:chat_message_change", args=[asked_tools.pk])
        pages["admin-toolserver-add"] = reverse("admin:chat_toolserver_add")
        pages["admin-toolresult-forget"] = reverse("admin:chat_toolresult_forget")
        pages["admin-answer-add"] = reverse("admin:chat_cachedanswer_add")
        searched = f"?question={QUESTIONS[0].replace(' ', '+')}&viewer=me"
        pages["admin-search-test"] = reverse("admin:knowledge_source_search_test") + searched
        return pages


def build() -> Gallery:
    administrator = UserFactory(email="ada@example.com", is_staff=True, is_superuser=True)
    reader = UserFactory(email="grace@example.com")
    pdf = _sources(administrator)
    assistant = Assistant.objects.default()
    assistant.greeting = "Ask about saving energy at home."
    assistant.starter_questions = list(QUESTIONS[:2])
    assistant.save()
    session = _conversation(reader)
    _rest(reader, session)
    _tools(session, assistant)
    curator = curator_of(pdf.collection, email="joan@example.com")
    return Gallery(administrator, curator, reader, session, pdf)


def _sources(administrator) -> Source:
    """Read, failed and waiting ones of each kind."""
    collection = CollectionFactory(name="Saving energy", slug="energy", groups=[GroupFactory(name="Team")])
    lamps = "Buy lamps with the label: a lamp with LEDs uses a tenth of the energy.\n\nTurn lamps off."
    ready_text(lamps, title="Lamps", collection=collection, owner=administrator)
    content = pdf_with_text(["Of rooms and doors,\nand what they cost.", f"Water\n{HEATER}", "Of lamps."])
    original = Original.objects.keep(content, "application/pdf")
    made = {"kind": Source.Kind.PDF, "original": original, "collection": collection}
    pdf = Source.objects.create(**made, title="Saving energy at home", file_name="saving.pdf")
    job = read(pdf)
    assert job.state == Job.State.DONE, job.error
    read(pdf, purpose=Job.Purpose.REREAD)  # a second revision
    gone = Source.objects.create(
        kind=Source.Kind.URL, url="https://example.com/gone", title="Gone", collection=collection
    )
    Job.objects.create(
        source=gone, state=Job.State.FAILED, error="The server says that there is no such page."
    )
    gone.note_failure("The server says that there is no such page (404).")
    Delivery.objects.create(message_id=1, set_aside_at=timezone.now())
    return pdf


def _conversation(reader) -> Session:
    """Quoted, abstained and rated answers, as the real thing gives them."""
    session_id = None
    for text in QUESTIONS:
        answer = _ask(text, Asker(reader), Details(session_id=session_id))
        session_id = answer["session_id"]
    Feedback.objects.create(message_id=answer["id"], rating=-1, comment="The championship is missing.")
    return Session.objects.get(pk=session_id)


def _ask(text: str, asker: Asker, details: Details):
    """In a thread of its own: the browser's event loop runs in that of the tests."""

    def answered():
        try:
            return async_to_sync(collect)(open_question(text, asker=asker, details=details))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(answered).result()


def _rest(reader, session: Session) -> None:
    ApiKey.objects.issue(reader, name="Script", scopes=["ask"])
    DailyUsage.objects.add(reader, questions=3)
    answer = session.messages.filter(role=Message.Role.ASSISTANT).first()
    kept = CachedAnswer.objects.first() or verified_entry(QUESTIONS[0])
    verified_entry("When is the office open?", content="From nine to five.")
    decision(kept, message=answer)
    learning.gate_row()
    assert Chunk.objects.exists() and Revision.objects.exists()


def _tools(session: Session, assistant: Assistant) -> None:
    """Of every kind, and an answer for which some were called."""
    tool_rows.a_server(
        "Stock", error="The server refuses the connection.", url="https://stock.example.com/mcp"
    )
    weather = tool_rows.a_server(
        headers={"Authorization": "Bearer secret", "X-Team": "7"}, assistants=[assistant], is_enabled=True
    )
    forecast = tool_rows.a_tool(weather, is_allowed=True)
    tool_rows.used(forecast, calls=41, kept=12, failed=2, milliseconds=8_200)
    tool_rows.a_tool(weather, "alarm", reads_only=None, description="Rings an alarm in a city. " * 30)
    tool_rows.a_tool(weather, "seed_clouds", reads_only=False, changed_at=timezone.now(), description="")
    tool_rows.a_tool(weather, "almanac", gone_at=timezone.now(), input_schema={"type": "object"})
    tool_rows.a_result(forecast, is_over=True, city="Portsmouth", days=3)
    tool_rows.a_result(forecast, "In Boston it will be 21 degrees and sunny. " * 20)
    refused = "The arguments do not fit what the tool asks for."
    calls = [
        tool_rows.told(),
        tool_rows.told("failed", number=2, tool="alarm", detail="The tool took too long.", result=""),
        tool_rows.told("refused", number=3, round=2, arguments={"city": 7}, detail=refused, result=""),
        tool_rows.told("kept", number=4, round=2, milliseconds=0, result="word " * 200),
    ]
    told = {"calls": calls, "rounds": 2, "note": "The time for tools was over."}
    exchange(session, "Will it rain in Boston?", "It will be sunny. [1]", trace={"tools": told})
