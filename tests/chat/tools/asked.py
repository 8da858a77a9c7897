"""Servers of tools, and why they gave nothing."""

import pytest

from chat.models import ToolServer
from chat.tools import connection
from chat.tools.errors import ToolError


def server_at(url, **fields):
    return ToolServer(pk=7, name="Tools", url=url, **fields)


async def refusal(server):
    with pytest.raises(ToolError) as caught:
        await connection.list_tools(server)
    return caught.value
