"""Fills the portal's forum, and reports."""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "portal_settings"
django.setup()

from common import report
from django.core.management import call_command
from django.urls import reverse
from django.utils.translation import override

from ess_forum import paging
from ess_forum.models import Category, Member, Thread

THREADS, POSTS, LONG = (int(number) for number in sys.argv[1:])

call_command("migrate", verbosity=0)
if not Thread.objects.exists():
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("forum_fill", "--yes", threads=THREADS, posts=POSTS, long=LONG, stdout=sys.stderr)
thread = Thread.objects.order_by("-reply_count").first()
category = Category.objects.order_by("-thread_count").first()
with override("fr"):
    addresses = {
        "list": reverse("ess_forum:latest"),
        "first page": paging.address(thread),
        "last page": paging.address(thread, paging.page_count(thread)),
        "category": reverse("ess_forum:category", args=[category.pk, category.slug]),
    }
report(addresses, Member.objects.first().user, x_forwarded_proto="https")
