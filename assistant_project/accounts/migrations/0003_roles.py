"""The groups of readers, curators and administrators, with what each may do."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.models import Q

ALL = ("view", "add", "change", "delete")
CURATORS = {
    "knowledge": {
        "collection": ("view", "change"),
        "source": ALL,
        "revision": ("view",),
        "chunk": ("view", "change"),
        "job": ("view", "change"),
    },
    "chat": {
        "session": ("view",),
        "message": ("view",),
        "cachedanswer": ALL,
        "cachedquestion": ALL,
        "cachedecision": ("view", "change"),
        "cachegate": ("view",),
    },
}
ADMINISTRATORS = ("accounts", "admin", "auth", "chat", "knowledge", "limits")
"""Apps of which they may do everything."""


def make_roles(apps, schema_editor):
    """Once all permissions are there. A group that exists stays as its administrators want it."""
    using = schema_editor.connection.alias
    for label in ADMINISTRATORS:
        create_permissions(installed.get_app_config(label), verbosity=0, using=using, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    everything = permissions.filter(content_type__app_label__in=ADMINISTRATORS)
    rights = {
        "Readers": permissions.none(),
        "Curators": permissions.filter(rights_of_curators()),
        "Administrators": everything,
    }
    for name, granted in rights.items():
        group, is_new = apps.get_model("auth", "Group").objects.using(using).get_or_create(name=name)
        if is_new:
            group.permissions.set(granted)


def rights_of_curators():
    rights = Q()
    for app, models in CURATORS.items():
        for model, verbs in models.items():
            codenames = [f"{verb}_{model}" for verb in verbs]
            rights |= Q(content_type__app_label=app, codename__in=codenames)
    return rights


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_verification_log_ins_api_keys"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("chat", "0005_cost_and_lists"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("knowledge", "0003_curators"),
        ("limits", "0001_initial"),
    ]
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
