"""How the admin looks and what its sidebar offers: unfold's settings (https://unfoldadmin.com/docs/configuration/settings/)."""

import copy
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def may(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.user.has_perm(permission)


def item(title: Any, icon: str, name: str, permission: str, **options: Any) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{name}"),
        "permission": may(permission),
        "active": lambda request: getattr(request.resolver_match, "url_name", "") in of_page(name),
        **options,
    }


PARTS = {
    "knowledge_source": ("knowledge_chunk_changelist", "knowledge_revision_changelist"),
    "chat_toolserver": ("chat_toolresult_changelist", "chat_toolresult_forget"),
}
"""Lists that have no item of their own, and belong to another's."""
WITH_AN_ITEM = {"knowledge_source_add", "chat_cachedanswer_add"}
"""Pages that the sidebar offers beside their list."""


def of_page(name: str) -> set[str]:
    """The names of the pages that belong to an item: a list and the pages of its rows, or the page itself."""
    if not name.endswith("_changelist"):
        return {name}
    model = name.removesuffix("_changelist")
    pages = ("add", "change", "delete", "history", "replace", "reading", "differences")
    parts = PARTS.get(model, ())
    own = {f"{model}_{page}" for page in pages} - WITH_AN_ITEM
    return {name, *own, *(page for part in parts for page in of_page(part))}


SIDEBAR: list[dict[str, Any]] = [
    {
        "items": [
            {"title": _("Overview"), "icon": "home", "link": reverse_lazy("admin:index")},
        ],
    },
    {
        "title": _("Knowledge"),
        "items": [
            item(_("Sources"), "library_books", "knowledge_source_changelist", "knowledge.view_source"),
            item(_("Add sources"), "add_circle", "knowledge_source_add", "knowledge.add_source"),
            item(_("Search test"), "manage_search", "knowledge_source_search_test", "knowledge.view_source"),
            item(
                _("Collections"),
                "folder_open",
                "knowledge_collection_changelist",
                "knowledge.view_collection",
            ),
        ],
    },
    {
        "title": _("Work"),
        "items": [
            item(_("Jobs"), "checklist", "knowledge_job_changelist", "knowledge.view_job"),
            item(
                _("Set-aside messages"), "report", "knowledge_delivery_changelist", "knowledge.view_delivery"
            ),
        ],
    },
    {
        "title": _("Conversations"),
        "items": [
            item(_("Questions and answers"), "forum", "chat_message_changelist", "chat.view_message"),
            item(_("Sessions"), "history", "chat_session_changelist", "chat.view_session"),
            item(_("Assistants"), "smart_toy", "chat_assistant_changelist", "chat.view_assistant"),
            item(_("Tool servers"), "extension", "chat_toolserver_changelist", "chat.view_toolserver"),
            item(_("Usage"), "bar_chart", "chat_dailyusage_changelist", "chat.view_dailyusage"),
        ],
    },
    {
        "title": _("Answers given again"),
        "items": [
            item(_("Cached answers"), "bookmarks", "chat_cachedanswer_changelist", "chat.view_cachedanswer"),
            item(_("Write a verified answer"), "verified", "chat_cachedanswer_add", "chat.add_cachedanswer"),
            item(
                _("Decisions"),
                "compare_arrows",
                "chat_cachedecision_changelist",
                "chat.view_cachedecision",
            ),
            item(_("Trust"), "shield", "chat_cachegate_changelist", "chat.view_cachegate"),
        ],
    },
    {
        "title": _("People"),
        "items": [
            item(_("Users"), "person", "accounts_user_changelist", "accounts.view_user"),
            item(_("Groups"), "group", "auth_group_changelist", "auth.view_group"),
            item(_("API keys"), "key", "accounts_apikey_changelist", "accounts.view_apikey"),
            item(_("History"), "manage_history", "admin_logentry_changelist", "admin.view_logentry"),
        ],
    },
]


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The offers of the sidebar; beside the sources stands how many need a hand, if any do."""
    from assistant_project.admin.front_page import failed_badge

    groups = copy.deepcopy(SIDEBAR)
    if failed := failed_badge(request):
        groups[1]["items"][0]["badge"] = failed
    return groups


UNFOLD = {
    "SITE_TITLE": _("Knowledge assistant"),
    "SITE_HEADER": _("Knowledge assistant"),
    "SITE_SUBHEADER": _("Curate, test, repair"),
    "SITE_SYMBOL": "menu_book",
    "SITE_URL": "/",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("icon.svg")}],
    "SHOW_BACK_BUTTON": True,
    "SHOW_HISTORY": "assistant_project.admin.history.has_history",
    "DASHBOARD_CALLBACK": "assistant_project.admin.front_page.front_page",
    "STYLES": [lambda request: static("knowledge/admin.css"), lambda request: static("admin/unfold.css")],
    "SCRIPTS": [lambda request: static("admin/names.js")],
    "COLORS": {
        "primary": {
            "50": "oklch(97.5% .012 235)",
            "100": "oklch(94.5% .03 235)",
            "200": "oklch(89% .06 237)",
            "300": "oklch(81% .1 240)",
            "400": "oklch(72% .14 244)",
            "500": "oklch(62% .16 250)",
            "600": "oklch(53% .16 254)",
            "700": "oklch(47% .145 256)",
            "800": "oklch(41% .12 257)",
            "900": "oklch(36% .09 258)",
            "950": "oklch(27% .07 260)",
        },
    },
    "SIDEBAR": {"show_search": False, "navigation": sidebar},
}
