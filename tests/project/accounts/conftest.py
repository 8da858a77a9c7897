"""What the tests of accounts share: a client below auth/, and the worker's part, done here and now."""

import datetime
import re
import time

import pytest
from django.core import mail
from django.core.signing import TimestampSigner, b62_encode
from django.utils.module_loading import import_string
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from rest_framework.test import APIClient

PASSWORD = "a long pass phrase 42"
ANOTHER = "quite another phrase 43"


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class Auth:
    """Calls auth/ as a program does, each call a request of its own."""

    def __init__(self, capture) -> None:
        self.capture = capture

    def post(self, path, body=None, *, token=None, **environ):
        if token:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        with self.capture(execute=True):
            return APIClient().post(f"/api/v1/auth/{path}", body or {}, **environ)

    def log_in(self, email, password=PASSWORD):
        return self.post("login/", {"email": email, "password": password}).json()

    def refresh(self, token):
        return self.post("refresh/", {"refresh": token})

    def is_in(self, token) -> bool:
        """Whether an access token or API key is still taken."""
        answer = APIClient().get("/api/v1/me/", HTTP_AUTHORIZATION=f"Bearer {token}")
        return answer.status_code == 200


@pytest.fixture
def auth(db, django_capture_on_commit_callbacks):
    return Auth(django_capture_on_commit_callbacks)


def queued() -> list[dict]:
    return [SignedPackage.loads(message.payload) for message in OrmQ.objects.order_by("pk")]


def work() -> list:
    """Do what waits in the queue, as a worker would; the mails that were sent by it."""
    mail.outbox.clear()
    tasks = queued()
    OrmQ.objects.all().delete()
    for task in tasks:
        import_string(task["func"])(*task["args"], **task["kwargs"])
    return list(mail.outbox)


def token_in(message) -> str:
    """The token of the link in a mail."""
    return re.search(r"https?://[^/\s]+/[a-z-]+/([^/\s]+)/", message.body)[1]


def aged(link, token: str, age: datetime.timedelta) -> str:
    """The token of a link as it would be if it had been made so long ago."""

    class PastSigner(TimestampSigner):
        def timestamp(self) -> str:
            return b62_encode(int(time.time() - age.total_seconds()))

    signer = PastSigner(salt=link.salt, sep=".")
    return signer.sign_object(signer.unsign_object(token))
