"""Private groups, for those who are in them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..actions import groups as verbs
from ..forms.groups import AddMembersForm
from ..models import Group, Membership
from ..policy import allows, require
from ..viewer import Viewer
from .pages import page, whole_number
from .submission import attempt, is_too_often, status_of

PAGE_SIZE = 100


@login_required
@never_cache
@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """List the groups that the viewer is in; all of them to moderators."""
    viewer = Viewer.of(request)
    if not viewer.acts:
        raise PermissionDenied
    found = Group.objects.all() if viewer.is_moderator else viewer.me.groups.all()
    return render(request, "ess_forum/groups.html", {"viewer": viewer, "groups": found})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a group to its members; its managers add others."""
    viewer = Viewer.of(request)
    found = _seen(viewer, pk)
    form = AddMembersForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        require(viewer, "manage_group", found)
        if form.is_valid() and _add(request, viewer, found, form):
            return redirect("ess_forum:group", pk)
    return render(
        request,
        "ess_forum/group.html",
        _context(request, viewer, found, form),
        status=status_of(form),
    )


def _seen(viewer: Viewer, pk: int) -> Group:
    found = get_object_or_404(Group, pk=pk)
    if not allows(viewer, "see_group", found):
        raise Http404
    return found


def _add(request: HttpRequest, viewer: Viewer, found: Group, form: AddMembersForm) -> bool:
    data = form.cleaned_data
    new = attempt(
        request,
        form,
        "manage_group",
        lambda: verbs.add_members(
            viewer, found, data["members"], are_managers=data["are_managers"]
        ),
    )
    if new is None:
        return False
    messages.success(request, _("They are in the group now."))
    return True


def _context(
    request: HttpRequest, viewer: Viewer, found: Group, form: AddMembersForm
) -> dict[str, Any]:
    after = whole_number(request.GET.get("after", ""))
    memberships = found.memberships.filter(pk__gt=after).select_related("member").order_by("pk")
    shown = page(memberships, PAGE_SIZE)
    return {
        "viewer": viewer,
        "group": found,
        "memberships": shown.rows,
        "next_after": shown.next,
        "categories": [one for one in viewer.categories if one.group_id == found.pk],
        "may_manage": allows(viewer, "manage_group", found),
        "is_member": found.memberships.filter(member=viewer.me).exists(),
        "form": form,
    }


@login_required
@require_POST
def change_membership(request: HttpRequest, pk: int, membership: int) -> HttpResponse:
    """Remove a member from a group, or let one manage it or no more."""
    viewer = Viewer.of(request)
    found = _seen(viewer, pk)
    require(viewer, "manage_group", found)
    change = request.POST.get("change")
    if change not in ("remove", "manager", "no_manager"):
        raise Http404
    one = Membership.objects.select_related("member").filter(group=found, pk=membership).first()
    # Where there is none, a first click has removed them.
    if not is_too_often(request, "manage_group") and one is not None:
        if change == "remove":
            verbs.remove_member(viewer, found, one.member)
        else:
            is_manager = change == "manager"
            verbs.set_manager(viewer, found, one.member, is_manager=is_manager)
        messages.success(request, _("The group is changed."))
    # Managers may have removed themselves.
    still = allows(Viewer(request.user), "see_group", found)
    return redirect("ess_forum:group", pk) if still else redirect("ess_forum:groups")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether one wants to leave a group, and leave it."""
    viewer = Viewer.of(request)
    found = _seen(viewer, pk)
    require(viewer, "leave_group", found)
    if request.method == "POST":
        verbs.leave(viewer, found)
        messages.success(request, _("You have left the group."))
        return redirect("ess_forum:groups")
    return render(request, "ess_forum/leave_group.html", {"viewer": viewer, "group": found})
