"""Tools of other servers: which there are, who may use them, and what they gave."""

from chat.admin.tools import result, server  # noqa: F401
