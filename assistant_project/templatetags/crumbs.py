"""Where a page of the admin stands: its lists are called what the sidebar calls them."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.text import capfirst

from assistant_project.admin.look import SIDEBAR

register = template.Library()


@register.filter
def crumbs(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The list and the row, of unfold's app, list and row; a title that stands alone as it is."""
    if len(parts) == 1:
        return parts
    _app, its_list, *rest = parts
    return [its_list | {"title": _in_the_sidebar(its_list["link"]) or capfirst(its_list["title"])}, *rest]


@register.filter
def list_title(options: Any) -> str:
    """What the list of a model is called."""
    address = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    return _in_the_sidebar(address) or str(capfirst(options.verbose_name_plural))


def _in_the_sidebar(address: Any) -> str:
    items = (item for group in SIDEBAR for item in group["items"])
    return next((str(item["title"]) for item in items if item["link"] == address), "")
