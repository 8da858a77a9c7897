"""Keeps the secrets of links in mails out of the logs. Settings name it, so it knows no models."""

import logging
import re

TOKENS = re.compile(r"/(verify-email|reset-password|confirm-email)/[^/\s]+")


def without_tokens(text: str) -> str:
    return TOKENS.sub(r"/\1/…", text)


class WithoutTokens(logging.Formatter):
    """Django tells the path of a request that it refuses, and the path of such a link holds its token.

    Of a whole line, with the traceback below it. A record itself stays as it is, for other handlers.
    """

    def format(self, record: logging.LogRecord) -> str:
        return without_tokens(super().format(record))
