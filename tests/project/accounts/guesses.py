"""A process that guesses at a password from ever other addresses, as it says, and prints what it was answered."""

import json
import os
import random
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "assistant_project.settings"
django.setup()

from django.contrib.auth.hashers import MD5PasswordHasher  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import override_settings  # noqa: E402


class CountingHasher(MD5PasswordHasher):
    checked = 0

    def verify(self, password: str, encoded: str) -> bool:
        type(self).checked += 1
        return super().verify(password, encoded)


def main(guesses: int) -> None:
    with override_settings(PASSWORD_HASHERS=[f"{__name__}.CountingHasher"]):
        statuses = [
            Client()
            .post(
                "/api/v1/auth/login/",
                json.dumps({"email": "ada@example.com", "password": f"guess {number}"}),
                content_type="application/json",
                headers={
                    "X-Forwarded-For": f"10.0.0.{random.randrange(255)}, 192.0.2.{random.randrange(255)}"
                },
            )
            .status_code
            for number in range(guesses)
        ]
    print(json.dumps({"statuses": statuses, "checked": CountingHasher.checked}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
