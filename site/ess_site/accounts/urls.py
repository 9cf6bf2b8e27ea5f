"""The addresses of joining, beside allauth's."""

from django.urls import path

from . import views

app_name = "accounts"

urlpatterns = [
    path("invitation/<str:key>/", views.invitation, name="invitation"),
    path("waiting/", views.waiting, name="waiting"),
    path("change/<str:key>/", views.allow_change, name="allow_change"),
]
