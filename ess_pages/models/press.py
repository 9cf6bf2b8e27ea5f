"""What the portal keeps ready for journalists."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail_localize.fields import SynchronizedField, TranslatableField

from .general import BodyPage


class PressPage(BodyPage):
    """The page for journalists: whom to call, what to cover, what to publish."""

    contact_name = models.CharField(_("press contact"), max_length=120, blank=True)
    contact_email = models.EmailField(_("e-mail address"), blank=True)
    contact_phone = models.CharField(_("telephone"), max_length=40, blank=True)

    content_panels = [
        *BodyPage.content_panels[:-1],
        MultiFieldPanel(
            [
                FieldPanel("contact_name"),
                FieldRowPanel([FieldPanel("contact_email"), FieldPanel("contact_phone")]),
            ],
            heading=_("Press contact"),
        ),
        BodyPage.content_panels[-1],
    ]
    translatable_fields = [
        *BodyPage.translatable_fields,
        TranslatableField("contact_name"),
        SynchronizedField("contact_email", overridable=False),
        SynchronizedField("contact_phone", overridable=False),
    ]
    api_fields = [
        *BodyPage.api_fields,
        APIField("contact_name"),
        APIField("contact_email"),
        APIField("contact_phone"),
    ]

    parent_page_types = ["ess_pages.HomePage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("press page")
        verbose_name_plural = _("press pages")
