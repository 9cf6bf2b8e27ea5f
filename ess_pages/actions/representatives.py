"""Who may edit the page of one actor: by Wagtail's own permissions, on these pages and no other."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.urls import reverse
from wagtail.admin.utils import get_admin_base_url
from wagtail.log_actions import log
from wagtail.models import GroupPagePermission

from .. import mails
from ..links import in_language
from ..models import ActorPage, Representative
from ..policy import require


@transaction.atomic
def appoint_representative(user, actor: ActorPage, member, language: str) -> Representative:
    """Let a member edit the pages of an actor, in every language; tell them by mail. Twice is once.

    What they write goes through moderation, since they may not publish. Raises PermissionDenied for
    whoever may not publish the actor.
    """
    require(user, "appoint_representative", actor)
    representative, is_new = Representative.objects.get_or_create(
        translation_key=actor.translation_key, user=member, defaults={"language": language}
    )
    if is_new:
        member.groups.add(_make_group(actor))
        log(actor, "ess_pages.appoint_representative", user=user, data={"member": str(member)})
        [shown] = in_language(actor.get_translations(inclusive=True), [actor], language)
        edit_url = get_admin_base_url() + reverse("wagtailadmin_pages:edit", args=[shown.pk])
        context = {"actor": shown, "edit_url": edit_url}
        mails.send("representative_appointed", member.email, language, context)
    return representative


@transaction.atomic
def dismiss_representative(user, actor: ActorPage, representative: Representative) -> None:
    """Take from a representative of this actor the right to edit it.

    Raises PermissionDenied for whoever may not publish the actor.
    """
    require(user, "appoint_representative", actor)
    member = representative.user
    step_down(representative, actor)
    log(actor, "ess_pages.dismiss_representative", user=user, data={"member": str(member)})


def step_down(representative: Representative, actor: ActorPage | None) -> None:
    """Take a representative's rights away; whoever decides that has asked the policy.

    `actor` is None where its pages are gone.
    """
    representative.delete()
    for group in _groups(actor) if actor else ():
        representative.user.groups.remove(group)
        if not group.user_set.exists():
            group.delete()


def let_edit(actor: ActorPage) -> None:
    """Let the representatives of an actor edit this page of it, in one more language perhaps."""
    for group in _groups(actor):
        GroupPagePermission.objects.get_or_create(
            group=group, page_id=actor.pk, permission=_permission("wagtailcore", "change_page")
        )


def _groups(actor: ActorPage):
    """Return the representatives' group, if there is one: its name ends with the actor's key."""
    return Group.objects.filter(name__endswith=actor.translation_key.hex)


def _make_group(actor: ActorPage) -> Group:
    group = _groups(actor).first()
    if group is None:
        group = Group.objects.create(name=f"{actor.title[:100]} · {actor.translation_key.hex}")
        group.permissions.add(_permission("wagtailadmin", "access_admin"))
        for page in actor.get_translations(inclusive=True):
            let_edit(page)
    return group


def _permission(app_label: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)
