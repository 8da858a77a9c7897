"""`manage.py mcp`: the MCP server over stdin and stdout, for a program on this machine that starts it."""

import asyncio
import os
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import HttpRequest
from mcp.server.stdio import stdio_server
from rest_framework.exceptions import APIException

from assistant_project.accounts.errors import AccountRefused
from assistant_project.accounts.models import User
from chat.mcp.caller import Caller, identified
from chat.mcp.server import server_for

KEY = "ASSISTANT_API_KEY"


class Command(BaseCommand):
    help = f"Speaks MCP over stdin and stdout, with the rights of --user or of the API key in {KEY}."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", metavar="EMAIL", help="the user whose rights count")

    def handle(self, *args: Any, **options: Any) -> None:
        email, key = options["user"], os.environ.get(KEY, "")
        if not email and not key:
            raise CommandError(f"Say who asks: --user EMAIL, or an API key in {KEY}.")

        def identify() -> Caller:
            return by_email(email) if email else by_key(key)

        try:
            identify()
        except APIException as refused:
            raise CommandError(str(refused.detail)) from refused
        asyncio.run(serve(identify))


def by_email(email: str) -> Caller:
    user = User.objects.filter(is_active=True, email__iexact=email).first()
    if user is None:
        raise AccountRefused("no_such_user", "There is no such user.", 401)
    request = terminal_request()
    request.user = user
    return Caller(user, request)


def by_key(key: str) -> Caller:
    request = terminal_request()
    request.META["HTTP_X_API_KEY"] = key
    return identified(request)


def terminal_request() -> HttpRequest:
    """What a request from this machine would be, for limits and credentials."""
    request = HttpRequest()
    request.method = "POST"
    request.META["REMOTE_ADDR"] = "127.0.0.1"
    return request


async def serve(identify: Callable[[], Caller]) -> None:
    """Until stdin ends. The SDK keeps stray output away from the protocol."""
    server = server_for(identify)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())
