"""Webhooks, and what became of each message, in the admin: for who sets the forum's limits."""

import secrets
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet

from .. import outbound
from ..actions.webhooks import GONE, retry
from ..models import Webhook, WebhookDelivery
from .menu import HOOK
from .permissions import KEEP, LOOK, SETTINGS, ForumPolicy

# What `last_error` holds of our own, beside what the network says.
SAID = {
    GONE: gettext_lazy("Not everybody sees the post any more."),
    outbound.PRIVATE: gettext_lazy("The address is within a private network."),
}


class WebhookForm(WagtailAdminModelForm):
    """A webhook; its secret is made here, and anew where that is asked."""

    url = forms.URLField(label=gettext_lazy("Address"), assume_scheme="https")
    events = forms.MultipleChoiceField(
        label=gettext_lazy("What it is told of"),
        choices=Webhook.Event.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    new_secret = forms.BooleanField(
        label=gettext_lazy("Make a new secret"),
        required=False,
        help_text=gettext_lazy("Messages are signed with it from then on."),
    )

    def clean_url(self) -> str:
        """Refuse an address to which nothing is sent."""
        url = self.cleaned_data["url"]
        try:
            outbound.check(urlsplit(url))
        except outbound.AddressError as error:
            text = _("An address on the public internet is needed: http:// or https://.")
            raise forms.ValidationError(SAID.get(str(error), text)) from error
        except (OSError, ValueError) as error:
            raise forms.ValidationError(_("There is no such host.")) from error
        return url

    def save(self, commit: bool = True) -> Webhook:
        """Save the webhook with a secret."""
        if self.cleaned_data.get("new_secret") or not self.instance.secret:
            self.instance.secret = secrets.token_urlsafe(32)
        return super().save(commit)


class WebhookViewSet(ModelViewSet):
    """Webhooks."""

    model = Webhook
    icon = "link-external"
    menu_label = gettext_lazy("Webhooks")
    menu_hook = HOOK
    menu_order = 800
    list_display = ("url", "is_active", "created_at")
    permission_policy = ForumPolicy(Webhook, SETTINGS, KEEP)
    edit_handler = ObjectList(
        [
            FieldPanel("url"),
            FieldPanel("events"),
            FieldPanel("is_active"),
            FieldPanel("secret", read_only=True),
            FieldPanel("new_secret"),
        ],
        base_form_class=WebhookForm,
    )


def state_of(delivery: WebhookDelivery) -> str:
    """Return what became of a delivery."""
    if delivery.delivered_at:
        return _("delivered")
    return _("waits for the next attempt") if delivery.next_attempt_at else _("given up")


def error_of(delivery: WebhookDelivery) -> str:
    """Return why the last attempt failed."""
    return str(SAID.get(delivery.last_error, delivery.last_error))


class DeliveryViewSet(ModelViewSet):
    """What was told, and what is to be told again."""

    model = WebhookDelivery
    icon = "history"
    menu_label = gettext_lazy("Webhook deliveries")
    menu_hook = HOOK
    menu_order = 810
    list_display = (
        "created_at",
        "get_event_display",
        "webhook",
        Column("state", label=gettext_lazy("State"), accessor=state_of),
        Column("attempts", label=gettext_lazy("Attempts"), accessor="attempts"),
        Column("status", label=gettext_lazy("Last answer"), accessor="last_status"),
        Column("error", label=gettext_lazy("Last error"), accessor=error_of),
    )
    list_filter = ("webhook", "event")
    ordering = ("-pk",)
    inspect_view_enabled = True
    inspect_view_fields = (
        "webhook",
        "event",
        "payload",
        "created_at",
        "attempts",
        "next_attempt_at",
        "delivered_at",
        "last_status",
        "last_error",
    )
    permission_policy = ForumPolicy(WebhookDelivery, SETTINGS, LOOK)
    form_fields = ()
    inspect_template_name = "ess_forum/admin/delivery.html"


@require_POST
def retry_delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a delivery again now."""
    if not DeliveryViewSet.permission_policy.user_has_permission(request.user, "view"):
        raise PermissionDenied
    delivery = get_object_or_404(WebhookDelivery, pk=pk)
    retry(delivery.pk)
    messages.success(request, _("It is tried again now."))
    return redirect(reverse("forum_deliveries:index"))


def viewsets() -> list[ModelViewSet]:
    """Return what the admin is to offer."""
    return [WebhookViewSet("forum_webhooks"), DeliveryViewSet("forum_deliveries")]


urlpatterns = [
    path("deliveries/<int:pk>/retry/", retry_delivery, name="ess_forum_retry_delivery"),
]
