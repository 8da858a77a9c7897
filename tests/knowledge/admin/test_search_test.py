"""The search test: what a question finds, for whom, and why."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from knowledge.models import Collection
from tests.factories import CollectionFactory, GroupFactory, UserFactory, ready_text
from tests.roles import curator_of, signed_in

ADDRESS = reverse("admin:knowledge_source_search_test")
QUESTION = "What temperature should the water heater have?"


def ask(client, **given):
    return client.get(ADDRESS, {"question": QUESTION, **given})


def titles(response):
    return [item.passage.title for item in response.context["verdict"].found]


def test_it_says_that_the_assistant_would_answer(curator_client):
    ready_text(title="Guide")

    response = ask(curator_client)

    assert titles(response) == ["Guide"]
    assert "would answer" in response.content.decode()


def test_it_says_that_the_assistant_would_abstain(curator_client):
    ready_text("The library lends books about medieval castles.", title="Library")

    response = ask(curator_client)

    assert "would abstain" in response.content.decode()


def test_the_weight_of_a_word_is_told_to_who_cares_for_everything(curator_client):
    ready_text()

    page = ask(curator_client)

    assert "Searched stems, the rarest first:" in page.text
    assert all(float(weight) > 0 for _stem, weight in page.context["verdict"].terms)


def test_the_weight_of_a_word_does_not_tell_a_curator_whether_closed_sources_hold_it(db):
    ready_text("The merger is planned for March.", collection=CollectionFactory(access="groups"))
    client = signed_in(curator_of(ready_text().collection))

    page = ask(client, question="Is a merger with Zanzibar planned?")

    assert "Searched stems:" in page.text
    assert page.context["verdict"].terms == [("merger", ""), ("plan", ""), ("zanzibar", "")]


def test_the_two_parts_of_a_score_add_up_to_it(curator_client):
    ready_text()

    (found,) = ask(curator_client).context["verdict"].found

    assert found.by_words + found.by_meaning == pytest.approx(found.passage.score)
    assert found.by_words > 0
    assert sum(found.bars.values()) <= 100


def test_words_of_the_question_are_marked_and_everything_else_is_escaped(curator_client):
    ready_text("Heaters: set <b>the water heater</b> to 120 degrees, a low temperature.")

    page = ask(curator_client).content.decode()

    assert "<mark>Heaters</mark>" in page
    assert "&lt;b&gt;the <mark>water</mark> <mark>heater</mark>&lt;/b&gt;" in page


def test_each_viewer_finds_what_such_a_person_may_read(curator_client):
    group, stranger = GroupFactory(name="Engineers"), GroupFactory(name="Strangers")
    text = ready_text.__defaults__[0]
    for access in ("everyone", "signed_in"):
        ready_text(f"{text} For {access}.", title=access, collection=CollectionFactory(access=access))
    of_group = CollectionFactory(access=Collection.Access.GROUPS, groups=[group])
    ready_text(f"{text} For engineers.", title="engineers", collection=of_group)

    seen = {
        viewer: sorted(titles(ask(curator_client, viewer=viewer)))
        for viewer in ("anyone", "signed-in", f"group-{group.pk}", f"group-{stranger.pk}", "me")
    }

    assert list(seen.values()) == [
        ["everyone"],
        ["everyone", "signed_in"],
        ["engineers", "everyone", "signed_in"],
        ["everyone", "signed_in"],
        ["engineers", "everyone", "signed_in"],
    ]


def test_a_collection_that_the_viewer_may_not_read_is_named(curator_client):
    secret = CollectionFactory(name="Secret manuals", access=Collection.Access.SIGNED_IN)
    ready_text(collection=secret)

    response = ask(curator_client, collections=[secret.pk])

    assert "This person may not read “Secret manuals”." in response.content.decode()
    assert titles(response) == []


def test_what_the_curator_may_not_read_is_left_out_and_counted(client, db):
    group = GroupFactory()
    for title in ("Mine", "Secret"):
        of_group = CollectionFactory(access=Collection.Access.GROUPS, groups=[group])
        ready_text(f"{ready_text.__defaults__[0]} {title}.", title=title, collection=of_group)
    curator = UserFactory(is_staff=True)
    curator.user_permissions.set(Permission.objects.filter(codename="view_source"))
    Collection.objects.get(sources__title="Mine").curators.add(curator)
    client.force_login(curator)

    response = ask(client, viewer=f"group-{group.pk}")

    assert titles(response) == ["Mine"]
    assert response.context["verdict"].hidden == 1
    assert "1 collection that you may not" in response.content.decode()


def test_sources_that_the_curator_does_not_care_for_are_named_without_a_link(client, db):
    source = ready_text(title="Guide")
    onlooker = UserFactory(is_staff=True)
    onlooker.user_permissions.set(Permission.objects.filter(codename="view_source"))
    client.force_login(onlooker)

    response = ask(client)

    assert titles(response) == ["Guide"]
    assert reverse("admin:knowledge_source_change", args=[source.pk]) not in response.content.decode()


def test_from_a_source_it_is_limited_to_its_collection(curator_client):
    source = ready_text()

    form = curator_client.get(ADDRESS, {"source": source.pk}).context["form"]

    assert form.initial["collections"] == [source.collection_id]


def test_without_sources_it_says_what_to_do_first(curator_client):
    assert "Add sources first" in curator_client.get(ADDRESS).content.decode()


@pytest.mark.parametrize("given", [{"question": ""}, {"question": "x" * 1001}, {"viewer": "group-999"}])
def test_what_it_cannot_use_is_refused_beside_the_field(curator_client, given):
    response = ask(curator_client, **given)

    assert response.context["verdict"] is None
    assert response.context["form"].errors


def test_a_source_that_is_no_number_is_ignored(curator_client):
    assert curator_client.get(ADDRESS, {"source": "1 or 1"}).status_code == 200


def test_staff_without_the_permission_cannot_search(client, db):
    client.force_login(UserFactory(is_staff=True))

    assert client.get(ADDRESS).status_code == 403
