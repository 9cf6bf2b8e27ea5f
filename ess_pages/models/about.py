"""Records about a page in all its languages."""

from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, TranslatableMixin

from ..links import in_language


class AboutPageQuerySet(models.QuerySet):
    """Records about pages."""

    def about(self, page: TranslatableMixin) -> Self:
        """Return those about `page`, in whatever language it is."""
        return self.filter(translation_key=page.translation_key)

    def with_pages(self, pages) -> list[Any]:
        """Return the records, each with its `page`, from `pages`, in the active language.

        One more query, whatever the number of records. The page is None where `pages`, a
        queryset, does not have it.
        """
        records: list[Any] = list(self)
        shown = {page.translation_key: page for page in in_language(pages, records)}
        for record in records:
            record.page = shown.get(record.translation_key)
        return records


class AboutPage(models.Model):
    """A record about a page in all its languages: it holds the key that they share.

    It outlives the page, and says the same in every language.
    """

    translation_key = models.UUIDField(_("page"), editable=False, db_index=True)

    objects: ClassVar = AboutPageQuerySet.as_manager()

    class Meta:
        abstract = True

    def pages(self) -> models.QuerySet[Page]:
        """Return the page in each language that it has, drafts among them."""
        return Page.objects.filter(translation_key=self.translation_key)
