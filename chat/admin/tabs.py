"""Lists that are one click away: the same rows, narrowed by what is looked for most."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Tab:
    title: Any
    query: str
    """Of the list's address, such as "kind=abstained"; empty for all rows."""
    is_current: bool


def tabs(request: HttpRequest, choices: Sequence[tuple[Any, str, str]]) -> list[Tab]:
    """choices: title, parameter, value; the first has no parameter and stands for all rows."""
    names = {name for _title, name, _value in choices if name}
    asked = {name: request.GET[name] for name in names if name in request.GET}
    return [
        Tab(title, f"{name}={value}" if name else "", asked == ({name: value} if name else {}))
        for title, name, value in choices
    ]
