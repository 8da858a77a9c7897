from django.urls import path

from chat.api import views

app_name = "chat-api"
urlpatterns = [
    path("chat/", views.ChatView.as_view(), name="chat"),
    path("sessions/<uuid:session_id>/messages/", views.MessagesView.as_view(), name="messages"),
]
