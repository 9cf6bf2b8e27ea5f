"""Give every member the trust that they have earned."""

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from ...actions.trust import review
from ...models import Member


class Command(BaseCommand):
    """Reviews the trust of all members: to be run daily.

    Members who visit are reviewed then; those who stay away lose what flags took from them.
    """

    help = "Give every member the trust that they have earned."

    def handle(self, *args, **options) -> None:
        """Review all whose trust moderators have not set."""
        changed = 0
        for member in Member.objects.filter(is_trust_kept=False).iterator(chunk_size=500):
            before = member.trust
            review(member)
            changed += member.trust != before
        text = ngettext(
            "the trust of %(number)d member changed",
            "the trust of %(number)d members changed",
            changed,
        )
        self.stdout.write(text % {"number": changed})
