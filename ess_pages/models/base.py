"""What every page type of this app shares."""

from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import resolve, reverse
from django.utils.html import strip_tags
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.images import get_image_model_string
from wagtail.images.api.fields import ImageRenditionField
from wagtail.models import Page
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField
from wagtail_localize.models import StringSegment, Translation

from ess_ground.words import stems

from ..search import texts

# What a short text of a page may hold.
FEATURES = ["bold", "italic", "ol", "ul", "link"]


def validate_has_text(html: str) -> None:
    """Refuse rich text that holds tags and no text: what the editor posts for an empty field."""
    if not strip_tags(html).strip():
        raise ValidationError(_("This field is required."), code="required")


class ContentPage(Page):
    """A page with a summary, an image to share and, if need be, a notice above its content.

    Each page type says field by field what is translated and what is kept in step
    (`translatable_fields`): wagtail-localize asks it.
    """

    summary = models.TextField(
        _("summary"),
        blank=True,
        max_length=400,
        help_text=_("Two or three sentences for lists, search engines and shared links."),
    )
    image = models.ForeignKey(
        get_image_model_string(),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("image"),
        help_text=_("Shown with the page and wherever it is shared."),
    )
    notice = models.CharField(
        _("notice"),
        blank=True,
        max_length=255,
        help_text=_("Shown above the content: a postponed meeting, demonstration content…"),
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("image"),
    ]
    promote_panels = [*Page.promote_panels, FieldPanel("notice")]

    translatable_fields = [
        TranslatableField("title"),
        TranslatableField("slug"),
        TranslatableField("seo_title"),
        TranslatableField("search_description"),
        SynchronizedField("show_in_menus", overridable=False),
        TranslatableField("summary"),
        SynchronizedField("image"),
        TranslatableField("notice"),
    ]

    search_fields = [
        *Page.search_fields,
        index.SearchField("summary", boost=2),
        index.AutocompleteField("summary"),
        index.SearchField("stems"),
    ]

    api_fields = [
        APIField("summary"),
        APIField("notice"),
        APIField("image", serializer=ImageRenditionField("fill-1200x630")),
    ]

    stands_at_root = False
    schema_type = "WebPage"
    og_type = "article"

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse an address that another part of the site answers."""
        super().clean()
        parent = self.get_parent()
        if parent and parent.depth == 2 and self.locale_id:
            with override(self.locale.language_code):
                match = resolve(unquote(reverse("wagtail_serve", args=[f"{self.slug}/"])))
            if match.url_name != "wagtail_serve":
                raise ValidationError({"slug": _("Another part of the site has this address.")})

    @classmethod
    def can_exist_under(cls, parent) -> bool:
        """Return whether `parent` takes this type: the root takes front pages, and only them."""
        return parent.is_root() == cls.stands_at_root and super().can_exist_under(parent)

    @property
    def stems(self) -> str:
        """The words of all that is searched in the page, as the search of the site knows them."""
        own = [field for field in self.search_fields if field.field_name != "stems"]
        # The databases rank by frequency: a word of the title counts as four of the text.
        return stems(" ".join([self.title] * 3 + list(texts(self, own))))

    @property
    def description(self) -> str:
        """What search engines and networks show under the title."""
        return self.search_description or self.summary

    def schema_org(self) -> dict:
        """Return what the page says of itself in the schema.org vocabulary (JSON-LD).

        Source: https://schema.org/docs/full.html. Empty values are left out when it is written.
        """
        return {
            "@context": "https://schema.org",
            "@type": self.schema_type,
            "@id": self.full_url,
            "url": self.full_url,
            "name": self.title,
            "description": self.description,
            "inLanguage": self.locale.language_code,
            "datePublished": self.first_published_at and self.first_published_at.isoformat(),
            "dateModified": self.last_published_at and self.last_published_at.isoformat(),
        }

    def full_clean(self, *args, **kwargs) -> None:
        """Validate the page, a translation's slug having been made readable first."""
        self._restore_slug()
        super().full_clean(*args, **kwargs)

    def minimal_clean(self) -> None:
        """Validate a draft as `full_clean` validates a live page."""
        self._restore_slug()
        super().minimal_clean()

    def _restore_slug(self) -> None:
        # wagtail-localize makes slugs ASCII, which leaves nothing of an Arabic word, and copies
        # the source's where none is translated.
        if translation := self._translation():
            self.slug = self._translated_slug(translation)

    def _translation(self) -> Translation | None:
        """Return the translation through which wagtail-localize writes this page, if it does."""
        return (
            self.pk
            and Translation.objects.filter(
                source__object_id=self.translation_key, target_locale=self.locale_id, enabled=True
            ).first()
        )

    def _translated_slug(self, translation: Translation) -> str:
        """Return the slug as translated, else as published, else nothing: made from the title."""
        segment = (
            StringSegment.objects.filter(source=translation.source_id, context__path="slug")
            .annotate_translation(translation.target_locale)
            .first()
        )
        unicode = getattr(settings, "WAGTAIL_ALLOW_UNICODE_SLUGS", True)
        if slug := slugify((segment and segment.translation) or "", allow_unicode=unicode):
            return self._get_autogenerated_slug(slug)
        published = type(self).objects.filter(pk=self.pk, first_published_at__isnull=False)
        return published.values_list("slug", flat=True).first() or ""
