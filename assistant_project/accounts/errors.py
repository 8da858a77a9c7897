"""What the flows of accounts refuse."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework.exceptions import APIException

CHALLENGE = 'Bearer realm="api"'
Fields = Mapping[str, Sequence[Any]]


class AccountRefused(APIException):
    """A sentence for the person, a code for programs; what is wrong field by field; the seconds to wait, if any."""

    def __init__(
        self,
        code: str,
        detail: Any,
        status: int = 400,
        fields: Fields | None = None,
        wait: float | None = None,
    ) -> None:
        super().__init__(detail, code)
        self.code = code
        self.status_code = status
        self.fields = dict(fields or {})
        self.wait = math.ceil(wait) if wait else None
        self.auth_header = CHALLENGE if status == 401 else None
