"""The addresses of this app beside its pages."""

from django.urls import path

from .models import ActorIndexPage, PracticeIndexPage
from .views import entry_reports, proposals
from .views.accreditations import ask_accreditation
from .views.attendance import attend
from .views.calendar import calendar_feed, calendar_file
from .views.confirmations import confirm, confirm_own
from .views.registrations import cancel_registration, register, ticket
from .views.report_pdf import report_pdf
from .views.reviews import review_report
from .views.search import search

app_name = "ess_pages"
urlpatterns = [
    path("search/", search, name="search"),
    path("reports/<int:pk>.pdf", report_pdf, name="report_pdf"),
    path("reports/review/<str:token>/", review_report, name="review_report"),
    path(
        "propose/actor/",
        proposals.propose,
        {"section_type": ActorIndexPage},
        name="propose_actor",
    ),
    path(
        "propose/practice/",
        proposals.propose,
        {"section_type": PracticeIndexPage},
        name="propose_practice",
    ),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<int:pk>/", proposals.revise, name="revise"),
    path("proposals/<int:pk>/withdraw/", proposals.withdraw, name="withdraw"),
    path("entries/<int:pk>/correct/", proposals.correct, name="correct"),
    path("entries/<int:pk>/report/", entry_reports.report, name="report"),
    path("entries/<int:pk>/confirm/", confirm_own, name="confirm_own"),
    path("confirm/<str:token>/", confirm, name="confirm"),
    path("meetings.ics", calendar_feed, name="calendar_feed"),
    path("meetings/<int:pk>.ics", calendar_file, name="calendar_file"),
    path("meetings/<int:pk>/register/", register, name="register"),
    path("meetings/<int:pk>/accreditation/", ask_accreditation, name="ask_accreditation"),
    path("registrations/<str:token>/", ticket, name="ticket"),
    path("registrations/<str:token>/cancel/", cancel_registration, name="cancel_registration"),
    path("registrations/<str:token>/attend/", attend, name="attend"),
]
