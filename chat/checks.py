"""System checks of the chat: the model that writes can be made from the settings."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

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
