"""Why a tool gave nothing, in words for people."""

from django.utils.translation import gettext, gettext_noop

TOLD = {
    "unreachable": gettext_noop("The tool's server is out of reach."),
    "too_slow": gettext_noop("The tool took too long."),
    "unusable": gettext_noop("The tool's server gave nothing that can be used."),
    "reported": gettext_noop("The tool reported an error."),
    "set_up": gettext_noop("The tool's server is not set up rightly. An administrator can mend that."),
    "broken_off": gettext_noop("It was broken off."),
}


class ToolError(Exception):
    """A tool, or the server of tools, gave nothing.

    `detail` is for administrators, because it may name hosts; `told` is for readers and for the model.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail or gettext(TOLD[code])

    @property
    def told(self) -> str:
        return gettext(TOLD[self.code])


def of_status(status: int) -> ToolError | None:
    """What an administrator can do about it, by the status of a response; None for any other."""
    code = "set_up"
    match status:
        case 301 | 302 | 303 | 307 | 308:
            sentence = gettext(
                "The server sends us to another address (HTTP %(status)s). Enter the one where it speaks itself."
            )
        case 401 | 403:
            sentence = gettext("The server refuses us (HTTP %(status)s). Check the headers that it wants.")
        case 404:
            sentence = gettext(
                "The server has nothing at this address (HTTP %(status)s). Check the path, "
                "and whether it offers tools."
            )
        case 508:
            sentence = gettext(
                "The address leads back to this installation (HTTP %(status)s). An assistant does not ask itself."
            )
        case _ if status >= 500:
            code, sentence = "unusable", gettext("The server fails (HTTP %(status)s). Its own log says why.")
        case _:
            return None
    return ToolError(code, sentence % {"status": status})
