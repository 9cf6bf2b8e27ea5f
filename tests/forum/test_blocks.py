"""Members block one another."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.translation import override

from ess_forum.actions import blocks as verbs
from ess_forum.actions import conversations
from ess_forum.actions.threads import start_conversation
from ess_forum.models import Block, Member, Notification

from . import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    return f.MemberFactory(), f.MemberFactory()


def test_block_and_unblock_twice(pair):
    one, two = pair
    for _click in range(2):
        verbs.block(f.viewer(one), two)
    assert Block.objects.get().blocked == two
    for _click in range(2):
        verbs.unblock(f.viewer(one), two)
    assert not Block.objects.exists()


def test_nobody_blocks_themselves(pair):
    with pytest.raises(PermissionDenied):
        verbs.block(f.viewer(pair[0]), pair[0])


@pytest.mark.parametrize("who", [None, "suspended"])
def test_who_is_kept_out_blocks_nobody(pair, who):
    one, two = pair
    Member.objects.filter(pk=one.pk).update(is_banned=True)
    with pytest.raises(PermissionDenied):
        verbs.block(f.viewer(one if who else None), two)


def test_blocked_member_cannot_write_to_who_has_blocked_them(pair):
    one, two = pair
    verbs.block(f.viewer(one), two)
    with pytest.raises(ValidationError):
        start_conversation(f.viewer(two), [one], "Bonjour", "Bonjour.", language="fr")
    third = f.MemberFactory()
    private = start_conversation(f.viewer(two), [third], "Bonjour", "Bonjour.", language="fr")
    with pytest.raises(ValidationError):
        conversations.invite(f.viewer(two), private, [one])


def test_nothing_is_told_of_a_blocked_member(pair):
    one, two = pair
    thread = f.thread(one)
    verbs.block(f.viewer(one), two)
    f.post(thread, two, f"@{one.handle} bonjour")
    assert not Notification.objects.filter(member=one).exists()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_member_is_blocked_from_their_page_and_unblocked_from_the_list(client, pair, language):
    one, two = pair
    client.force_login(one.user)
    with override(language):
        page, url = (
            reverse("ess_forum:member", args=[two.handle]),
            reverse("ess_forum:block", args=[two.handle]),
        )
        rows = reverse("ess_forum:blocks")
    assert client.post(url, {"act": "block"}).status_code == 302
    assert b'value="unblock"' in client.get(page).content
    assert two.name in client.get(rows).content.decode()
    answer = client.post(url, {"act": "unblock", "from": "blocks"}, follow=True)
    assert answer.request["PATH_INFO"] == rows
    assert not Block.objects.exists()
    assert client.post(url, {"act": "x"}).status_code == 404
    assert client.get(url).status_code == 405
