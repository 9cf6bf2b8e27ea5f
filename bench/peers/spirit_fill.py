"""Fills django-spirit with as much as the portal has, and reports."""

import os
import sys
from datetime import timedelta
from itertools import islice

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "spirit_settings"
django.setup()

from common import report, text_of
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone
from spirit.category.models import Category
from spirit.comment.models import Comment
from spirit.core.utils.markdown import Markdown
from spirit.topic.models import Topic

THREADS, POSTS, LONG = (int(number) for number in sys.argv[1:])


def fill() -> None:
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    create = get_user_model().objects.create_user
    users = [create(f"member-{n}", f"m{n}@example.org") for n in range(50)]
    categories = [Category.objects.create(title=f"Catégorie {n}") for n in range(8)]
    now = timezone.now()
    sizes = [POSTS // THREADS] * THREADS + [LONG]
    topics = Topic.objects.bulk_create(
        Topic(
            user=users[n % 50],
            category=categories[n % 8],
            title=f"Comment créer une coopérative {n}",
            slug=f"topic-{n}",
            last_active=now - timedelta(minutes=n),
            comment_count=size,
        )
        for n, size in enumerate(sizes)
    )
    html = [Markdown().render(text_of(n)) for n in range(5)]
    comments = (
        Comment(
            user=users[n % 50],
            topic=topic,
            comment=text_of(n),
            comment_html=html[n % 5],
            date=now - timedelta(minutes=size - n),
        )
        for topic, size in zip(topics, sizes, strict=True)
        for n in range(size)
    )
    while batch := list(islice(comments, 2000)):
        Comment.objects.bulk_create(batch)


if not (os.path.exists(os.path.join(os.environ["BENCH_FOLDER"], "spirit.sqlite3"))):
    fill()
topic = Topic.objects.order_by("-comment_count").first()
last = -(-topic.comment_count // 20)
addresses = {
    "list": "/",
    "first page": topic.get_absolute_url(),
    "last page": f"{topic.get_absolute_url()}?page={last}",
}
report(addresses, get_user_model().objects.get(username="member-1"))
