from django.urls import path

from assistant_project.accounts.api.views import (
    EmailChangeView,
    EmailConfirmView,
    LogInView,
    LogOutView,
    PasswordChangeView,
    PasswordForgottenView,
    PasswordResetView,
    RefreshView,
    SignUpView,
    VerifyAgainView,
    VerifyView,
)

app_name = "auth-api"
urlpatterns = [
    path("signup/", SignUpView.as_view(), name="sign-up"),
    path("verify/", VerifyView.as_view(), name="verify"),
    path("verify/again/", VerifyAgainView.as_view(), name="verify-again"),
    path("login/", LogInView.as_view(), name="log-in"),
    path("refresh/", RefreshView.as_view(), name="refresh"),
    path("logout/", LogOutView.as_view(), name="log-out"),
    path("password/forgot/", PasswordForgottenView.as_view(), name="password-forgotten"),
    path("password/reset/", PasswordResetView.as_view(), name="password-reset"),
    path("password/change/", PasswordChangeView.as_view(), name="password-change"),
    path("email/change/", EmailChangeView.as_view(), name="email-change"),
    path("email/confirm/", EmailConfirmView.as_view(), name="email-confirm"),
]
