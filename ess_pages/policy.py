"""Who may do what, in one table: views, admin, API and templates ask it.

Whatever the table does not name is refused. What editors may do follows from the rights that
Wagtail gives them on the page in question.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from wagtail.models import Page

from .models import Representative

Rule = Callable[[Any, Any], bool]


def _anyone(user, _about) -> bool:
    return True


def _member(user, _about) -> bool:
    return user.is_authenticated and user.is_active


def _may_edit(user, page: Page) -> bool:
    return page.permissions_for_user(user).can_edit()


def _may_publish(user, page: Page) -> bool:
    return page.permissions_for_user(user).can_publish()


def _may_publish_below(user, page: Page) -> bool:
    rights = page.permissions_for_user(user)
    return rights.can_add_subpage() and rights.can_publish_subpage()


def _represents(user, page: Page) -> bool:
    is_representative = Representative.objects.about(page).filter(user=user.pk).exists()
    return _member(user, page) and (is_representative or _may_edit(user, page))


# The verb, and who may do it; what it is about is named beside it.
RULES: dict[str, Rule] = {
    "propose_entry": _member,
    "report_entry": _anyone,  # an entry
    "decide_entry_report": _may_edit,  # an entry
    "confirm_entry": _represents,  # an entry
    "appoint_representative": _may_publish,  # an actor
    "import_entries": _may_publish_below,  # a directory
    "register": _member,  # a meeting
    "manage_registrations": _may_edit,  # a meeting
    "ask_accreditation": _anyone,  # a meeting
    "decide_accreditation": _may_edit,  # a meeting
    "write_report": _may_edit,  # a meeting
    "review_report": _may_publish,  # a report
    "update_resolution": _may_edit,  # a report
}


def allows(user, verb: str, about: Page | None = None) -> bool:
    """Return whether `user` (anonymous or not) may do `verb` about this page."""
    rule = RULES.get(verb)
    return bool(rule and rule(user, about))


def require(user, verb: str, about: Page | None = None) -> None:
    """Raise PermissionDenied unless `user` may do `verb` about this page."""
    if not allows(user, verb, about):
        raise PermissionDenied(f"{user} may not {verb}")
