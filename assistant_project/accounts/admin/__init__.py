"""The admin of people: users, groups, and the keys of programs."""

from assistant_project.accounts.admin import api_key, people  # noqa: F401
