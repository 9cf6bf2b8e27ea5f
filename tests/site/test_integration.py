"""What crosses from the pages to the forum."""

import datetime

import pytest
from django.core import mail
from django.utils import timezone
from django.utils.formats import date_format

from ess_forum.actions.digests import send_due_digests
from ess_forum.models import Member
from ess_pages.models import Recommendation
from tests.forum.factories import MemberFactory

pytestmark = pytest.mark.usefixtures("run_tasks")


@pytest.mark.parametrize(
    ("language", "heading", "until"),
    [
        ("fr", "Votre parole compte", "ouverte aux amendements jusqu’au"),
        ("ar", "رأيكم يهمّ", "مفتوحة للتعديلات إلى غاية"),
    ],
)
def test_digest_tells_what_is_open_and_until_when(tree, language, heading, until):
    closes_at = timezone.now() + datetime.timedelta(days=12)
    page = tree["recommendation"]
    Recommendation.objects.update(state=Recommendation.State.OPEN, closes_at=closes_at)
    MemberFactory(
        language=language,
        digest=Member.Digest.WEEKLY,
        digest_at=timezone.now() - datetime.timedelta(days=8),
    )
    assert send_due_digests() == 1
    text = mail.outbox[0].body
    shown = page if language == "fr" else page.get_translations().get()
    assert heading in text
    assert until in text
    assert date_format(timezone.localtime(closes_at), "H:i") in text
    assert shown.full_url in text


def test_digest_tells_nothing_of_what_is_closed(tree):
    MemberFactory(digest_at=timezone.now() - datetime.timedelta(days=8))
    assert send_due_digests() == 0
