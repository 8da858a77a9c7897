"""Users, known by their e-mail address, and groups, in unfold's look."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as BaseGroupAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from assistant_project import history
from assistant_project.accounts import roles
from assistant_project.accounts.admin.role import RoleForm
from assistant_project.accounts.deletion import last_administrator, leaves_no_administrator
from assistant_project.accounts.models import User
from assistant_project.accounts.revocation import end_all
from assistant_project.accounts.roles import Role
from assistant_project.me.deletion import delete_me

admin.site.unregister(Group)

OF_SUPERUSERS = ("is_superuser", "user_permissions")
"""Rights beside the roles, which only superusers give."""


class NewUserForm(RoleForm, UserCreationForm):
    """Whoever makes an account for somebody vouches for the address."""

    class Meta:
        model = User
        fields = ("email", "name")

    def _post_clean(self) -> None:
        self.instance.email_verified_at = timezone.now()
        super()._post_clean()


class UserForm(RoleForm, UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class UserAdmin(BaseUserAdmin, ModelAdmin):
    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("email", "name", "role", "is_active", "email_verified_at", "last_login")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    search_fields = ("email", "name")
    ordering = ("email",)
    actions = ("end_log_ins",)
    readonly_fields = ("last_login", "date_joined")
    autocomplete_fields = ("groups",)
    filter_horizontal = ("user_permissions",)
    fieldsets = (
        (None, {"fields": ("email", "email_verified_at", "name", "password")}),
        (
            _("What this person may do"),
            {"fields": ("is_active", "role", "groups")},
        ),
        (
            _("Rights beside the role"),
            {
                "fields": OF_SUPERUSERS,
                "classes": ("collapse",),
                "description": _(
                    "For exceptions. Superusers may do everything, and are changed by each other only."
                ),
            },
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "role", "usable_password", "password1", "password2")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who is no superuser gives no rights beside the roles; who is no administrator enters nobody in groups."""
        fields = super().get_readonly_fields(request, obj)
        if request.user.is_superuser:
            return fields
        return (*fields, *OF_SUPERUSERS, *(() if is_administrator(request) else ("groups",)))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Superusers have no role: nothing is to be chosen for them."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not obj.is_superuser:
            return fieldsets
        return [
            (title, options | {"fields": [name for name in options["fields"] if name != "role"]})
            for title, options in fieldsets
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        givable = roles.may_be_given_by(request.user)
        return type(form.__name__, (form,), {"givable": givable})

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        people: QuerySet[User] = super().get_queryset(request)
        return people.prefetch_related("groups")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        obj.is_staff = obj.is_staff or obj.is_superuser
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        chosen = form.cleaned_data.get("role") or ("" if change else Role.READER)
        if chosen and (not change or "role" in form.changed_data):
            roles.give(Role(chosen), form.instance)
            self.log_change(request, form.instance, gettext("Role: %s.") % roles.NAMES[Role(chosen)])

    @admin.display(description=_("role"))
    def role(self, user: User) -> str:
        if user.is_superuser:
            return gettext("superuser")
        role = roles.role_of(user)
        return str(roles.NAMES[role]) if role else gettext("rights of their own")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_touch(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_touch(request, obj) and super().has_delete_permission(request, obj)

    def get_deleted_objects(self, objs: Sequence[Any] | QuerySet[Any], request: HttpRequest) -> Any:
        """What belongs to a person goes along, whoever may delete that by itself."""
        to_delete, counts, _missing_permissions, protected = super().get_deleted_objects(objs, request)
        if leaves_no_administrator(objs):
            protected = [*protected, last_administrator()]
        missing = {str(person) for person in objs if not may_touch(request, person)}
        return to_delete, counts, missing, protected

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        delete_me(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            delete_me(person)

    @admin.action(description=_("End all log-ins"), permissions=["change"])
    def end_log_ins(self, request: HttpRequest, users: QuerySet[User]) -> None:
        people = [user for user in users if self.has_change_permission(request, user)]
        end_all(people)
        history.note_change(request.user, people, _("All log-ins ended."))
        text = ngettext("%d person is signed out.", "%d people are signed out.", len(people)) % len(people)
        self.message_user(request, text, messages.SUCCESS)


def may_touch(request: HttpRequest, user: User | None) -> bool:
    return user is None or roles.may_be_touched_by(request.user, user)


@admin.register(Group)
class GroupAdmin(BaseGroupAdmin, ModelAdmin):
    """Who changes a group gives rights: that is for administrators."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request) and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_administrator(request) and super().has_delete_permission(request, obj)


def is_administrator(request: HttpRequest) -> bool:
    return roles.role_of(request.user) is Role.ADMINISTRATOR
