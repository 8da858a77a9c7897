"""The addresses of the pages on which people come in. Mails link to those with a token."""

from django.contrib.auth.views import LogoutView
from django.urls import path, reverse_lazy

from assistant_project.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("sign-up/", views.SignUpView.as_view(), name="sign-up"),
    path(
        "sign-up/sent/",
        views.MailSentView.as_view(
            template_name="accounts/sign_up_sent.html", begin_at=reverse_lazy("accounts:sign-up")
        ),
        name="sign-up-sent",
    ),
    path("sign-up/again/", views.SendVerificationAgainView.as_view(), name="send-again"),
    path("verify-email/<str:token>/", views.VerifyEmailView.as_view(), name="verify-email"),
    path("confirm-email/<str:token>/", views.ConfirmEmailView.as_view(), name="confirm-email"),
    path("forgotten-password/", views.ForgottenPasswordView.as_view(), name="forgotten-password"),
    path(
        "forgotten-password/sent/",
        views.MailSentView.as_view(
            template_name="accounts/forgotten_password_sent.html",
            begin_at=reverse_lazy("accounts:forgotten-password"),
        ),
        name="forgotten-password-sent",
    ),
    path("reset-password/<str:token>/", views.ResetPasswordView.as_view(), name="reset-password"),
]
