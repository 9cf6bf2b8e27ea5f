"""What a text has to pass before it is published.

Moderators' own texts pass. In private conversations only new members are screened: what members
of standing say to one another is theirs.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ess_ground.words import stems

from . import trust
from .actions.trust import review
from .markup import Document, fingerprint
from .models import Flag, Member, Post, State, WatchedWord
from .viewer import Viewer

logger = logging.getLogger(__name__)

Reason = Flag.Reason
Effect = WatchedWord.Effect

# Shorter texts are said more than once by honest people: thanks, greetings, yes.
DUPLICATE_WORDS = 8
# The same text by the same author is refused within the first, flagged within the second.
REPEATED_SOON = timedelta(minutes=10)
REPEATED = timedelta(days=7)
# A score of the spam check from which a post is flagged, and from which it waits for approval.
FLAG_SCORE, HOLD_SCORE = 0.5, 0.9


class Verdict(NamedTuple):
    """Whether a post waits for approval, and the flags that the portal puts on it."""

    waits: bool = False
    flags: tuple[Flag.Reason, ...] = ()


def screen(
    viewer: Viewer,
    title: str,
    document: Document,
    *,
    is_private: bool,
    poll: str = "",
    edited: Post | None = None,
) -> Verdict:
    """Return what becomes of a text that this viewer posts, or that `edited` is to say now.

    `poll` is what a poll beside it says.

    Raises ValidationError, with what is to be changed, where it cannot be posted at all. The
    number of queries is fixed: for a new member there is one more.
    """
    if viewer.is_moderator:
        return Verdict()
    member = viewer.me
    if trust.is_due(member):
        review(member)
    is_new = member.trust == Member.Trust.NEW
    if is_private and not is_new:
        return Verdict()
    if is_new:
        _keep_within_limits(viewer, document, edited)
    effects = _watched({"title": title, "source": document.source, "poll_question": poll})
    flags = [Reason.WATCHED] if effects else []
    if _is_repeated(member, document, edited):
        flags.append(Reason.DUPLICATE)
    check = _checked(title, document, member)
    if check.flags:
        flags.append(Reason.CHECK)
    waits = Effect.APPROVE in effects or check.waits
    # Moderators come to a private conversation only where something is flagged.
    waits_as_first = is_new and not is_private and member.post_count < viewer.limits.approved_posts
    return Verdict(waits or waits_as_first, tuple(flags))


# What a new member may do


def _keep_within_limits(viewer: Viewer, document: Document, edited: Post | None) -> None:
    limits = viewer.limits
    for number, most, text in (
        (
            len(document.external_links),
            limits.new_member_links,
            ngettext(
                "New members may put {number} link in a post.",
                "New members may put {number} links in a post.",
                limits.new_member_links,
            ),
        ),
        (
            len(document.attachment_keys),
            limits.new_member_images,
            ngettext(
                "New members may put {number} file in a post.",
                "New members may put {number} files in a post.",
                limits.new_member_images,
            ),
        ),
        (
            len(document.handles),
            trust.NEW_MEMBER_MENTIONS,
            ngettext(
                "New members may mention {number} member in a post.",
                "New members may mention {number} members in a post.",
                trust.NEW_MEMBER_MENTIONS,
            ),
        ),
    ):
        if number > most:
            raise ValidationError({"source": text.format(number=most)})
    hourly = limits.new_member_posts_per_hour
    hour_ago = timezone.now() - timedelta(hours=1)
    written = Post.objects.filter(author=viewer.me, created_at__gt=hour_ago).count()
    if written >= hourly and edited is None:
        text = ngettext(
            "New members may write {number} post an hour: send this again later.",
            "New members may write {number} posts an hour: send this again later.",
            hourly,
        )
        raise ValidationError(text.format(number=hourly), code="throttled")


# Watched words


def _watched(said: dict[str, str]) -> set[str]:
    """Return the effects of the watched words in what each field says. Raises ValidationError."""
    forms = {field: _forms(text) for field, text in said.items()}
    effects = set()
    for word in WatchedWord.objects.all():
        sought = _forms(word.words)
        for field, words in forms.items():
            if not sought.strip() or sought not in words:
                continue
            if word.effect == Effect.REFUSE:
                text = _("This forum does not take the word “{word}”: write it differently.")
                raise ValidationError({field: text.format(word=word.words)})
            effects.add(word.effect)
    return effects


def _forms(text: str) -> str:
    """Return the stems of a text between spaces, without the plural that French stems keep."""
    return f" {' '.join(stem.removesuffix('s') for stem in stems(text).split())} "


# The same text again


def _is_repeated(member: Member, document: Document, edited: Post | None) -> bool:
    """Return whether somebody has posted the text before. Raises ValidationError."""
    now = timezone.now()
    same = Post.objects.filter(
        fingerprint=fingerprint(document.source), created_at__gt=now - REPEATED
    ).exclude(state=State.DELETED)
    if edited is not None:
        same = same.exclude(pk=edited.pk)
    # Of many copies the newest and the author's own say enough.
    found = list(same.order_by("-pk").values_list("author", "created_at")[:20])
    if len(stems(document.source).split()) < DUPLICATE_WORDS:
        return False
    if any(
        author == member.pk and created_at > now - REPEATED_SOON for author, created_at in found
    ):
        text = _("You have just posted this elsewhere: once is enough.")
        raise ValidationError({"source": text})
    return bool(found)


# A check of the site's own


def _checked(title: str, document: Document, member: Member) -> Verdict:
    """Ask the spam check of the site, where it has one.

    The setting `ESS_FORUM = {"SPAM_CHECK": "path.to.function"}` names it. It is called as
    `check(text, member, links)` with the words, the member who posts them and the addresses on
    other hosts, and returns whether that is spam, or how likely, from 0 to 1: from FLAG_SCORE on
    the post is published and flagged, from HOLD_SCORE on (and with True) it waits for approval.
    It is asked while the thread is locked: it has to give up after a second or two. Where it
    fails, the post waits for approval, and the log says why: nothing that was written is lost.
    """
    path = getattr(settings, "ESS_FORUM", {}).get("SPAM_CHECK")
    if not path:
        return Verdict()
    text = f"{title}\n\n{document.source}".strip()
    links: Sequence[str] = document.external_links
    try:
        with transaction.atomic():  # a query of the check that fails takes nothing with it
            score = float(import_string(path)(text, member, links))
    except Exception:
        logger.exception("The spam check of the forum failed: the post waits for approval.")
        score = HOLD_SCORE
    return Verdict(score >= HOLD_SCORE, (Reason.CHECK,) if score >= FLAG_SCORE else ())
