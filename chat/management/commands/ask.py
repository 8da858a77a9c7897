"""`manage.py ask "…" [--json]`: ask as an administrator would, without a browser."""

import json
import uuid
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.answering import QuestionRefused, collect, open_question
from chat.visitors import Asker


class Command(BaseCommand):
    help = (
        "Answers a question from the sources, with the rights of --as, or of the first administrator, "
        "or of a visitor as long as there is none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("question")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--as", dest="email", help="e-mail of the user whose rights count")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            question = open_question(options["question"], asker=self._asker(options["email"]))
        except QuestionRefused as refused:
            raise CommandError(refused.detail) from refused
        try:
            message = async_to_sync(collect)(question)
        finally:
            question.session.delete()  # a question from the terminal is nobody's conversation
        if message["error"]:
            raise CommandError(message["error"]["detail"])
        self.stdout.write(
            json.dumps(as_json(message), indent=2, ensure_ascii=False)
            if options["json"]
            else as_text(message)
        )

    def _asker(self, email: str | None) -> Asker:
        users = get_user_model()._default_manager.filter(is_active=True).order_by("pk")
        if email:
            named = users.filter(email__iexact=email).first()
            if named is None:
                raise CommandError("There is no such user.")
            return Asker(named)
        administrator = users.filter(is_superuser=True).first()
        return Asker(administrator) if administrator else Asker(AnonymousUser(), uuid.uuid4())


def as_json(message: Any) -> dict[str, Any]:
    fields = ("number", "title", "url", "page", "text")
    return {
        "answer": message["content"],
        "kind": message["kind"],
        "citations": [{field: citation[field] for field in fields} for citation in message["citations"]],
        "timings": message["timings"],
    }


def as_text(message: Any) -> str:
    lines = [message["content"], ""]
    for citation in message["citations"]:
        page = f", page {citation['page']}" if citation["page"] else ""
        lines.append(f"[{citation['number']}] {citation['title']}{page}")
    lines += [f"Nearest: {near['title']}" for near in message["nearest"]]
    return "\n".join(lines).rstrip()
