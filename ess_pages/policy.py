"""Who may do what, in one table: views, admin, API and templates ask it.

Whatever the table does not name is refused. What editors may do follows from the rights that
Wagtail gives them on the page in question.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from .models import Amendment, EntryReport, Proposal, Recommendation, RecommendationPage
from .representation import representatives_of

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


def _may_edit_in_some_language(user, page: Page) -> bool:
    return _may_edit(user, page) or any(_may_edit(user, other) for other in page.get_translations())


def _may_import(user, page: Page) -> bool:
    return _may_publish_below(user, page) and _may_edit(user, page)


def _represents(user, page: Page) -> bool:
    people = representatives_of([page])[page.translation_key]
    return _member(user, page) and (
        any(person.user_id == user.pk for person in people) or _may_edit(user, page)
    )


def _has_proposed(user, proposal: Proposal) -> bool:
    return _member(user, proposal) and proposal.author_id == user.pk


def _may_publish_its_page(user, proposal: Proposal) -> bool:
    return bool(proposal.page and _may_publish(user, proposal.page))


def _may_publish_or_owns(user, page: Page) -> bool:
    return _may_publish(user, page) or page.owner_id == user.pk


def _may_close(user, report: EntryReport) -> bool:
    # An entry's representative is a party, and may not. Of a deleted entry there is nothing to
    # protect: whoever may publish at all may.
    pages = list(report.pages())
    return any(_may_publish(user, page) for page in pages) or (
        not pages and PagePermissionPolicy().user_has_permission(user, "publish")
    )


def _may_publish_in_some_language(user, recommendation: Recommendation) -> bool:
    pages = RecommendationPage.objects.filter(translation_key=recommendation.translation_key)
    return _member(user, None) and any(_may_publish(user, page) for page in pages)


def _settles(user, recommendation: Recommendation) -> bool:
    """Whether the user is one of its rapporteurs, or an editor."""
    return _member(user, None) and (
        recommendation.all_rapporteurs().filter(user=user).exists()
        or _may_publish_in_some_language(user, recommendation)
    )


def _validates(user, _about) -> bool:
    return _member(user, None) and user.has_perm("ess_pages.validate_recommendation")


def _validates_or_publishes(user, recommendation: Recommendation) -> bool:
    return _validates(user, None) or _may_publish_in_some_language(user, recommendation)


def _has_written(user, amendment: Amendment) -> bool:
    return _member(user, None) and amendment.author_id == user.pk


def _has_not_written(user, amendment: Amendment) -> bool:
    return _member(user, None) and amendment.author_id != user.pk


def _hands_over(user, _about) -> bool:
    return _member(user, None) and user.has_perm("ess_pages.add_handover")


# The verb, and who may do it; what it is about is named beside it.
RULES: dict[str, Rule] = {
    "propose_entry": _member,
    "correct_entry": _member,  # an entry
    "revise_proposal": _has_proposed,  # a proposal
    "withdraw_proposal": _has_proposed,  # a proposal
    "decline_proposal": _may_publish_its_page,  # a proposal
    "report_entry": _anyone,  # an entry
    "decide_entry_report": _may_close,  # a report of an entry
    "confirm_entry": _represents,  # an entry
    "appoint_representative": _may_publish,  # an actor
    "delete_entry": _may_publish_or_owns,  # an entry
    "stop_translation": _may_publish,  # a page
    "import_entries": _may_import,  # a directory
    "describe_oneself": _member,
    "register": _member,  # a meeting
    "manage_registrations": _may_edit_in_some_language,  # a meeting
    "ask_accreditation": _anyone,  # a meeting
    "decide_accreditation": _may_edit_in_some_language,  # a meeting
    "write_report": _may_edit,  # a meeting
    "review_report": _may_publish,  # a report
    "update_resolution": _may_edit,  # a report
    "write_text": _settles,  # a recommendation
    "name_rapporteur": _may_publish_in_some_language,  # a recommendation
    "open_amendments": _settles,  # a recommendation
    "start_settling": _settles,  # a recommendation
    "amend": _member,  # a recommendation
    "write_amendment": _has_written,  # an amendment
    "give_opinion": _has_not_written,  # an amendment
    "comment": _member,  # a recommendation
    "hide_comment": _may_publish_in_some_language,  # a recommendation
    "decide_amendment": _settles,  # a recommendation
    "ask_consent": _validates,  # a recommendation
    "waive_quorum": _validates,  # a recommendation
    "close_consultation": _validates,  # a recommendation
    "withdraw_recommendation": _validates_or_publishes,  # a recommendation
    "issue_document": _hands_over,  # an official document
    "hand_over": _hands_over,  # an official document
    "record_answer": _hands_over,  # a handover
}


def allows(user, verb: str, about: Model | None = None) -> bool:
    """Return whether `user` (anonymous or not) may do `verb` about this page or record."""
    rule = RULES.get(verb)
    return bool(rule and rule(user, about))


def require(user, verb: str, about: Model | None = None) -> None:
    """Raise PermissionDenied unless `user` may do `verb` about this page or record."""
    if not allows(user, verb, about):
        raise PermissionDenied(f"{user} may not {verb}")
