"""The addresses of the chat page."""

from django.urls import path

from chat import views

app_name = "chat"
urlpatterns = [
    path("", views.home, name="home"),
    path("c/<uuid:session_id>/", views.session, name="session"),
    path("c/<uuid:session_id>/messages/<int:message_id>/", views.message, name="message"),
]
