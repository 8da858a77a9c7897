from chat.models.assistant import Assistant
from chat.models.cache import (
    CacheCalibration,
    CachedAnswer,
    CacheDecision,
    CachedPassage,
    CachedQuestion,
    CacheGate,
    CacheUsage,
)
from chat.models.citation import Citation
from chat.models.feedback import Feedback
from chat.models.idempotency import IdempotencyKey
from chat.models.message import Message
from chat.models.preferences import Preferences
from chat.models.session import Session
from chat.models.tools import Tool, ToolResult, ToolServer, ToolUsage
from chat.models.usage import DailyUsage

__all__ = [
    "Assistant",
    "CacheCalibration",
    "CacheDecision",
    "CacheGate",
    "CacheUsage",
    "CachedAnswer",
    "CachedPassage",
    "CachedQuestion",
    "Citation",
    "DailyUsage",
    "Feedback",
    "IdempotencyKey",
    "Message",
    "Preferences",
    "Session",
    "Tool",
    "ToolResult",
    "ToolServer",
    "ToolUsage",
]
