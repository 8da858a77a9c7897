"""`manage.py ask "…" [--json]`: ask as an administrator would, without a browser."""

import json
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.answering import QuestionRefused, collect, open_question
from chat.visitors import Asker


class Command(BaseCommand):
    help = "Answers a question from the sources, with the rights of the first administrator or of --as."

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
        users = get_user_model()._default_manager.filter(is_active=True)
        user = (
            (users.filter(email__iexact=email) if email else users.filter(is_superuser=True))
            .order_by("pk")
            .first()
        )
        if user is None:
            raise CommandError(
                "There is no such user." if email else "There is no administrator yet: run `manage.py up`."
            )
        return Asker(user)


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
