"""The only place that knows both plugins and the accounts: what one says, the others pass on."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Q
from django.dispatch import receiver
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks

from ess_forum import profile
from ess_forum.letters import Item, Section
from ess_forum.models import Member
from ess_forum.signals import digest_asked
from ess_ground.words import folded
from ess_pages.actions import participants
from ess_pages.forms.participants import ParticipantForm
from ess_pages.links import in_language
from ess_pages.models import ActorPage, Participant, Sphere, Wilaya
from ess_pages.openings import Opening, openings
from ess_pages.participants import organisations_of

from .accounts.signals import invitation_accepted


@receiver(digest_asked)
def tell_what_is_open(sender, **kwargs) -> Section:
    """Tell in a digest what members can amend, or are asked to agree to, and until when."""
    items = [Item(each.page.title, each.page.full_url, _until(each)) for each in openings()]
    return Section(_("Your word counts"), items)


def _until(opening: Opening) -> str:
    closes_at = localtime(opening.closes_at)
    text = (
        _("the participants' consent is asked until {day} at {time}")
        if opening.consultation
        else _("open for amendments until {day} at {time}")
    )
    return text.format(day=date_format(closes_at, "j F Y"), time=date_format(closes_at, "H:i"))


# A participant and a member are one person, and have one profile.

PERSON = "user__participant"
# What the directory shows of it at once.
BRIEF = ("sphere", "organisation", "wilaya")


def _organisations() -> list[tuple[object, str]]:
    """Return the actors that members let others see that they belong to."""
    belong = Participant.objects.filter(
        user__forum_member__in=profile.listed(), organisation_audience__in=profile.OPEN
    )
    actors = ActorPage.objects.live().public()
    found = in_language(actors, ActorPage.objects.filter(participants__in=belong).distinct())
    return [(page.translation_key, page.title) for page in dict.fromkeys(found)]


def _records(model: type[Sphere | Wilaya]) -> list[tuple[object, str]]:
    return [(record.slug, record.name) for record in model.objects.all()]


class ParticipantPart(profile.ProfilePart):
    """Who a member is: names in both scripts, sphere, organisation, wilaya."""

    name = "participant"
    heading = gettext_lazy("Who I am")
    related = tuple(f"{PERSON}__{name}" for name in ("sphere", "organisation", "wilaya"))
    facets = (
        profile.Facet(
            "sphere",
            gettext_lazy("Sphere"),
            f"{PERSON}__sphere__slug",
            f"{PERSON}__sphere_audience",
            lambda: _records(Sphere),
        ),
        profile.Facet(
            "wilaya",
            gettext_lazy("Wilaya"),
            f"{PERSON}__wilaya__slug",
            f"{PERSON}__wilaya_audience",
            lambda: _records(Wilaya),
        ),
        profile.Facet(
            "organisation",
            gettext_lazy("Organisation"),
            f"{PERSON}__organisation__translation_key",
            f"{PERSON}__organisation_audience",
            _organisations,
        ),
    )

    def facts(self, members: Iterable[Member]) -> dict[int, list[profile.Fact]]:
        """Return who each of the members is, as far as they are participants."""
        people = {member.pk: _person(member) for member in members}
        known = [person for person in people.values() if person is not None]
        organisations = organisations_of(known)
        return {
            pk: _facts(person, organisations) for pk, person in people.items() if person is not None
        }

    def found_by(self, word: str) -> Q:
        """Return the condition that a name, in either script, has a word that begins so."""
        condition = Q()
        for script in ("fr", "ar"):
            name = {
                f"{PERSON}__folded_{script}__contains": f" {word}",
                f"{PERSON}__name_{script}_audience__in": profile.OPEN,
            }
            condition |= Q(**name)
        return condition

    def form(self, member: Member, data: Mapping | None) -> ParticipantForm:
        """Return the form by which members say who they are."""
        return ParticipantForm(data, person=_person(member), prefix=self.name)

    def audiences(self, member: Member) -> dict[str, str]:
        """Return the audience of each of its fields."""
        person = _person(member) or Participant()
        return {name: getattr(person, f"{name}_audience") for name in participants.FIELDS}

    def save(self, member: Member, form, audiences: Mapping[str, str]) -> None:
        """Write who the member is, where they say anything of it."""
        if form.says_something():
            participants.describe_oneself(member.user, **form.cleaned_data, audiences=audiences)


@hooks.register(profile.HOOK)
def participant_part() -> ParticipantPart:
    """Add who a member is to the profile."""
    return ParticipantPart()


def _person(member: Member) -> Participant | None:
    return getattr(member.user, "participant", None)


def _facts(person: Participant, organisations: Mapping[UUID, ActorPage]) -> list[profile.Fact]:
    key = person.organisation.translation_key if person.organisation else None
    actor = organisations.get(key) if key else None
    labels = {
        "name_fr": _("Name in Latin script"),
        "name_ar": _("Name in Arabic script"),
        "sphere": _("Sphere"),
        "organisation": _("Organisation"),
        "wilaya": _("Wilaya"),
    }
    values = {
        "name_fr": profile.Value(person.name_fr),
        "name_ar": profile.Value(person.name_ar),
        "sphere": profile.Value(person.sphere.name),
        "organisation": profile.Value(actor.title, actor.url or "") if actor else None,
        "wilaya": profile.Value(person.wilaya.name) if person.wilaya else None,
    }
    return [
        profile.Fact(
            name,
            labels[name],
            getattr(person, f"{name}_audience"),
            (value,),
            is_brief=name in BRIEF,
        )
        for name, value in values.items()
        if value is not None
    ]


@receiver(invitation_accepted)
def link_participant(sender, invitation, user, **kwargs) -> None:
    """Give the account to the participant of that name, where there is just one without any."""
    names = {_words(name) for name in (invitation.name_latin, invitation.name_arabic) if name}
    namesakes = [
        participant
        for participant in Participant.objects.filter(user=None)
        if names & {_words(participant.name_fr), _words(participant.name_ar)}
    ]
    if len(namesakes) == 1 and not Participant.objects.filter(user=user).exists():
        namesakes[0].user = user
        namesakes[0].save()


def _words(name: str) -> tuple[str, ...]:
    """Return the words of a name, whichever of them stands first."""
    return tuple(sorted(folded(name).split()))
