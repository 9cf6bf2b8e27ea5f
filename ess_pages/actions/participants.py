"""People say who they are."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from ..models import ActorPage, Participant, Sphere, Wilaya
from ..policy import require

# What a person says of themselves; each has its audience.
FIELDS = ("name_fr", "name_ar", "sphere", "organisation", "wilaya")


@transaction.atomic
def describe_oneself(
    user,
    *,
    name_fr: str,
    name_ar: str,
    sphere: Sphere,
    organisation: ActorPage | None,
    wilaya: Wilaya | None,
    audiences: Mapping[str, str],
) -> Participant:
    """Write who the user is; `audiences` says of FIELDS who sees them in the profile.

    Who was no participant becomes one whom the editors have yet to confirm. Of one whom they have,
    the sphere is theirs to change: votes are counted by it. Raises PermissionDenied,
    ValidationError.
    """
    require(user, "describe_oneself")
    person = Participant.objects.select_for_update().filter(user=user).first()
    if person is None:
        person = Participant(user=user, is_confirmed=False)
    elif person.is_confirmed and person.sphere_id != sphere.pk:
        text = _("The editors have confirmed your sphere: ask them to change it.")
        raise ValidationError({"sphere": text})
    before = None if person._state.adding else _said_by(person)
    person.name_fr, person.name_ar = " ".join(name_fr.split()), " ".join(name_ar.split())
    person.sphere, person.organisation, person.wilaya = sphere, organisation, wilaya
    for field, audience in audiences.items():
        setattr(person, f"{field}_audience", audience)
    person.full_clean()
    person.save()
    if before != _said_by(person):
        log(person, "ess_pages.describe_oneself", user=user, data={"before": before})
    return person


def _said_by(person: Participant) -> dict[str, str]:
    return {name: str(getattr(person, name) or "") for name in FIELDS}
