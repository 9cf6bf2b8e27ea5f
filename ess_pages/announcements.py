"""Telling the participants by mail that they are asked for something: tasks, for they are many."""

from django.contrib.auth import get_user_model
from django.utils.translation import override
from django_tasks import task

from . import mails
from .languages import language_of
from .links import version_in, view_url
from .models import Participant, Recommendation, RecommendationPage


@task()
def announce_opening(recommendation_pk: int) -> None:
    """Tell the participants who have an account that a text is open for their amendments."""
    recommendation = Recommendation.objects.filter(pk=recommendation_pk).first()
    if recommendation is None or not recommendation.takes_amendments:
        return
    letters: dict[str, dict] = {}
    for address, language in recipients():
        if language not in letters:
            letters[language] = _opening(recommendation, language)
        if letters[language]:
            mails.send("amendments_open", address, language, letters[language])


def recipients() -> list[tuple[str, str]]:
    """Return the address of each participant with an account, and their language. One query."""
    people = Participant.objects.filter(user__is_active=True).select_related(
        "user__wagtail_userprofile"
    )
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
