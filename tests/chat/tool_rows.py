"""Tool servers with tools, as they are stored: nobody has been asked for them."""

import datetime

from django.utils import timezone

from chat.models import Tool, ToolResult, ToolServer, ToolUsage

FORECAST = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city"],
}


def a_server(name="Weather", *, headers=None, assistants=(), **fields):
    made = ToolServer(**{"name": name, "url": "https://tools.example.com/mcp"} | fields)
    made.headers = headers or {}
    made.save()
    made.assistants.set(assistants)
    return made


def a_tool(server=None, name="forecast", **fields):
    told = {"description": "The weather of the next days in a city.", "input_schema": FORECAST}
    return Tool.objects.create(server=server or a_server(), name=name, **told | {"reads_only": True} | fields)


def a_result(tool=None, content="20 degrees and sunny.", *, is_over=False, **arguments):
    """What is kept for these arguments."""
    tool = tool or a_tool()
    given = arguments or {"city": "Boston"}
    ToolResult.objects.keep(tool, given, content)
    made = ToolResult.objects.order_by("pk").last()
    if is_over:
        ToolResult.objects.filter(pk=made.pk).update(expires_at=timezone.now())
    return made


def used(tool, *, ago=0, **counts):
    day = timezone.localdate() - datetime.timedelta(days=ago)
    return ToolUsage.objects.create(tool=tool, day=day, **counts)


def told(outcome="done", **fields):
    """A call as a trace tells it."""
    call = {"number": 1, "round": 1, "server": "Weather", "tool": "forecast", "arguments": {"city": "Boston"}}
    ended = {"outcome": outcome, "milliseconds": 12, "detail": "", "result": "20 degrees and sunny."}
    return call | ended | fields
