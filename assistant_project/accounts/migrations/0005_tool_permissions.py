"""Administrators care for tool servers as for everything else."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

MODELS = ("toolserver", "tool", "toolresult", "toolusage")


def grant(apps, schema_editor):
    using = schema_editor.connection.alias
    create_permissions(installed.get_app_config("chat"), verbosity=0, using=using, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    added = permissions.filter(content_type__app_label="chat", content_type__model__in=MODELS)
    for group in apps.get_model("auth", "Group").objects.using(using).filter(name="Administrators"):
        group.permissions.add(*added)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_embed_scope"), ("chat", "0007_tools")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
