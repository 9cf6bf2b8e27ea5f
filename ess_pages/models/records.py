"""Records that pages refer to: the same record in every language, with a name in each."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.search import index

from ess_ground.audiences import AudienceField
from ess_ground.folding import FoldedField


def reads_arabic() -> bool:
    """Return whether the active language is Arabic."""
    return (get_language() or "").startswith("ar")


class BilingualRecord(index.Indexed, models.Model):
    """A record with a French and an Arabic name."""

    name_fr = models.CharField(_("name in French"), max_length=255)
    name_ar = models.CharField(_("name in Arabic"), max_length=255)

    search_fields = [
        index.SearchField("name_fr"),
        index.SearchField("name_ar"),
        index.AutocompleteField("name_fr"),
        index.AutocompleteField("name_ar"),
    ]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language."""
        return self.name_ar if reads_arabic() else self.name_fr


class ReferenceRecord(BilingualRecord):
    """A record of a reference list, known to programs by its slug."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)

    class Meta(BilingualRecord.Meta):
        abstract = True
        ordering = ["pk"]


class Sphere(ReferenceRecord):
    """The part of society someone speaks for: public, private, civil society, international."""

    class Meta(ReferenceRecord.Meta):
        verbose_name = _("sphere")
        verbose_name_plural = _("spheres")


class LegalForm(ReferenceRecord):
    """What an organisation is in law: association, foundation, cooperative…"""

    class Meta(ReferenceRecord.Meta):
        verbose_name = _("legal form")
        verbose_name_plural = _("legal forms")


class Sector(ReferenceRecord):
    """A field of activity: farming, crafts, health…"""

    ess_global = models.URLField(
        _("ESSGlobal activity"),
        blank=True,
        help_text=_("The address of the same activity in the ESSGlobal vocabulary, for open data."),
    )

    class Meta(ReferenceRecord.Meta):
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")


class TargetGroup(ReferenceRecord):
    """The people whom an actor or a practice is there for."""

    class Meta(ReferenceRecord.Meta):
        verbose_name = _("target group")
        verbose_name_plural = _("target groups")


class Topic(ReferenceRecord):
    """What an actor or a practice is about, across sectors: financing, training, governance…"""

    class Meta(ReferenceRecord.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")


class Resource(ReferenceRecord):
    """What can be offered and sought: financing, premises, expertise…"""

    class Meta(ReferenceRecord.Meta):
        verbose_name = _("resource")
        verbose_name_plural = _("resources")


class Criterion(ReferenceRecord):
    """What a practice is chosen by."""

    description_fr = models.TextField(_("description in French"))
    description_ar = models.TextField(_("description in Arabic"))
    weight = models.PositiveSmallIntegerField(
        _("weight"), default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )

    class Meta(ReferenceRecord.Meta):
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")

    @property
    def description(self) -> str:
        """What it asks, in the active language."""
        return self.description_ar if reads_arabic() else self.description_fr


class Wilaya(ReferenceRecord):
    """A province of Algeria. Known by its slug: codes and dates are the law's to change."""

    code = models.CharField(
        _("code"),
        max_length=3,
        unique=True,
        validators=[RegexValidator(r"^\d{2,3}$", _("A wilaya’s code is two or three digits."))],
    )
    active_from = models.DateField(
        _("active from"),
        null=True,
        blank=True,
        help_text=_("The day it takes up its powers. Empty when it has always been one."),
    )
    mother = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="daughters",
        verbose_name=_("mother wilaya"),
        help_text=_("The wilaya it was part of before."),
    )
    latitude = models.DecimalField(
        _("latitude of its chief town"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude of its chief town"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )

    search_fields = [*ReferenceRecord.search_fields, index.SearchField("code")]

    class Meta(ReferenceRecord.Meta):
        ordering = ["code"]
        verbose_name = _("wilaya")
        verbose_name_plural = _("wilayas")


class Participant(BilingualRecord):
    """A person who takes part in meetings, with or without an account on the site."""

    role_fr = models.CharField(_("role in French"), max_length=255, blank=True)
    role_ar = models.CharField(_("role in Arabic"), max_length=255, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="participant",
        verbose_name=_("account"),
    )
    sphere = models.ForeignKey(
        Sphere, on_delete=models.PROTECT, related_name="participants", verbose_name=_("sphere")
    )
    organisation = models.ForeignKey(
        "ess_pages.ActorPage",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="participants",
        verbose_name=_("organisation"),
    )
    wilaya = models.ForeignKey(
        Wilaya,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="participants",
        verbose_name=_("wilaya"),
    )
    is_confirmed = models.BooleanField(
        _("confirmed by the editors"),
        default=True,
        help_text=_(
            "Whoever describes themselves on joining is not, until this is ticked: only then are "
            "they asked for their consent, and may be named rapporteur."
        ),
    )
    # What the person lets others read in their profile. What the site publishes of meetings and
    # texts names them all the same.
    name_fr_audience = AudienceField()
    name_ar_audience = AudienceField()
    sphere_audience = AudienceField()
    organisation_audience = AudienceField()
    wilaya_audience = AudienceField()
    folded_fr = FoldedField(sources=["name_fr"])
    folded_ar = FoldedField(sources=["name_ar"])

    class Meta:
        ordering = ["name_fr"]
        verbose_name = _("participant")
        verbose_name_plural = _("participants")

    @property
    def role(self) -> str:
        """What the person does, in the active language."""
        return self.role_ar if reads_arabic() else self.role_fr
