"""A site whose forum has one address for all languages."""

from django.urls import include, path

urlpatterns = [path("community/talk/", include("ess_forum.urls"))]
