"""Members report posts, and moderators decide."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from django.utils.translation import override

from ess_forum.actions import approval
from ess_forum.actions import flags as verbs
from ess_forum.models import Flag, ForumSettings, Member, ModerationEvent, Notification, State

from . import factories as f

pytestmark = pytest.mark.django_db

Outcome = approval.Outcome
LANGUAGES = ["fr", "ar"]


@pytest.fixture
def post():
    return f.post(f.thread())


def flag(post, reporter=None, reason="spam", note=""):
    return verbs.flag_post(f.viewer(reporter or f.MemberFactory()), post, reason, note)


def told(member):
    rows = Notification.objects.filter(member=member, kind=Notification.Kind.MODERATION)
    return [row.data["decision"] for row in rows.order_by("pk")]


def test_flag_is_one_however_often_it_is_sent(post):
    reporter = f.MemberFactory()
    assert flag(post, reporter) == flag(post, reporter, "other", "encore")
    assert Flag.objects.count() == 1


def test_flag_can_be_made_again_after_it_was_decided(post):
    reporter = f.MemberFactory()
    flag(post, reporter)
    approval.decide(f.viewer(f.moderator()), post, Outcome.SHOW)
    flag(post, reporter)
    assert Flag.objects.filter(reporter=reporter).count() == 2


@pytest.mark.parametrize(
    ("reason", "note", "wrong"),
    [
        ("other", "", "note"),
        ("other", "  ", "note"),
        ("watched", "", "reason"),  # the portal's own
        ("nonsense", "", "reason"),
    ],
)
def test_flag_says_what_is_missing(post, reason, note, wrong):
    with pytest.raises(ValidationError) as error:
        flag(post, reason=reason, note=note)
    assert list(error.value.message_dict) == [wrong]


def test_nobody_flags_their_own_post_nor_a_hidden_one(post):
    with pytest.raises(PermissionDenied):
        flag(post, post.author)
    approval.decide(f.viewer(f.moderator()), post, Outcome.HIDE)
    with pytest.raises(PermissionDenied):
        flag(post)


@pytest.mark.parametrize(
    ("trusts", "limit", "is_hidden"),
    [
        ([1, 1, 1], 3, True),
        ([1, 1], 3, False),
        ([0, 0, 0, 1, 1], 3, False),  # new members cannot hide anything together
        ([2], 1, True),
        ([2, 2, 2, 2], 0, False),  # editors do not want it
    ],
)
def test_enough_flags_of_members_of_standing_hide_a_post(post, trusts, limit, is_hidden):
    ForumSettings.objects.update_or_create(defaults={"flags_to_hide": limit})
    for trust in trusts:
        flag(post, f.MemberFactory(trust=trust))
    post.refresh_from_db()
    assert (post.state == State.HIDDEN) == is_hidden
    assert told(post.author) == (["post_flagged"] if is_hidden else [])
    hidden = ModerationEvent.objects.filter(verb="hide_post", moderator=None)
    assert hidden.count() == is_hidden


@pytest.mark.parametrize(
    ("outcome", "state", "flag_state", "author", "reporter"),
    [
        (Outcome.SHOW, State.VISIBLE, "dismissed", [], ["flag_dismissed"]),
        (Outcome.HIDE, State.HIDDEN, "upheld", ["post_hidden"], ["flag_upheld"]),
        (Outcome.KEEP, State.VISIBLE, "upheld", [], ["flag_upheld"]),
    ],
)
def test_decision_settles_all_flags_and_tells_those_concerned(
    post, outcome, state, flag_state, author, reporter
):
    flags = [flag(post), flag(post)]
    moderator = f.moderator()
    approval.decide(f.viewer(moderator), post, outcome, answer="Merci.")
    post.refresh_from_db()
    assert post.state == state
    for one in flags:
        one.refresh_from_db()
        assert (one.state, one.decided_by, one.answer) == (flag_state, moderator, "Merci.")
        assert told(one.reporter) == reporter
    assert told(post.author) == author
    assert ModerationEvent.objects.filter(verb="decide_flags", moderator=moderator).count() == 1


def test_dismissal_shows_a_post_again_that_flags_had_hidden(post):
    ForumSettings.objects.update_or_create(defaults={"flags_to_hide": 1})
    flag(post)
    approval.decide(f.viewer(f.moderator()), post, Outcome.SHOW)
    post.refresh_from_db()
    assert post.state == State.VISIBLE
    assert told(post.author) == ["post_flagged", "post_restored"]


def test_dismissal_leaves_what_its_author_deleted(post):
    from ess_forum.actions.posts import delete

    flag(post)
    delete(f.viewer(post.author), post)
    approval.decide(f.viewer(f.moderator()), post, Outcome.SHOW)
    post.refresh_from_db()
    assert post.state == State.DELETED


def test_decided_flags_can_be_reopened(post):
    reporter = f.MemberFactory()
    one, other = flag(post, reporter), flag(post)
    moderator = f.viewer(f.moderator())
    approval.decide(moderator, post, Outcome.HIDE)
    assert verbs.reopen_flags(moderator, post) == 2
    for again in (one, other):
        again.refresh_from_db()
        assert (again.state, again.decided_by, again.decided_at) == ("open", None, None)
    with pytest.raises(ValidationError):
        verbs.reopen_flags(moderator, post)


def test_reopening_passes_over_who_has_reported_again(post):
    reporter = f.MemberFactory()
    flag(post, reporter), flag(post)
    moderator = f.viewer(f.moderator())
    approval.decide(moderator, post, Outcome.KEEP)
    flag(post, reporter)
    assert verbs.reopen_flags(moderator, post) == 1
    assert Flag.objects.filter(state="open").count() == 2


def test_second_moderator_sees_that_it_is_decided(post):
    one = flag(post)
    seen = approval.standing(post, [one])
    approval.decide(f.viewer(f.moderator()), post, Outcome.KEEP, seen=seen)
    with pytest.raises(ValidationError) as error:
        approval.decide(f.viewer(f.moderator()), post, Outcome.HIDE, seen=seen)
    assert error.value.code == "decided"
    post.refresh_from_db()
    assert post.state == State.VISIBLE


def test_flag_that_came_meanwhile_is_looked_at_first(post):
    seen = approval.standing(post, [flag(post)])
    flag(post)
    with pytest.raises(ValidationError):
        approval.decide(f.viewer(f.moderator()), post, Outcome.SHOW, seen=seen)


@pytest.mark.django_db(transaction=True)
def test_two_moderators_at_once_decide_once():
    post = f.post(f.thread())
    one = flag(post)
    seen = approval.standing(post, [one])
    viewers = [f.viewer(f.moderator()) for _number in range(4)]
    for viewer in viewers:
        assert viewer.is_moderator

    def decide(viewer):
        try:
            approval.decide(viewer, post, Outcome.HIDE, seen=seen)
        except ValidationError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(4) as pool:
        results = sorted(pool.map(decide, viewers))
    assert results == ["decided"] * 3 + ["done"]
    assert ModerationEvent.objects.filter(verb="decide_flags").count() == 1
    assert told(post.author) == ["post_hidden"]


def test_moderators_are_called_to_a_private_conversation_by_a_flag():
    from ess_forum.actions.threads import start_conversation
    from ess_forum.policy import allows

    writer, reader = f.MemberFactory(), f.MemberFactory()
    thread = start_conversation(f.viewer(writer), [reader], "Entre nous", "Vaurien.", language="fr")
    post = thread.posts.get()
    moderator = f.moderator()
    assert not allows(f.viewer(moderator), "see_post", post)
    flag(post, reader, "offensive")
    assert allows(f.viewer(moderator), "decide_flags", post)


# The page


@pytest.mark.parametrize("language", LANGUAGES)
def test_member_reports_a_post_on_its_page(client, post, language):
    reporter = f.MemberFactory()
    client.force_login(reporter.user)
    with override(language):
        url = reverse("ess_forum:flag_post", args=[post.pk])
    assert client.get(url).status_code == 200
    wrong = client.post(url, {"reason": "other", "note": ""})
    assert wrong.status_code == 422
    assert client.post(url, {"reason": "other", "note": "Voilà"}).status_code == 302
    assert Flag.objects.get().note == "Voilà"
    assert client.post(url, {"reason": "other", "note": "Voilà"}).status_code == 302
    assert Flag.objects.count() == 1


def test_what_was_typed_is_kept(client, post):
    client.force_login(f.MemberFactory().user)
    url = reverse("ess_forum:flag_post", args=[post.pk])
    response = client.post(url, {"reason": "", "note": "Une phrase à garder"})
    assert response.status_code == 422
    assert "Une phrase à garder" in response.content.decode()


def test_visitor_logs_in_to_report(client, post):
    response = client.get(reverse("ess_forum:flag_post", args=[post.pk]))
    assert response.status_code == 302


def test_hidden_post_cannot_be_reported_and_is_not_known(client, post):
    approval.decide(f.viewer(f.moderator()), post, Outcome.HIDE)
    client.force_login(f.MemberFactory().user)
    assert client.get(reverse("ess_forum:flag_post", args=[post.pk])).status_code == 404


def test_silenced_member_cannot_report(client, post):
    from datetime import timedelta

    from django.utils import timezone

    member = f.MemberFactory(silenced_until=timezone.now() + timedelta(days=1))
    client.force_login(member.user)
    assert client.get(reverse("ess_forum:flag_post", args=[post.pk])).status_code == 403


@pytest.mark.parametrize("language", LANGUAGES)
def test_decision_page_shows_the_context_and_decides(client, post, language):
    before = f.post(post.thread, text="Ce qui précède.")
    post = f.post(post.thread)
    flag(post, note="Regardez")
    client.force_login(f.moderator().user)
    with override(language):
        url = reverse("ess_forum:decide_post", args=[post.pk])
    page = client.get(url)
    content = page.content.decode()
    assert before.html in content
    assert "Regardez" in content
    seen = page.context["item"].standing
    sent = {"outcome": "hide", "seen": seen, "message": "Non.", "answer": "Oui."}
    assert client.post(url, sent).status_code == 302
    late = client.post(url, sent)
    assert late.status_code == 409
    assert Member.objects.get(pk=post.author_id).unread_notifications == 1


def test_decision_page_takes_a_measure(client, post):
    flag(post)
    client.force_login(f.moderator().user)
    url = reverse("ess_forum:decide_post", args=[post.pk])
    seen = client.get(url).context["item"].standing
    sent = {"outcome": "hide", "seen": seen, "kind": "silence", "days": "", "reason": ""}
    wrong = client.post(url, sent)
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"days", "reason"}
    assert client.post(url, {**sent, "days": "3", "reason": "Insultes"}).status_code == 302
    assert Member.objects.get(pk=post.author_id).is_silenced()


def test_decision_page_is_for_moderators(client, post):
    client.force_login(f.MemberFactory().user)
    url = reverse("ess_forum:decide_post", args=[post.pk])
    assert client.get(url).status_code == 403
    assert client.post(url, {"outcome": "hide"}).status_code == 403


def test_reopening_on_the_page(client, post):
    flag(post)
    moderator = f.moderator()
    approval.decide(f.viewer(moderator), post, Outcome.KEEP)
    client.force_login(moderator.user)
    url = reverse("ess_forum:reopen_flags", args=[post.pk])
    assert client.get(url).status_code == 405
    assert client.post(url).status_code == 302
    assert Flag.objects.get().state == "open"
