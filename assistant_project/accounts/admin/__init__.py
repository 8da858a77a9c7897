"""The admin of people: users, groups, the keys of programs, and who changed what."""

from assistant_project.accounts.admin import api_key, people  # noqa: F401
from assistant_project.admin import history  # noqa: F401
