"""A group that is there from the start: what a curator needs, and no more."""

from typing import Any

from django.apps import apps as registry
from django.db.models import Q

NAME = "Curators"
PERMISSIONS = {
    "knowledge": {
        *(
            f"{verb}_{model}"
            for verb in ("view", "add", "change", "delete")
            for model in ("source", "collection")
        ),
        "view_chunk",
        "change_chunk",
        "view_job",
        "view_revision",
    },
    "chat": {
        "view_session",
        "view_message",
        *(
            f"{verb}_{model}"
            for verb in ("view", "add", "change", "delete")
            for model in ("cachedanswer", "cachedquestion")
        ),
        *(f"{verb}_{model}" for verb in ("view", "change") for model in ("cachedecision", "cachegate")),
    },
}


def make_curators(sender: Any, using: str, apps: Any = registry, **signal: Any) -> None:
    """Receives `post_migrate`, when all permissions are there. A group that exists stays as its administrators want."""
    try:
        groups, permissions = (
            apps.get_model("auth", "Group").objects,
            apps.get_model("auth", "Permission").objects,
        )
    except LookupError:  # not that far migrated
        return
    wanted = Q()
    for app, codenames in PERMISSIONS.items():
        wanted |= Q(content_type__app_label=app, codename__in=codenames)
    found = list(permissions.using(using).filter(wanted))
    if len(found) < sum(map(len, PERMISSIONS.values())):
        return
    group, is_new = groups.using(using).get_or_create(name=NAME)
    if is_new:
        group.permissions.set(found)
