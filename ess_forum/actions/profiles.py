"""What a member says of themselves."""

import unicodedata
from collections.abc import Collection, Mapping
from urllib.parse import quote

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Replace

from ..models import Category, Member, Post, SpokenLanguage, Thread
from ..policy import require
from ..profile import OPEN
from ..viewer import Viewer
from . import counters
from .moderation_log import record
from .transactions import action

# What members say of themselves beside their name, handle and words.
DETAILS = ("offers", "seeks", "website", "linkedin", "facebook")
# What has an audience of its own.
AUDIENCES = ("photo", "about", "languages", *DETAILS)
FIELDS = ("name", "handle", "about")
# What a profile does not hold.
OTHER_FIELDS = {field.name for field in Member._meta.fields} - {
    *FIELDS,
    *DETAILS,
    *(f"{name}_audience" for name in AUDIENCES),
}


def folded_handle(text: str) -> str:
    """Return a handle as it is kept: in small letters, in one Unicode form, without its @."""
    return unicodedata.normalize("NFC", text.strip().removeprefix("@").casefold())


@action
def edit_profile(
    viewer: Viewer,
    *,
    name: str,
    handle: str,
    about: str,
    languages: Collection[str] | None = None,
    photo: ContentFile | None = None,
    remove_photo: bool = False,
    audiences: Mapping[str, str] | None = None,
    **details: str,
) -> Member:
    """Change what the viewer says of themselves; what is not given stays.

    `audiences` says of AUDIENCES who sees them, `details` are some of DETAILS. Raises
    PermissionDenied, ValidationError.
    """
    member = counters.lock_member(viewer.me.pk)
    require(viewer, "edit_profile", member)
    for field, value in details.items():
        setattr(member, field, value.strip())
    for field, audience in (audiences or {}).items():
        setattr(member, f"{field}_audience", audience)
    _write(member, name, handle, about)
    _keep_details(member)
    if languages is not None:
        _speak(member, languages)
    if photo or remove_photo:
        _keep_photo(member, photo)
    return member


def _keep_details(member: Member) -> None:
    audiences = [f"{name}_audience" for name in AUDIENCES]
    folded = ["folded_offers", "folded_seeks"]
    member.save(update_fields=[*DETAILS, *audiences, *folded])


def _speak(member: Member, codes: Collection[str]) -> None:
    member.spoken_languages.exclude(code__in=codes).delete()
    new = [
        SpokenLanguage(member=member, code=code) for code in SpokenLanguage.Code if code in codes
    ]
    SpokenLanguage.objects.bulk_create(new, ignore_conflicts=True)


def _keep_photo(member: Member, photo: ContentFile | None) -> None:
    storage, former = member.photo.storage, member.photo.name
    if photo:
        member.photo.save("photo", photo, save=False)
    else:
        member.photo = ""
    member.save(update_fields=["photo"])
    if former:
        transaction.on_commit(lambda: storage.delete(former))


@action
def edit_member(
    viewer: Viewer,
    member: Member,
    *,
    name: str,
    handle: str,
    about: str | None = None,
    remove_photo: bool = False,
    **details: str,
) -> Member:
    """Change another member's name, handle, words and links; take their photo away.

    What is not given stays. Raises as `edit_profile` does.
    """
    member = counters.lock_member(member.pk)
    require(viewer, "edit_member", member)
    before = _said_by(member)
    for field, value in details.items():
        setattr(member, field, value.strip())
    _write(member, name, handle, member.about if about is None else about)
    _keep_details(member)
    if remove_photo:
        _keep_photo(member, None)
    if before != _said_by(member):
        record(viewer, "edit_member", member, before=before)
    return member


def _said_by(member: Member) -> dict[str, str]:
    """Return what moderators can change and read: what is for nobody is not written down."""
    shown = {
        name: str(getattr(member, name))
        for name in ("photo", "about", *DETAILS)
        if getattr(member, f"{name}_audience") in OPEN
    }
    return {"name": member.name, "handle": member.handle, **shown}


def _write(member: Member, name: str, handle: str, about: str) -> None:
    before, former = member.name, member.handle
    member.name = " ".join(name.split())
    member.handle = folded_handle(handle)
    member.about = about.strip()
    member.full_clean(exclude=OTHER_FIELDS)
    member.save(update_fields=["name", "handle", "about"])
    if former != member.handle:
        _lead_mentions_on(member, former)
    if (before, former) != (member.name, member.handle):
        # Pages that are kept for visitors show the name.
        Thread.objects.filter(posts__author=member).update(version=F("version") + 1)
        Category.objects.update(version=F("version") + 1)


def _lead_mentions_on(member: Member, former: str) -> None:
    """Let the mentions of a member lead to their page under its new address."""
    mentions = Post.objects.filter(mentioned=member)
    mentions.update(
        html=Replace(
            "html",
            Value(f'href="forum:m/{quote(former)}/"'),
            Value(f'href="forum:m/{quote(member.handle)}/"'),
        )
    )
    Thread.objects.filter(posts__in=mentions).update(version=F("version") + 1)
