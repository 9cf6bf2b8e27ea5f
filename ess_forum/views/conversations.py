"""Private messages: one's conversations, a new one, who takes part."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ..actions import conversations as verbs
from ..actions.threads import start_conversation
from ..forms.conversations import ConversationForm, InviteForm
from ..models import Participant, Post, Thread
from ..policy import allows, require
from ..viewer import Viewer
from .composing import begin, compose
from .lists import page_of, show
from .parts import thread_for
from .submission import attempt, status_of


@login_required
@never_cache
@require_safe
def conversations(request: HttpRequest) -> HttpResponse:
    """List the viewer's conversations, those with the latest message first."""
    viewer = Viewer.of(request)
    if not viewer.acts:
        raise PermissionDenied
    present = Participant.objects.filter(left_at=None).select_related("member").order_by("pk")
    page = page_of(request, Thread.objects.conversations_of(viewer.me))
    prefetch_related_objects(page.threads, Prefetch("participations", present))
    may_start = allows(viewer, "start_conversation")
    return show(request, "conversation_list", page, may_start=may_start)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Write to one or several members (`?to=`, their handles)."""
    viewer = Viewer.of(request)
    require(viewer, "start_conversation")
    form = begin(request, ConversationForm)
    if not form.is_bound and request.GET.get("to"):
        form.initial["members"] = request.GET["to"][:200]

    def act() -> Post:
        data = form.cleaned_data
        thread = start_conversation(
            viewer, data["members"], data["title"], data["source"], language=data["language"]
        )
        return thread.posts.earliest("pk")

    template = "ess_forum/start_conversation.html"
    return compose(request, form, "start_conversation", act, template, {})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask others into a conversation."""
    viewer = Viewer.of(request)
    thread = thread_for(viewer, pk, "invite_to_conversation", category=None)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data["members"]
        new = attempt(
            request,
            form,
            "invite_to_conversation",
            lambda: verbs.invite(viewer, thread, asked),
        )
        if new is not None:
            messages.success(request, _("They take part in the conversation now."))
            return redirect(thread)
    context = {"viewer": viewer, "thread": thread, "form": form}
    return render(request, "ess_forum/invite_to_conversation.html", context, status=status_of(form))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether one wants to leave a conversation, and leave it."""
    viewer = Viewer.of(request)
    thread = thread_for(viewer, pk, "leave_conversation", category=None)
    if request.method == "POST":
        verbs.leave(viewer, thread)
        messages.success(request, _("You have left the conversation."))
        return redirect("ess_forum:conversations")
    return render(
        request, "ess_forum/leave_conversation.html", {"viewer": viewer, "thread": thread}
    )
