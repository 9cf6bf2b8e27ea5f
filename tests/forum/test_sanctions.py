"""Measures are taken, end by themselves, and can be lifted."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from ess_forum import decisions
from ess_forum.actions import sanctions as verbs
from ess_forum.actions.sanctions import Measure
from ess_forum.models import Member, ModerationEvent, Notification, Sanction

from . import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return f.viewer(f.moderator())


def impose(viewer, member, kind="suspension", reason="Insultes", days=3, **options):
    return verbs.impose(viewer, member, Measure(kind, reason, days), **options)


def again(record):
    return type(record).objects.get(pk=record.pk)


@pytest.mark.parametrize(
    ("kind", "silenced", "suspended", "banned"),
    [
        ("warning", False, False, False),
        ("silence", True, False, False),
        ("suspension", False, True, False),
        ("ban", False, True, True),
    ],
)
def test_measure_holds_and_is_lifted(moderator, kind, silenced, suspended, banned):
    member = f.MemberFactory()
    sanction = impose(moderator, member, kind)
    member = again(member)
    assert (member.is_silenced(), member.is_suspended()) == (silenced, suspended)
    assert member.is_banned == banned
    verbs.lift(moderator, sanction, "Excuses")
    member = again(member)
    assert not member.is_suspended()  # banned members are, too
    assert not member.is_silenced()
    assert again(sanction).lifted_reason == "Excuses"
    kinds = [row.data["decision"] for row in Notification.objects.filter(member=member)]
    assert sorted(kinds) == sorted([kind, "lifted"])
    verbs_done = ModerationEvent.objects.values_list("verb", flat=True)
    assert sorted(verbs_done) == ["lift_sanction", "sanction"]


@pytest.mark.parametrize("kind", ["warning", "silence", "suspension", "ban"])
def test_lifted_measure_gives_trust_back(moderator, kind):
    member = f.MemberFactory(trust=Member.Trust.REGULAR)
    sanction = impose(moderator, member, kind)
    assert (again(member).trust == Member.Trust.REGULAR) == (kind == "warning")
    verbs.lift(moderator, sanction, "Pardon")
    assert again(member).trust == Member.Trust.REGULAR


def test_what_holds_longest_counts(moderator):
    member = f.MemberFactory()
    long, short = impose(moderator, member, days=30), impose(moderator, member, days=1, reason="x")
    verbs.lift(moderator, long, "Trop long")
    assert again(member).suspended_until == short.until
    verbs.lift(moderator, short, "Fini")
    assert again(member).suspended_until is None


def test_measure_ends_by_itself(moderator):
    member = f.MemberFactory()
    sanction = impose(moderator, member, days=1)
    later = timezone.now() + timedelta(days=2)
    assert not again(member).is_suspended(later)
    past = timezone.now() - timedelta(minutes=1)
    Sanction.objects.filter(pk=sanction.pk).update(until=past)
    Member.objects.filter(pk=member.pk).update(suspended_until=past)
    assert f.viewer(member).acts
    with pytest.raises(ValidationError) as error:
        verbs.lift(moderator, sanction, "Trop tard")
    assert error.value.code == "decided"


def test_measure_is_one_however_often_it_is_sent(moderator):
    member = f.MemberFactory()
    assert impose(moderator, member) == impose(moderator, member)
    assert Notification.objects.filter(member=member).count() == 1


@pytest.mark.parametrize(
    ("measure", "wrong"),
    [
        (Measure("exile", "x", 3), "kind"),
        (Measure("warning", "  ", None), "reason"),
        (Measure("silence", "x", None), "days"),
        (Measure("suspension", "x", 0), "days"),
    ],
)
def test_measure_says_what_is_missing(moderator, measure, wrong):
    with pytest.raises(ValidationError) as error:
        verbs.impose(moderator, f.MemberFactory(), measure)
    assert list(error.value.message_dict) == [wrong]


def test_moderators_do_not_judge_one_another(moderator):
    for one in (f.moderator(), moderator.me):
        with pytest.raises(PermissionDenied):
            impose(moderator, one)
    with pytest.raises(PermissionDenied):
        impose(f.viewer(f.MemberFactory()), f.MemberFactory())


def test_who_runs_the_site_judges_moderators():
    judge = f.MemberFactory(user__is_superuser=True)
    impose(f.viewer(judge), f.moderator(), "warning")


def test_suspended_moderator_moderates_nothing():
    judge, one = f.MemberFactory(user__is_superuser=True), f.moderator()
    impose(f.viewer(judge), one)
    with pytest.raises(PermissionDenied):
        impose(f.viewer(one), f.MemberFactory())


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_decision_is_told_in_the_readers_language(moderator, language):
    member = f.MemberFactory()
    sanction = impose(moderator, member)
    notification = Notification.objects.get(member=member)
    assert notification.data == {
        "decision": "suspension",
        "message": "Insultes",
        "sanction": sanction.pk,
        "until": sanction.until.isoformat(),
    }
    with override(language):
        told = decisions.told_of(notification)
        assert told["sentence"] == decisions.Told.SUSPENSION.label
    assert told["until"] == sanction.until
    assert told["may_be_appealed"]


# The pages


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_moderator_takes_and_lifts_a_measure_on_the_record(client, language):
    member = f.MemberFactory()
    client.force_login(f.moderator().user)
    with override(language):
        url = reverse("ess_forum:member_record", args=[member.pk])
    wrong = client.post(url, {"act": "sanction", "kind": "silence", "reason": "À garder"})
    assert wrong.status_code == 422
    assert "À garder" in wrong.content.decode()
    sent = {"act": "sanction", "kind": "silence", "days": "7", "reason": "Spam"}
    assert client.post(url, sent).status_code == 302
    assert again(member).is_silenced()
    with override(language):
        lift = reverse("ess_forum:lift_sanction", args=[Sanction.objects.get().pk])
    assert lift in client.get(url).content.decode()
    assert client.post(lift, {"reason": ""}).status_code == 422
    assert client.post(lift, {"reason": "Pardon"}).status_code == 302
    assert not again(member).is_silenced()
    assert client.post(lift, {"reason": "Pardon"}).status_code == 409


def test_moderator_sets_trust_on_the_record(client):
    member = f.MemberFactory()
    client.force_login(f.moderator().user)
    url = reverse("ess_forum:member_record", args=[member.pk])
    assert client.post(url, {"act": "trust", "trust": "3"}).status_code == 302
    assert (again(member).trust, again(member).is_trust_kept) == (3, True)
    assert client.post(url, {"act": "trust", "trust": ""}).status_code == 302
    assert not again(member).is_trust_kept


@pytest.mark.parametrize("name", ["member_record", "lift_sanction"])
def test_pages_are_for_moderators(client, moderator, name):
    member = f.MemberFactory()
    sanction = impose(moderator, member)
    key = member.pk if name == "member_record" else sanction.pk
    url = reverse(f"ess_forum:{name}", args=[key])
    assert client.get(url).status_code == 302
    client.force_login(f.MemberFactory().user)
    assert client.get(url).status_code == 403
    assert client.post(url, {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("kind", ["silence", "suspension", "ban"])
def test_member_who_is_kept_out_reads_why_on_every_page(client, moderator, kind):
    member = f.MemberFactory()
    impose(moderator, member, kind, reason="Pour <b>cela</b>")
    client.force_login(member.user)
    for url in (reverse("ess_forum:index"), reverse("ess_forum:measures")):
        page = client.get(url)
        assert page.status_code == 200
        assert "Pour &lt;b&gt;cela&lt;/b&gt;" in page.content.decode()
        assert reverse("ess_forum:measures") in page.content.decode()


def test_notice_costs_nothing_for_others(django_assert_num_queries):
    from django.template import Context, Template
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = f.MemberFactory().user
    notice = Template('{% include "ess_forum/includes/measure_notice.html" %}')
    with django_assert_num_queries(1):  # the member, which every page reads
        assert not notice.render(Context({"request": request})).strip()
