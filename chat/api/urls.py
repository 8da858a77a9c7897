from django.urls import path

from chat.api import assistants, cache, feedback, sessions, views

app_name = "chat-api"
urlpatterns = [
    path("chat/", views.ChatView.as_view(), name="chat"),
    path("assistants/", assistants.AssistantsView.as_view(), name="assistants"),
    path("sessions/", sessions.SessionsView.as_view(), name="sessions"),
    path("sessions/<uuid:session_id>/", sessions.SessionView.as_view(), name="session"),
    path("sessions/<uuid:session_id>/messages/", views.MessagesView.as_view(), name="messages"),
    path("sessions/<uuid:session_id>/summary/", sessions.SummaryView.as_view(), name="summary"),
    path("messages/<int:message_id>/feedback/", feedback.FeedbackView.as_view(), name="feedback"),
    path("cache/", cache.CacheView.as_view(), name="cache"),
    path("cache/health/", cache.HealthView.as_view(), name="cache-health"),
    path("cache/stats/", cache.StatsView.as_view(), name="cache-stats"),
]
