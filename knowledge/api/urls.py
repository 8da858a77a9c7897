from django.urls import path

from knowledge.api.chunks import ChunksView
from knowledge.api.collections import CollectionsView, OneCollectionView
from knowledge.api.retrieve import RetrieveView
from knowledge.api.sources import FileView, OneSourceView, RefreshView, SourcesView

app_name = "knowledge-api"
urlpatterns = [
    path("retrieve/", RetrieveView.as_view(), name="retrieve"),
    path("collections/", CollectionsView.as_view(), name="collections"),
    path("collections/<slug:slug>/", OneCollectionView.as_view(), name="collection"),
    path("sources/", SourcesView.as_view(), name="sources"),
    path("sources/<int:pk>/", OneSourceView.as_view(), name="source"),
    path("sources/<int:pk>/file/", FileView.as_view(), name="source-file"),
    path("sources/<int:pk>/refresh/", RefreshView.as_view(), name="source-refresh"),
    path("sources/<int:pk>/chunks/", ChunksView.as_view(), name="source-chunks"),
]
