"""What moderators mend in a member's profile, in the Wagtail admin."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from ..actions import profiles
from ..forms.profiles import MendedProfileForm
from ..models import Member
from ..policy import require
from ..viewer import Viewer
from ..views.submission import attempt, status_of


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the name, handle and words of a member, and say so in the log."""
    viewer = Viewer.of(request)
    member = get_object_or_404(Member.objects.select_related("user"), pk=pk)
    require(viewer, "edit_member", member)
    name = member.name
    form = MendedProfileForm(request.POST if request.method == "POST" else None, instance=member)
    if form.is_bound and form.is_valid():
        act = lambda: profiles.edit_member(viewer, member, **form.cleaned_data)  # noqa: E731
        if attempt(request, form, "moderate", act):
            messages.success(request, _("The profile is changed."))
            return redirect("ess_forum_member", pk)
    context = {
        "form": form,
        "member": member,
        "header_title": _("Edit the profile"),
        "header_icon": "user",
        "breadcrumbs_items": [
            {"url": reverse("forum_members:index"), "label": _("Members")},
            {"url": reverse("ess_forum_member", args=[pk]), "label": name},
            {"url": "", "label": _("Edit the profile")},
        ],
    }
    template = "ess_forum/admin/edit_member.html"
    return TemplateResponse(request, template, context, status=status_of(form))


urlpatterns = [path("members/<int:pk>/profile/", edit, name="ess_forum_edit_member")]
