"""The addresses of the account pages."""

from django.urls import path

from assistant_project.me import views

app_name = "me"
urlpatterns = [
    path("account/", views.ProfileView.as_view(), name="profile"),
    path("account/email/", views.EmailChangeView.as_view(), name="email"),
    path("account/password/", views.PasswordChangeView.as_view(), name="password"),
    path("account/answers/", views.AnswersView.as_view(), name="answers"),
    path("account/keys/", views.ApiKeysView.as_view(), name="keys"),
    path("account/keys/<int:pk>/revoke/", views.revoke_key, name="revoke-key"),
    path("account/usage/", views.UsageView.as_view(), name="usage"),
    path("account/data/", views.DataView.as_view(), name="data"),
]
