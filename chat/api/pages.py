"""In which order lists come, page by page."""

from typing import Any

from assistant_project.rest import Pages


class LatestFirst(Pages):
    ordering: Any = ("-updated_at", "-id")


class DefaultFirst(Pages):
    ordering: Any = ("-is_default", "name")
