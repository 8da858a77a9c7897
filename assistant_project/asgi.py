"""The ASGI application that uvicorn serves: Django, and MCP's own beside it."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

from assistant_project.gate import Gate
from assistant_project.request_id import WithRequestId

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assistant_project.settings")
site = get_asgi_application()

from assistant_project.metrics.process import Measured  # noqa: E402 - as the next ones
from chat.answering import none_left_unbegun  # noqa: E402
from chat.mcp.door import door  # noqa: E402 - it needs the models, which Django has loaded only now

MCP = "/mcp"


async def by_address(scope: Any, receive: Any, send: Any) -> None:
    is_mcp = scope["type"] == "http" and scope["path"].removesuffix("/") == MCP
    async with none_left_unbegun():
        await (door if is_mcp else site)(scope, receive, send)


application = WithRequestId(Measured(Gate(by_address)))
