"""What the admin says after an editor's action."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from ..models.base import ContentPage
from ..translation import translations_of


def say_what_to_translate(request, page) -> None:
    """Tell the editor who has just published `page` which translations are now out of date."""
    if not isinstance(page, ContentPage):
        return
    for translation in translations_of(page).filter(missing__gt=0):
        target = translation.get_target_instance()
        text = ngettext(
            "The version in %(language)s is out of date: %(count)d text to translate.",
            "The version in %(language)s is out of date: %(count)d texts to translate.",
            translation.missing,
        ) % {
            "language": translation.target_locale.language_name_localized,
            "count": translation.missing,
        }
        edit = reverse("wagtailadmin_pages:edit", args=[target.pk])
        messages.warning(request, text, buttons=[messages.button(edit, _("Translate"))])
