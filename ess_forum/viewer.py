"""Who asks: a visitor, a member, a moderator, with what the policy needs to answer."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from ess_ground.prepared import prepared

from .actions.members import join
from .models import (
    Audience,
    Category,
    Flag,
    ForumSettings,
    Member,
    Membership,
    Subscription,
    Thread,
)

# What is read of each category, and of the thread with its latest post.
READ = (
    *(field.name for field in Category._meta.concrete_fields),
    "last_thread__title",
    "last_thread__language",
    "last_thread__last_post_at",
)


@prepared
def _members_of(user: Any):
    return Member.objects.filter(user=user)


@prepared
def _settings():
    return ForumSettings.objects.order_by("pk")[:1]


@prepared
def _categories():
    return Category.objects.select_related("last_thread").only(*READ)


@prepared
def _categories_for(member: Any):
    own = Membership.objects.filter(group=OuterRef("group"), member=member)
    follows = Subscription.objects.filter(category=OuterRef("pk"), member=member)
    rows = Category.objects.select_related("last_thread").only(*READ)
    return rows.annotate(in_group=Exists(own), is_followed=Exists(follows))


class Viewer:
    """An account, or nobody, before the forum. What it needs is read once, when it is asked."""

    def __init__(self, user=None):
        self.user = user or AnonymousUser()
        self._conversations: dict[int, bool] = {}
        self._called: dict[int, bool] = {}
        self.threads: dict[int, Thread] = {}  # those that were read, by number

    @classmethod
    def of(cls, request: HttpRequest) -> "Viewer":
        """Return the viewer that sends this request: the same one each time."""
        viewer = getattr(request, "_ess_forum_viewer", None)
        if viewer is None or viewer.user != request.user:
            viewer = request._ess_forum_viewer = cls(request.user)  # type: ignore[attr-defined]
        return viewer

    @classmethod
    def of_member(cls, member: Member) -> "Viewer":
        """Return a member who is written to, and has not come: no visit is counted."""
        viewer = cls(member.user)
        viewer.member = member
        return viewer

    @cached_property
    def member(self) -> Member | None:
        """The member whose account this is, made at the account's first visit."""
        if not (self.user.is_authenticated and self.user.is_active):
            return None
        from .actions.trust import note_visit

        member = next(iter(_members_of(self.user.pk)), None) or join(self.user)
        if member.last_seen_on != timezone.localdate():
            note_visit(member)
        return member

    @property
    def me(self) -> Member:
        """The member, where there has to be one. Raises PermissionDenied."""
        if self.member is None:
            raise PermissionDenied
        return self.member

    @cached_property
    def acts(self) -> bool:
        """Whether it is a member who is not kept out. One who is sees what a visitor sees."""
        return self.member is not None and not self.member.is_suspended()

    @cached_property
    def writes(self) -> bool:
        """Whether it is a member who may write."""
        return self.acts and not self.me.is_silenced()

    @cached_property
    def is_moderator(self) -> bool:
        """Whether it moderates the forum."""
        return self.acts and self.user.has_perm("ess_forum.moderate")

    @cached_property
    def categories(self) -> list[Category]:
        """The categories that it sees, each followed by those within it. One query.

        Each has `depth`, from 0; for a member also `in_group`, whether the member belongs to its
        group, and `is_followed`.
        """
        within: dict[int | None, list[Category]] = {}
        for category in _categories_for(self.me.pk) if self.acts else _categories():
            within.setdefault(category.parent_id, []).append(category)
        return list(self._seen(within, None, 0))

    @cached_property
    def _categories(self) -> dict[int | None, Category]:
        return {category.pk: category for category in self.categories}

    def _seen(self, within, parent: int | None, depth: int):
        for category in within.get(parent, ()):
            if self.belongs(category, category.see):
                category.depth = depth
                yield category
                yield from self._seen(within, category.pk, depth + 1)

    @cached_property
    def limits(self) -> ForumSettings:
        """What editors have decided about the forum."""
        return next(iter(_settings()), None) or ForumSettings.load()

    def takes_part(self, thread: Thread) -> bool:
        """Return whether it is in this private conversation. One query for each conversation."""
        if thread.pk not in self._conversations:
            self._conversations[thread.pk] = (
                self.acts
                and thread.participations.filter(member=self.member, left_at=None).exists()
            )
        return self._conversations[thread.pk]

    def is_called_to(self, thread: Thread) -> bool:
        """Return whether it moderates, and somebody in this conversation has called moderators."""
        if thread.pk not in self._called:
            self._called[thread.pk] = (
                self.is_moderator and Flag.objects.filter(post__thread=thread).exists()
            )
        return self._called[thread.pk]

    def category(self, pk: int | None) -> Category | None:
        """Return the category with this number, if this viewer sees it."""
        return self._categories.get(pk)

    def path(self, category: Category) -> list[Category]:
        """Return the categories that this one lies within, the outermost first, then itself."""
        above = self.category(category.parent_id)
        return [*(self.path(above) if above else []), category]

    def belongs(self, category: Category, audience: int) -> bool:
        """Return whether it is among those that this category means by `audience`."""
        if audience == Audience.EVERYONE or self.is_moderator:
            return True
        if audience == Audience.MEMBERS:
            return self.acts
        return audience == Audience.GROUP and getattr(category, "in_group", False)
