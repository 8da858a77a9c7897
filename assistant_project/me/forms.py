"""The forms of the account pages."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from assistant_project.accounts.forms import FlowForm, email_field, known_password, new_password
from assistant_project.accounts.models import ApiKey, User
from chat.assistants import models_open_to
from chat.models import Assistant, Preferences

explained = lazy(lambda title, text: format_html("<b>{}</b> <span>{}</span>", title, text), SafeString)


class NameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name",)
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class EmailChangeForm(FlowForm):
    email = email_field(_("New e-mail address"))
    password = known_password(_("Your password"))


class PasswordChangeForm(FlowForm):
    old_password = known_password(_("Current password"))
    new_password = new_password(_("New password"))


class DeletionForm(FlowForm):
    password = known_password(_("Your password"))


class PreferencesForm(forms.ModelForm):
    """How answers should be. What concerns the model is asked only where there is one to choose."""

    EXPERTISE = [
        ("", explained(_("Not said"), _("Written for everybody."))),
        (
            "beginner",
            explained(_("Beginner"), _("Short sentences, simple words, terms explained by examples.")),
        ),
        ("intermediate", explained(_("Intermediate"), _("The usual terms; only the rare ones explained."))),
        (
            "advanced",
            explained(_("Advanced"), _("The terms of the field, with conditions, exceptions and limits.")),
        ),
        (
            "expert",
            explained(
                _("Expert"), _("Full technical depth, with figures and tolerances, without the basics.")
            ),
        ),
    ]
    OF_THE_MODEL = ("model", "temperature", "max_tokens")

    expertise = forms.ChoiceField(
        label=_("What you know already"), choices=EXPERTISE, required=False, widget=forms.RadioSelect
    )
    model = forms.ChoiceField(label=_("Model"), required=False)

    class Meta:
        model = Preferences
        fields = ("expertise", "about_me", "language", "model", "temperature", "max_tokens")
        widgets = {
            "about_me": forms.Textarea(attrs={"rows": 4}),
            "temperature": forms.NumberInput(attrs={"min": 0, "max": 2, "step": 0.1}),
        }
        help_texts = {
            "temperature": _(
                "0 keeps close to the likeliest words, more is freer. Empty: as the assistant has it."
            ),
            "max_tokens": _("100 tokens are some 75 words. Empty: as the assistant has it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        Assistant.objects.default()  # made if there is none yet
        offered = sorted(models_open_to(self.instance.user))
        if not offered:
            for name in self.OF_THE_MODEL:
                del self.fields[name]
            return
        own = ("", _("The assistant’s own"))
        self.fields["model"] = forms.ChoiceField(
            label=_("Model"), required=False, choices=[own, *((name, name) for name in offered)]
        )


class ApiKeyForm(forms.Form):
    SCOPES = {
        ApiKey.Scope.ASK: explained(_("Ask"), _("Ask questions and go on with conversations.")),
        ApiKey.Scope.READ: explained(_("Read"), _("Read sources, passages and your conversations.")),
        ApiKey.Scope.EMBED: explained(_("Embed"), _("Turn texts into vectors.")),
        ApiKey.Scope.CURATE: explained(_("Curate"), _("Add, change and delete sources, as far as you may.")),
    }
    LIFETIMES = [(30, _("30 days")), (90, _("90 days")), (365, _("a year")), (0, _("never"))]

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("So that you know later which program uses it.")
    )
    scopes = forms.MultipleChoiceField(label=_("What it may do"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(label=_("Expires after"), choices=LIFETIMES, coerce=int, initial=90)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        scopes = [scope for scope in ApiKey.Scope if user.is_staff or scope != ApiKey.Scope.CURATE]
        self.fields["scopes"].choices = [(scope.value, self.SCOPES[scope]) for scope in scopes]  # type: ignore[attr-defined]
        self.fields["scopes"].initial = [ApiKey.Scope.ASK.value]

    def clean_name(self) -> str:
        """Two keys of one name could not be told apart; and a page that is sent twice makes one key."""
        name = self.cleaned_data["name"]
        if self.user.api_keys.filter(revoked_at__isnull=True, name=name).exists():
            raise forms.ValidationError(_("You have a key with this name. Choose another."), code="taken")
        return name

    def issue(self) -> str:
        """Make the key; its text, which is shown this once."""
        days = self.cleaned_data["days"]
        expires_at = timezone.now() + datetime.timedelta(days=days) if days else None
        _key, text = ApiKey.objects.issue(
            self.user,
            name=self.cleaned_data["name"],
            scopes=self.cleaned_data["scopes"],
            expires_at=expires_at,
        )
        return text
