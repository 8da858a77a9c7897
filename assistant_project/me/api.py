"""REST: one's own account."""

import datetime
from typing import cast

from django.http import FileResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assistant_project.accounts.models import User
from assistant_project.accounts.permissions import SignedIn
from assistant_project.limits.models import Tally
from assistant_project.limits.throttles import TooOften
from assistant_project.me.deletion import delete_me
from assistant_project.me.export import as_attachment
from assistant_project.me.serializers import PeriodSerializer, ProfileSerializer, StatisticsSerializer
from assistant_project.me.statistics import statistics
from assistant_project.rest import ErrorSerializer

TAGS = ["me"]
EXPORTS_AN_HOUR = 10


class MeView(APIView):
    permission_classes = [SignedIn]
    key_scopes = {"GET": "read"}

    @extend_schema(
        operation_id="me_retrieve",
        summary="Look at one's account",
        tags=TAGS,
        responses={200: ProfileSerializer},
    )
    def get(self, request: Request) -> Response:
        return Response(ProfileSerializer(request.user).data)

    @extend_schema(
        operation_id="me_update",
        summary="Change one's name and preferences",
        description="What is left out stays. The e-mail address is changed at `auth/email/change/`.",
        tags=TAGS,
        request=ProfileSerializer,
        responses={200: ProfileSerializer},
        examples=[
            OpenApiExample(
                "Plain words, in German",
                {"preferences": {"expertise": "beginner", "language": "Deutsch"}},
                request_only=True,
            )
        ],
    )
    def patch(self, request: Request) -> Response:
        change = ProfileSerializer(request.user, request.data, partial=True, context={"request": request})
        change.is_valid(raise_exception=True)
        change.save()
        return Response(change.data)

    @extend_schema(
        operation_id="me_destroy",
        summary="Delete one's account",
        description="With its conversations, keys and figures. Sources stay, without an owner.",
        tags=TAGS,
        responses={
            204: None,
            409: OpenApiResponse(ErrorSerializer, "This is the last administrator: nobody could follow."),
        },
    )
    def delete(self, request: Request) -> Response:
        delete_me(cast(User, request.user))
        return Response(status=204)


class StatisticsView(APIView):
    permission_classes = [SignedIn]
    key_scopes = {"GET": "read"}

    @extend_schema(
        operation_id="me_stats",
        summary="What one has used",
        description="Day by day; it outlives the conversations.",
        tags=TAGS,
        parameters=[PeriodSerializer],
        responses={
            200: StatisticsSerializer,
            400: OpenApiResponse(ErrorSerializer, "No such number of days."),
        },
    )
    def get(self, request: Request) -> Response:
        period = PeriodSerializer(data=request.query_params)
        period.is_valid(raise_exception=True)
        figures = statistics(request.user, period.validated_data["days"])
        return Response(StatisticsSerializer(figures).data)


class ExportView(APIView):
    permission_classes = [SignedIn]
    key_scopes: dict[str, str] = {}

    @extend_schema(
        operation_id="me_export",
        summary="Take one's data along",
        description=f"Everything that is stored about the account, as one file; {EXPORTS_AN_HOUR} times an hour.",
        tags=TAGS,
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT, "A JSON document, as attachment.")},
    )
    def get(self, request: Request) -> FileResponse:
        key = f"export user:{request.user.pk}"
        if wait := Tally.objects.take(key, limit=EXPORTS_AN_HOUR, period=datetime.timedelta(hours=1)):
            raise TooOften(_("Too many exports."), wait)
        return as_attachment(request.user)
