"""Telling the participants that they are asked for something: tasks, for they are many."""

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import override
from django_tasks import task

from . import mails, news
from .languages import language_of
from .links import version_in, view_url
from .models import Recommendation, RecommendationPage
from .participants import reachable


@task()
@transaction.atomic
def announce_opening(recommendation_pk: int) -> None:
    """Tell the participants who have an account that a text is open for their amendments.

    By mail, except those whom another app tells (see `news`).
    """
    recommendation = Recommendation.objects.filter(pk=recommendation_pk).first()
    if recommendation is None or not recommendation.takes_amendments:
        return
    users = set(reachable().values_list("user", flat=True))
    told = news.tell(news.amendments_opened, recommendation=recommendation, users=users)
    letters: dict[str, dict] = {}
    for address, language in recipients(but=told):
        if language not in letters:
            letters[language] = _opening(recommendation, language)
        if letters[language]:
            mails.send("amendments_open", address, language, letters[language])


@task()
def announce_meeting(meeting_pk: int, event: str) -> None:
    """Have other apps tell what is new about a meeting: see `actions.meeting_news`."""
    from .actions import meeting_news

    meeting_news.tell(meeting_pk, event)


def recipients(but: Iterable[int] = ()) -> list[tuple[str, str]]:
    """Return the address of each participant with an account, and their language. One query.

    Without the accounts, by their keys, that are told otherwise.
    """
    people = reachable().exclude(user__in=list(but)).select_related("user__wagtail_userprofile")
    email = get_user_model().get_email_field_name()
    return [
        (address, language_of(person.user))
        for person in people.order_by("pk")
        if (address := getattr(person.user, email))
    ]


def _opening(recommendation: Recommendation, language: str) -> dict:
    """Return what the mail says in a language; nothing where no page shows the text any more."""
    pages = RecommendationPage.objects.live().filter(recommendation=recommendation)
    page = version_in(pages, language)
    if page is None:
        return {}
    with override(language):
        clauses = [
            {
                "place": version.place,
                "heading": version.shown.heading or version.shown.text,
                "url": view_url(page, "amend", version.clause.translation_key, language=language),
            }
            for version in recommendation.text()
        ]
    return {
        "title": page.title,
        "closes_at": recommendation.closes_at,
        "url": page.full_url,
        "clauses": clauses,
        "add_url": view_url(page, "amend_text", recommendation.pk, language=language),
    }
