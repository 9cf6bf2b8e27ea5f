"""The addresses of the API."""

from django.urls import path, re_path

from .endpoints import api, nowhere

# The API has a root of its own, which is a page of Django for what is not there.
urlpatterns = [path("", nowhere), path("", api.urls), re_path("", nowhere)]
