"""REST: sign up, log in and out, passwords and the e-mail address."""

from typing import Any, cast

from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView
from rest_framework_simplejwt.tokens import AccessToken

from assistant_project.accounts import passwords, registration, tokens
from assistant_project.accounts.api import serializers
from assistant_project.accounts.errors import AccountRefused
from assistant_project.accounts.models import LogIn, User
from assistant_project.accounts.permissions import Anyone, SignedIn
from assistant_project.accounts.sign_in import checked_user
from assistant_project.limits.addresses import client_address
from assistant_project.rest import ErrorSerializer

NOT_RIGHT = {
    400: OpenApiResponse(ErrorSerializer, "Some fields are not right, or a link is no longer valid.")
}
NOT_IN = {401: OpenApiResponse(ErrorSerializer, "The credentials are not valid, or no longer.")}
NOT_OPEN = {403: OpenApiResponse(ErrorSerializer, "This is not open to you.")}
TAKEN = {409: OpenApiResponse(ErrorSerializer, "Another account has the address by now.")}


def documented(summary: str, takes: Any, gives: Any, *refusals: dict[int, Any], status: int = 200) -> Any:
    responses = {status: gives}
    for refusal in (*refusals, NOT_RIGHT):
        responses |= refusal
    return extend_schema(summary=summary, tags=["accounts"], request=takes, responses=responses)


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class AuthView(APIView):
    permission_classes = [Anyone]

    def values(self, kind: type[Serializer]) -> dict[str, Any]:
        """What the request says, checked."""
        said = kind(data=self.request.data)
        said.is_valid(raise_exception=True)
        return dict(said.validated_data)

    @property
    def address(self) -> str:
        return client_address(self.request)


class OpenView(AuthView):
    """For who has no credentials yet. Old ones that come along are not looked at, so that they do no harm."""

    authentication_classes = []


class OwnView(AuthView):
    """For a person who is signed in."""

    permission_classes = [SignedIn]

    @property
    def user(self) -> User:
        return cast(User, self.request.user)


class SignUpView(OpenView):
    @documented(
        "Sign up; a mail with a link follows",
        serializers.SignUpSerializer,
        serializers.DetailSerializer,
        NOT_OPEN,
        status=202,
    )
    def post(self, request: Request) -> Response:
        registration.sign_up(**self.values(serializers.SignUpSerializer), address=self.address)
        return said(_("Open the link in the mail that we sent to you. Then you can log in."), 202)


class VerifyView(OpenView):
    @documented("Prove the e-mail address", serializers.TokenSerializer, serializers.DetailSerializer)
    def post(self, request: Request) -> Response:
        registration.verify(**self.values(serializers.TokenSerializer))
        return said(_("Your e-mail address is verified. You can log in now."))


class VerifyAgainView(OpenView):
    @documented(
        "Have the verification mail sent again",
        serializers.EmailSerializer,
        serializers.DetailSerializer,
        status=202,
    )
    def post(self, request: Request) -> Response:
        registration.send_verification_again(**self.values(serializers.EmailSerializer), address=self.address)
        return said(_("If this address waits for its verification, a mail is on its way."), 202)


class LogInView(OpenView):
    @documented(
        "Log in with e-mail and password",
        serializers.CredentialsSerializer,
        serializers.LogInSerializer,
        NOT_IN,
        NOT_OPEN,
    )
    def post(self, request: Request) -> Response:
        user = checked_user(request, **self.values(serializers.CredentialsSerializer), address=self.address)
        pair = serializers.PairSerializer(tokens.issue(user)).data
        return Response({**pair, "user": serializers.PersonSerializer(user).data})


class RefreshView(OpenView):
    @documented(
        "Get the next pair of tokens", serializers.RefreshSerializer, serializers.PairSerializer, NOT_IN
    )
    def post(self, request: Request) -> Response:
        refresh = self.values(serializers.RefreshSerializer)["refresh"]
        return Response(serializers.PairSerializer(tokens.refreshed(refresh, request._request)).data)


class LogOutView(AuthView):
    refused: AccountRefused | None = None
    """Why the credentials that the request bears are not taken."""

    def perform_authentication(self, request: Request) -> None:
        """A dead access token does no harm yet: a refresh token may say which log-in is meant."""
        try:
            super().perform_authentication(request)
        except AccountRefused as refused:
            self.refused = refused

    @documented("End a log-in", serializers.LogOutSerializer, None, NOT_IN, NOT_OPEN, status=204)
    def post(self, request: Request) -> Response:
        """By the access token that the request bears, or by a refresh token; its other tokens end with it."""
        refresh = self.values(serializers.LogOutSerializer).get("refresh")
        if refresh:
            tokens.end(refresh)
        if isinstance(request.auth, AccessToken):
            LogIn.objects.filter(pk=request.auth[tokens.LOG_IN]).revoke()
        elif not refresh:
            raise self.refused or NotAuthenticated
        return Response(status=204)


class PasswordForgottenView(OpenView):
    @documented(
        "Have a link for a new password sent",
        serializers.EmailSerializer,
        serializers.DetailSerializer,
        status=202,
    )
    def post(self, request: Request) -> Response:
        passwords.forgotten(**self.values(serializers.EmailSerializer), address=self.address)
        return said(_("If there is an account with this address, a mail is on its way."), 202)


class PasswordResetView(OpenView):
    @documented(
        "Set a new password by a link", serializers.PasswordResetSerializer, serializers.DetailSerializer
    )
    def post(self, request: Request) -> Response:
        passwords.reset(**self.values(serializers.PasswordResetSerializer), address=self.address)
        return said(
            _(
                "Your password is changed, every log-in is ended and every API key revoked. Log in with the new one."
            )
        )


class PasswordChangeView(OwnView):
    @documented(
        "Change one's password",
        serializers.PasswordChangeSerializer,
        serializers.DetailSerializer,
        NOT_IN,
        NOT_OPEN,
    )
    def post(self, request: Request) -> Response:
        said_so = self.values(serializers.PasswordChangeSerializer)
        passwords.change(self.user, said_so["old_password"], said_so["new_password"], address=self.address)
        return said(_("Your password is changed, and every log-in is ended. Log in with the new one."))


class EmailChangeView(OwnView):
    @documented(
        "Ask for another e-mail address",
        serializers.CredentialsSerializer,
        serializers.DetailSerializer,
        NOT_IN,
        NOT_OPEN,
        status=202,
    )
    def post(self, request: Request) -> Response:
        wanted = self.values(serializers.CredentialsSerializer)
        registration.request_email_change(
            self.user, wanted["email"], wanted["password"], address=self.address
        )
        return said(_("Open the link in the mail to the new address. Until then the old one counts."), 202)


class EmailConfirmView(OpenView):
    @documented(
        "Confirm the new e-mail address", serializers.TokenSerializer, serializers.DetailSerializer, TAKEN
    )
    def post(self, request: Request) -> Response:
        registration.confirm_email_change(**self.values(serializers.TokenSerializer))
        return said(_("Your e-mail address is changed. Log in with the new one from now on."))


def said(sentence: str, status: int = 200) -> Response:
    return Response({"detail": sentence}, status=status)
