"""The entry of the admin's menu."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from ..models import Application
from ..policy import allows


class VerbMenuItem(MenuItem):
    """A way for those who may do a verb, by the `allows` of the policy that names it."""

    def __init__(self, allows: Callable[[Any, str], bool], verb: str, *args, **kwargs):
        self.allows, self.verb = allows, verb
        super().__init__(*args, **kwargs)

    def is_shown(self, request) -> bool:
        """Return whether the user may."""
        return self.allows(request.user, self.verb)


class ApplicationsMenuItem(VerbMenuItem):
    """The way to the accounts that wait, with how many they are."""

    def render_component(self, request):
        """Return the entry for this request."""
        number = Application.objects.to_decide().count()
        component = super().render_component(request)
        if number:
            component.label = _("Accounts to approve ({number})").format(number=number)
        return component


def menu_item() -> SubmenuMenuItem:
    """Return the entry, with the invitations and the accounts that wait."""
    invitations = VerbMenuItem(
        allows,
        "see_invitations",
        gettext_lazy("Invitations"),
        reverse("accounts_invitations"),
        name="invitations",
        icon_name="mail",
        order=10,
    )
    applications = ApplicationsMenuItem(
        allows,
        "decide_application",
        gettext_lazy("Accounts to approve"),
        reverse("accounts_applications"),
        name="applications",
        icon_name="user",
        order=20,
    )
    return SubmenuMenuItem(
        pgettext_lazy("menu of the admin", "Joining"),
        Menu(items=[invitations, applications]),
        name="joining",
        icon_name="group",
        order=340,
    )
