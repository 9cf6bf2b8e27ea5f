"""The approval of a meeting's report by those who were there."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..languages import language_choices
from .about import AboutPage, AboutPageQuerySet
from .registrations import new_token


class ReportReviewQuerySet(AboutPageQuerySet):
    """Approvals of reports."""

    def with_answers(self) -> Self:
        """Return each with how many `approvals` and `remarks` there are, of how many `asked`."""
        answers = ReportReviewer.Answer
        return self.annotate(
            asked=Count("reviewers"),
            approvals=Count("reviewers", filter=Q(reviewers__answer=answers.APPROVES)),
            remarks=Count("reviewers", filter=Q(reviewers__answer=answers.REMARKS)),
        )


class ReportReview(AboutPage):
    """A report that is out for approval or remarks until a stated time."""

    closes_at = models.DateTimeField(_("answers until"))
    opened_at = models.DateTimeField(_("sent at"), default=timezone.now, editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("sent by"),
    )
    approved_at = models.DateTimeField(
        _("published as approved at"), null=True, blank=True, editable=False
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("published as approved by"),
    )

    objects: ClassVar = ReportReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        verbose_name = _("approval of a report")
        verbose_name_plural = _("approvals of reports")
        constraints = [
            models.UniqueConstraint(
                fields=["translation_key"],
                condition=Q(approved_at=None),
                name="report_reviewed_once_at_a_time",
            )
        ]

    @property
    def is_open(self) -> bool:
        """Whether answers are still taken."""
        return self.approved_at is None and timezone.now() < self.closes_at


class ReportReviewer(models.Model):
    """Somebody who was at the meeting, and what they say of its report."""

    class Answer(models.TextChoices):
        """What they say."""

        NONE = "", pgettext_lazy("approval", "No answer yet")
        APPROVES = "approves", pgettext_lazy("approval", "Approves")
        REMARKS = "remarks", pgettext_lazy("approval", "Has remarks")

    review = models.ForeignKey(
        ReportReview,
        on_delete=models.CASCADE,
        related_name="reviewers",
        verbose_name=_("approval of a report"),
    )
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    answer = models.CharField(
        _("answer"), max_length=10, choices=Answer.choices, blank=True, default=Answer.NONE
    )
    remarks = models.TextField(_("remarks"), max_length=5000, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("reviewer")
        verbose_name_plural = _("reviewers")
        constraints = [
            models.UniqueConstraint(fields=["review", "email"], name="reviewer_asked_once")
        ]

    def __str__(self) -> str:
        return self.name
