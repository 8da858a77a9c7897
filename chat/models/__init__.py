from chat.models.citation import Citation
from chat.models.message import Message
from chat.models.session import Session

__all__ = ["Citation", "Message", "Session"]
