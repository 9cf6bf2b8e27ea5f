"""Names that are read in French and in Arabic."""

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.coreutils import get_content_languages, get_supported_content_language_variant


def language_choices() -> list[tuple[str, str]]:
    """Return the code and name of each language of the site's content."""
    return list(get_content_languages().items())


def main_language() -> str:
    """Return the code of the site's own language."""
    return get_supported_content_language_variant(settings.LANGUAGE_CODE)


def by_language() -> tuple[str, str]:
    """Return "fr" and "ar", that of the active language first."""
    return ("ar", "fr") if (get_language() or "").startswith("ar") else ("fr", "ar")


class BilingualName(models.Model):
    """A record with a French and an Arabic name."""

    name_fr = models.CharField(_("name in French"), max_length=120)
    name_ar = models.CharField(_("name in Arabic"), max_length=120)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        return self.in_language("name")

    def in_language(self, field: str) -> str:
        """Return `<field>_fr` or `<field>_ar`: in the active language, or else in the other."""
        first, second = by_language()
        return getattr(self, f"{field}_{first}") or getattr(self, f"{field}_{second}")
