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
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from assistant_project.accounts.deletion import last_administrator, leaves_no_administrator
from assistant_project.accounts.models import User
from assistant_project.accounts.revocation import end_all
from assistant_project.me.deletion import delete_me

admin.site.unregister(Group)

RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


class NewUserForm(UserCreationForm):
    """Whoever makes an account for somebody vouches for the address."""

    class Meta:
        model = User
        fields = ("email", "name")

    def _post_clean(self) -> None:
        self.instance.email_verified_at = timezone.now()
        super()._post_clean()


class UserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class UserAdmin(BaseUserAdmin, ModelAdmin):
    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("email", "name", "is_staff", "is_active", "email_verified_at", "last_login")
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
            {"fields": ("is_active", *RIGHTS)},
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who is no administrator makes nobody one, and gives nobody rights."""
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else (*fields, *RIGHTS)

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
        text = ngettext("%d person is signed out.", "%d people are signed out.", len(people)) % len(people)
        self.message_user(request, text, messages.SUCCESS)


def may_touch(request: HttpRequest, user: User | None) -> bool:
    """Administrators are touched by administrators only: who sets their address or password becomes one."""
    return user is None or request.user.is_superuser or not user.is_superuser


@admin.register(Group)
class GroupAdmin(BaseGroupAdmin, ModelAdmin):
    pass
