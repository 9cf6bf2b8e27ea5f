"""The addresses of this app beside its pages."""

from django.urls import path

from .models import ActorIndexPage, PracticeIndexPage
from .views import (
    amendments,
    clauses,
    consultations,
    entry_reports,
    proposals,
    steps,
    texts,
    versions,
)
from .views.accreditations import ask_accreditation
from .views.actors import suggest_actors
from .views.attendance import attend
from .views.calendar import calendar_feed, calendar_file
from .views.confirmations import confirm, confirm_own
from .views.decisions import decide_amendment
from .views.registrations import cancel_registration, register, ticket
from .views.report_pdf import report_pdf
from .views.reviews import review_report
from .views.search import search
from .views.verification import official_pdf, verify, verify_document

app_name = "ess_pages"
urlpatterns = [
    path("search/", search, name="search"),
    path("actors/suggest/", suggest_actors, name="suggest_actors"),
    path("reports/<int:pk>.pdf", report_pdf, name="report_pdf"),
    path("reports/review/<slug:token>/", review_report, name="review_report"),
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
    path("recommendations/clauses/<uuid:key>/", clauses.clause, name="clause"),
    path("recommendations/clauses/<uuid:key>/amend/", amendments.amend, name="amend"),
    path("recommendations/<int:pk>/amend/", amendments.amend_text, name="amend_text"),
    path("recommendations/<int:pk>/amendments/", amendments.amendments, name="amendments"),
    path("amendments/", amendments.my_amendments, name="my_amendments"),
    path("amendments/<int:pk>/", amendments.amendment, name="amendment"),
    path("amendments/<int:pk>/edit/", amendments.edit, name="edit_amendment"),
    path("amendments/<int:pk>/opinion/", amendments.give_opinion, name="give_opinion"),
    path("amendments/<int:pk>/withdraw/", amendments.withdraw, name="withdraw_amendment"),
    path("comments/<int:pk>/hide/", clauses.hide, name="hide_comment"),
    path("meetings.ics", calendar_feed, name="calendar_feed"),
    path("meetings/<int:pk>.ics", calendar_file, name="calendar_file"),
    path("meetings/<int:pk>/register/", register, name="register"),
    path("meetings/<int:pk>/accreditation/", ask_accreditation, name="ask_accreditation"),
    path("registrations/<slug:token>/", ticket, name="ticket"),
    path("registrations/<slug:token>/cancel/", cancel_registration, name="cancel_registration"),
    path("registrations/<slug:token>/attend/", attend, name="attend"),
    path("verify/", verify, name="verify"),
    path("verify/<path:reference>.pdf", official_pdf, name="official_pdf"),
    path("verify/<path:reference>/", verify_document, name="verify_document"),
    path("recommendations/<int:pk>/desk/", texts.desk, name="desk"),
    path("recommendations/<int:pk>/clauses/add/", texts.add_clause, name="add_clause"),
    path("recommendations/<int:pk>/open/", steps.open_amendments, name="open_amendments"),
    path("recommendations/<int:pk>/settle/", steps.start_settling, name="start_settling"),
    path(
        "recommendations/<int:pk>/withdraw/",
        steps.withdraw_recommendation,
        name="withdraw_recommendation",
    ),
    path("recommendations/<int:pk>/rapporteurs/", steps.rapporteurs, name="rapporteurs"),
    path(
        "recommendations/<int:pk>/rapporteurs/dismiss/",
        steps.dismiss_rapporteur,
        name="dismiss_rapporteur",
    ),
    path("recommendations/<int:pk>/compare/", versions.compare_texts, name="compare"),
    path(
        "recommendations/<int:pk>/versions/<int:number>/",
        versions.text_version,
        name="text_version",
    ),
    path("recommendations/clauses/<uuid:key>/edit/", texts.edit_clause, name="edit_clause"),
    path("recommendations/clauses/<uuid:key>/move/", texts.move_clause, name="move_clause"),
    path("recommendations/clauses/<uuid:key>/strike/", texts.strike_clause, name="strike_clause"),
    path(
        "recommendations/clauses/<uuid:key>/restore/", texts.restore_clause, name="restore_clause"
    ),
    path("recommendations/clauses/<uuid:key>/agree/", texts.agree, name="agree"),
    path("recommendations/clauses/<uuid:key>/differ/", texts.differ, name="differ"),
    path(
        "recommendations/clauses/<uuid:key>/history/",
        versions.clause_history,
        name="clause_history",
    ),
    path("amendments/<int:pk>/decide/", decide_amendment, name="decide_amendment"),
    path("recommendations/<int:pk>/consent/", consultations.ask_consent, name="ask_consent"),
    path("consultations/<int:pk>/", consultations.consultation, name="consultation"),
    path("consultations/<int:pk>/waive/", consultations.waive_quorum, name="waive_quorum"),
    path(
        "consultations/<int:pk>/close/",
        consultations.close_consultation,
        name="close_consultation",
    ),
    path("votes/<slug:token>/", consultations.vote, name="vote"),
]
