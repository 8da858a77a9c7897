"""Form fields of the pages about the cache."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget


class DateInput(UnfoldAdminTextInputWidget):
    """The browser's own."""

    input_type = "date"


class TextField(forms.CharField):
    """Its lines end as those in the database, not as browsers send them, so that a text is not taken for changed."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")
