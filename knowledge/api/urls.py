from django.urls import path

from knowledge.api import views

app_name = "knowledge-api"
urlpatterns = [path("retrieve/", views.RetrieveView.as_view(), name="retrieve")]
