"""Whether strangers may make themselves an account, for the links on every page."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def sign_up_is_open() -> bool:
    return settings.SIGN_UP == "open"
