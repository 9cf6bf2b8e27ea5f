"""Who may do what, in one table: views, admin, API and templates ask it.

Whatever the table does not name is refused. Rules only grant: none takes away what another gives.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from . import profile
from .models import Attachment, Category, Group, Member, Post, State, Thread
from .viewer import Viewer

Rule = Callable[[Viewer, Any], bool]


def _anyone(viewer: Viewer, _about) -> bool:
    return True


def _acts(viewer: Viewer, _about) -> bool:
    return viewer.acts


def _writes(viewer: Viewer, _about) -> bool:
    return viewer.writes


def _moderates(viewer: Viewer, _about) -> bool:
    return viewer.is_moderator


# Seeing


def _sees_category(viewer: Viewer, category: Category) -> bool:
    return viewer.category(category.pk) is not None


def _takes_part(viewer: Viewer, thread: Thread) -> bool:
    return viewer.takes_part(thread)


def _moderates_thread(viewer: Viewer, thread: Thread) -> bool:
    # What members say among themselves is theirs, until one of them calls the moderators.
    return viewer.is_called_to(thread) if thread.is_private else viewer.is_moderator


def _is_reached(viewer: Viewer, thread: Thread) -> bool:
    if thread.is_private:
        return _takes_part(viewer, thread) or _moderates_thread(viewer, thread)
    return viewer.category(thread.category_id) is not None


def _wrote(viewer: Viewer, about: Thread | Post) -> bool:
    return viewer.member is not None and about.author_id == viewer.member.pk


def _sees_thread(viewer: Viewer, thread: Thread) -> bool:
    is_shown = thread.state == State.VISIBLE or viewer.is_moderator
    waits_for_its_author = thread.state == State.PENDING and _wrote(viewer, thread)
    return (is_shown or waits_for_its_author) and _is_reached(viewer, thread)


def _sees_post(viewer: Viewer, post: Post) -> bool:
    is_shown = post.state == State.VISIBLE or viewer.is_moderator or _wrote(viewer, post)
    return is_shown and _sees_thread(viewer, post.thread)


def _sees_attachment(viewer: Viewer, attachment: Attachment) -> bool:
    if attachment.post is None:
        return viewer.acts and attachment.member_id == viewer.me.pk
    return _sees_post(viewer, attachment.post)


# Writing


def _starts_thread(viewer: Viewer, category: Category) -> bool:
    seen = viewer.category(category.pk)
    return viewer.writes and seen is not None and viewer.belongs(seen, seen.start)


def _replies(viewer: Viewer, thread: Thread) -> bool:
    if not viewer.writes or thread.state != State.VISIBLE or thread.merged_into_id:
        return False
    if thread.is_private:
        return _takes_part(viewer, thread)
    category = viewer.category(thread.category_id)
    is_open = not thread.is_closed or viewer.is_moderator
    return category is not None and is_open and viewer.belongs(category, category.reply)


def _may_still_edit(viewer: Viewer, post: Post) -> bool:
    minutes = viewer.limits.edit_minutes
    return not minutes or timezone.now() < post.created_at + timedelta(minutes=minutes)


def _edits_post(viewer: Viewer, post: Post) -> bool:
    if _moderates_post(viewer, post):
        return True
    is_own = viewer.writes and _wrote(viewer, post) and post.state in (State.VISIBLE, State.PENDING)
    return (
        is_own
        and not post.thread.is_closed
        and _sees_thread(viewer, post.thread)
        and _may_still_edit(viewer, post)
    )


def _deletes_post(viewer: Viewer, post: Post) -> bool:
    # A thread that others have replied in is not its author's alone.
    is_free = not post.is_first or post.thread.reply_count == 0
    return (
        viewer.acts
        and _wrote(viewer, post)
        and post.state in (State.VISIBLE, State.PENDING)
        and is_free
        and _sees_thread(viewer, post.thread)
    )


def _restores_post(viewer: Viewer, post: Post) -> bool:
    # A thread that its author has deleted is not seen, but there: one that moderators hid is not.
    is_own = (
        viewer.writes
        and _wrote(viewer, post)
        and post.state == State.DELETED
        and post.thread.state != State.HIDDEN
    )
    return (is_own and _is_reached(viewer, post.thread)) or _moderates_post(viewer, post)


def _answers_others(viewer: Viewer, post: Post) -> bool:
    """Whether the viewer may react to the post, or tell the moderators of it."""
    return (
        viewer.writes
        and post.state == State.VISIBLE
        and not _wrote(viewer, post)
        and _sees_thread(viewer, post.thread)
    )


def _keeps_post(viewer: Viewer, post: Post) -> bool:
    return viewer.acts and _sees_post(viewer, post)


def _follows_thread(viewer: Viewer, thread: Thread) -> bool:
    return viewer.acts and _sees_thread(viewer, thread)


def _follows_category(viewer: Viewer, category: Category) -> bool:
    return viewer.acts and _sees_category(viewer, category)


def _votes(viewer: Viewer, post: Post) -> bool:
    return (
        viewer.writes
        and post.state == State.VISIBLE
        and not post.thread.is_closed
        and _sees_thread(viewer, post.thread)
    )


def _asked(viewer: Viewer, thread: Thread) -> bool:
    return (
        not thread.is_private
        and _sees_thread(viewer, thread)
        and ((viewer.writes and _wrote(viewer, thread)) or viewer.is_moderator)
    )


def _starts_conversation(viewer: Viewer, _about) -> bool:
    return viewer.writes and (viewer.me.trust >= Member.Trust.BASIC or viewer.is_moderator)


def _manages_group(viewer: Viewer, group: Group) -> bool:
    return viewer.is_moderator or (
        viewer.acts and group.memberships.filter(member=viewer.member, is_manager=True).exists()
    )


def _is_in_group(viewer: Viewer, group: Group) -> bool:
    return viewer.acts and group.memberships.filter(member=viewer.member).exists()


def _sees_group(viewer: Viewer, group: Group) -> bool:
    return viewer.is_moderator or _is_in_group(viewer, group)


def _is_other(viewer: Viewer, member: Member) -> bool:
    return viewer.acts and member.pk != viewer.me.pk


def _is_oneself(viewer: Viewer, member: Member) -> bool:
    return viewer.acts and member.pk == viewer.me.pk


def _sees_profile(viewer: Viewer, member: Member) -> bool:
    # Members see who is there; visitors, those who let everyone read something.
    return viewer.acts or profile.is_public(member)


def _sees_photo(viewer: Viewer, member: Member) -> bool:
    is_shown = profile.shows_photo(member, to=viewer.member, is_member=viewer.acts)
    return is_shown and _sees_profile(viewer, member)


# Moderating


def _moderates_post(viewer: Viewer, post: Post) -> bool:
    return _moderates_thread(viewer, post.thread)


def _orders_thread(viewer: Viewer, thread: Thread) -> bool:
    # A private conversation has no place among others: it is neither moved nor taken apart.
    return viewer.is_moderator and not thread.is_private


def _moderates_member(viewer: Viewer, member: Member) -> bool:
    # Moderators do not judge one another: who runs the site does.
    if not viewer.is_moderator or member.pk == viewer.me.pk:
        return False
    is_moderator = member.user is not None and member.user.has_perm("ess_forum.moderate")
    return viewer.user.is_superuser or not is_moderator


def _judges(viewer: Viewer, appeal) -> bool:
    # Nobody judges their own case.
    return viewer.is_moderator and (appeal is None or appeal.member_id != viewer.me.pk)


def _concerns(viewer: Viewer, about) -> bool:
    """Whether a measure, or a post that was hidden, is the viewer's own."""
    if viewer.member is None:
        return False
    owner = about.author_id if isinstance(about, Post) else about.member_id
    return owner == viewer.member.pk


# The verb, and who may do it; what it is about is named beside it.
RULES: dict[str, Rule] = {
    "see_category": _sees_category,  # a category
    "see_thread": _sees_thread,  # a thread
    "see_post": _sees_post,  # a post
    "see_attachment": _sees_attachment,  # an attachment
    "see_members": _acts,
    "see_profile": _sees_profile,  # a member
    "see_photo": _sees_photo,  # a member
    "search": _anyone,
    "translate_post": _sees_post,  # a post
    "start_thread": _starts_thread,  # a category
    "reply": _replies,  # a thread
    "edit_post": _edits_post,  # a post
    "delete_post": _deletes_post,  # a post
    "restore_post": _restores_post,  # a post
    "keep_draft": _writes,
    "upload": _writes,
    "react": _answers_others,  # a post
    "flag_post": _answers_others,  # a post
    "bookmark": _keeps_post,  # a post
    "follow_thread": _follows_thread,  # a thread
    "follow_category": _follows_category,  # a category
    "vote_poll": _votes,  # a post
    "accept_answer": _asked,  # a thread
    "start_conversation": _starts_conversation,
    "invite_to_conversation": _takes_part,  # a thread
    "leave_conversation": _takes_part,  # a thread
    "see_group": _sees_group,  # a group
    "leave_group": _is_in_group,  # a group
    "manage_group": _manages_group,  # a group
    "block_member": _is_other,  # a member
    "edit_profile": _is_oneself,  # a member
    "appeal": _concerns,  # a measure, or a post
    "make_token": _writes,
    "moderate": _moderates,
    "approve_post": _moderates_post,  # a post
    "hide_post": _moderates_post,  # a post
    "hide_thread": _moderates_thread,  # a thread
    "restore_thread": _moderates_thread,  # a thread
    "decide_flags": _moderates_post,  # a post
    "rename_thread": _moderates_thread,  # a thread
    "move_thread": _orders_thread,  # a thread
    "split_thread": _orders_thread,  # a thread
    "merge_threads": _orders_thread,  # a thread
    "close_thread": _orders_thread,  # a thread
    "pin_thread": _orders_thread,  # a thread
    "feature_thread": _orders_thread,  # a thread
    "manage_categories": _moderates,
    "make_group": _moderates,
    "edit_member": _moderates_member,  # a member
    "sanction": _moderates_member,  # a member
    "lift_sanction": _moderates_member,  # a member
    "set_trust": _moderates_member,  # a member
    "allow_address": _moderates,
    "decide_appeal": _judges,  # an appeal
}


def allows(viewer: Viewer, verb: str, about: Any = None) -> bool:
    """Return whether this viewer may do `verb`, a key of RULES, to `about`."""
    rule = RULES.get(verb)
    return rule is not None and rule(viewer, about)


def require(viewer: Viewer, verb: str, about: Any = None) -> None:
    """Raise PermissionDenied unless this viewer may do `verb` to `about`."""
    if not allows(viewer, verb, about):
        raise PermissionDenied
