"""Which members see a thread: asked for many at once, where the policy asks for one."""

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from .models import Audience, Category, Member, Thread


def moderators() -> QuerySet[Member]:
    """Return the members who moderate the forum."""
    permission = Permission.objects.filter(content_type__app_label="ess_forum", codename="moderate")
    return Member.objects.filter(
        Q(user__is_superuser=True)
        | Q(user__user_permissions__in=permission)
        | Q(user__groups__permissions__in=permission),
        user__is_active=True,
    ).distinct()


def members_who_see(thread: Thread, members: QuerySet[Member]) -> QuerySet[Member]:
    """Return those of these members who see a visible thread, and are not kept out for good."""
    members = members.filter(is_banned=False, user__is_active=True)
    if thread.is_private:
        return members.filter(participations__thread=thread, participations__left_at=None)
    for category in _chain(thread.category_id):
        if category.see == Audience.GROUP:
            members = members.filter(Q(groups=category.group_id) | Q(pk__in=moderators()))
        elif category.see == Audience.MODERATORS:
            members = members.filter(pk__in=moderators())
    return members.distinct()


def _chain(pk: int | None) -> list[Category]:
    by_key = {category.pk: category for category in Category.objects.all()}
    chain = []
    while pk is not None:
        chain.append(by_key[pk])
        pk = by_key[pk].parent_id
    return chain
