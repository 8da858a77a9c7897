"""What one may see and say of oneself."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import serializers

from assistant_project.accounts.models import User
from assistant_project.me.statistics import DAYS, DAYS_AT_MOST
from chat.assistants import models_open_to
from chat.models import Preferences


class PreferencesSerializer(serializers.ModelSerializer):
    """How one wants to be answered; what is empty is as the assistant does it."""

    class Meta:
        model = Preferences
        fields = ("expertise", "about_me", "language", "model", "temperature", "max_tokens")

    def validate_model(self, model: str) -> str:
        if model and model not in models_open_to(self.context["request"].user):
            raise serializers.ValidationError(_("No assistant that is open to you offers this model."))
        return model


class ProfileSerializer(serializers.ModelSerializer):
    """An account as its owner sees it."""

    email = serializers.EmailField(read_only=True, help_text="It is changed at auth/email/change/.")
    verified = serializers.BooleanField(source="is_verified", read_only=True)
    joined = serializers.DateTimeField(source="date_joined", read_only=True)
    preferences = PreferencesSerializer(required=False)

    class Meta:
        model = User
        fields = ("id", "email", "name", "verified", "joined", "is_staff", "preferences")
        read_only_fields = ("is_staff",)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if "email" in self.initial_data:
            raise serializers.ValidationError(
                {
                    "email": _(
                        "The address is changed at auth/email/change/, where the new one is verified first."
                    )
                }
            )
        return given

    @transaction.atomic
    def update(self, user: User, given: dict[str, Any]) -> User:
        chosen = given.pop("preferences", None)
        if chosen:
            Preferences.objects.update_or_create(user=user, defaults=chosen)
        return super().update(user, given)

    def to_representation(self, user: User) -> dict[str, Any]:
        """With the usual preferences where none were ever chosen."""
        preferences = PreferencesSerializer(Preferences.objects.of(user))
        return super().to_representation(user) | {"preferences": preferences.data}


class FiguresSerializer(serializers.Serializer):
    """Counts, and which shares of the answers they make."""

    sessions = serializers.IntegerField()
    questions = serializers.IntegerField()
    answers = serializers.IntegerField()
    cached = serializers.IntegerField(help_text="Answers from the cache.")
    abstained = serializers.IntegerField(help_text="Questions that the sources did not answer.")
    prompt_tokens = serializers.IntegerField()
    completion_tokens = serializers.IntegerField()
    cost = serializers.DecimalField(
        max_digits=16, decimal_places=6, help_text="As the operator's prices say; 0 where there are none."
    )
    cached_share = serializers.FloatField(help_text="From 0 to 1; 0 without answers.")
    abstained_share = serializers.FloatField()


class DaySerializer(FiguresSerializer):
    day = serializers.DateField()


class StatisticsSerializer(serializers.Serializer):
    since = serializers.DateField()
    until = serializers.DateField(help_text="Today, in the site's time zone.")
    currency = serializers.CharField(help_text="Of the costs.")
    totals = FiguresSerializer(help_text="Of all the days that are listed.")
    by_day = DaySerializer(
        many=True, help_text="Every day, oldest first, with zeros where nothing was asked."
    )


class PeriodSerializer(serializers.Serializer):
    days = serializers.IntegerField(default=DAYS, min_value=1, max_value=DAYS_AT_MOST)
