"""The cache in the admin: who curates, and what the browser of a curator sends."""

from django.urls import reverse

from tests.roles import curator_of, signed_in

__all__ = [
    "ANSWERS", "DECISIONS", "TRUST", "WRITE", "a_curator", "act", "at", "changed", "listed", "signed_in",
]  # fmt: skip
ANSWERS = reverse("admin:chat_cachedanswer_changelist")
WRITE = reverse("admin:chat_cachedanswer_add")
DECISIONS = reverse("admin:chat_cachedecision_changelist")
TRUST = reverse("admin:chat_cachegate_changelist")


def a_curator():
    """Of no collection: of entries such a one sees those that rest on what she may read."""
    return curator_of()


def at(row, page="change"):
    return reverse(f"admin:chat_{row._meta.model_name}_{page}", args=[row.pk])


def changed(answer, **given):
    """What the form of an entry sends."""
    questions = list(answer.questions.order_by("pk"))
    form = {
        "content": answer.content,
        "questions-TOTAL_FORMS": len(questions),
        "questions-INITIAL_FORMS": len(questions),
    }
    for place, question in enumerate(questions):
        form |= {
            f"questions-{place}-id": question.pk,
            f"questions-{place}-answer": answer.pk,
            f"questions-{place}-text": question.text,
            f"questions-{place}-same": "on",
        }
    return form | given


def listed(client, address=ANSWERS, **query):
    return set(client.get(address, query).context["cl"].result_list)


def act(client, action, *rows, address=ANSWERS):
    """What the list says after an action on some of its rows."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(address, chosen, follow=True).content.decode()
