"""Fill the forum with threads and posts, to develop and to measure with."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from ...filling import fill, index_posts


class Command(BaseCommand):
    """Refused where DEBUG is off, unless --yes says that nothing real is there."""

    help = "Fill the forum with threads and posts in French and Arabic. Not for a real forum."

    def add_arguments(self, parser) -> None:
        """Add how much is made."""
        parser.add_argument("--threads", type=int, required=True, help="how many threads")
        parser.add_argument("--posts", type=int, required=True, help="how many posts in these")
        parser.add_argument("--members", type=int, default=200, help="who write them (200)")
        parser.add_argument("--long", type=int, default=0, help="posts in one more, long thread")
        parser.add_argument("--index", action="store_true", help="so that the search finds them")
        parser.add_argument("--yes", action="store_true", help="even where DEBUG is off")

    def handle(self, *args, **options) -> None:
        """Make them, and say how long it took. Raises CommandError where it may not."""
        if not (settings.DEBUG or options["yes"]):
            raise CommandError(
                _("This adds invented posts: with --yes, where nothing real is there.")
            )
        threads, posts, members = options["threads"], options["posts"], options["members"]
        if threads < 1 or posts < threads or members < 2 or options["long"] < 0:
            raise CommandError(
                _("A thread has at least one post, and there are at least two members.")
            )
        start = time.monotonic()
        fill(threads, posts, members=members, long=options["long"])
        if options["index"]:
            index_posts()
        self.stdout.write(
            _("%(threads)d threads with %(posts)d posts in %(seconds).1f s")
            % {
                "threads": threads + bool(options["long"]),
                "posts": posts + options["long"],
                "seconds": time.monotonic() - start,
            }
        )
