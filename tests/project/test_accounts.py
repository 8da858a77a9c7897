import pytest

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "a long pass phrase 42"


def test_a_reader_signs_in_with_e_mail_and_password_and_out_again(client):
    reader = UserFactory(email="ada@example.com", password=PASSWORD)

    response = client.post("/sign-in/", {"username": "Ada@example.com", "password": PASSWORD, "next": "/"})
    assert response.headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(reader.pk)

    client.post("/sign-out/")
    assert "_auth_user_id" not in client.session


def test_a_wrong_password_is_said_without_telling_whether_there_is_an_account(client):
    UserFactory(email="ada@example.com", password=PASSWORD)

    known = client.post("/sign-in/", {"username": "ada@example.com", "password": "wrong"}).content.decode()
    unknown = client.post("/sign-in/", {"username": "bob@example.com", "password": "wrong"}).content.decode()

    assert "do not belong together" in known
    assert "do not belong together" in unknown


def test_signing_in_leads_nowhere_else(client):
    UserFactory(email="ada@example.com", password=PASSWORD)

    response = client.post(
        "/sign-in/",
        {"username": "ada@example.com", "password": PASSWORD, "next": "https://example.org/"},
    )

    assert response.headers["Location"] == "/"
