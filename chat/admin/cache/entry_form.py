"""The form of an entry: its text, and when to look at it again."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from chat.admin.cache.fields import DateInput, TextField
from chat.cache import verified
from chat.cache.verified import AnswerRefused

APPROVE = "_approve"
"""Name of the button that approves and saves."""


class EntryForm(forms.ModelForm):
    """Whoever changes the text or the date approves the entry, as does the button."""

    content = TextField(label=gettext_lazy("Answer"), widget=UnfoldAdminTextareaWidget())
    review_by = forms.DateField(
        label=gettext_lazy("Review by"),
        required=False,
        show_hidden_initial=True,  # what is offered is another date tomorrow, which nobody has changed
        widget=DateInput(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["review_by"] = verified.next_review_date(self.instance)

    @property
    def approves(self) -> bool:
        return APPROVE in self.data or not {"content", "review_by"}.isdisjoint(self.changed_data)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.approves and not self.errors:
            try:
                self._refuse()
            except AnswerRefused as refused:
                raise ValidationError(str(refused)) from None
        return cleaned

    def _refuse(self) -> None:
        verified.refuse_past(self.cleaned_data["review_by"])
        if "content" in self.changed_data:
            passages = list(self.instance.passages.all())
            self.cleaned_data["content"] = verified.checked(self.cleaned_data["content"], passages)
        verified.refuse_outdated(self.instance)
