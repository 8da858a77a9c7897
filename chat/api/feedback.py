"""REST: what a reader thinks of an answer."""

from django.db import transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from assistant_project.accounts.permissions import Anyone
from chat.api.refusals import StillWritingError, refusals
from chat.cache.ratings import rated
from chat.models import Feedback, Message
from chat.models.feedback import COMMENT_LENGTH
from chat.visitors import asker_of


class FeedbackSerializer(serializers.Serializer):
    rating = serializers.ChoiceField(
        Feedback.Rating.choices, help_text="1 if the answer helped, -1 if it did not."
    )
    comment = serializers.CharField(max_length=COMMENT_LENGTH, allow_blank=True, default="")


class FeedbackView(APIView):
    permission_classes = [Anyone]  # everybody rates the answers of the own conversations only
    key_scopes = {"PUT": "ask", "DELETE": "ask"}

    @extend_schema(
        operation_id="feedback_give",
        summary="Rate an answer",
        description="In place of an earlier rating. Answers that failed or were stopped can be rated too.",
        tags=["conversations"],
        request=FeedbackSerializer,
        responses={
            200: FeedbackSerializer,
            **refusals(409),
        },
        examples=[
            OpenApiExample(
                "Not helpful", {"rating": -1, "comment": "That is the old model."}, request_only=True
            )
        ],
    )
    def put(self, request: Request, message_id: int) -> Response:
        given = FeedbackSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        with transaction.atomic():
            answer = own_answer(request, message_id)
            if answer.state == Message.State.STREAMING:
                raise StillWritingError
            feedback, _ = Feedback.objects.update_or_create(message=answer, defaults=given.validated_data)
            rated(answer, feedback.rating)
        return Response(FeedbackSerializer(feedback).data)

    @extend_schema(
        operation_id="feedback_take_back",
        summary="Take a rating back",
        tags=["conversations"],
        responses={204: None},
    )
    def delete(self, request: Request, message_id: int) -> Response:
        with transaction.atomic():
            answer = own_answer(request, message_id)
            Feedback.objects.filter(message=answer).delete()
            rated(answer, None)
        return Response(status=204)


def own_answer(request: Request, message_id: int) -> Message:
    """Locked, so that it is not deleted while it is rated."""
    asker = asker_of(request)
    answers = Message.objects.visible_to(asker.user, asker.visitor).filter(role=Message.Role.ASSISTANT)
    return get_object_or_404(answers.select_for_update(of=("self",)), pk=message_id)
