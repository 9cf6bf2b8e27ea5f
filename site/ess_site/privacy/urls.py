"""The addresses of personal data."""

from django.urls import path

from . import views

app_name = "privacy"

urlpatterns = [
    path("", views.text, name="text"),
    path("versions/<int:number>/", views.version, name="version"),
    path("consent/", views.consent, name="consent"),
    path("mine/", views.mine, name="mine"),
    path("mine/archive/", views.archive, name="archive"),
    path("mine/correction/", views.correction, name="correction"),
    path("mine/leave/", views.leave, name="leave"),
    path("left/", views.left, name="left"),
]
