"""Who sees a field of a profile."""

import pytest

from ess_ground import audiences

#        audience                visitor member owner
RULES = [
    (audiences.EVERYONE, True, True, True),
    (audiences.MEMBERS, False, True, True),
    (audiences.NOBODY, False, False, True),
    ("", False, False, True),
    ("friends", False, False, True),
]


@pytest.mark.parametrize(("audience", "visitor", "member", "owner"), RULES)
def test_field_is_shown_to_its_audience_alone(audience, visitor, member, owner):
    assert audiences.sees(audience, is_member=False) is visitor
    assert audiences.sees(audience, is_member=True) is member
    assert audiences.sees(audience, is_member=True, is_own=True) is owner


@pytest.mark.parametrize("is_member", [True, False])
def test_what_lists_ask_for_is_what_the_rule_shows(is_member):
    shown = [one for one in audiences.AUDIENCES if audiences.sees(one, is_member=is_member)]
    assert list(audiences.open_to(is_member=is_member)) == shown
