"""What the accounts know of a person: for their archive, for when they leave, and for how long."""

from operator import attrgetter

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django_tasks_db.models import DBTaskResult
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry, Page, PageLogEntry
from wagtail.users.models import UserProfile

from ess_ground.personal import Column, Effects, PersonalPart, Rule, Table, forget_in_log

from ..accounts.models import Application, Invitation
from .actions.retention import (
    erase_applications,
    erase_corrections,
    erase_exports,
    erase_invitations,
    erase_sessions,
    erase_tasks,
    erase_unconfirmed_accounts,
)
from .models import Consent, CorrectionRequest

User = get_user_model()


def _at(name: str, label: str | Promise) -> Column:
    return Column(name, label, attrgetter(name))


def _done(entry) -> str:
    return str(registry.get_action_label(entry.action) or entry.action)


def _words(consent: Consent) -> str:
    """Return what somebody read who agreed: in the language that it was shown in."""
    with override(consent.language):
        return strip_tags(consent.text.body.replace("</p>", "</p>\n"))


DEED = (
    _at("timestamp", gettext_lazy("done at")),
    Column("action", gettext_lazy("what was done"), _done),
    _at("label", gettext_lazy("on what")),
)

TABLES = (
    Table(
        "account",
        User,
        "pk",
        (
            *("email", "first_name", "last_name", "date_joined", "last_login", "is_active"),
            Column(
                "groups",
                gettext_lazy("groups"),
                lambda user: [group.name for group in user.groups.all()],
            ),
        ),
        title=gettext_lazy("Account"),
    ),
    Table("addresses", EmailAddress, "user", ("email", "verified", "primary")),
    Table(
        "consents-to-the-use-of-data",
        Consent,
        "user",
        (
            "text",
            Column("words", gettext_lazy("what it says"), _words),
            *("language", "given_at"),
        ),
        related=("text",),
    ),
    Table(
        "invitation",
        Invitation,
        "user",
        ("email", "name_latin", "name_arabic", "language", "sent_at", "joined_at"),
        title=gettext_lazy("Invitation"),
    ),
    Table(
        "invitations-by-address",
        Invitation,
        "email",
        ("email", "name_latin", "name_arabic", "language", "sent_at", "expires_at"),
        title=gettext_lazy("Invitations to your address"),
        by_address=True,
    ),
    Table(
        "application",
        Application,
        "user",
        ("presentation", "language", "asked_at", "approved_at"),
        title=gettext_lazy("Request for an account"),
    ),
    Table(
        "requests-for-corrections",
        CorrectionRequest,
        "user",
        ("text", "asked_at", "answer", "answered_at"),
    ),
    Table(
        "sessions",
        UserSession,
        "user",
        (
            _at("created_at", gettext_lazy("begun at")),
            _at("last_seen_at", gettext_lazy("last seen at")),
            _at("ip", gettext_lazy("network address")),
            _at("user_agent", gettext_lazy("browser")),
        ),
        title=gettext_lazy("Sessions"),
    ),
    # Of keys and codes, only that they are there: whoever reads them could log in.
    Table(
        "second-factors",
        Authenticator,
        "user",
        (
            Column("type", gettext_lazy("kind"), lambda one: str(one.get_type_display())),
            _at("created_at", gettext_lazy("made at")),
            _at("last_used_at", gettext_lazy("last used at")),
        ),
        title=gettext_lazy("Second factors"),
    ),
    Table(
        "linked-accounts",
        SocialAccount,
        "user",
        ("provider", "uid", "last_login", "date_joined", "extra_data"),
        title=gettext_lazy("Linked accounts"),
    ),
    Table(
        "preferences-in-the-administration",
        UserProfile,
        "user",
        ("preferred_language", "current_time_zone", "avatar"),
        title=gettext_lazy("Preferences in the administration"),
        file="avatar",
    ),
    Table(
        "what-you-did",
        ModelLogEntry,
        "user",
        DEED,
        title=gettext_lazy("What you did with records"),
    ),
    Table(
        "what-you-did-with-pages",
        PageLogEntry,
        "user",
        DEED,
        title=gettext_lazy("What you did with pages"),
    ),
    Table(
        "pages",
        Page,
        "owner",
        ("title", _at("first_published_at", gettext_lazy("first published at"))),
        title=gettext_lazy("Pages that you have begun"),
    ),
    Table("images", get_image_model(), "uploaded_by_user", ("title", "file", "created_at")),
    Table("documents", get_document_model(), "uploaded_by_user", ("title", "file", "created_at")),
)

HISTORY = "What somebody did in the administration is told by its log."
PASSING = "Of the moment: gone when the browser is closed, or a day later."
EXEMPT = {
    "Application.approved_by": HISTORY,
    "Invitation.invited_by": HISTORY,
    "ConsentText.published_by": HISTORY,
    "CorrectionRequest.answered_by": HISTORY,
    "StringTranslation.last_translated_by": HISTORY,
    "SegmentOverride.last_translated_by": HISTORY,
    "Page.locked_by": HISTORY,
    "Revision.user": HISTORY,
    "WorkflowState.requested_by": HISTORY,
    "TaskState.finished_by": HISTORY,
    "Comment.resolved_by": HISTORY,
    "Comment.user": HISTORY,
    "CommentReply.user": HISTORY,
    "PageSubscription.user": HISTORY,
    "UploadedFile.uploaded_by_user": PASSING,
    "EditingSession.user": PASSING,
    "FormState.user": PASSING,
    "User_groups.user": "The same rows as `groups` of the account.",
    "EmailAddress.email": "The same rows as EmailAddress.user.",
    "User.email": "The account itself, which is found by its key.",
    "User_user_permissions.user": "Given by administrators, and told by the log.",
}

RULES = (
    Rule(
        "accounts",
        gettext_lazy("Your account, your profile, what you keep for yourself"),
        gettext_lazy("To let you take part"),
        None,
    ),
    Rule(
        "accounts_unconfirmed",
        gettext_lazy("Accounts whose address nobody has confirmed"),
        gettext_lazy("To let you find the mail"),
        30,
        erase_unconfirmed_accounts,
    ),
    Rule(
        "accounts_invitations",
        gettext_lazy("Invitations that were not used, or were withdrawn"),
        gettext_lazy("To invite you again"),
        180,
        erase_invitations,
    ),
    Rule(
        "accounts_applications",
        gettext_lazy("What you wrote when you asked for an account, once it is approved"),
        gettext_lazy("To know who decided, and on what"),
        365,
        erase_applications,
    ),
    Rule(
        "accounts_corrections",
        gettext_lazy("Requests for a correction, once they are answered"),
        gettext_lazy("To show that they were followed"),
        365,
        erase_corrections,
    ),
    Rule(
        "accounts_sessions",
        gettext_lazy("Sessions: when, from which network address and with which browser"),
        gettext_lazy("To keep you logged in, and to let you see who else is"),
        settings.SESSION_COOKIE_AGE // (24 * 3600),
        erase_sessions,
    ),
    Rule(
        "accounts_attempts",
        gettext_lazy("How often a network address or an account tried something"),
        gettext_lazy("To keep guesses at passwords and floods of messages out"),
        1,
    ),
    Rule(
        "accounts_tasks",
        gettext_lazy("Mails that were sent, and other work done in the background"),
        gettext_lazy("To send again what did not go out"),
        14,
        erase_tasks,
    ),
    Rule(
        "accounts_exports",
        gettext_lazy("Who took files of personal data"),
        gettext_lazy("To find who is answerable for a file"),
        3 * 365,
        erase_exports,
    ),
)


class AccountPart(PersonalPart):
    """The account, how it joined, and what it agreed to."""

    name = "account"
    tables = TABLES
    exempt = EXEMPT
    rules = RULES

    def effects(self, user, *, keeps_posts: bool) -> Effects:
        """Return what becomes of the account."""
        goes = [
            _(
                "Your account: address, password, second factors, sessions, linked accounts, "
                "invitation, consents"
            )
        ]
        return Effects(goes)

    def leave(self, user, *, keeps_posts: bool) -> None:
        """Take away what the account leaves behind: it is deleted after this."""
        address = user.email.lower()
        invitations = Invitation.objects.filter(user=user) | Invitation.objects.filter(
            email=address
        )
        forget_in_log(
            (User, [user.pk]),
            (Invitation, list(invitations.values_list("pk", flat=True))),
            (Application, list(Application.objects.filter(user=user).values_list("pk", flat=True))),
            (CorrectionRequest, list(user.correction_requests.values_list("pk", flat=True))),
            label="—",
        )
        invitations.delete()
        keys = UserSession.objects.filter(user=user).values_list("session_key", flat=True)
        Session.objects.filter(session_key__in=list(keys)).delete()
        DBTaskResult.objects.finished().filter(args_kwargs__kwargs__to=user.email).delete()
        profile = UserProfile.objects.filter(user=user).exclude(avatar="").first()
        if profile:
            storage, name = profile.avatar.storage, profile.avatar.name
            transaction.on_commit(lambda: storage.delete(name))
