"""The consent of the participants to a text: who is asked, by what rule, what they say."""

import datetime
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .kept import KeptRecordError
from .recommendations import Recommendation
from .records import Participant, Sphere, reads_arabic
from .registrations import new_token

ONE_DAY = datetime.timedelta(days=1)


class SealedQuerySet(models.QuerySet):
    """Records of consultations, which nothing changes once theirs has closed."""

    def update(self, **values) -> int:
        """Change them. Raises KeptRecordError where the consultation of one has closed."""
        self._refuse_sealed()
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete them. Raises KeptRecordError where the consultation of one has closed."""
        self._refuse_sealed()
        return super().delete()

    def _refuse_sealed(self) -> None:
        model: Any = self.model
        if self.exclude(**{model.CLOSED_AT: None}).exists():
            raise KeptRecordError("The consultation has closed: it is kept as it is.")


class SealedRecord(models.Model):
    """A record of a consultation, which nothing changes once the consultation has closed."""

    # The ways from the record to its consultation, and to when that closed.
    CONSULTATION: ClassVar = "consultation_id"
    CLOSED_AT: ClassVar = "consultation__closed_at"

    objects: ClassVar[Any] = SealedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        """Save the record. Raises KeptRecordError where the consultation has closed."""
        self._refuse_sealed()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs) -> tuple[int, dict[str, int]]:
        """Delete the record. Raises KeptRecordError where the consultation has closed."""
        self._refuse_sealed()
        return super().delete(*args, **kwargs)

    def _refuse_sealed(self) -> None:
        """Look into the database: what is at hand may have been read while it was open."""
        consultation = Consultation.objects.filter(pk=getattr(self, self.CONSULTATION))
        if consultation.exclude(closed_at=None).exists():
            raise KeptRecordError("The consultation has closed: it is kept as it is.")


class ConsultationQuerySet(SealedQuerySet):
    """Consultations."""

    def with_turnout(self) -> Self:
        """Return each with how many were asked, and have answered: `asked`, `answered`."""
        return self.annotate(
            asked=Count("voters"), answered=Count("voters", filter=Q(voters__has_voted=True))
        )


class Consultation(SealedRecord):
    """A vote on a version of a text. Opening fixes its rule, closing its result."""

    CONSULTATION = "pk"
    CLOSED_AT = "closed_at"

    class Rule(models.TextChoices):
        """What it takes to consent."""

        NO_OBJECTION = "no_objection", pgettext_lazy("consultation", "No objection")
        MAJORITY = "majority", pgettext_lazy("consultation", "Simple majority")
        TWO_THIRDS = "two_thirds", pgettext_lazy("consultation", "Two thirds")

    class Voice(models.TextChoices):
        """Whose voices are counted."""

        MEMBER = "member", pgettext_lazy("consultation", "One voice a participant")
        SPHERE = "sphere", pgettext_lazy("consultation", "One voice a sphere")

    class Electorate(models.TextChoices):
        """Who is asked."""

        ALL = "all", pgettext_lazy("consultation", "All participants who have an account")
        MEETING = "meeting", pgettext_lazy("consultation", "Those who took part in the meeting")

    recommendation = models.ForeignKey(
        Recommendation,
        on_delete=models.CASCADE,
        related_name="consultations",
        verbose_name=_("recommendation"),
    )
    version = models.PositiveIntegerField(_("version of the text"), editable=False)
    text_digest = models.CharField(_("checksum of the text"), max_length=64, editable=False)
    rule = models.CharField(_("rule"), max_length=20, choices=Rule.choices)
    quorum = models.PositiveSmallIntegerField(
        _("quorum, in per cent"),
        default=0,
        validators=[MaxValueValidator(100)],
        help_text=_("How many of those asked have to answer. 0 for none."),
    )
    voice = models.CharField(
        _("voices"), max_length=10, choices=Voice.choices, default=Voice.MEMBER
    )
    electorate = models.CharField(
        _("who is asked"), max_length=10, choices=Electorate.choices, default=Electorate.ALL
    )
    is_secret = models.BooleanField(
        _("secret ballot"),
        default=False,
        help_text=_("Nobody can tell who voted what, and a vote cannot be changed once cast."),
    )
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now, editable=False)
    closes_at = models.DateTimeField(_("answers until"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("opened by"),
    )
    quorum_waived_at = models.DateTimeField(null=True, blank=True, editable=False)
    quorum_waiver = models.TextField(
        _("why no quorum is asked for any more"), max_length=2000, blank=True, editable=False
    )
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)
    # None while it is open; and where it was given up, with the recommendation, before its end.
    has_passed = models.BooleanField(_("consent given"), null=True, editable=False)
    # What `counting.count` returned when it closed.
    result = models.JSONField(_("result"), default=dict, editable=False)

    objects: ClassVar = ConsultationQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        constraints = [
            models.UniqueConstraint(
                fields=["recommendation"],
                condition=Q(closed_at=None),
                name="one_consultation_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.recommendation} · {self.get_rule_display()}"

    @property
    def is_open(self) -> bool:
        """Whether votes are taken now."""
        return self.closed_at is None and timezone.now() < self.closes_at

    @property
    def waits_for_count(self) -> bool:
        """Whether its time has passed and its votes have not been counted yet."""
        return self.closed_at is None and timezone.now() >= self.closes_at

    @property
    def remind_at(self) -> datetime.datetime:
        """When those who have not answered are reminded: a day before its end.

        Where it is short, when a fifth of its time is left.
        """
        return self.closes_at - min(ONE_DAY, (self.closes_at - self.opened_at) / 5)

    @property
    def is_by_sphere(self) -> bool:
        """Whether each sphere is one voice."""
        return self.voice == self.Voice.SPHERE

    @property
    def rule_in_words(self) -> str:
        """What it takes to consent, in a sentence or two."""
        return str(RULES_IN_WORDS[self.Rule(self.rule)])

    @property
    def voice_in_words(self) -> str:
        """Whose voices are counted, in a sentence."""
        return str(VOICES_IN_WORDS[self.Voice(self.voice)])


# `counting.count` states the same as formulas.
RULES_IN_WORDS = {
    Consultation.Rule.NO_OBJECTION: _(
        "Consent is given if no voice objects by the end. Who does not answer does not object."
    ),
    Consultation.Rule.MAJORITY: _(
        "Consent is given if more voices agree than object. Abstentions are not counted; a tie is "
        "no consent."
    ),
    Consultation.Rule.TWO_THIRDS: _(
        "Consent is given if, of the voices that agree or object, at least two thirds agree. "
        "Abstentions are not counted."
    ),
}
VOICES_IN_WORDS = {
    Consultation.Voice.MEMBER: _("Each participant has one voice."),
    Consultation.Voice.SPHERE: _(
        "Each sphere has one voice, whatever its number: it agrees or objects as more of those who "
        "answer in it do. Where they are as many, it abstains."
    ),
}


class Voter(SealedRecord):
    """Somebody whose consent is asked: the list is made when the consultation opens."""

    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.CASCADE,
        related_name="voters",
        verbose_name=_("consultation"),
    )
    participant = models.ForeignKey(
        Participant,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("participant"),
    )
    name_fr = models.CharField(_("name in French"), max_length=255)
    name_ar = models.CharField(_("name in Arabic"), max_length=255)
    sphere = models.ForeignKey(
        Sphere, on_delete=models.PROTECT, related_name="+", verbose_name=_("sphere")
    )
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    has_voted = models.BooleanField(_("has voted"), default=False)

    class Meta:
        ordering = ["name_fr", "pk"]
        verbose_name = _("voter")
        verbose_name_plural = _("voters")
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "participant"], name="asked_once_a_consultation"
            )
        ]

    def __str__(self) -> str:
        return self.name_fr

    @property
    def name(self) -> str:
        """The name in the active language."""
        return self.name_ar if reads_arabic() else self.name_fr


class Ballot(SealedRecord):
    """A vote. In a secret one nothing leads from it to its voter: no link, no time, no order."""

    class Choice(models.TextChoices):
        """What it says."""

        FOR = "for", pgettext_lazy("ballot", "I agree")
        AGAINST = "against", pgettext_lazy("ballot", "I object")
        ABSTAIN = "abstain", pgettext_lazy("ballot", "I abstain")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    consultation = models.ForeignKey(
        Consultation,
        on_delete=models.CASCADE,
        related_name="ballots",
        verbose_name=_("consultation"),
    )
    # None in a secret ballot that is not counted by sphere: a sphere of one would tell its vote.
    sphere = models.ForeignKey(
        Sphere, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("sphere")
    )
    choice = models.CharField(_("vote"), max_length=10, choices=Choice.choices)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    voter = models.OneToOneField(
        Voter,
        on_delete=models.PROTECT,
        null=True,
        related_name="ballot",
        verbose_name=_("voter"),
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")

    def __str__(self) -> str:
        return self.get_choice_display()
