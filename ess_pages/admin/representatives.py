"""Who represents an actor, in the Wagtail admin: appointed and dismissed from the actor's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button

from ..actions.representatives import appoint_representative, dismiss_representative
from ..forms.representatives import RepresentativeForm
from ..models import ActorPage, Representative
from ..policy import allows, require


def representatives_button(page, user, view_name=None, next_url=None):
    """Yield, for an actor, the way to its representatives."""
    if page.specific_class is ActorPage and allows(user, "appoint_representative", page):
        yield Button(
            _("Representatives"),
            reverse("ess_pages_representatives", args=[page.pk]),
            icon_name="user",
            priority=35,
        )


def representatives(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who represents an actor, and appoint one more."""
    actor = get_object_or_404(ActorPage, pk=pk)
    require(request.user, "appoint_representative", actor)
    form = RepresentativeForm(request.POST or None, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        member, language = form.cleaned_data["email"], form.cleaned_data["language"]
        appoint_representative(request.user, actor, member, language)
        said = _("%(name)s may edit this entry now, and has been told by mail.")
        messages.success(request, said % {"name": member})
        return redirect(request.path)
    context = {
        "actor": actor,
        "representatives": Representative.objects.about(actor).select_related("user"),
        "form": form,
        "header_title": _("Representatives"),
        "header_icon": "user",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_pages:edit", args=[pk]), "label": actor.title},
            {"url": "", "label": _("Representatives")},
        ],
    }
    return TemplateResponse(request, "ess_pages/admin/representatives.html", context)


@require_POST
def dismiss(request: HttpRequest, pk: int, representative_pk: int) -> HttpResponse:
    """Take the right to edit an actor from one of its representatives."""
    actor = get_object_or_404(ActorPage, pk=pk)
    known = Representative.objects.about(actor).filter(pk=representative_pk).first()
    if known:
        dismiss_representative(request.user, actor, known)
        said = _("%(name)s may no longer edit this entry.") % {"name": known.user}
        messages.success(request, said)
    return redirect("ess_pages_representatives", pk)


urlpatterns = [
    path("actors/<int:pk>/representatives/", representatives, name="ess_pages_representatives"),
    path(
        "actors/<int:pk>/representatives/<int:representative_pk>/dismiss/",
        dismiss,
        name="ess_pages_dismiss_representative",
    ),
]
