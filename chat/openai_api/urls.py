from django.urls import path, re_path

from chat.openai_api.embeddings import EmbeddingsView
from chat.openai_api.errors import nothing_here
from chat.openai_api.views import CompletionsView, ModelsView, ModelView

urlpatterns = [
    path("models", ModelsView.as_view()),
    path("models/<path:name>", ModelView.as_view()),
    path("chat/completions", CompletionsView.as_view()),
    path("embeddings", EmbeddingsView.as_view()),
    re_path(r"^", nothing_here),
]
