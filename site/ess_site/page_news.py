"""The part of `integration` by which the forum tells its members what happens to pages."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, Q
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from ess_forum.actions.page_news import PageNews, concerned, tell
from ess_forum.announced import Announced, announce
from ess_forum.models import Mail
from ess_forum.signals import reachable_asked
from ess_pages import news
from ess_pages.links import view_url
from ess_pages.models import MeetingPage, Proposal, Recommendation, RecommendationPage, Resolution
from ess_pages.models.resolutions import shown_resolutions

LANGUAGES = ("fr", "ar")

announce(
    Announced(
        "amendments_open",
        _("a text that you can amend"),
        {"opened": _("“{title}” is open for your amendments")},
        Mail.AT_ONCE,
    )
)
announce(
    Announced(
        "resolution_due",
        _("a resolution that you answer for, when it is due soon"),
        {"due": _("What you answer for is due soon: “{title}”")},
        Mail.AT_ONCE,
    )
)
announce(
    Announced(
        "meeting",
        _("a meeting: announced, changed or cancelled"),
        {
            "published": _("A meeting is announced: “{title}”"),
            "changed": _("The time or the place of “{title}” has changed"),
            "cancelled": _("“{title}” is cancelled"),
            "restored": _("“{title}” takes place after all"),
        },
        Mail.AT_ONCE,
    )
)
announce(
    Announced(
        "proposal_decided",
        _("a decision on what you proposed for the directory"),
        {
            "accepted": _("What you proposed is published: “{title}”"),
            "declined": _("What you proposed is not published: “{title}”"),
        },
        Mail.AT_ONCE,
    )
)


@receiver(reachable_asked)
def write_to_confirmed_addresses(sender, **kwargs) -> Q:
    """Let no mail go to an address that waits to be confirmed.

    The address of an account that an administrator has made waits from its first log-in on.
    """
    unconfirmed = EmailAddress.objects.filter(
        user=OuterRef("user"), email__iexact=OuterRef("user__email"), verified=False
    )
    return ~Q(Exists(unconfirmed))


@receiver(news.amendments_opened)
def tell_of_amendments(
    sender, recommendation: Recommendation, users: Iterable[int], **kwargs
) -> set[int]:
    """Tell the participants, and whoever has chosen to hear of it, that a text is open."""
    pages = RecommendationPage.objects.filter(recommendation=recommendation)
    opened = _about(recommendation.translation_key, pages, "amendments_open", "opened")
    opened = opened._replace(once=str(recommendation.closes_at))
    return tell(opened, concerned(users, kind=opened.kind)) if opened.titles else set()


@receiver(news.meeting_published)
def tell_of_meeting(sender, meeting: MeetingPage, users: Iterable[int], **kwargs) -> set[int]:
    """Tell the participants, and whoever has chosen to hear of it, that a meeting is announced."""
    return tell(_about_meeting(meeting, "published"), concerned(users, kind="meeting"))


@receiver(news.meeting_changed)
def tell_of_change(sender, meeting: MeetingPage, users: Iterable[int], **kwargs) -> set[int]:
    """Tell who comes, and who follows the meeting's discussion, that it has moved."""
    key = meeting.translation_key
    return tell(_about_meeting(meeting, "changed"), concerned(users, page_key=key))


@receiver(news.meeting_cancelled)
def tell_of_cancellation(
    sender, meeting: MeetingPage, written_to: Iterable[int], **kwargs
) -> set[int]:
    """Tell them that it does not take place, or does after all."""
    cancelled = _about_meeting(meeting, "cancelled" if meeting.is_cancelled else "restored")
    members = concerned(written_to, page_key=meeting.translation_key)
    return tell(cancelled, members, written_to=written_to)


@receiver(news.resolution_due)
def tell_of_resolution(sender, resolution: Resolution, user: int, **kwargs) -> set[int]:
    """Tell who answers for a resolution that it is due soon, once for each due date."""
    key = resolution.translation_key
    titles, urls = {}, {}
    for each in shown_resolutions().filter(translation_key=key):
        language = each.report.locale.language_code
        titles[language] = each.title
        urls[language] = f"{each.report.full_url}#{each.anchor}"
    due = PageNews("resolution_due", "due", key, titles, urls, once=str(resolution.due_on))
    return tell(due, concerned([user]))


@receiver(news.proposal_decided)
def tell_of_decision(sender, proposal: Proposal, users: Iterable[int], **kwargs) -> set[int]:
    """Tell who proposed something that it is published, or why it is not."""
    page = proposal.page
    if page is None:
        return set()
    url = page.full_url if proposal.state == Proposal.State.ACCEPTED else None
    decided = PageNews(
        kind="proposal_decided",
        event=proposal.state,
        page_key=page.translation_key,
        titles=dict.fromkeys(LANGUAGES, proposal.title),
        urls={each: url or view_url(page, "proposals", language=each) for each in LANGUAGES},
        message=proposal.answer,
        once=f"{proposal.pk} {proposal.decided_at}",
    )
    return tell(decided, concerned(users))


def _about_meeting(meeting: MeetingPage, event: str) -> PageNews:
    pages = MeetingPage.objects.filter(translation_key=meeting.translation_key)
    return _about(meeting.translation_key, pages, "meeting", event)


def _about(key: UUID, pages: Any, kind: str, event: str) -> PageNews:
    """Return news of a page, with its title and address in each language that shows it."""
    shown: list[Page] = list(pages.live().public().select_related("locale"))
    return PageNews(
        kind=kind,
        event=event,
        page_key=key,
        titles={page.locale.language_code: page.title for page in shown},
        urls={page.locale.language_code: page.full_url or "" for page in shown},
    )
