"""Members appeal once; moderators decide, and do what they grant."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from ess_forum.actions import appeals as verbs
from ess_forum.actions import approval, sanctions
from ess_forum.actions.flags import flag_post
from ess_forum.models import Appeal, Flag, ModerationEvent, Notification, Sanction, State

from . import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def sanction():
    measure = sanctions.Measure("ban", "Spam")
    return sanctions.impose(f.viewer(f.moderator()), f.MemberFactory(), measure)


@pytest.fixture
def hidden():
    post = f.post(f.thread())
    flag_post(f.viewer(f.MemberFactory()), post, "spam")
    return approval.decide(f.viewer(f.moderator()), post, approval.Outcome.HIDE)


def ask(about, text="Je m’excuse."):
    member = about.member if isinstance(about, Sanction) else about.author
    return verbs.appeal(f.viewer(member), about, text)


def decide(appeal, grants, answer="Voilà.", moderator=None):
    viewer = f.viewer(moderator or f.moderator())
    return verbs.decide_appeal(viewer, appeal, grants=grants, answer=answer)


@pytest.mark.parametrize("grants", [True, False])
def test_banned_member_appeals_and_is_answered(sanction, grants):
    appeal = decide(ask(sanction), grants)
    assert appeal.state == ("granted" if grants else "refused")
    sanction.refresh_from_db()
    sanction.member.refresh_from_db()
    assert sanction.is_in_force != grants
    assert sanction.member.is_banned != grants
    told = Notification.objects.filter(member=sanction.member).order_by("-pk").first()
    assert told.data["decision"] == ("appeal_granted" if grants else "appeal_refused")
    assert told.data["message"] == "Voilà."
    assert ModerationEvent.objects.filter(verb="decide_appeal").count() == 1


@pytest.mark.parametrize("grants", [True, False])
def test_author_of_a_hidden_post_appeals(hidden, grants):
    decide(ask(hidden), grants)
    hidden.refresh_from_db()
    assert hidden.state == (State.VISIBLE if grants else State.HIDDEN)
    assert Flag.objects.get().state == ("dismissed" if grants else "upheld")


def test_appeal_is_one_however_often_it_is_sent(sanction):
    assert ask(sanction) == ask(sanction)
    assert Appeal.objects.count() == 1


@pytest.mark.parametrize("kind", ["sanction", "hidden"])
def test_refused_appeal_is_not_made_again(request, kind):
    about = request.getfixturevalue(kind)
    decide(ask(about), False)
    with pytest.raises(ValidationError) as error:
        ask(about)
    assert error.value.code == "decided"


def test_post_that_is_hidden_again_may_be_appealed_again(hidden):
    decide(ask(hidden), True)
    approval.decide(f.viewer(f.moderator()), hidden, approval.Outcome.HIDE)
    assert ask(hidden).state == "open"


def test_there_has_to_be_something_to_appeal(sanction):
    post = f.post(f.thread())
    with pytest.raises(ValidationError):
        ask(post)
    past = timezone.now() - timedelta(days=1)
    Sanction.objects.filter(pk=sanction.pk).update(kind="silence", until=past)
    with pytest.raises(ValidationError):
        ask(sanction)


@pytest.mark.parametrize("kind", ["sanction", "hidden"])
def test_others_do_not_appeal(request, kind):
    with pytest.raises(PermissionDenied):
        verbs.appeal(f.viewer(f.MemberFactory()), request.getfixturevalue(kind), "x")


def test_second_moderator_sees_that_it_is_decided(sanction):
    appeal = ask(sanction)
    decide(appeal, False)
    with pytest.raises(ValidationError) as error:
        decide(appeal, True)
    assert error.value.code == "decided"
    sanction.refresh_from_db()
    assert sanction.is_in_force


def test_nobody_judges_their_own_case():
    judge, moderator = f.MemberFactory(user__is_superuser=True), f.moderator()
    measure = sanctions.Measure("warning", "x")
    appeal = ask(sanctions.impose(f.viewer(judge), moderator, measure))
    with pytest.raises(PermissionDenied):
        decide(appeal, True, moderator=moderator)
    with pytest.raises(PermissionDenied):
        decide(appeal, True, moderator=f.moderator())  # a moderator lifts nothing of another's
    assert Appeal.objects.get().state == "open"


# The pages


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("kind", ["sanction", "hidden"])
def test_member_appeals_on_the_page(client, request, kind, language):
    about = request.getfixturevalue(kind)
    member = about.member if kind == "sanction" else about.author
    client.force_login(member.user)
    with override(language):
        overview = reverse("ess_forum:measures")
        name = "appeal_sanction" if kind == "sanction" else "appeal_post"
        url = reverse(f"ess_forum:{name}", args=[about.pk])
    assert url in client.get(overview).content.decode()
    assert client.get(url).status_code == 200
    assert client.post(url, {"text": ""}).status_code == 422
    assert client.post(url, {"text": "Une erreur"}).status_code == 302
    page = client.get(overview).content.decode()
    assert "Une erreur" in page
    assert url not in page


@pytest.mark.parametrize("kind", ["sanction", "hidden"])
def test_others_do_not_know_of_it(client, request, kind):
    about = request.getfixturevalue(kind)
    name = "appeal_sanction" if kind == "sanction" else "appeal_post"
    url = reverse(f"ess_forum:{name}", args=[about.pk])
    assert client.get(url).status_code == 302
    client.force_login(f.MemberFactory().user)
    assert client.get(url).status_code == 404
    assert client.post(url, {"text": "x"}).status_code == 404


@pytest.mark.parametrize("number", [1, 12])
def test_overview_runs_a_fixed_number_of_queries(client, django_assert_max_num_queries, number):
    member, moderator = f.MemberFactory(), f.viewer(f.moderator())
    thread = f.thread()
    for count in range(number):
        measure = sanctions.Measure("warning", f"Raison {count}")
        ask(sanctions.impose(moderator, member, measure))
        approval.decide(moderator, f.post(thread, member), approval.Outcome.HIDE)
    client.force_login(member.user)
    client.get(reverse("ess_forum:measures"))
    with django_assert_max_num_queries(14):
        client.get(reverse("ess_forum:measures"))
