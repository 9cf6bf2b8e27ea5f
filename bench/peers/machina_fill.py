"""Fills django-machina with as much as the portal has, and reports."""

import os
import sys
from datetime import timedelta
from itertools import islice

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "machina_settings"
django.setup()

from common import report, text_of
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db.models import F, Max, Min, OuterRef, Subquery
from django.utils import timezone
from machina.apps.forum.models import Forum
from machina.apps.forum_conversation.models import Post, Topic
from machina.apps.forum_permission.models import ForumPermission, UserForumPermission

THREADS, POSTS, LONG = (int(number) for number in sys.argv[1:])


def fill() -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    create = get_user_model().objects.create_user
    users = [create(f"member-{n}", f"m{n}@example.org") for n in range(50)]
    forum = Forum.objects.create(name="Coopératives", type=Forum.FORUM_POST)
    for name in ("can_see_forum", "can_read_forum"):
        UserForumPermission.objects.create(
            permission=ForumPermission.objects.get(codename=name),
            anonymous_user=True,
            has_perm=True,
        )
    now = timezone.now()
    sizes = [POSTS // THREADS] * THREADS + [LONG]
    topics = Topic.objects.bulk_create(
        Topic(
            forum=forum,
            poster=users[n % 50],
            subject=f"Comment créer une coopérative {n}",
            slug=f"topic-{n}",
            type=Topic.TOPIC_POST,
            status=Topic.TOPIC_UNLOCKED,
            posts_count=size,
            last_post_on=now - timedelta(minutes=n),
        )
        for n, size in enumerate(sizes)
    )
    posts = (
        Post(topic=topic, poster=users[n % 50], subject=topic.subject, content=text_of(n))
        for topic, size in zip(topics, sizes, strict=True)
        for n in range(size)
    )
    while batch := list(islice(posts, 2000)):
        for post in batch:
            post.content.rendered  # noqa: B018 - it renders
        Post.objects.bulk_create(batch)
    Post.objects.update(created=F("created"))
    ends = Post.objects.filter(topic=OuterRef("pk")).order_by().values("topic")
    Topic.objects.update(
        first_post=Subquery(ends.annotate(end=Min("pk")).values("end")),
        last_post=Subquery(ends.annotate(end=Max("pk")).values("end")),
    )
    forum.update_trackers()


if not (os.path.exists(os.path.join(os.environ["BENCH_FOLDER"], "machina.sqlite3"))):
    fill()
forum = Forum.objects.first()
topic = Topic.objects.order_by("-posts_count").first()
address = f"/forum/{forum.slug}-{forum.pk}/topic/{topic.slug}-{topic.pk}/"
addresses = {
    "list": f"/forum/{forum.slug}-{forum.pk}/",
    "first page": address,
    "last page": f"{address}?page={-(-topic.posts_count // 15)}",
}
report(addresses, get_user_model().objects.get(username="member-1"))
