"""What the chat endpoints take."""

from rest_framework import serializers

from chat.answering import QUESTION_LENGTH


class QuestionSerializer(serializers.Serializer):
    message = serializers.CharField(
        allow_blank=True,
        trim_whitespace=False,
        help_text=f"The question, up to {QUESTION_LENGTH} characters.",
    )
    session_id = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="The conversation that it belongs to; a new one if left out.",
    )
