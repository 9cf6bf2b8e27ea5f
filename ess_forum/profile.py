"""What is known of a member and who sees it: the forum's own part, and those of other apps.

A site adds a part by the Wagtail hook `ess_forum_profile_part`, a function that returns a
`ProfilePart`: what it tells of members is shown, searched and edited with what the forum knows.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.forms import BaseForm
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from ess_ground import audiences

from .models import Member, SpokenLanguage

HOOK = "ess_forum_profile_part"
# Who looks at lists of members is one.
OPEN = audiences.open_to(is_member=True)


@dataclass(frozen=True)
class Value:
    """A part of what a field says, with the page that it leads to."""

    text: str | Promise
    url: str = ""


@dataclass(frozen=True)
class Fact:
    """What a field of a profile says, and its audience.

    What `is_brief` tells in a word who somebody is: lists show it at once, and the rest on demand.
    """

    name: str
    label: str | Promise
    audience: str
    values: tuple[Value, ...]
    is_brief: bool = False


@dataclass(frozen=True, eq=False)
class Facet:
    """By what a directory of members is narrowed: the field that holds it, from the member on."""

    name: str
    label: str | Promise
    path: str
    audience: str  # the field that holds its audience
    # Return the values that there are, each with its name, in the order to show them.
    choices: Callable[[], Iterable[tuple[object, str | Promise]]]


class ProfilePart:
    """What another app knows of members."""

    name: str
    heading: str | Promise
    facets: tuple[Facet, ...] = ()
    # What lists of members load with them.
    related: tuple[str, ...] = ()

    def facts(self, members: Iterable[Member]) -> Mapping[int, list[Fact]]:
        """Return what is known of each, by its key, whoever sees it. A fixed number of queries."""
        raise NotImplementedError

    def found_by(self, word: str) -> Q:
        """Return the condition that a word, folded, begins one that members may read of someone."""
        raise NotImplementedError

    def form(self, member: Member, data: Mapping | None) -> BaseForm:
        """Return the form by which members edit their own part."""
        raise NotImplementedError

    def audiences(self, member: Member) -> Mapping[str, str]:
        """Return the audience of each field of the form that has one."""
        raise NotImplementedError

    def save(self, member: Member, form: BaseForm, audiences: Mapping[str, str]) -> None:
        """Do what a valid form asks. Raises ValidationError, and PermissionDenied."""
        raise NotImplementedError


def listed() -> QuerySet[Member]:
    """Return the members who are there: not banned, with an account that is in use."""
    return Member.objects.filter(user__is_active=True, is_banned=False)


def parts() -> list[ProfilePart]:
    """Return the parts that the site has added."""
    return [make() for make in hooks.get_hooks(HOOK)]


def found_by(word: str) -> Q:
    """Return the condition that a word, folded, begins one that members may read of someone."""
    begins = f" {word}"
    condition = Q(folded__contains=begins)
    for name in ("offers", "seeks"):
        shown = {f"folded_{name}__contains": begins, f"{name}_audience__in": OPEN}
        condition |= Q(**shown)
    for part in parts():
        condition |= part.found_by(word)
    return condition


def facts(members: Iterable[Member]) -> dict[int, list[Fact]]:
    """Return all that is known of each member, by key: of former ones, nothing."""
    present = [member for member in members if member.user_id is not None]
    known = {member.pk: _own_facts(member) for member in present}
    for part in parts():
        for pk, others in part.facts(present).items():
            known[pk] = [*others, *known[pk]]
    return known


def show(members: Iterable[Member], *, to: Member | None, is_member: bool) -> None:
    """Give each member the `facts` that this one may read, and `shows_photo`.

    The facts are also parted into those that are `brief` and those that tell `more`.

    `to` is who looks, if anybody is known; `is_member`, whether as a member.
    """
    members = list(members)
    known = facts(members)
    for member in members:
        is_own = to is not None and member.pk == to.pk
        member.facts = [
            fact
            for fact in known.get(member.pk, [])
            if audiences.sees(fact.audience, is_member=is_member, is_own=is_own)
        ]
        member.brief = [fact for fact in member.facts if fact.is_brief]
        member.more = [fact for fact in member.facts if not fact.is_brief]
        member.shows_photo = shows_photo(member, to=to, is_member=is_member)


def shows_photo(member: Member, *, to: Member | None, is_member: bool) -> bool:
    """Return whether the member has a photo that this one may see."""
    is_own = to is not None and member.pk == to.pk
    is_there = bool(member.photo) and member.user_id is not None
    return is_there and audiences.sees(member.photo_audience, is_member=is_member, is_own=is_own)


def is_public(member: Member) -> bool:
    """Return whether the member lets everyone read something."""
    if member.is_banned or member.user is None or not member.user.is_active:
        return False
    known = [fact.audience for fact in facts([member])[member.pk]]
    if member.photo:
        known.append(member.photo_audience)
    return audiences.EVERYONE in known


def _own_facts(member: Member) -> list[Fact]:
    names = dict(SpokenLanguage.Code.choices)
    spoken = [Value(names[each.code]) for each in member.spoken_languages.all()]
    links: dict[str, str | Promise] = {
        "website": _("Own site"),
        "linkedin": "LinkedIn",
        "facebook": "Facebook",
    }
    texts = {"about": _("About me"), "offers": _("Offers"), "seeks": _("Seeks")}
    own = [
        Fact("languages", _("Languages"), member.languages_audience, tuple(spoken), is_brief=True)
    ]
    own += [_fact(member, name, label) for name, label in texts.items()]
    own += [_fact(member, name, label, is_link=True) for name, label in links.items()]
    return [fact for fact in own if any(value.text for value in fact.values)]


def _fact(member: Member, name: str, label: str | Promise, *, is_link: bool = False) -> Fact:
    text = getattr(member, name)
    value = Value(text.removeprefix("https://"), text) if is_link else Value(text)
    return Fact(name, label, getattr(member, f"{name}_audience"), (value,))
