"""System checks of the chat: the model that writes can be made from the settings; what is sealed can be read."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from assistant_project.sealed import SealBrokenError, unseal
from chat.writers import ModelChoice, can_read_images, writer_in_force


@register()
def writer_can_be_made(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        writer_in_force()
        if can_read_images():
            writer_in_force(choice=ModelChoice(reads_images=True))
    except ImproperlyConfigured as error:
        return [Error(str(error), id="chat.E001")]
    return []


@register(Tags.database)
def headers_can_be_read(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """A tool server whose headers were sealed with another SECRET_KEY cannot be asked."""
    from chat.models import ToolServer

    if not databases or "default" not in databases:
        return []
    try:
        servers = [server for server in ToolServer.objects.all() if not _can_be_read(server)]
    except DatabaseError:
        return []  # not migrated yet, or down: a check of the database says so
    names = ", ".join(server.name for server in servers)
    sentence = f"The headers of these tool servers cannot be read: {names}. SECRET_KEY has changed."
    hint = "Put the earlier key into SECRET_KEY_FALLBACKS, or write the headers anew in the admin."
    return [Warning(sentence, hint=hint, id="chat.W001")] if servers else []


def _can_be_read(server: Any) -> bool:
    try:
        unseal(server.sealed_headers)
    except SealBrokenError:
        return False
    return True
