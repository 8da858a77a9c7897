"""Who may do what at which address: what must hold, not what the code happens to do.

A word is what somebody gets there:

    ok       let in; that the request itself is well-formed is another matter
    sign-in  sent to a page to sign in
    401      asked for credentials
    403      refused
    404      told that there is nothing

The objects belong to the owner, who is no curator. Their source lies in a collection that only the owner's group
may read, so that "other" stands for everybody who has an account and nothing to do with them, and "curator" for who
cares for another collection. In the admin, a page of a row that is not there leads to the overview, which is "ok".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

PEOPLE = ("anonymous", "other", "owner", "curator", "admin")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
STAFF = ("curator", "admin")
KEYS = tuple(f"{whose}:{scope}" for whose in ("owner", "curator") for scope in ("ask", "read", "curate"))
EMBED = "owner:embed"

# Credentials of REST mean nothing here: a key is as good as none.
PAGES = """
                                                 anonymous other   owner   curator admin

                                          GET    ok        ok      ok      ok      ok
                                          POST   ok        ok      ok      ok      ok
c/<uuid:session_id>/                      GET    404       404     ok      404     404
c/<uuid:session_id>/messages/<int:message_id>/ GET 404     404     ok      404     404
sources/<int:pk>/                         GET    404       404     ok      404     ok
sources/<int:pk>/pages/<int:number>/      GET    404       404     ok      404     ok
sources/<int:pk>/pages/<int:number>.png   GET    404       404     ok      404     ok
sources/<int:pk>/original/                GET    404       404     ok      404     ok

sign-in/                                  GET    ok        ok      ok      ok      ok
sign-in/                                  POST   ok        ok      ok      ok      ok
sign-out/                                 POST   ok        ok      ok      ok      ok
sign-up/                                  GET    ok        ok      ok      ok      ok
sign-up/                                  POST   ok        ok      ok      ok      ok
sign-up/sent/                             GET    ok        ok      ok      ok      ok
sign-up/again/                            GET    ok        ok      ok      ok      ok
sign-up/again/                            POST   ok        ok      ok      ok      ok
verify-email/<str:token>/                 GET    ok        ok      ok      ok      ok
verify-email/<str:token>/                 POST   ok        ok      ok      ok      ok
confirm-email/<str:token>/                GET    ok        ok      ok      ok      ok
confirm-email/<str:token>/                POST   ok        ok      ok      ok      ok
forgotten-password/                       GET    ok        ok      ok      ok      ok
forgotten-password/                       POST   ok        ok      ok      ok      ok
forgotten-password/sent/                  GET    ok        ok      ok      ok      ok
reset-password/<str:token>/               GET    ok        ok      ok      ok      ok
reset-password/<str:token>/               POST   ok        ok      ok      ok      ok

account/                                  GET    sign-in   ok      ok      ok      ok
account/                                  POST   sign-in   ok      ok      ok      ok
account/email/                            GET    sign-in   ok      ok      ok      ok
account/email/                            POST   sign-in   ok      ok      ok      ok
account/password/                         GET    sign-in   ok      ok      ok      ok
account/password/                         POST   sign-in   ok      ok      ok      ok
account/answers/                          GET    sign-in   ok      ok      ok      ok
account/answers/                          POST   sign-in   ok      ok      ok      ok
account/keys/                             GET    sign-in   ok      ok      ok      ok
account/keys/                             POST   sign-in   ok      ok      ok      ok
account/keys/<int:pk>/revoke/             POST   sign-in   404     ok      404     404
account/usage/                            GET    sign-in   ok      ok      ok      ok
account/data/                             GET    sign-in   ok      ok      ok      ok
account/data/                             POST   sign-in   ok      ok      ok      ok

i18n/setlang/                             GET    ok        ok      ok      ok      ok
i18n/setlang/                             POST   ok        ok      ok      ok      ok

health/live                               GET    ok        ok      ok      ok      ok
health/ready                              GET    ok        ok      ok      ok      ok
metrics                                   GET    404       404     404     404     404
api/schema/                               GET    ok        ok      ok      ok      ok
api/docs/                                 GET    ok        ok      ok      ok      ok
api/redoc/                                GET    ok        ok      ok      ok      ok
^api/v1/                                  GET    404       404     404     404     404
v1/^                                      GET    404       404     404     404     404
"""

# The last three are keys of the curator, the three before them keys of the owner.
REST = """
                                                 anonymous other owner curator admin  ask read curate  ask read curate

auth/signup/                              POST   ok        ok    ok    ok      ok     ok  ok   ok      ok  ok   ok
auth/verify/                              POST   ok        ok    ok    ok      ok     ok  ok   ok      ok  ok   ok
auth/verify/again/                        POST   ok        ok    ok    ok      ok     ok  ok   ok      ok  ok   ok
auth/login/                               POST   ok        ok    ok    ok      ok     ok  ok   ok      ok  ok   ok
auth/refresh/                             POST   ok        ok    ok    ok      ok     ok  ok   ok      ok  ok   ok
auth/logout/                              POST   401       401   401   401     401    403 403  403     403 403  403
auth/password/forgot/                     POST   ok        ok    ok    ok      ok     ok  ok   ok      ok  ok   ok
auth/password/reset/                      POST   ok        ok    ok    ok      ok     ok  ok   ok      ok  ok   ok
auth/password/change/                     POST   401       ok    ok    ok      ok     403 403  403     403 403  403
auth/email/change/                        POST   401       ok    ok    ok      ok     403 403  403     403 403  403
auth/email/confirm/                       POST   ok        ok    ok    ok      ok     ok  ok   ok      ok  ok   ok

me/                                       GET    401       ok    ok    ok      ok     403 ok   403     403 ok   403
me/                                       PATCH  401       ok    ok    ok      ok     403 403  403     403 403  403
me/                                       DELETE 401       ok    ok    ok      ok     403 403  403     403 403  403
me/stats/                                 GET    401       ok    ok    ok      ok     403 ok   403     403 ok   403
me/export/                                GET    401       ok    ok    ok      ok     403 403  403     403 403  403

chat/                                     POST   ok        ok    ok    ok      ok     ok  403  403     ok  403  403
assistants/                               GET    ok        ok    ok    ok      ok     ok  403  403     ok  403  403
sessions/                                 GET    ok        ok    ok    ok      ok     403 ok   403     403 ok   403
sessions/                                 POST   ok        ok    ok    ok      ok     ok  403  403     ok  403  403
sessions/                                 DELETE ok        ok    ok    ok      ok     ok  403  403     ok  403  403
sessions/<uuid:session_id>/               GET    404       404   ok    404     404    403 ok   403     403 404  403
sessions/<uuid:session_id>/               PATCH  404       404   ok    404     404    ok  403  403     404 403  403
sessions/<uuid:session_id>/               DELETE 404       404   ok    404     404    ok  403  403     404 403  403
sessions/<uuid:session_id>/messages/      GET    404       404   ok    404     404    403 ok   403     403 404  403
sessions/<uuid:session_id>/messages/      POST   404       404   ok    404     404    ok  403  403     404 403  403
sessions/<uuid:session_id>/summary/       POST   404       404   ok    404     404    ok  403  403     404 403  403
messages/<int:message_id>/feedback/       PUT    404       404   ok    404     404    ok  403  403     404 403  403
messages/<int:message_id>/feedback/       DELETE 404       404   ok    404     404    ok  403  403     404 403  403

retrieve/                                 POST   ok        ok    ok    ok      ok     403 ok   403     403 ok   403
collections/                              GET    401       ok    ok    ok      ok     403 ok   403     403 ok   ok
collections/                              POST   401       403   403   403     ok     403 403  403     403 403  403
collections/<slug:slug>/                  GET    401       404   ok    404     ok     403 ok   403     403 404  404
collections/<slug:slug>/                  PATCH  401       403   403   404     ok     403 403  403     403 403  404
collections/<slug:slug>/                  DELETE 401       403   403   403     ok     403 403  403     403 403  403
sources/                                  GET    401       ok    ok    ok      ok     403 ok   403     403 ok   ok
sources/                                  POST   401       403   403   ok      ok     403 403  403     403 403  ok
sources/<int:pk>/                         GET    401       404   ok    404     ok     403 ok   403     403 404  404
sources/<int:pk>/                         PATCH  401       403   403   404     ok     403 403  403     403 403  404
sources/<int:pk>/                         DELETE 401       403   403   404     ok     403 403  403     403 403  404
sources/<int:pk>/file/                    PUT    401       403   403   404     ok     403 403  403     403 403  404
sources/<int:pk>/refresh/                 POST   401       403   403   404     ok     403 403  403     403 403  404
sources/<int:pk>/chunks/                  GET    401       404   ok    404     ok     403 ok   403     403 404  404

cache/                                    DELETE 401       403   403   ok      ok     403 403  403     403 403  ok
cache/health/                             GET    401       403   403   ok      ok     403 403  403     403 403  ok
cache/stats/                              GET    401       403   403   ok      ok     403 403  403     403 403  ok
"""

# No cookie counts here. The last one is a key of the owner.
OPENAI = """
                            anonymous other owner curator admin  ask read curate  ask read curate  embed

models               GET    401       401   401   401     401    ok  403  403     ok  403  403     403
models/<path:name>   GET    401       401   401   401     401    404 403  403     404 403  403     403
chat/completions     POST   401       401   401   401     401    ok  403  403     ok  403  403     403
embeddings           POST   401       401   401   401     401    403 403  403     403 403  403     ok
"""

# "others" are all who are no staff.
ADMIN = """
                                                        others   curator admin

                                                 GET    sign-in  ok      ok
login/                                           GET    ok       ok      ok
logout/                                          POST   ok       ok      ok
search/                                          GET    sign-in  ok      ok
password_change/                                 GET    sign-in  ok      ok
password_change/                                 POST   sign-in  ok      ok
password_change/done/                            GET    sign-in  ok      ok
autocomplete/                                    GET    sign-in  403     403
jsi18n/                                          GET    sign-in  ok      ok
r/<path:content_type_id>/<path:object_id>/       GET    sign-in  404     404
^(?P<app_label>accounts|auth|admin|knowledge|chat)/$ GET sign-in ok      ok
(?P<url>.*)$                                     GET    sign-in  404     404
accounts/user/<id>/password/                     GET    sign-in  403     ok
accounts/user/<id>/password/                     POST   sign-in  403     ok
knowledge/source/preview/                        POST   sign-in  ok      ok
knowledge/source/progress/                       GET    sign-in  ok      ok
knowledge/source/search-test/                    GET    sign-in  ok      ok
knowledge/source/replace/                        POST   sign-in  ok      ok
knowledge/source/<int:pk>/refresh/               POST   sign-in  404     ok
knowledge/source/<int:pk>/reading/               GET    sign-in  404     ok
knowledge/source/<int:pk>/differences/           GET    sign-in  404     ok
knowledge/job/<int:pk>/run-again/                POST   sign-in  404     ok
knowledge/delivery/<int:pk>/put-back/            POST   sign-in  403     ok
chat/assistant/trial/                            GET    sign-in  ok      ok
chat/assistant/trial/                            POST   sign-in  ok      ok
chat/toolserver/<int:pk>/ask/                    POST   sign-in  403     ok
chat/toolresult/forget/                          GET    sign-in  403     ok
chat/toolresult/forget/                          POST   sign-in  403     ok
chat/cachedanswer/<int:pk>/act/                  POST   sign-in  404     ok
chat/cachedecision/<int:pk>/judge/               POST   sign-in  404     ok
chat/cachegate/                                  GET    sign-in  ok      ok
chat/cachegate/<int:pk>/target/                  POST   sign-in  403     ok
chat/cachegate/<int:pk>/reopen/                  POST   sign-in  403     ok
"""

# Others are sent to sign in. What is only shown, nobody adds, saves or deletes.
ADMIN_OF_MODELS = """
                      curator:                                admin:
                      list add change save delete history     list add change save delete history

accounts/apikey       403  403 403    403  403    403         ok   ok  ok     ok   ok     ok
accounts/user         403  403 403    403  403    403         ok   ok  ok     ok   ok     ok
auth/group            403  403 403    403  403    403         ok   ok  ok     ok   ok     ok
admin/logentry        403  403 403    403  403    403         ok   403 ok     403  403    ok
knowledge/collection  ok   403 ok     ok   403    ok          ok   ok  ok     ok   ok     ok
knowledge/source      ok   ok  ok     ok   ok     ok          ok   ok  ok     ok   ok     ok
knowledge/revision    ok   403 ok     403  403    ok          ok   403 ok     403  403    ok
knowledge/chunk       ok   403 ok     403  403    ok          ok   403 ok     403  403    ok
knowledge/job         ok   403 ok     403  403    ok          ok   403 ok     403  403    ok
knowledge/delivery    403  403 403    403  403    ok          ok   403 ok     403  403    ok
chat/assistant        403  403 403    403  403    403         ok   ok  ok     ok   ok     ok
chat/session          ok   403 ok     403  403    ok          ok   403 ok     403  403    ok
chat/message          ok   403 ok     403  403    ok          ok   403 ok     403  403    ok
chat/toolserver       403  403 403    403  403    403         ok   ok  ok     ok   ok     ok
chat/toolresult       403  403 403    403  403    403         ok   403 ok     403  ok     ok
chat/cachedanswer     ok   ok  ok     ok   ok     ok          ok   ok  ok     ok   ok     ok
chat/cachedecision    ok   403 ok     403  403    ok          ok   403 ok     403  403    ok
chat/dailyusage       403  403 403    403  403    403         ok   403 403    403  403    403
"""
ADMIN_PAGES = {
    "list": ("", "GET"),
    "add": ("add/", "POST"),
    "change": ("<path:object_id>/change/", "GET"),
    "save": ("<path:object_id>/change/", "POST"),
    "delete": ("<path:object_id>/delete/", "POST"),
    "history": ("<path:object_id>/history/", "GET"),
}


@dataclass(frozen=True)
class Row:
    route: str
    method: str
    expected: dict[str, str]

    @property
    def is_rest(self) -> bool:
        return self.route.startswith("api/v1/")

    @property
    def is_openai(self) -> bool:
        return self.route.startswith("v1/") and self.route != "v1/^"

    @property
    def is_for_programs(self) -> bool:
        return self.is_rest or self.is_openai

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


def rows() -> list[Row]:
    return [
        *table(PAGES, "", PEOPLE),
        *table(REST, "api/v1/", PEOPLE + KEYS),
        *table(OPENAI, "v1/", (*PEOPLE, *KEYS, EMBED)),
        *(replace(row, expected=of_all(row.expected)) for row in table(ADMIN, "admin/", ("others", *STAFF))),
        *pages_of_models(),
    ]


def table(text: str, prefix: str, people: Sequence[str]) -> Iterator[Row]:
    """The rows below the blank line; an address may be empty."""
    for line in text.split("\n\n", 1)[1].splitlines():
        if line.strip():
            *route, method, outcomes = re.split(r"\s*\b(GET|POST|PUT|PATCH|DELETE)\b\s*", line)
            yield Row(
                prefix + "".join(route).strip(), method, dict(zip(people, outcomes.split(), strict=True))
            )


def of_all(expected: dict[str, str]) -> dict[str, str]:
    """With the outcome of "others" for each of them."""
    others = dict.fromkeys((person for person in PEOPLE if person not in STAFF), expected["others"])
    return others | {person: expected[person] for person in STAFF}


def pages_of_models() -> Iterator[Row]:
    for line in ADMIN_OF_MODELS.split("\n\n", 1)[1].splitlines():
        model, *outcomes = line.split()
        each = dict(zip(STAFF, (outcomes[:6], outcomes[6:]), strict=True))
        for position, (page, method) in enumerate(ADMIN_PAGES.values()):
            expected = {"others": "sign-in"} | {person: each[person][position] for person in STAFF}
            yield Row(f"admin/{model}/{page}", method, of_all(expected))
        to_change = of_all({"others": "sign-in"} | dict.fromkeys(STAFF, "ok"))
        yield Row(f"admin/{model}/<path:object_id>/", "GET", to_change)
