"""What moderators do on the pages of the forum; the Wagtail admin does it by the same functions."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from .. import queue
from ..actions import approval, sanctions
from ..actions import flags as flag_verbs
from ..actions import trust as trust_verbs
from ..actions.sanctions import Measure
from ..forms.moderation import DecisionForm, LiftForm, SanctionForm, TrustForm
from ..models import Member, Sanction
from ..policy import allows, require
from ..viewer import Viewer
from .submission import attempt, is_too_often, status_of


def take(request: HttpRequest, form: Form, act: Callable[[], Any]) -> Any:
    """Do what a moderator's form asks; None or False where it is wrong, which the form says."""
    return form.is_valid() and attempt(request, form, "moderate", act)


# A post


def item_of(viewer: Viewer, pk: int) -> queue.Item:
    """Return a post that the viewer moderates, in its context. Raises as the policy says."""
    found = queue.items([pk])
    if not found or not allows(viewer, "see_post", found[0].post):
        raise Http404
    require(viewer, "decide_flags", found[0].post)
    return found[0]


def decision_form(request: HttpRequest, viewer: Viewer, item: queue.Item) -> DecisionForm:
    """Return the form that decides a post: filled in, where it was sent."""
    return DecisionForm(
        request.POST if request.method == "POST" else None,
        item=item,
        may_sanction=allows(viewer, "sanction", item.post.author),
        measure=request.GET.get("measure", ""),
    )


def take_decision(
    request: HttpRequest, viewer: Viewer, item: queue.Item, form: DecisionForm
) -> bool:
    """Decide a post as the form says, and tell the moderator. False where the form says why not."""

    def act():
        data = form.cleaned_data
        return approval.decide(
            viewer,
            item.post,
            data["outcome"],
            message=data["message"],
            answer=data.get("answer", ""),
            measure=form.measure(),
            seen=data["seen"],
        )

    if not take(request, form, act):
        return False
    messages.success(request, _("It is decided, and those concerned are told."))
    return True


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a post with its context to a moderator, and take the decision."""
    viewer = Viewer.of(request)
    item = item_of(viewer, pk)
    form = decision_form(request, viewer, item)
    if request.method == "POST" and take_decision(request, viewer, item, form):
        return redirect(item.post)
    context = {
        "viewer": viewer,
        "post": item.post,
        "thread": item.post.thread,
        "item": item,
        "form": form,
    }
    return render(request, "ess_forum/decide_post.html", context, status=status_of(form))


@login_required
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back the last decision on the flags of a post."""
    viewer = Viewer.of(request)
    post = item_of(viewer, pk).post
    tell_result(
        request,
        lambda: flag_verbs.reopen_flags(viewer, post),
        _("The flags are to be decided again."),
    )
    return redirect("ess_forum:decide_post", pk)


def tell_result(request: HttpRequest, act: Callable[[], Any], said: str) -> None:
    """Do what a button asks, and say what came of it."""
    if is_too_often(request, "moderate"):
        return
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, said)


# A member


def record_page(request: HttpRequest, viewer: Viewer, member: Member) -> dict[str, Any] | None:
    """Return what a moderator sees of a member; None where a form was sent and followed."""
    sent = request.POST.get("act") if request.method == "POST" else None
    measure = SanctionForm(request.POST if sent == "sanction" else None)
    level = TrustForm(
        request.POST if sent == "trust" else None,
        initial={"trust": member.trust if member.is_trust_kept else ""},
    )
    if sent == "sanction" and take(
        request, measure, lambda: sanctions.impose(viewer, member, cast(Measure, measure.measure()))
    ):
        messages.success(request, _("The measure is taken, and the member told."))
        return None
    if sent == "trust" and take(request, level, lambda: _set_trust(viewer, member, level)):
        messages.success(request, _("The trust of the member is set."))
        return None
    return {
        "viewer": viewer,
        "member": member,
        "known": queue.known([member])[member.pk],
        "sanctions": member.sanctions.select_related("made_by", "lifted_by", "post"),
        "may_sanction": allows(viewer, "sanction", member),
        "form": measure,
        "trust_form": level,
        "status": status_of(measure, level),
    }


def _set_trust(viewer: Viewer, member: Member, form: TrustForm) -> Member:
    level = form.cleaned_data["trust"]
    return trust_verbs.set_trust(viewer, member, int(level or 0), is_kept=level != "")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Show moderators a member's record, and take measures against them or set their trust."""
    viewer = Viewer.of(request)
    require(viewer, "moderate")
    member = get_object_or_404(Member.objects.select_related("user"), pk=pk)
    context = record_page(request, viewer, member)
    if context is None:
        return redirect("ess_forum:member_record", pk)
    return render(request, "ess_forum/member_record.html", context, status=context["status"])


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why a measure is lifted, and lift it."""
    viewer = Viewer.of(request)
    require(viewer, "moderate")
    sanction = get_object_or_404(Sanction.objects.select_related("member__user", "made_by"), pk=pk)
    require(viewer, "lift_sanction", sanction.member)
    form = LiftForm(request.POST if request.method == "POST" else None)
    if take(request, form, lambda: sanctions.lift(viewer, sanction, **form.cleaned_data)):
        messages.success(request, _("The measure is lifted, and the member told."))
        return redirect("ess_forum:member_record", sanction.member_id)
    context = {"viewer": viewer, "sanction": sanction, "form": form}
    return render(request, "ess_forum/lift_sanction.html", context, status=status_of(form))
