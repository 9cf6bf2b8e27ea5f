"""Fifty who write at once: nobody sees an error, no post is lost, and every counter is right."""

import random

import pytest

from ess_forum import models
from ess_forum.actions import posts, reactions, reading
from ess_forum.actions.threads import start_thread
from ess_forum.checking import differences
from ess_forum.models import State

from . import factories

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 50


def texts_of_differences(_nothing) -> list[str]:
    return [str(difference) for difference in differences()]


def test_fifty_replies_to_one_thread_all_arrive_in_order(at_once):
    thread = factories.thread()
    members = factories.MemberFactory.create_batch(WRITERS)

    def write(member) -> list[int]:
        return [factories.post(thread, member, f"{member} · {n}").pk for n in range(3)]

    written = [pk for pks in at_once(write, members) for pk in pks]

    def read(_nothing):
        rows = models.Post.objects.filter(thread=thread).order_by("position")
        return list(rows.values_list("pk", "position")), models.Thread.objects.get(pk=thread.pk)

    [(rows, stored)] = at_once(read, [None])
    assert len(set(written)) == WRITERS * 3
    assert {pk for pk, _position in rows} >= set(written)
    assert [position for _pk, position in rows] == list(range(1, WRITERS * 3 + 2))
    assert stored.reply_count == WRITERS * 3
    assert at_once(texts_of_differences, [None]) == [[]]


def test_everything_at_once_leaves_every_counter_right(at_once):
    moderator = factories.moderator()
    threads = [factories.thread() for _ in range(4)]
    first_posts = [thread.posts.get() for thread in threads]
    members = factories.MemberFactory.create_batch(WRITERS - 1)

    def live(member) -> int:
        chance = random.Random(member.pk)
        viewer = factories.viewer(member)
        thread = chance.choice(threads)
        mine = [posts.reply(viewer, thread, f"{member} · {n}") for n in range(3)]
        reactions.react(viewer, chance.choice(first_posts), models.Reaction.Emoji.values[0])
        page = models.Thread.objects.get(pk=thread.pk)
        reading.see(member, page, max(page.last_position - 2, 1), page.last_position)
        posts.delete(viewer, mine[1])
        posts.edit(viewer, mine[2], f"{member} · mieux dit")
        if member.pk % 2:
            posts.restore(viewer, mine[1])
        title = f"Sujet de {member}"
        start_thread(viewer, thread.category, title, "Bonjour.", language="fr")
        return len(mine)

    def moderate(member) -> int:
        viewer = factories.viewer(member)
        for thread in threads:
            for post in list(thread.posts.exclude(position=1)[:5]):
                posts.hide(viewer, post)
        return 0

    written = at_once(
        lambda member: moderate(member) if member == moderator else live(member),
        [*members, moderator],
    )

    def count(_nothing) -> tuple[int, int]:
        visible = models.Thread.objects.filter(state=State.VISIBLE)
        return models.Post.objects.count(), visible.count()

    [(number, visible)] = at_once(count, [None])
    assert sum(written) == 3 * len(members)
    assert number == len(first_posts) + sum(written) + len(members)
    assert visible == len(threads) + len(members)
    assert at_once(texts_of_differences, [None]) == [[]]


def test_reader_who_skips_a_post_that_is_being_deleted_has_nothing_left_to_read(at_once):
    author = factories.MemberFactory()
    thread = factories.thread(author)
    replies = [factories.post(thread, author) for _ in range(20)]
    readers = factories.MemberFactory.create_batch(20)
    page = models.Thread.objects.get(pk=thread.pk)  # as each had it on the screen

    def act(who) -> None:
        if isinstance(who, models.Post):
            posts.delete(factories.viewer(author), who)
        else:
            reading.see(who, page, 20, 21)

    at_once(act, [*readers, *replies[:15]])
    assert at_once(texts_of_differences, [None]) == [[]]


def test_one_reaction_sent_by_many_clicks_counts_once(at_once):
    post = factories.thread().posts.get()
    member = factories.MemberFactory()
    heart = models.Reaction.Emoji.values[0]
    at_once(lambda _: reactions.react(factories.viewer(member), post, heart) and None, [0] * 10)

    def stored(_nothing) -> dict:
        return models.Post.objects.get(pk=post.pk).reactions

    assert at_once(stored, [None]) == [{heart: 1}]
    assert at_once(texts_of_differences, [None]) == [[]]


def test_account_seen_for_the_first_time_by_many_requests_becomes_one_member(at_once):
    from tests.factories import UserFactory

    user = UserFactory()

    def visit(_number) -> int:
        from ess_forum.viewer import Viewer

        return Viewer(user).me.pk

    assert len(set(at_once(visit, list(range(20))))) == 1
