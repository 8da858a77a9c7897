"""What the chat endpoints take and give."""

from typing import Any

from rest_framework import serializers

from chat.answering import QUESTION_LENGTH, SELECTED_LENGTH, Details
from chat.images import MOST_IMAGES
from chat.models import Message, Preferences


class ChosenPreferencesSerializer(serializers.ModelSerializer):
    """How this one answer should be, in place of what the account prefers."""

    class Meta:
        model = Preferences
        fields = ("expertise", "about_me", "language", "model", "temperature", "max_tokens")


class DetailsSerializer(serializers.Serializer):
    """What may come with a question."""

    assistant = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=120,
        help_text="Short name of the assistant that is asked; the conversation's or the default one if left out.",
    )
    selected_text = serializers.CharField(
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        help_text=f"The only text to answer from, up to {SELECTED_LENGTH} characters: nothing else is searched.",
    )
    images = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        max_length=MOST_IMAGES,
        help_text=f"Up to {MOST_IMAGES} images as data URLs (PNG, JPEG, WebP, GIF). They are not kept.",
    )
    preferences = ChosenPreferencesSerializer(required=False)
    fresh = serializers.BooleanField(
        required=False,
        help_text="Write the answer anew, even if the question was answered before; the new answer is kept instead.",
    )

    def details(self, **more: Any) -> Details:
        names = ("assistant", "selected_text", "images", "preferences", "fresh")
        given = {name: self.validated_data[name] for name in names if name in self.validated_data}
        return Details(**given | more)


class ContentSerializer(DetailsSerializer):
    """A question in a conversation that is there."""

    content = serializers.CharField(
        allow_blank=True,
        trim_whitespace=False,
        help_text=f"The question, up to {QUESTION_LENGTH} characters.",
    )


class QuestionSerializer(DetailsSerializer):
    """A question in a conversation that is there, or in a new one."""

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


class CitationSerializer(serializers.Serializer):
    """A copy of the passage that a statement rests on."""

    number = serializers.IntegerField(help_text="As [1] in the answer.")
    title = serializers.CharField()
    heading = serializers.CharField(allow_blank=True)
    page = serializers.IntegerField(allow_null=True)
    last_page = serializers.IntegerField(allow_null=True)
    url = serializers.CharField(
        allow_blank=True, help_text="The very page: at the source, or our view of it."
    )
    text = serializers.CharField()
    source_id = serializers.IntegerField(
        allow_null=True, help_text="null for what a tool gave, and once the source has been deleted."
    )
    source_read_at = serializers.DateTimeField(allow_null=True)


class ToolCallSerializer(serializers.Serializer):
    """A call of another program's tool, made for an answer."""

    number = serializers.IntegerField(help_text="Of the call, from 1.")
    server = serializers.CharField()
    tool = serializers.CharField()
    arguments = serializers.DictField()
    outcome = serializers.ChoiceField(
        ["running", "done", "kept", "failed", "refused"],
        help_text="`kept`: a result that still held, nothing was sent; `refused`: nothing was sent either.",
    )
    milliseconds = serializers.IntegerField()
    detail = serializers.CharField(allow_blank=True, help_text="Why it failed or was refused.")


class NearestSerializer(serializers.Serializer):
    title = serializers.CharField()
    url = serializers.CharField(allow_blank=True)
    page = serializers.IntegerField(allow_null=True)


class MessageErrorSerializer(serializers.Serializer):
    code = serializers.CharField()
    detail = serializers.CharField()


class TokensSerializer(serializers.Serializer):
    prompt = serializers.IntegerField()
    completion = serializers.IntegerField()


class ImageSerializer(serializers.Serializer):
    media_type = serializers.CharField()
    bytes = serializers.IntegerField()


class MessageFeedbackSerializer(serializers.Serializer):
    rating = serializers.IntegerField()
    comment = serializers.CharField(allow_blank=True)


class MessageSerializer(serializers.Serializer):
    """A question or an answer, as `chat.records.message_payload` makes it."""

    id = serializers.IntegerField()
    session_id = serializers.UUIDField()
    role = serializers.ChoiceField(Message.Role.choices)
    content = serializers.CharField(allow_blank=True, help_text="Markdown with marks such as [1].")
    html = serializers.CharField(
        allow_blank=True, help_text="The same as sanitised HTML; empty for a question."
    )
    state = serializers.ChoiceField(Message.State.choices)
    kind = serializers.ChoiceField(
        Message.Kind.choices,
        allow_blank=True,
        help_text="`cached`: answered before, `verified`: by a curator; both without a model.",
    )
    cached_at = serializers.DateTimeField(
        allow_null=True, help_text="When a cached answer was written, or a verified one verified."
    )
    model = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    citations = CitationSerializer(many=True)
    tools = ToolCallSerializer(
        many=True, help_text="Tools of other programs that were called for this answer."
    )
    nearest = NearestSerializer(many=True, help_text="If the sources do not answer: those that came closest.")
    warnings = serializers.ListField(
        child=serializers.ChoiceField(["uncited", "unsupported", "truncated", "review_due"]),
    )
    error = MessageErrorSerializer(allow_null=True)
    timings = serializers.DictField(
        child=serializers.IntegerField(), help_text="Milliseconds since the question."
    )
    tokens = TokensSerializer()
    selected_text = serializers.CharField(allow_blank=True)
    images = ImageSerializer(many=True)
    standalone_question = serializers.CharField(
        allow_blank=True, help_text="The question as it was understood in its conversation."
    )
    feedback = MessageFeedbackSerializer(allow_null=True)
    trace = serializers.DictField(
        required=False, help_text="Why this answer was given; for staff with `?trace=1`."
    )
