"""Who answers, to set up; what people asked, got and used, to look at only."""

from chat.admin import assistant, cache, message, session, tools, usage  # noqa: F401
