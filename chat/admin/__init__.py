"""What people asked and got, to look at only."""

from chat.admin import message, session  # noqa: F401
