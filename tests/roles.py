"""People in the roles that the migration makes."""

from importlib import import_module

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client

from tests.factories import UserFactory

migration = import_module("assistant_project.accounts.migrations.0003_roles")


def group(name):
    """That of a role, which tests that empty the database take away."""
    if not Group.objects.filter(name=name).exists():
        with connection.schema_editor() as editor:
            migration.make_roles(apps, editor)
    return Group.objects.get(name=name)


def curator_of(*collections, **fields):
    curator = UserFactory(is_staff=True, **fields)
    curator.groups.add(group("Curators"))
    curator.curated_collections.set(collections)
    return curator


def role_administrator(**fields):
    """An administrator by role, who is no superuser."""
    administrator = UserFactory(is_staff=True, **fields)
    administrator.groups.add(group("Administrators"))
    return administrator


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client
