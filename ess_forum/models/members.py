"""Those who take part in the forum, and the private groups that they form."""

import re
import uuid
from datetime import datetime

from django.conf import settings
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ess_ground.audiences import AudienceField
from ess_ground.folding import FoldedField

from .bilingual import BilingualName, language_choices, main_language

# Letters and digits of any script, with hyphens and underscores between them.
HANDLE = r"[^\W_]+(?:[-_][^\W_]+)*"


def photo_path(member: "Member", filename: str) -> str:
    """Return where a photo is kept: by what nobody guesses, another for each photo."""
    key = uuid.uuid4().hex
    return f"forum/{key[:2]}/{key}"


def of_network(*domains: str) -> list:
    """Return validators of an address on one of these domains, by https."""
    names = "|".join(re.escape(domain) for domain in domains)
    return [
        RegexValidator(
            rf"\Ahttps://(?:[\w-]+\.)*(?:{names})(?:/|\Z)",
            _("Give the address of your page there, beginning with https://."),
            code="network",  # of "invalid", a URLField says its own message
        )
    ]


class Member(models.Model):
    """An account's place in the forum.

    The account may go while what it wrote stays: `user` is then None, and the member is shown as
    a former one.
    """

    class Trust(models.IntegerChoices):
        """What good participation has earned (see `ess_forum.trust`)."""

        NEW = 0, _("new member")
        BASIC = 1, _("member")
        REGULAR = 2, _("regular member")
        LEADER = 3, _("leader")

    class Digest(models.TextChoices):
        """How often the news go out by mail."""

        NEVER = "never", _("never")
        DAILY = "daily", _("every day")
        WEEKLY = "weekly", _("every week")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="forum_member",
        verbose_name=_("account"),
    )
    name = models.CharField(_("name"), max_length=80)
    handle = models.CharField(
        _("handle"),
        max_length=40,
        unique=True,
        error_messages={"unique": _("Another member has this handle.")},
        validators=[RegexValidator(rf"\A{HANDLE}\Z")],
        help_text=_("How others mention this member: @handle, in small letters."),
    )
    folded = FoldedField(sources=["handle", "name"])
    about = models.TextField(_("about"), max_length=500, blank=True)
    about_audience = AudienceField()
    languages_audience = AudienceField()  # of `spoken_languages`
    offers = models.TextField(_("what I offer"), max_length=500, blank=True)
    offers_audience = AudienceField()
    folded_offers = FoldedField(sources=["offers"])
    seeks = models.TextField(_("what I seek"), max_length=500, blank=True)
    seeks_audience = AudienceField()
    folded_seeks = FoldedField(sources=["seeks"])
    linkedin = models.URLField("LinkedIn", blank=True, validators=of_network("linkedin.com"))
    linkedin_audience = AudienceField()
    facebook = models.URLField(
        "Facebook", blank=True, validators=of_network("facebook.com", "fb.com")
    )
    facebook_audience = AudienceField()
    website = models.URLField(
        _("own site"),
        blank=True,
        validators=[
            URLValidator(
                schemes=["https"],
                message=_("Give an address that begins with https://."),
                code="https",
            )
        ],
    )
    website_audience = AudienceField()
    # Served by a view that asks who looks, never from its address in the storage.
    photo = models.FileField(_("photo"), upload_to=photo_path, blank=True)
    photo_audience = AudienceField()
    language = models.CharField(
        _("language of mails"), max_length=10, choices=language_choices, default=main_language
    )
    digest = models.CharField(
        _("digest by mail"), max_length=6, choices=Digest.choices, default=Digest.WEEKLY
    )
    # When the last digest was due, whether it had anything to tell or not.
    digest_at = models.DateTimeField(default=timezone.now, editable=False)
    joined_at = models.DateTimeField(_("joined at"), default=timezone.now, editable=False)
    trust = models.PositiveSmallIntegerField(_("trust"), choices=Trust.choices, default=Trust.NEW)
    is_trust_kept = models.BooleanField(
        _("trust stays as it is"),
        default=False,
        help_text=_("Moderators have set it: participation does not change it any more."),
    )
    # What sanctions are in force. Written by actions.sanctions alone, from Sanction.
    silenced_until = models.DateTimeField(_("silenced until"), null=True, editable=False)
    suspended_until = models.DateTimeField(_("suspended until"), null=True, editable=False)
    is_banned = models.BooleanField(_("banned"), default=False, editable=False)
    # Nothing that was published before is unread.
    caught_up_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_on = models.DateField(_("last seen on"), null=True, editable=False)
    days_visited = models.PositiveIntegerField(_("days visited"), default=0, editable=False)
    post_count = models.PositiveIntegerField(_("posts"), default=0, editable=False)
    thread_count = models.PositiveIntegerField(_("threads"), default=0, editable=False)
    reactions_received = models.PositiveIntegerField(
        _("reactions received"), default=0, editable=False
    )
    unread_notifications = models.PositiveIntegerField(default=0, editable=False)

    # What the reader may know of the member, once `profile.show` has put it there.
    facts: list
    brief: list
    more: list
    shows_photo: bool

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("member")
        verbose_name_plural = _("members")
        permissions = [("moderate", _("Can moderate the forum"))]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        """Save the member; what it is found by follows its name and handle."""
        fields = kwargs.get("update_fields")
        if fields is not None and {"name", "handle"} & set(fields):
            kwargs["update_fields"] = {*fields, "folded"}
        super().save(*args, **kwargs)

    def is_silenced(self, at: datetime | None = None) -> bool:
        """Return whether the member may read but not write at that time, or now."""
        return self.silenced_until is not None and self.silenced_until > (at or timezone.now())

    def is_suspended(self, at: datetime | None = None) -> bool:
        """Return whether the member is kept out at that time, or now: for a time, or for good."""
        now = at or timezone.now()
        return self.is_banned or (self.suspended_until is not None and self.suspended_until > now)


class SpokenLanguage(models.Model):
    """A language that a member can be written to or spoken with in."""

    class Code(models.TextChoices):
        """The languages that members choose from."""

        ARABIC = "ar", _("Arabic")
        TAMAZIGHT = "ber", _("Tamazight")
        FRENCH = "fr", _("French")
        ENGLISH = "en", _("English")
        SPANISH = "es", _("Spanish")
        ITALIAN = "it", _("Italian")
        GERMAN = "de", _("German")
        TURKISH = "tr", _("Turkish")

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="spoken_languages")
    code = models.CharField(_("language"), max_length=3, choices=Code.choices)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("spoken language")
        verbose_name_plural = _("spoken languages")
        constraints = [
            models.UniqueConstraint(fields=["member", "code"], name="ess_forum_language_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.code}"


class Group(BilingualName):
    """A private circle of members, with its own categories: a workshop, a committee."""

    description_fr = models.TextField(_("description in French"), max_length=500, blank=True)
    description_ar = models.TextField(_("description in Arabic"), max_length=500, blank=True)
    members = models.ManyToManyField(Member, through="Membership", related_name="groups")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("private group")
        verbose_name_plural = _("private groups")

    @property
    def description(self) -> str:
        """The description in the active language, or else in the other."""
        return self.in_language("description")


class Membership(models.Model):
    """A member's place in a group."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="memberships")
    is_manager = models.BooleanField(
        _("manager"), default=False, help_text=_("Adds members to the group and removes them.")
    )
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["group", "member"], name="ess_forum_membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.group}"


class Block(models.Model):
    """A member does not want to read, nor to hear from, another."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="blocked_by")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.UniqueConstraint(fields=["member", "blocked"], name="ess_forum_block_once"),
            models.CheckConstraint(
                condition=~models.Q(member=models.F("blocked")), name="ess_forum_block_other"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.blocked}"
