"""Collections: who may read which sources, in which language."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from knowledge import tasks
from knowledge.admin import marks
from knowledge.admin.deletion import DeletionInFigures
from knowledge.admin.scope import CuratedRows
from knowledge.models import Chunk, Collection, Source
from knowledge.models.collection import CURATE_ALL, CollectionInUseError

OF_ADMINISTRATORS = ("slug", "access", "groups", "curators")
"""Fields that say who reads and who cares for a collection, and what requests call it."""


class CollectionForm(forms.ModelForm):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if "access" in self.fields:
            Collection.check_readers(
                self.cleaned_data.get("access", ""), self.cleaned_data.get("groups") or ()
            )
        return cleaned


@admin.register(Collection)
class CollectionAdmin(DeletionInFigures, CuratedRows, ModelAdmin):
    within = "pk"
    form = CollectionForm
    list_display = ("name", "access_label", "language", "source_count", "chunk_count", "created_at")
    list_filter = ("access", "language")
    search_fields = ("name",)
    fields = ("name", "slug", "language", "access", "groups", "curators")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("groups",)
    conditional_fields = {"groups": "access == 'groups'"}
    empty_title = gettext_lazy("No collection yet")
    empty_text = gettext_lazy(
        "A collection holds sources that the same people may read. Make one, then add sources to it."
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who makes a collection decides who reads it: that is for administrators."""
        return bool(request.user.has_perm(CURATE_ALL)) and super().has_add_permission(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if request.user.has_perm(CURATE_ALL):
            return self.fields
        return ("name", "slug", "language", "readers", "curators")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if request.user.has_perm(CURATE_ALL) else ("readers", *OF_ADMINISTRATORS)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "curators":
            kwargs["queryset"] = get_user_model()._default_manager.filter(is_staff=True).order_by("email")
            kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "curators" and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # Wrapped, unfold takes the boxes for one value, and a ticked one sends nothing.
            field.widget = field.widget.widget
        return field

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        def number(rows: QuerySet[Any]) -> Subquery:
            counted = rows.filter(collection=OuterRef("pk")).order_by().values("collection")
            return Subquery(counted.annotate(number=Count("pk")).values("number"))

        live = Chunk.objects.live()
        return (
            super()
            .get_queryset(request)
            .annotate(sources_=number(Source.objects.all()), chunks_=number(live))
        )

    @admin.display(description=gettext_lazy("who may read it"), ordering="access")
    def access_label(self, collection: Collection) -> str:
        colour = "green" if collection.access == Collection.Access.EVERYONE else "blue"
        words = {Collection.Access.GROUPS: _("members of its groups")}
        return marks.label(
            words.get(Collection.Access(collection.access), collection.get_access_display()), colour
        )

    @admin.display(description=gettext_lazy("who may read it"))
    def readers(self, collection: Collection) -> str:
        """For curators, who see it and do not decide it."""
        if collection.access != Collection.Access.GROUPS:
            return self.access_label(collection)
        names = collection.groups.order_by("name").values_list("name", flat=True)
        return format_html("{} {}", self.access_label(collection), ", ".join(names))

    @admin.display(description=gettext_lazy("sources"), ordering="sources_")
    def source_count(self, collection: Any) -> str:
        url = f"{reverse('admin:knowledge_source_changelist')}?collection__id__exact={collection.pk}"
        return format_html('<a class="k-link" href="{}">{}</a>', url, marks.number(collection.sources_ or 0))

    @admin.display(description=gettext_lazy("chunks that answer"), ordering="chunks_")
    def chunk_count(self, collection: Any) -> str:
        return marks.number(collection.chunks_ or 0)

    def save_model(self, request: HttpRequest, obj: Collection, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)
        if change and "language" in form.changed_data:
            tasks.reindex_outdated()
            text = _("Its sources are indexed again for the new language; they answer all the while.")
            self.message_user(request, text, messages.INFO)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except CollectionInUseError as error:
            return self._kept(request, error)

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        try:
            with transaction.atomic():  # Django notes who deleted them before it does
                return super().response_action(request, queryset)
        except CollectionInUseError as error:
            return self._kept(request, error)

    def _kept(self, request: HttpRequest, reason: CollectionInUseError) -> HttpResponse:
        self.message_user(request, str(reason), messages.ERROR)
        return HttpResponseRedirect(reverse("admin:knowledge_collection_changelist"))

    def delete_model(self, request: HttpRequest, obj: Collection) -> None:
        self.delete_queryset(request, Collection.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Collection]) -> None:
        Collection.objects.filter(pk__in=list(queryset.values_list("pk", flat=True))).remove()

    @staticmethod
    def sources_of(objs: Any) -> QuerySet[Source]:
        return Source.objects.filter(collection__in=[obj.pk for obj in objs])
