"""Whatever members and moderators do to threads, in any order: nothing is lost, all is counted."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ess_forum.actions import ordering, reading
from ess_forum.actions import posts as posts_verbs
from ess_forum.models import Category, Member, Post, ReadMark, State, Thread
from ess_forum.policy import allows

from . import factories as f
from .test_ordering import differences

pytestmark = pytest.mark.django_db

number = st.integers(0, 30)
STEP = st.one_of(
    st.tuples(st.sampled_from(["reply", "delete", "restore", "hide", "see"]), number, number),
    st.tuples(
        st.sampled_from(["merge", "split", "split_into", "move", "hide_thread"]), number, number
    ),
    st.tuples(st.sampled_from(["restore_thread", "close", "reply", "reply"]), number, number),
)


class Forum:
    """A small forum, and what happens in it."""

    def __init__(self):
        self.members = [f.MemberFactory() for _number in range(3)]
        self.moderator = f.viewer(f.moderator())
        self.categories = [f.CategoryFactory() for _number in range(2)]
        for index in range(3):
            thread = f.thread(self.members[index], self.categories[index % 2], title=f"N° {index}")
            for turn in range(3):
                f.post(thread, self.members[(index + turn) % 3])
        self.posts = set(Post.objects.values_list("pk", flat=True))

    def step(self, name: str, one: int, two: int) -> None:
        threads = list(Thread.objects.filter(merged_into=None).order_by("pk"))
        thread, other = threads[one % len(threads)], threads[two % len(threads)]
        posts = list(thread.posts.order_by("pk"))
        post = posts[two % len(posts)]
        mine = f.viewer(post.author)
        member = self.members[two % 3]
        chosen = [post.pk for post in posts[two % len(posts) :][:2]]
        category = self.categories[two % 2]
        {
            "reply": lambda: self.posts.add(f.post(thread, member).pk),
            "delete": lambda: posts_verbs.delete(mine, post),
            "restore": lambda: posts_verbs.restore(self.moderator, post),
            "hide": lambda: posts_verbs.hide(self.moderator, post),
            "see": lambda: reading.see(
                member, thread, min(one % 4 + 1, thread.last_position), thread.last_position
            ),
            "merge": lambda: ordering.merge(self.moderator, thread, other),
            "split": lambda: ordering.split(
                self.moderator, thread, chosen, title="À part", category=category
            ),
            "split_into": lambda: ordering.split(self.moderator, thread, chosen, target=other),
            "move": lambda: ordering.move(self.moderator, [thread], category),
            "hide_thread": lambda: ordering.hide(self.moderator, [thread]),
            "restore_thread": lambda: ordering.restore(self.moderator, [thread]),
            "close": lambda: ordering.set_sign(
                self.moderator, "close_thread", [thread], is_on=bool(two % 2)
            ),
        }[name]()  # fmt: skip

    def check(self) -> None:
        assert differences() == {}
        found = list(Post.objects.values_list("pk", "thread", "position"))
        assert {pk for pk, _thread, _position in found} == self.posts
        places = [(thread, position) for _pk, thread, position in found]
        assert len(set(places)) == len(places)
        for thread in Thread.objects.all():
            positions = thread.posts.values_list("position", flat=True)
            assert all(1 <= position <= thread.last_position for position in positions)
            assert bool(thread.merged_into_id) is not thread.posts.exists()
            assert thread.merged_into is None or thread.merged_into.merged_into is None
            if thread.answer_id:
                assert thread.answer.thread_id == thread.pk
        # Where a post is seen, its permanent address leads there.
        for post in Post.objects.visible().select_related("thread"):
            if post.thread.state == State.VISIBLE:
                assert allows(f.viewer(), "see_post", post)
        # In a thread that is hidden, its first post waits to be shown, and read, again.
        for mark in ReadMark.objects.filter(thread__state=State.VISIBLE).select_related("thread"):
            gaps = mark.thread.gaps
            for first, last in mark.skipped:
                assert first <= last <= mark.position
                assert not any(start <= first <= end for start, end in gaps), (mark.skipped, gaps)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, min_size=1, max_size=10))
def test_any_sequence_of_verbs_keeps_everything_in_order(steps):
    with transaction.atomic():
        forum = Forum()
        for name, one, two in steps:
            try:
                forum.step(name, one, two)
            except (PermissionDenied, ValidationError):
                continue  # not allowed now: then nothing has changed
            finally:
                forum.check()
        assert Category.objects.count() == 2
        assert Member.objects.count() == 4
        transaction.set_rollback(True)
