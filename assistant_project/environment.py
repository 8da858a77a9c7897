"""Reads settings from the environment; a wrong value is refused with a sentence that says how to mend it."""

import difflib
import ipaddress
import json
import os
import re
import zoneinfo
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.validators import validate_email

RATE = re.compile(r"[1-9]\d*/(s|sec|second|m|min|minute|h|hour|d|day)")
DOTTED_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")

RESEMBLES = 0.8
"""A name is taken for another one misspelt from this likeness on, as difflib tells it."""


def price(value: Any) -> Decimal:
    """Raises ValueError or ArithmeticError if it is none."""
    amount = Decimal(str(value))
    if not (amount.is_finite() and amount >= 0):
        raise ValueError(value)
    return amount


class Environment:
    """Typed look-ups in the process's environment, after an optional `.env` file (which never overrides it).

    An empty variable counts as one that is not set.
    """

    def __init__(self, dotenv: Path, *, is_named: bool = False) -> None:
        """is_named: somebody chose that file, so that it must be there."""
        self._known: set[str] = set()
        self._written: set[str] = set()
        if is_named and not dotenv.exists():
            raise ImproperlyConfigured(f"ENV_FILE is {str(dotenv)!r}: there is no such file.")
        if not dotenv.is_file():
            return
        if not os.access(dotenv, os.R_OK):
            raise ImproperlyConfigured(
                f"{dotenv} may not be read. Run this as its owner, or move the file away."
            )
        inherited = set(os.environ)
        environ.Env.read_env(dotenv, overwrite=False)
        self._written = set(os.environ) - inherited

    def misspelt(self) -> dict[str, str]:
        """Names in the file that no setting has, and the one that each resembles; others may be for other programs."""
        resembled = {
            name: difflib.get_close_matches(name, self._known, 1, RESEMBLES)
            for name in self._written - self._known
        }
        return {name: found[0] for name, found in resembled.items() if found}

    def text(self, name: str, default: str = "") -> str:
        self._known.add(name)
        return os.environ.get(name, "").strip() or default

    def flag(self, name: str, default: bool) -> bool:
        value = self.text(name, "true" if default else "false").lower()
        if value in {"true", "1", "yes", "on"}:
            return True
        if value in {"false", "0", "no", "off"}:
            return False
        raise ImproperlyConfigured(f"{name} is {value!r}. Write true or false.")

    def number(self, name: str, default: float, *, at_least: float, at_most: float) -> float:
        value = self.text(name, str(default))
        try:
            number = float(value)
        except ValueError:
            raise ImproperlyConfigured(
                f"{name} is {value!r}. Write a number, for example {default}."
            ) from None
        if not at_least <= number <= at_most:
            raise ImproperlyConfigured(f"{name} is {value}. It must lie between {at_least} and {at_most}.")
        return number

    def integer(self, name: str, default: int, *, at_least: int, at_most: int) -> int:
        number = self.number(name, default, at_least=at_least, at_most=at_most)
        if number != int(number):
            raise ImproperlyConfigured(f"{name} is {number}. Write a whole number, for example {default}.")
        return int(number)

    def share(self, name: str) -> str:
        """A number from 0 to 1, as it was written, or nothing."""
        if self.text(name):
            self.number(name, 0.3, at_least=0, at_most=1)
        return self.text(name)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise ImproperlyConfigured(f"{name} is {value!r}. Choose one of: {', '.join(allowed)}.")
        return value

    def names(self, name: str, default: str = "") -> list[str]:
        """A list parted by commas."""
        return [part.strip() for part in self.text(name, default).split(",") if part.strip()]

    def networks(self, name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
        names = self.names(name)
        try:
            return [ipaddress.ip_network(part) for part in names]
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name} is {','.join(names)!r}: {error}. Write networks such as 10.20.0.0/16, parted by commas."
            ) from None

    def ports(self, name: str, default: str) -> list[int]:
        names = self.names(name, default)
        if not all(re.fullmatch(r"\d{1,5}", part) and 1 <= int(part) <= 65_535 for part in names):
            raise ImproperlyConfigured(
                f"{name} is {','.join(names)!r}. Write ports from 1 to 65535, like {default}."
            )
        return [int(part) for part in names]

    def rate(self, name: str, default: str) -> str:
        value = self.text(name, default)
        if not RATE.fullmatch(value):
            raise ImproperlyConfigured(
                f"{name} is {value!r}. Write how many in which time, for example {default}; "
                "the time is sec, min, hour or day."
            )
        return value

    def time_zone(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise ImproperlyConfigured(
                f"{name} is {value!r}. Write a time zone such as Europe/Berlin."
            ) from None
        return value

    def email(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            validate_email(value)
        except Exception:
            raise ImproperlyConfigured(f"{name} is {value!r}. Write an e-mail address.") from None
        return value

    def address(self, name: str) -> str:
        """The web address of a service, or nothing."""
        value = self.text(name)
        if value and not (urlsplit(value).scheme in {"http", "https"} and urlsplit(value).netloc):
            raise ImproperlyConfigured(
                f"{name} is {value!r}. Write a whole address, with http:// or https://."
            )
        return value

    def dotted_path(self, name: str) -> str:
        """Where a Python class is to be imported from, or nothing."""
        value = self.text(name)
        if value and not DOTTED_PATH.fullmatch(value):
            raise ImproperlyConfigured(f"{name} is {value!r}. Write a class's path: package.module.Class.")
        return value

    def mapping(self, name: str) -> dict[str, Any]:
        value = self.text(name, "{}")
        try:
            mapping = json.loads(value)
        except json.JSONDecodeError as error:
            raise ImproperlyConfigured(f'{name} is not JSON ({error}). Example: {{"model": "…"}}.') from None
        if not isinstance(mapping, dict):
            raise ImproperlyConfigured(f'{name} must be a JSON object, for example {{"model": "…"}}.')
        return mapping

    def prices(self, name: str) -> dict[str, tuple[Decimal, Decimal]]:
        """What a million tokens of a prompt and of an answer cost, by model."""
        given = self.mapping(name)
        try:
            prices = {model: (price(prompt), price(answer)) for model, (prompt, answer) in given.items()}
        except (TypeError, ValueError, ArithmeticError):
            raise ImproperlyConfigured(
                f"{name} must give two prices for a million tokens, of the prompt and of the answer, for each "
                'model. Example: {"gpt-4o-mini": [0.15, 0.60]}.'
            ) from None
        return prices

    def folder(self, name: str, default: str, *, base: Path) -> Path:
        """A folder of ours, made if it is missing and closed to others; a relative one lies below `base`."""
        folder = (base / self.text(name, default)).resolve()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ImproperlyConfigured(f"{name} cannot be made: {error}. Choose another folder.") from None
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise ImproperlyConfigured(
                f"{name} ({folder}) belongs to another account. Run this as its owner, or choose another."
            )
        return folder

    def database(self, name: str) -> dict[str, Any] | None:
        """A Django database entry from a URL, or None if there is none. Its password is never shown."""
        url = self.text(name)
        if not url:
            return None
        advice = (
            f"{name} must be a PostgreSQL address such as postgres://user:password@host:5432/name, special "
            "characters of its password percent-encoded. Leave it empty for the embedded database."
        )
        if not url.startswith(("postgres://", "postgresql://")):
            raise ImproperlyConfigured(advice)
        try:
            entry = dict(environ.Env.db_url_config(url))
        except ValueError:
            raise ImproperlyConfigured(advice) from None
        if not entry["NAME"] or {"/", "@"} & set(entry["NAME"]):  # what a bare special character leads to
            raise ImproperlyConfigured(advice)
        return entry
