"""Members propose entries and corrections, and see what became of them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.models import Locale

from ..actions.proposals import (
    can_be_revised,
    correct_entry,
    page_of,
    propose_entry,
    revise_proposal,
    withdraw_proposal,
)
from ..doubles import likely_doubles
from ..forms.proposals import FORMS
from ..models import Proposal
from ..models.directory import DirectoryIndexPage
from ..throttle import is_throttled
from .entries import attempt, published_entry, show_form

PAGE_SIZE = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, section_type: type[DirectoryIndexPage]) -> HttpResponse:
    """Propose an entry of this section; entries that may be the same are shown before."""
    section = section_type.objects.live().public().filter(locale=Locale.get_active()).first()
    if section is None:
        raise Http404
    entry = section.entry_type(locale=section.locale)
    form = FORMS[section.entry_type](request.POST or None, instance=entry)
    doubles = []
    if request.method == "POST" and form.is_valid():
        doubles = [] if "is_another" in request.POST else likely_doubles(form.instance)
        if not doubles and attempt(
            request,
            form,
            "propose_entry",
            lambda: propose_entry(
                request.user,
                section,
                form.save(commit=False),
                get_language(),
                form.note_for_editors(),
            ),
        ):
            messages.success(request, _("Thank you: the editors have your proposal."))
            return redirect("ess_pages:proposals")
    template = f"ess_pages/proposals/propose_{entry._meta.model_name.removesuffix('page')}.html"
    return show_form(request, template, form, section=section, doubles=doubles)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a correction of a published entry."""
    entry = published_entry(pk=pk)
    # The form writes into its instance what is typed; the page is shown as it is.
    form = FORMS[type(entry)](request.POST or None, instance=published_entry(pk=pk))
    if request.method == "POST" and form.is_valid():
        changes = form.changes()
        if not changes:
            form.add_error(None, _("You have changed nothing yet."))
        elif attempt(
            request,
            form,
            "propose_entry",
            lambda: correct_entry(
                request.user, entry, changes, get_language(), form.note_for_editors()
            ),
        ):
            messages.success(request, _("Thank you: the editors have your correction."))
            return redirect("ess_pages:proposals")
    return show_form(request, "ess_pages/proposals/correct.html", form, entry=entry)


@login_required
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """Show members what they have proposed, and what became of it."""
    mine = Proposal.objects.filter(author=request.user.pk).select_related("page__locale")
    shown = Paginator(mine, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [
        {"proposal": proposal, "can_be_revised": can_be_revised(proposal)} for proposal in shown
    ]
    context = {"rows": rows, "pages": shown}
    return render(request, "ess_pages/proposals/proposals.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a new entry that was declined, and send it again."""
    proposal = get_object_or_404(Proposal, pk=pk, author=request.user)
    if not can_be_revised(proposal):
        return redirect("ess_pages:proposals")
    draft = page_of(proposal).get_latest_revision_as_object()
    initial = {"note": proposal.note}
    form = FORMS[type(draft)](request.POST or None, instance=draft, initial=initial)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(
            request,
            form,
            "propose_entry",
            lambda: revise_proposal(
                request.user, proposal, form.changes(), form.note_for_editors()
            ),
        )
    ):
        messages.success(request, _("Thank you: the editors have your proposal."))
        return redirect("ess_pages:proposals")
    return show_form(request, "ess_pages/proposals/revise.html", form, proposal=proposal)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a proposal that still waits."""
    proposal = get_object_or_404(Proposal, pk=pk, author=request.user)
    if is_throttled(request, "propose_entry"):
        messages.error(request, _("That was too often in a short time: try again in an hour."))
        return redirect("ess_pages:proposals")
    try:
        withdraw_proposal(request.user, proposal)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Your proposal is withdrawn."))
    return redirect("ess_pages:proposals")
