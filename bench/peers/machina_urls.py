"""Where django-machina is."""

from django.urls import include, path
from machina import urls

urlpatterns = [path("", include(urls))]
