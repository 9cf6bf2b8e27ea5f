"""The handover in the Wagtail admin: institutions, official documents, what was answered."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Min
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views.snippets import (
    CreateView,
    EditView,
    IndexView,
    InspectView,
    SnippetViewSet,
    SnippetViewSetGroup,
)

from ..actions import handovers as verbs
from ..forms.handovers import (
    AcknowledgementForm,
    AnswerForm,
    HandoverForm,
    OfficialDocumentForm,
    UndertakingForm,
    UpdateForm,
)
from ..models import (
    ClauseVersion,
    DecisionMaker,
    Handover,
    Institution,
    OfficialDocument,
    Recommendation,
    Undertaking,
)
from ..models.clauses import text_language
from ..official_documents import contents
from ..pdf import respond
from ..pdf.official import Official, title_of
from ..policy import allows, require
from .viewsets import NAMES, KeptRecordPolicy


class RecordedPolicy(KeptRecordPolicy):
    """Handovers are recorded by actions, from their document: nobody edits or deletes them."""

    def user_has_permission(self, user, action) -> bool:
        """Return whether the user may do it: to look is all that is left."""
        return action == "view" and super().user_has_permission(user, action)


class KeptViewSet(SnippetViewSet):
    """Records that nobody deletes: documents and handovers name them."""

    copy_view_enabled = False
    policy_class: type[KeptRecordPolicy] = KeptRecordPolicy

    @property
    def permission_policy(self) -> KeptRecordPolicy:
        """Who may do what with these records."""
        return self.policy_class(self.model)


class InstitutionViewSet(KeptViewSet):
    """The institutions that decide."""

    model = Institution
    icon = "site"
    list_display = ["name_fr", "name_ar", "website"]
    panels = [NAMES, FieldPanel("website")]


class DecisionMakerViewSet(KeptViewSet):
    """The people in them."""

    model = DecisionMaker
    icon = "user"
    list_display = ["name_fr", "name_ar", "institution", "is_in_office"]
    list_filter = ["institution", "is_in_office"]
    panels = [
        NAMES,
        FieldPanel("institution", widget=forms.Select),
        FieldRowPanel([FieldPanel("post_fr"), FieldPanel("post_ar")]),
        MultiFieldPanel(
            [FieldPanel("email"), FieldPanel("phone"), FieldPanel("address")],
            heading=gettext_lazy("How to reach them, for the editors alone"),
        ),
        FieldPanel("is_in_office"),
    ]


# Official documents


class TextsPanel(Panel):
    """Which recommendations are in a document, and in what order."""

    class BoundPanel(Panel.BoundPanel):
        """The panel in a form."""

        template_name = "ess_pages/admin/texts_panel.html"


class DocumentPanels(ObjectList):
    """The panels of a document, all of whose fields are in one of them."""

    class BoundPanel(ObjectList.BoundPanel):
        """The panels in a form."""

        def render_missing_fields(self) -> str:
            """Return nothing: Wagtail does not know the fields of `TextsPanel`, and adds them."""
            return ""


class DocumentIndexView(IndexView):
    """The documents: a draft is edited, what is issued is looked at."""

    def get_edit_url(self, instance: OfficialDocument) -> str | None:
        """Return where a draft is edited."""
        return None if instance.issued_at else super().get_edit_url(instance)


class DocumentCreateView(CreateView):
    """A new document."""

    def get_success_url(self) -> str:
        """Go to the document."""
        return _document_url(self.object)


class DocumentEditView(EditView):
    """A draft."""

    def dispatch(self, request: HttpRequest, *args, **kwargs):
        """Refuse to edit what is issued."""
        document = get_object_or_404(OfficialDocument, pk=kwargs["pk"])
        if document.issued_at:
            messages.error(request, _("This document is issued: nothing of it changes any more."))
            return redirect(_document_url(document))
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        """Go to the document."""
        return _document_url(self.object)


class DocumentView(InspectView):
    """A document: what it holds, its PDF, to whom it was handed over."""

    def get_page_title(self) -> str:
        """Return what the page is called."""
        return self.object.reference

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """The way to edit, while it is a draft."""
        return [] if self.object.issued_at else super().header_more_buttons

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        """Add what it holds and its handovers."""
        document = self.object
        held = contents(document)
        return super().get_context_data(**kwargs) | {
            "document": document,
            "titles": [(content, title_of(content, text_language())) for content in held],
            "handovers": document.handovers.select_related("decision_maker__institution"),
            "may_issue": allows(self.request.user, "issue_document", document),
            "may_hand_over": allows(self.request.user, "hand_over", document),
        }


class OfficialDocumentViewSet(KeptViewSet):
    """The documents that are handed over."""

    model = OfficialDocument
    icon = "doc-full"
    list_display = [
        "reference",
        Column("title", label=gettext_lazy("Title")),
        "dated",
        DateColumn("issued_at", label=gettext_lazy("Issued at")),
    ]
    index_view_class = DocumentIndexView
    add_view_class = DocumentCreateView
    edit_view_class = DocumentEditView
    inspect_view_enabled = True
    inspect_view_class = DocumentView
    inspect_template_name = "ess_pages/admin/official_document.html"
    edit_handler = DocumentPanels(
        [
            FieldPanel("reference"),
            FieldRowPanel([FieldPanel("dated"), FieldPanel("layout")]),
            FieldRowPanel([FieldPanel("title_fr"), FieldPanel("title_ar")]),
            FieldRowPanel([FieldPanel("letter_fr"), FieldPanel("letter_ar")]),
            FieldRowPanel([FieldPanel("signatory_fr"), FieldPanel("signatory_ar")]),
            TextsPanel(heading=gettext_lazy("Recommendations, in order")),
        ],
        base_form_class=OfficialDocumentForm,
    )


def _document_url(document: OfficialDocument) -> str:
    return reverse("wagtailsnippets_ess_pages_officialdocument:inspect", args=[document.pk])


@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the PDF that a document would be if it were issued now; of an issued one, its own."""
    document = get_object_or_404(OfficialDocument, pk=pk)
    require(request.user, "issue_document", document)
    if document.issued_at:
        return FileResponse(document.pdf.open(), content_type="application/pdf")
    held = contents(document)
    if not any(content.page for content in held):
        messages.error(request, _("Choose at least one recommendation."))
        return redirect(_document_url(document))
    official = Official(document, held, _("Draft: this document has not been issued."))
    files = official.files
    return respond(request, official.template, official.data, lambda: files, official.filename)


@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue a document."""
    document = get_object_or_404(OfficialDocument, pk=pk)
    try:
        verbs.issue_document(request.user, document)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The document has been issued: it can be handed over."))
    return redirect(_document_url(document))


# Handovers


class HandoverIndexView(IndexView):
    """The handovers."""

    def get_inspect_url(self, instance: Handover) -> str:
        """Return where a handover is followed."""
        return _handover_url(instance)

    def get_base_queryset(self):
        """Return them with what a row shows."""
        known = super().get_base_queryset().annotate(answered_on=Min("answers__received_on"))
        return known.select_related("document", "decision_maker__institution")


class HandoverViewSet(KeptViewSet):
    """The handovers: recorded from their document."""

    model = Handover
    icon = "mail"
    policy_class = RecordedPolicy
    index_view_class = HandoverIndexView
    list_display = [
        "document",
        Column("decision_maker.institution", label=gettext_lazy("Institution")),
        "decision_maker",
        "handed_on",
        "acknowledged_on",
        Column("answered_on", label=gettext_lazy("Answered")),
    ]
    panels = [FieldPanel("recipient")]  # never edited: of the viewset, only the list is used


def handover(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a handover: its answers, and what each undertakes."""
    item = _handover_or_404(pk)
    require(request.user, "record_answer", item)
    answers = item.answers.select_related("document").prefetch_related(
        "undertakings__clause", "undertakings__updates"
    )
    names = {version.clause_id: name for version, name in _clauses(item.document)}
    context = {
        "handover": item,
        "answers": [
            (answer, [(names[row.clause_id], row) for row in answer.undertakings.all()])
            for answer in answers
        ],
        "header_title": str(item),
        "header_icon": "mail",
        "breadcrumbs_items": _breadcrumbs(item.document, str(item.decision_maker)),
    }
    return TemplateResponse(request, "ess_pages/admin/handover.html", context)


def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that a document was handed over."""
    document = get_object_or_404(OfficialDocument, pk=pk)
    require(request.user, "hand_over", document)
    form = HandoverForm(request.POST or None, request.FILES or None)
    title = _("Record a handover")
    return _record(
        request,
        [form],
        lambda: verbs.hand_over(request.user, document, **form.cleaned_data),
        _("The handover has been recorded."),
        title,
        _breadcrumbs(document, title),
    )


def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that an institution has acknowledged a handover."""
    item = _handover_or_404(pk)
    require(request.user, "record_answer", item)
    initial = {
        "acknowledged_on": item.acknowledged_on,
        "acknowledgement": item.acknowledgement,
    }
    form = AcknowledgementForm(request.POST or None, initial=initial)
    title = _("Record an acknowledgement")
    return _record(
        request,
        [form],
        lambda: verbs.acknowledge(request.user, item, **form.cleaned_data),
        _("The acknowledgement has been recorded."),
        title,
        _breadcrumbs(item.document, title, item),
    )


def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what an institution answers, down to the clause."""
    item = _handover_or_404(pk)
    require(request.user, "record_answer", item)
    form = AnswerForm(request.POST or None)
    clauses = [
        (name, UndertakingForm(request.POST or None, version.clause))
        for version, name in _clauses(item.document)
    ]

    def act() -> Handover:
        undertakings = [row.undertaking for _name, row in clauses if row.undertaking]
        verbs.record_answer(request.user, item, undertakings=undertakings, **form.cleaned_data)
        return item

    title = _("Record an answer")
    return _record(
        request,
        [form, *(row for _name, row in clauses)],
        act,
        _("The answer has been recorded."),
        title,
        _breadcrumbs(item.document, title, item),
        clauses=clauses,
    )


def follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Record how far an undertaking has come."""
    undertakings = Undertaking.objects.select_related("clause", "answer__handover__document")
    item = get_object_or_404(undertakings, pk=pk)
    require(request.user, "record_answer", item.answer.handover)
    form = UpdateForm(request.POST or None)

    def act() -> Handover:
        verbs.follow_up(request.user, item, **form.cleaned_data)
        return item.answer.handover

    title = _("Follow up an undertaking")
    return _record(
        request,
        [form],
        act,
        _("The update has been recorded."),
        title,
        _breadcrumbs(item.answer.handover.document, title, item.answer.handover),
        undertaking=item,
    )


@require_safe
def proof(request: HttpRequest, pk: int) -> FileResponse:
    """Send the proof of a handover to the editors: nobody else sees it."""
    item = _handover_or_404(pk)
    require(request.user, "record_answer", item)
    if not item.proof:
        raise Http404
    response = FileResponse(item.proof.open(), as_attachment=True)
    response["Cache-Control"] = "private, no-store"
    return response


def _record(
    request: HttpRequest,
    forms_: Iterable[forms.BaseForm],
    act: Callable[[], Handover],
    done: str,
    title: str,
    breadcrumbs: list[dict[str, Any]],
    **context,
) -> HttpResponse:
    """Show the forms, and act once all are valid; go to the handover that the act returns."""
    forms_ = list(forms_)
    first = forms_[0]
    are_valid = [form.is_valid() for form in forms_]  # each shows what is wrong with it
    if request.method == "POST" and all(are_valid):
        try:
            made = act()
        except ValidationError as error:
            first.add_error(None, error)
        else:
            messages.success(request, done)
            return redirect("ess_pages_handover", made.pk)
    context |= {
        "form": first,
        "media": first.media,
        "header_title": title,
        "header_icon": "mail",
        "breadcrumbs_items": breadcrumbs,
    }
    return TemplateResponse(request, "ess_pages/admin/handover_form.html", context)


def _handover_or_404(pk: int) -> Handover:
    known = Handover.objects.select_related("document", "decision_maker__institution")
    return get_object_or_404(known, pk=pk)


def _clauses(document: OfficialDocument) -> list[tuple[ClauseVersion, str]]:
    """Return the clauses of a document, each with what it is called there."""
    held = contents(document)
    return [
        (version, _name(version, content.recommendation if len(held) > 1 else ""))
        for content in held
        for version in content.clauses
    ]


def _name(version: ClauseVersion, recommendation: Recommendation | str) -> str:
    number = _("Clause %(number)s") % {"number": version.place}
    parts = (str(recommendation), number, version.shown.heading)
    return " · ".join(part for part in parts if part)


def _breadcrumbs(
    document: OfficialDocument, label: str, item: Handover | None = None
) -> list[dict[str, Any]]:
    listing = reverse("wagtailsnippets_ess_pages_officialdocument:list")
    steps = [(listing, _("Official documents")), (_document_url(document), document.reference)]
    if item:
        steps.append((_handover_url(item), str(item.decision_maker)))
    return [{"url": url, "label": text} for url, text in [*steps, ("", label)]]


def _handover_url(item: Handover) -> str:
    return reverse("ess_pages_handover", args=[item.pk])


class HandoverViewSetGroup(SnippetViewSetGroup):
    """The menu of the handover."""

    items = [OfficialDocumentViewSet, HandoverViewSet, InstitutionViewSet, DecisionMakerViewSet]
    menu_label = gettext_lazy("Handover")
    menu_icon = "mail"
    menu_name = "handover"
    menu_order = 320


urlpatterns = [
    path("documents/<int:pk>/preview.pdf", preview, name="ess_pages_preview_document"),
    path("documents/<int:pk>/issue/", issue, name="ess_pages_issue_document"),
    path("documents/<int:pk>/hand-over/", hand_over, name="ess_pages_hand_over"),
    path("handovers/<int:pk>/", handover, name="ess_pages_handover"),
    path("handovers/<int:pk>/acknowledge/", acknowledge, name="ess_pages_acknowledge"),
    path("handovers/<int:pk>/answer/", answer, name="ess_pages_answer"),
    path("handovers/<int:pk>/proof/", proof, name="ess_pages_handover_proof"),
    path("undertakings/<int:pk>/follow-up/", follow_up, name="ess_pages_follow_up"),
]
