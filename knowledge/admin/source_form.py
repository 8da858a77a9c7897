"""The settings of one source, and what follows from changing them."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget

from knowledge import intake
from knowledge.errors import KnowledgeError
from knowledge.models import Source


class SourceForm(forms.ModelForm):
    replacement = forms.FileField(
        label=gettext_lazy("Replace the PDF"),
        required=False,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": "application/pdf"}),
        help_text=gettext_lazy("The old file answers until the new one has been read."),
    )

    class Meta:
        model = Source
        fields: ClassVar[tuple[str, ...]] = ()  # SourceAdmin.get_fieldsets chooses by kind

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.kind != Source.Kind.PDF:
            del self.fields["replacement"]
        if "title" in self.fields:
            self.fields["title"].widget.attrs["placeholder"] = self.instance.name

    def _get_validation_exclusions(self) -> set[str]:
        """Nor the address: the model's own check knows no host without a dot, as those of an intranet are."""
        return {*super()._get_validation_exclusions(), "url"}  # type: ignore[misc]  # not in the stubs

    def clean_url(self) -> str:
        try:
            return intake.checked_url(self.cleaned_data["url"])
        except intake.NoAddressError as error:
            raise ValidationError(str(error)) from None

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not text.strip():
            raise ValidationError(
                _("The text is empty. To keep it out of answers, disable the source instead.")
            )
        return text

    def clean_replacement(self) -> Any:
        file = self.cleaned_data["replacement"]
        if not file:
            return None
        content = file.read(intake.PDF_BYTES + 1)
        try:
            intake.check_pdf(content, file.name)
        except KnowledgeError as error:
            raise ValidationError(str(error)) from None
        return file.name, content

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        url = self.cleaned_data.get("url")
        there = Source.objects.filter(
            kind=Source.Kind.URL, url=url, collection=self.cleaned_data.get("collection")
        )
        if url and there.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This collection has a source with this address already."))
        return cleaned

    def apply(self, user: Any) -> bool:
        """Save, move, enable, replace, as far as each was changed. True if the source will be read again."""
        changes = {name: self.cleaned_data[name] for name in self.changed_data}
        replacement = changes.pop("replacement", None)
        with transaction.atomic():
            will_be_read = intake.change(self.instance, changes, user=user)
            if replacement:
                name, content = replacement
                intake.replace_pdf(self.instance, content, name, user=user)
        return will_be_read or bool(replacement)
