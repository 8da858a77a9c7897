"""REST: find passages."""

from django.conf import settings
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle
from rest_framework.views import APIView

from knowledge.api.serializers import PassageSerializer, QuerySerializer
from knowledge.models import Collection
from knowledge.retrieval import find_passages


class AnonymousQueryThrottle(AnonRateThrottle):
    scope = "anonymous_question"


class QueryThrottle(UserRateThrottle):
    scope = "question"


class RetrieveView(APIView):
    """Passages that fit a query, best first, among those the asker may read."""

    throttle_classes = [AnonymousQueryThrottle, QueryThrottle]

    def get_permissions(self) -> list[AllowAny | IsAuthenticated]:
        return [AllowAny() if settings.ANONYMOUS_MAY_ASK else IsAuthenticated()]

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
