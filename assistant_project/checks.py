"""What is told of an installation beside Django's own checks.

Of any: settings that are misspelt. By `check --deploy`, of a real site: where links lead, and whether mails are sent.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.http.request import validate_host

CONSOLE = "django.core.mail.backends.console.EmailBackend"


@register
def settings_are_spelt_right(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Warning(f"No setting is called {name}.", hint=f"Did you mean {resembled}?", id="assistant.W003")
        for name, resembled in sorted(settings.MISSPELT.items())
    ]


@register(Tags.security, deploy=True)
def links_lead_to_this_site(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    host = urlsplit(settings.SITE_URL).hostname or ""
    if validate_host(host, settings.ALLOWED_HOSTS):
        return []
    sentence = (
        f"SITE_URL is {settings.SITE_URL!r}, whose host is not in ALLOWED_HOSTS: links in e-mails and the addresses "
        "that programs are given lead nowhere."
    )
    hint = "Set SITE_URL to the address at which people reach this site, for example https://assistant.example.org."
    return [Warning(sentence, hint=hint, id="assistant.W001")]


@register(Tags.security, deploy=True)
def who_signs_up_gets_mail(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.SIGN_UP != "open" or settings.EMAIL_BACKEND != CONSOLE:
        return []
    sentence = (
        "People may sign up, but the mails with which they verify their address only go to the worker's log."
    )
    hint = "Set EMAIL_HOST, or SIGN_UP=closed."
    return [Warning(sentence, hint=hint, id="assistant.W002")]
