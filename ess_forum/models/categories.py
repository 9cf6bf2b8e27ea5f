"""Where threads belong."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .bilingual import BilingualName
from .members import Group


class Audience(models.IntegerChoices):
    """Who may do something in a category. Each takes in those that come after it."""

    EVERYONE = 0, _("everyone")
    MEMBERS = 1, _("members")
    GROUP = 2, _("the private group")
    MODERATORS = 3, _("moderators")


# Nobody writes without an account.
WRITERS = [choice for choice in Audience.choices if choice[0] != Audience.EVERYONE]


class Category(BilingualName):
    """A part of the forum: who sees it, starts threads there, replies there.

    What it grants is what its own row says; a category within another is seen by those who see
    both. The counts are of its own threads, without those of the categories within it.
    """

    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("within"),
    )
    position = models.PositiveIntegerField(pgettext_lazy("forum", "position"), default=0)
    description_fr = models.TextField(_("description in French"), max_length=500, blank=True)
    description_ar = models.TextField(_("description in Arabic"), max_length=500, blank=True)
    see = models.PositiveSmallIntegerField(
        _("who sees it"), choices=Audience.choices, default=Audience.EVERYONE
    )
    start = models.PositiveSmallIntegerField(
        _("who starts threads"), choices=WRITERS, default=Audience.MEMBERS
    )
    reply = models.PositiveSmallIntegerField(
        _("who replies"), choices=WRITERS, default=Audience.MEMBERS
    )
    group = models.ForeignKey(
        Group,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="categories",
        verbose_name=_("private group"),
    )
    thread_count = models.PositiveIntegerField(_("threads"), default=0, editable=False)
    post_count = models.PositiveIntegerField(_("posts"), default=0, editable=False)
    last_thread = models.ForeignKey(
        "Thread", on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    # From `Viewer.categories`.
    depth: int

    # Grows with each change that a list of its threads shows: what is cached is keyed by it.
    version = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.CheckConstraint(
                condition=Q(group__isnull=False)
                | ~(Q(see=Audience.GROUP) | Q(start=Audience.GROUP) | Q(reply=Audience.GROUP)),
                name="ess_forum_category_group",
                violation_error_message=_("Choose the private group."),
            ),
            models.CheckConstraint(
                condition=~Q(start=Audience.EVERYONE) & ~Q(reply=Audience.EVERYONE),
                name="ess_forum_category_writers",
            ),
        ]

    def get_absolute_url(self) -> str:
        """Return its address in the active language."""
        return reverse("ess_forum:category", args=[self.pk, self.slug])

    @property
    def description(self) -> str:
        """The description in the active language, or else in the other."""
        return self.in_language("description")

    @property
    def slug(self) -> str:
        """What its address says of it, in the active language."""
        return slugify(self.name, allow_unicode=True) or "-"

    def clean(self) -> None:
        """Refuse a category within itself."""
        super().clean()
        above, seen = self.parent, {self.pk} if self.pk else set()
        while above:
            if above.pk in seen:
                raise ValidationError({"parent": _("A category cannot be within itself.")})
            seen.add(above.pk)
            above = above.parent
