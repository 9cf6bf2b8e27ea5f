"""Who sees what a person says of themselves: each field of a profile has its audience."""

from django.db import models

EVERYONE, MEMBERS, NOBODY = "everyone", "members", "nobody"
AUDIENCES = (EVERYONE, MEMBERS, NOBODY)


def open_to(*, is_member: bool) -> tuple[str, ...]:
    """Return the audiences that a member belongs to, or a visitor."""
    return (EVERYONE, MEMBERS) if is_member else (EVERYONE,)


def sees(audience: str, *, is_member: bool, is_own: bool = False) -> bool:
    """Return whether a field with this audience is shown to a member, to a visitor, to its owner.

    To an audience that is none of the three, nothing is shown.
    """
    return is_own or audience in open_to(is_member=is_member)


class AudienceField(models.CharField):
    """The audience of another field of the record: members, until the person chooses."""

    def __init__(self, *args, **kwargs):
        options = {"max_length": 8, "default": MEMBERS, "choices": [(a, a) for a in AUDIENCES]}
        super().__init__(*args, **{**options, **kwargs})
