"""Doing work once more: a button on the page of a row, and one in the row itself."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

LOOK = (
    "bg-white border border-base-200 cursor-pointer font-medium px-2.5 py-1.5 rounded-default shadow-xs text-important "
    "whitespace-nowrap dark:bg-transparent dark:border-base-700 hover:bg-base-100/80 dark:hover:bg-base-800/80"
)
"""Of unfold's small plain button."""


def row_button(label: str, address: str) -> SafeString:
    """Of a list, which is a form: the button sends that form, with its token, to the row's own address."""
    return format_html(
        '<button type="submit" class="{}" formaction="{}" formmethod="post">{}</button>', LOOK, address, label
    )
