"""What programs send: OpenAI's parameters, as far as they mean something here. Unknown ones are ignored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from chat.answering import Details
from chat.answering.refusals import image_refusal
from chat.models import Session
from chat.models.assistant import TEMPERATURE_LIMIT
from chat.models.session import END_USER_LENGTH
from chat.openai_api.errors import OpenAIRefused

Turn = tuple[str, str]

MOST_MESSAGES = 2_048
INSTRUCTING = ("system", "developer")
TALKING = ("user", "assistant")
TEXT_PARTS = ("text", "refusal")
ANSWERED_BY_DEFAULT = {
    "n": (None, 1),
    "tools": (None, []),
    "tool_choice": (None, "none", "auto"),
    "functions": (None, []),
    "response_format": (None, {"type": "text"}),
    "logprobs": (None, False),
    "top_logprobs": (None, 0),
    "modalities": (None, ["text"]),
    "audio": (None,),
}
"""What would change the shape of an answer, with the values that leave it as it is."""


class TextField(serializers.CharField):
    """A text, and no number that could be written as one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


TEXT = TextField(allow_blank=True, trim_whitespace=False)


@dataclass(frozen=True)
class Content:
    text: str = ""
    images: tuple[str, ...] = ()
    """Data URLs, as they came."""


class ContentField(serializers.Field):
    """A text, or parts that are texts and images."""

    def to_internal_value(self, data: Any) -> Content:
        if not isinstance(data, list):
            return Content(TEXT.run_validation(data))
        texts, images = [], []
        for part in data:
            kind = part.get("type") if isinstance(part, dict) else None
            if kind in TEXT_PARTS:
                texts.append(TEXT.run_validation(part.get(kind)))
            elif kind == "image_url":
                images.append(self._address(part.get(kind)))
            else:
                raise serializers.ValidationError(_("Parts may be of the types text and image_url."))
        return Content("\n".join(texts), tuple(images))

    def to_representation(self, value: Content) -> str:
        return value.text

    @staticmethod
    def _address(image: Any) -> str:
        address = TEXT.run_validation(image.get("url") if isinstance(image, dict) else image)
        if not address.lower().startswith("data:"):
            raise serializers.ValidationError(image_refusal("image_address"), "invalid_image_url")
        return address


class MessageSerializer(serializers.Serializer):
    role = serializers.ChoiceField([*INSTRUCTING, *TALKING])
    content = ContentField(required=False, allow_null=True)


class StreamOptionsSerializer(serializers.Serializer):
    include_usage = serializers.BooleanField(required=False, default=False)


class CompletionSerializer(serializers.Serializer):
    model = TextField()
    messages = serializers.ListField(child=MessageSerializer(), allow_empty=False, max_length=MOST_MESSAGES)
    temperature = serializers.FloatField(
        required=False, allow_null=True, min_value=0, max_value=TEMPERATURE_LIMIT
    )
    max_tokens = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    max_completion_tokens = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    user = TextField(required=False, allow_null=True, allow_blank=True, max_length=END_USER_LENGTH)
    stream = serializers.BooleanField(required=False, allow_null=True)
    stream_options = StreamOptionsSerializer(required=False, allow_null=True)

    @property
    def wants_usage(self) -> bool:
        """At the end of a stream; an answer in one piece always tells it."""
        return bool((self.validated_data.get("stream_options") or {}).get("include_usage"))

    @property
    def question(self) -> str:
        return self._last_asked()[1].text

    def details(self, *, assistant: str) -> Details:
        """The messages around the question, and the wishes that come with it."""
        position, asked = self._last_asked()
        earlier = self.validated_data["messages"][:position]
        return Details(
            assistant=assistant,
            images=asked.images,
            preferences=self._preferences(),
            origin=Session.Origin.OPENAI,
            history=_turns(earlier),
            program=_instructions(self.validated_data["messages"]),
            end_user=self.validated_data.get("user") or "",
        )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name, values in ANSWERED_BY_DEFAULT.items():
            if self.initial_data.get(name) not in values:
                sentence = _("Unsupported value: “%(name)s” is not supported with this model.")
                raise OpenAIRefused("unsupported_value", sentence % {"name": name}, param=name)
        if attrs.get("stream_options") is not None and not attrs.get("stream"):
            sentence = _("stream_options are for streams: set stream, or leave them out.")
            raise serializers.ValidationError({"stream_options": [sentence]})
        if not any(message["role"] == "user" for message in attrs["messages"]):
            raise serializers.ValidationError({"messages": [_("There is no message of the user.")]})
        return attrs

    def _last_asked(self) -> tuple[int, Content]:
        """Where the question is among the messages, and the question."""
        messages = self.validated_data["messages"]
        position = max(number for number, message in enumerate(messages) if message["role"] == "user")
        return position, _content(messages[position])

    def _preferences(self) -> dict[str, Any]:
        wishes = {
            "temperature": self.validated_data.get("temperature"),
            "max_tokens": self.validated_data.get("max_completion_tokens")
            or self.validated_data.get("max_tokens"),
        }
        return {name: wish for name, wish in wishes.items() if wish is not None}


def _content(message: Mapping[str, Any]) -> Content:
    return message.get("content") or Content()


def _turns(messages: Sequence[Mapping[str, Any]]) -> tuple[Turn, ...]:
    said = ((message["role"], _content(message).text) for message in messages)
    return tuple((role, text) for role, text in said if role in TALKING and text.strip())


def _instructions(messages: Sequence[Mapping[str, Any]]) -> str:
    return "\n\n".join(_content(message).text for message in messages if message["role"] in INSTRUCTING)
