"""The pages of members, and what one says of oneself."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ess_ground.words import asked

from .. import profile
from ..actions import blocks, profiles
from ..actions.transactions import action
from ..directory import Directory
from ..forms.profiles import Section
from ..models import Block, Member, Post, State
from ..policy import allows, require
from ..viewer import Viewer
from .files import send_file
from .pages import latest
from .submission import attempt, is_too_often, status_of

PAGE_SIZE = 20


@never_cache
@require_safe
def member(request: HttpRequest, handle: str) -> HttpResponse:
    """Show a member: to members with what they wrote, to visitors what the member lets them see."""
    viewer = Viewer.of(request)
    found = _found(handle)
    if not request.user.is_authenticated and not (found and allows(viewer, "see_profile", found)):
        return redirect_to_login(request.get_full_path())
    if found is None:
        raise Http404
    require(viewer, "see_profile", found)
    profile.show([found], to=viewer.member, is_member=viewer.acts)
    context = {"viewer": viewer, "member": found, "login_url": resolve_url(settings.LOGIN_URL)}
    if viewer.acts:
        context |= _among_members(request, viewer, found)
    return render(request, "ess_forum/member.html", context)


def _among_members(request: HttpRequest, viewer: Viewer, found: Member) -> dict[str, Any]:
    """Return what members see of one another beside the profile."""
    posts = (
        Post.objects.visible()
        .filter(
            author=found,
            thread__category__in=[category.pk for category in viewer.categories],
            thread__state=State.VISIBLE,
        )
        .select_related("thread")
    )
    page = latest(request, posts, PAGE_SIZE)
    for post in page.rows:
        post.thread.category = viewer.category(post.thread.category_id)
    is_other = allows(viewer, "block_member", found)
    return {
        "posts": page.rows,
        "next_before": page.next,
        "is_other": is_other,
        "is_own": allows(viewer, "edit_profile", found),
        "is_blocked": is_other and viewer.me.blocks.filter(blocked=found).exists(),
        "may_write": is_other and found.user_id and allows(viewer, "start_conversation"),
    }


@require_safe
def photo(request: HttpRequest, handle: str) -> HttpResponseBase:
    """Send the photo of a member to who may see it."""
    viewer, found = Viewer.of(request), _found(handle)
    if found is None or not allows(viewer, "see_photo", found):
        raise Http404
    return send_file(
        request,
        found.photo,
        key=(found.photo.name or "").rpartition("/")[2],
        scope="private",
        content_type="image/webp",
    )


def _found(handle: str) -> Member | None:
    folded = profiles.folded_handle(asked(handle))
    return Member.objects.select_related("user").filter(handle=folded).first()


def _member(handle: str) -> Member:
    found = _found(handle)
    if found is None:
        raise Http404
    return found


@login_required
@never_cache
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """List the members to members: searched by name, narrowed by what they say of themselves."""
    viewer = Viewer.of(request)
    require(viewer, "see_members")
    if request.GET.get("q") and is_too_often(request, "search"):
        return redirect("ess_forum:members")
    listing = Directory(request.GET)
    profile.show(listing.page.object_list, to=None, is_member=True)
    return render(request, "ess_forum/members.html", {"viewer": viewer, "listing": listing})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_profile(request: HttpRequest) -> HttpResponse:
    """Change what one says of oneself, and who sees what of it."""
    viewer = Viewer.of(request)
    require(viewer, "edit_profile", viewer.me)
    # Not the viewer's own row: what is typed shows nowhere else on the page.
    own = Member.objects.select_related("user").get(pk=viewer.me.pk)
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    parts = profile.parts()
    first = Section.own(own, data, files)
    others = [Section.of_part(part, own, data) for part in parts]
    # Each is looked into, so that all that is wrong is said at once.
    are_valid = [section.is_valid() for section in (first, *others)]
    if all(are_valid):
        changed = attempt(
            request, first.form, "edit_profile", lambda: _keep(viewer, parts, first, others)
        )
        if changed:
            messages.success(request, _("Your profile is changed."))
            return redirect("ess_forum:member", changed.handle)
    forms = [form for section in (first, *others) for form in (section.form, section.audiences)]
    context = {
        "viewer": viewer,
        "form": first.form,
        "sections": [first, *others],
        "is_wrong": any(form.is_bound and form.errors for form in forms),
    }
    return render(request, "ess_forum/edit_profile.html", context, status=status_of(*forms))


@action
def _keep(
    viewer: Viewer, parts: list[profile.ProfilePart], first: Section, others: list[Section]
) -> Member:
    """Keep all parts of the viewer's profile, or none."""
    audiences = first.audiences.chosen()
    changed = profiles.edit_profile(viewer, **first.form.cleaned_data, audiences=audiences)
    for part, section in zip(parts, others, strict=True):
        part.save(changed, section.form, section.audiences.chosen())
    return changed


@login_required
@require_POST
def block(request: HttpRequest, handle: str) -> HttpResponse:
    """Block a member, or take that back."""
    viewer = Viewer.of(request)
    found = _member(handle)
    require(viewer, "block_member", found)
    act = request.POST.get("act")
    if act not in ("block", "unblock"):
        raise Http404
    to = ["blocks"] if request.POST.get("from") == "blocks" else ["member", found.handle]
    away = redirect(f"ess_forum:{to[0]}", *to[1:])
    if is_too_often(request, "block_member"):
        return away
    if act == "block":
        blocks.block(viewer, found)
        messages.success(request, _("This member is blocked: their posts are folded up for you."))
    else:
        blocks.unblock(viewer, found)
        messages.success(request, _("This member is not blocked any more."))
    return away


@login_required
@never_cache
@require_safe
def blocked(request: HttpRequest) -> HttpResponse:
    """List whom the viewer has blocked."""
    viewer = Viewer.of(request)
    require(viewer, "see_members")
    rows = Block.objects.filter(member=viewer.me).select_related("blocked").order_by("-pk")
    return render(request, "ess_forum/blocks.html", {"viewer": viewer, "blocks": rows})
