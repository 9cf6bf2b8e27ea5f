"""Accounts become members."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.coreutils import get_supported_content_language_variant

from ..models import Member


def join(user) -> Member:
    """Return the member whose account this is: made now, where it has none yet."""
    language = get_supported_content_language_variant(get_language() or settings.LANGUAGE_CODE)
    name = (user.get_full_name() or _("Member {number}").format(number=user.pk))[:80]
    base = slugify(name, allow_unicode=True)[:30].strip("-_") or "m"
    handles = (base, f"{base}-{user.pk}", f"m-{user.pk}-{Member.objects.count()}")
    for handle in handles:
        try:
            with transaction.atomic():
                return Member.objects.get_or_create(
                    user=user, defaults={"name": name, "handle": handle, "language": language}
                )[0]
        except IntegrityError:
            continue  # the handle is another member's
    raise AssertionError(f"No handle is free for account {user.pk}.")
