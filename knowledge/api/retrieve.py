"""REST: find passages."""

from django.conf import settings
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assistant_project.accounts.permissions import Anyone, SignedIn
from assistant_project.limits.throttles import QuestionThrottle
from knowledge.api.serializers import PassageSerializer, QuerySerializer
from knowledge.models import Collection
from knowledge.retrieval import find_passages


class RetrieveView(APIView):
    key_scopes = {"POST": "read"}
    throttle_classes = [QuestionThrottle]

    def get_permissions(self) -> list[Anyone]:
        return [Anyone() if settings.ANONYMOUS_MAY_ASK else SignedIn()]

    @extend_schema(
        summary="Find passages",
        description="Those that fit a query, best first, among those that the asker may read.",
        tags=["knowledge"],
        request=QuerySerializer,
        responses={200: PassageSerializer(many=True)},
        examples=[
            OpenApiExample("A query", {"query": "water heater temperature", "limit": 3}, request_only=True)
        ],
    )
    def post(self, request: Request) -> Response:
        query = QuerySerializer(data=request.data)
        query.is_valid(raise_exception=True)
        slugs = query.validated_data.get("collections")
        passages = find_passages(
            query.validated_data["query"],
            user=request.user,
            limit=query.validated_data["limit"],
            collections=None if slugs is None else Collection.objects.filter(slug__in=slugs),
        )
        return Response(PassageSerializer(passages, many=True).data)
