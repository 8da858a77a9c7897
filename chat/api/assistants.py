"""REST: whom one may ask."""

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assistant_project.accounts.permissions import Anyone
from chat.api.pages import DefaultFirst
from chat.api.refusals import SignInNeededError, refusals
from chat.assistants import models_of
from chat.models import Assistant


class AssistantSerializer(serializers.ModelSerializer):
    """An assistant as its readers see it; not what it is told."""

    starter_questions = serializers.ListField(child=serializers.CharField())
    models = serializers.SerializerMethodField(
        help_text="What one may choose as model, its own first; empty if answers are quoted."
    )

    class Meta:
        model = Assistant
        fields = (
            "slug",
            "name",
            "is_default",
            "greeting",
            "starter_questions",
            "models",
            "highest_temperature",
            "max_tokens",
        )

    def get_models(self, assistant: Assistant) -> list[str]:
        return models_of(assistant)


class AssistantsView(APIView):
    permission_classes = [Anyone]  # where only signed-in users may ask, the view says so
    key_scopes = {"GET": "ask"}
    pagination_class = DefaultFirst

    @extend_schema(
        operation_id="assistants_list",
        summary="List the assistants that one may ask",
        description="The default one comes first: it answers if a question names none.",
        tags=["conversations"],
        responses={200: AssistantSerializer(many=True), **refusals(404)},
    )
    def get(self, request: Request) -> Response:
        if not (request.user.is_authenticated or settings.ANONYMOUS_MAY_ASK):
            raise SignInNeededError
        Assistant.objects.default()  # made if there is none yet
        pages = self.pagination_class()
        page = pages.paginate_queryset(Assistant.objects.usable_by(request.user), request, view=self)
        return pages.get_paginated_response(AssistantSerializer(page, many=True).data)
