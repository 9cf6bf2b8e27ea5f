"""The entry of the admin's menu."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import Menu, SubmenuMenuItem

from ...accounts.admin.menu import VerbMenuItem
from ..policy import allows

# By verb: the label, the address, and the icon.
ITEMS = {
    "publish_text": (_("Texts on personal data"), "privacy_texts", "doc-full"),
    "answer_correction": (_("Corrections asked for"), "privacy_corrections", "edit"),
    "see_exports": (_("Exports of personal data"), "privacy_exports", "download"),
}


def menu_item() -> SubmenuMenuItem:
    """Return the entry, with the texts, the corrections and the exports."""
    items = [
        VerbMenuItem(allows, verb, label, reverse(name), name=name, icon_name=icon, order=order)
        for order, (verb, (label, name, icon)) in enumerate(ITEMS.items())
    ]
    return SubmenuMenuItem(
        _("Personal data"), Menu(items=items), name="privacy", icon_name="lock", order=345
    )
