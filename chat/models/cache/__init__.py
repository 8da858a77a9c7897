"""What was answered before: answers, the questions that lead to them, and how such decisions turned out."""

from chat.models.cache.answer import CachedAnswer
from chat.models.cache.calibration import CacheCalibration
from chat.models.cache.decision import CacheDecision
from chat.models.cache.gate import CacheGate
from chat.models.cache.passage import CachedPassage
from chat.models.cache.question import CachedQuestion
from chat.models.cache.usage import CacheUsage

__all__ = [
    "CacheCalibration",
    "CacheDecision",
    "CacheGate",
    "CacheUsage",
    "CachedAnswer",
    "CachedPassage",
    "CachedQuestion",
]
