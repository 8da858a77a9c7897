"""Tools of other programs that an assistant may use: their servers, what they gave, and how often they were asked."""

from chat.models.tools.result import ToolResult
from chat.models.tools.server import ToolServer
from chat.models.tools.tool import Tool
from chat.models.tools.usage import ToolUsage

__all__ = ["Tool", "ToolResult", "ToolServer", "ToolUsage"]
