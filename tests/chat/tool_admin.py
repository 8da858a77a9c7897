"""Tool servers in the admin: what a browser sends, and what the pages say."""

from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from chat.models import ToolServer

SERVERS, NEW = reverse("admin:chat_toolserver_changelist"), reverse("admin:chat_toolserver_add")
SECRET = "Bearer 7d1f-secret"


def at(server):
    return reverse("admin:chat_toolserver_change", args=[server.pk])


def filled(server=None, **given):
    """What the form of a server sends, with its tools as they stand on the page."""
    row = server or ToolServer(name="Weather", url="http://127.0.0.1/mcp")
    form = {"name": row.name, "url": row.url, "call_seconds": row.call_seconds}
    form |= {"is_enabled": "on"} if row.is_enabled else {}
    if server:
        form["assistants"] = [assistant.pk for assistant in server.assistants.all()]
    return form | given


def shown_tools(client, server):
    """The fields of the tools on the page."""
    formset = client.get(at(server)).context["inline_admin_formsets"][0].formset
    fields = {f"{formset.prefix}-{name}": value for name, value in formset.management_form.initial.items()}
    for form in formset.forms:
        sent = {"id": form.instance.pk, "server": server.pk, "seen": form.initial["seen"]}
        sent |= {"cache_seconds": form.instance.cache_seconds}
        sent |= {"is_allowed": "on"} if form.instance.is_allowed else {}
        fields |= {f"{form.prefix}-{name}": value for name, value in sent.items()}
    return fields


def errors(response):
    return response.context["adminform"].form.errors


def said(response):
    return [str(message) for message in response.context["messages"]]


def notes(server):
    rows = LogEntry.objects.filter(content_type__model="toolserver", object_id=server.pk).order_by("pk")
    with translation.override("en"):
        return [(row.user.email, row.get_change_message()) for row in rows]


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
