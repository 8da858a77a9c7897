"""The addresses under which readers see the sources."""

from django.urls import path

from knowledge import views

app_name = "knowledge"
urlpatterns = [
    path("sources/<int:pk>/", views.source, name="source"),
    path("sources/<int:pk>/pages/<int:number>/", views.page, name="page"),
    path("sources/<int:pk>/pages/<int:number>.png", views.page_image, name="page-image"),
    path("sources/<int:pk>/original/", views.original, name="original"),
]
