"""The addresses of this app beside its pages."""

from django.urls import path

from .views.search import search

app_name = "ess_pages"
urlpatterns = [path("search/", search, name="search")]
