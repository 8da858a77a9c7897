"""What goes in and out below auth/."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

EMAIL = {"email": "ada@example.org"}
PASSWORD = {"password": "several words that nobody guesses"}
PASSWORDS = {"old_password": "what it was until now", "new_password": PASSWORD["password"]}
TOKEN = {"token": "MQ.d2f8-0c1e"}
REFRESH = {"refresh": "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiI3In0.c2lnbmVk"}


def example(**values: str) -> Any:
    """For the schema: what a request may look like."""
    return extend_schema_serializer(examples=[OpenApiExample("An example", values, request_only=True)])


def email_field() -> serializers.EmailField:
    return serializers.EmailField(max_length=254)


def password_field() -> serializers.CharField:
    return serializers.CharField(max_length=128, trim_whitespace=False, style={"input_type": "password"})


def token_field(**options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=2_000, **options)


class DetailSerializer(serializers.Serializer):
    detail = serializers.CharField(help_text="A sentence that says what happens now.")


@example(**EMAIL)
class EmailSerializer(serializers.Serializer):
    email = email_field()


@example(**EMAIL, **PASSWORD, name="Ada")
class SignUpSerializer(EmailSerializer):
    password = password_field()
    name = serializers.CharField(max_length=150, required=False, allow_blank=True, default="")


@example(**EMAIL, **PASSWORD)
class CredentialsSerializer(EmailSerializer):
    password = password_field()


@example(**TOKEN)
class TokenSerializer(serializers.Serializer):
    token = token_field(help_text="From the link in the mail.")


@example(**TOKEN, **PASSWORD)
class PasswordResetSerializer(TokenSerializer):
    password = password_field()


@example(**PASSWORDS)
class PasswordChangeSerializer(serializers.Serializer):
    old_password = password_field()
    new_password = password_field()


@example(**REFRESH)
class RefreshSerializer(serializers.Serializer):
    refresh = token_field()


@example(**REFRESH)
class LogOutSerializer(serializers.Serializer):
    refresh = token_field(required=False, help_text="Needed without an access token.")


class PairSerializer(serializers.Serializer):
    access = serializers.CharField()
    refresh = serializers.CharField(help_text="Can be used once.")
    expires_in = serializers.IntegerField(help_text="Seconds for which the access token is taken.")


class PersonSerializer(serializers.Serializer):
    email = serializers.EmailField()
    name = serializers.CharField()
    is_staff = serializers.BooleanField()


class LogInSerializer(PairSerializer):
    user = PersonSerializer()
