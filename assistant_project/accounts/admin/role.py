"""The choice of a role on the page of a person."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminRadioSelectWidget

from assistant_project.accounts import roles
from assistant_project.accounts.roles import Role


class RoleForm(forms.ModelForm):
    """A form of a person; what is left out stays."""

    givable: ClassVar[list[Role]] = []
    """The roles that whoever fills it in may give."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), required=False, widget=UnfoldAdminRadioSelectWidget()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.is_superuser:
            del self.fields["role"]  # they have none
        else:
            self._offer_roles()
        if "groups" in self.fields:
            others = Group.objects.exclude(pk__in=roles.groups_with_rights())
            self.fields["groups"].queryset = others  # type: ignore[attr-defined]
            if self.instance.pk:
                self.initial["groups"] = list(others.filter(user=self.instance))

    def _offer_roles(self) -> None:
        own = roles.role_of(self.instance)
        offered = [(role.value, role.label) for role in self.givable]
        if own is None:
            offered.insert(0, ("", gettext_lazy("Staff with rights of their own")))
        self.fields["role"].choices = offered  # type: ignore[attr-defined]
        self.initial["role"] = own.value if own else ""

    def clean_role(self) -> str:
        chosen: str = self.cleaned_data["role"]
        name = Role(chosen).group_name if chosen else ""
        if chosen and not Group.objects.filter(name=name).exists():
            sentence = _(
                "The group “%(name)s”, which holds the rights of this role, is missing. Make it first."
            )
            raise ValidationError(sentence, params={"name": name})
        return chosen

    def clean_groups(self) -> QuerySet[Group]:
        """Those that are chosen, and those that the role brings along."""
        of_role = Q(user=self.instance, pk__in=roles.groups_with_rights()) if self.instance.pk else Q(pk=None)
        chosen = Q(pk__in=[group.pk for group in self.cleaned_data["groups"]])
        return Group.objects.filter(chosen | of_role).distinct()
