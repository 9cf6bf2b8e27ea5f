"""Members propose entries and corrections to them; the editors decide in Wagtail's moderation.

What is proposed is a revision of the page. What becomes of it is told by Wagtail's own signals, so
that the editors have no second place to decide in.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.actions.delete_page import DeletePageAction
from wagtail.log_actions import log
from wagtail.models import Page, Revision, TaskState, WorkflowState
from wagtail_localize.fields import SynchronizedField, get_translatable_fields

from .. import mails, news
from ..links import view_url
from ..models import Proposal
from ..models.directory import DirectoryIndexPage, DirectoryPage
from ..policy import require
from ..rows import RowChanges
from ..translation import adopt_texts, translation_into

WAITING, ACCEPTED, DECLINED, WITHDRAWN = Proposal.State
NEEDS_CHANGES = WorkflowState.STATUS_NEEDS_CHANGES
ACTIVE = (WorkflowState.STATUS_IN_PROGRESS, NEEDS_CHANGES)


@transaction.atomic
def propose_entry(
    user, section: DirectoryIndexPage, entry: DirectoryPage, language: str, note: str = ""
) -> Proposal:
    """Put a new entry into its section as a draft, and into moderation where the section has one.

    `entry` is valid and not saved yet. The same words proposed twice are one proposal. Raises
    PermissionDenied for whoever is no member.
    """
    require(user, "propose_entry")
    _wait_for_turn(user)
    for waiting in _waiting(author=user, kind=Proposal.Kind.NEW, title=entry.title):
        draft = page_of(waiting)
        if type(draft) is type(entry) and _fields(draft) == _fields(entry):
            return waiting
    entry.owner, entry.live, entry.slug = user, False, ""
    # Pages are put below one another one by one: each is given the next place in the tree.
    type(section).objects.select_for_update().get(pk=section.pk).add_child(instance=entry)
    return _submit(
        Proposal(author=user, kind=Proposal.Kind.NEW, language=language, note=note), entry
    )


@transaction.atomic
def correct_entry(
    user, entry: DirectoryPage, changes: dict[str, Any], language: str, note: str = ""
) -> list[Proposal]:
    """Put a correction of a published entry into moderation, on top of what the editors have begun.

    `changes` holds the new values by field, or RowChanges. What a translated page has from its
    source is corrected there, so that there may be a proposal for each of the two; a row that is
    added is added to both. The same correction twice is one.
    Raises PermissionDenied for whoever is no member; ValidationError where the editors have the
    page in hand already, or where the changes do not go with what they have begun.
    """
    require(user, "correct_entry", entry)
    _wait_for_turn(user)
    parts = list(_by_page(entry, changes))
    known = [_same_correction(user, page, part) for page, part in parts]
    if all(known):
        return [proposal for proposal in known if proposal]
    for page, _part in parts:
        _refuse_while_in_hand(page, user)
    kind = Proposal.Kind.CORRECTION
    return [
        _submit(Proposal(author=user, kind=kind, language=language, note=note), version)
        for version in [_changed(page, part) for page, part in parts]
    ]


@transaction.atomic
def revise_proposal(user, proposal: Proposal, changes: dict[str, Any], note: str = "") -> Proposal:
    """Send a new entry that was declined to the editors again, changed.

    Raises PermissionDenied for whoever has not proposed it, and ValidationError where it is no
    longer to be revised.
    """
    require(user, "revise_proposal", proposal)
    proposal = _hold(proposal)
    if not can_be_revised(proposal):
        raise ValidationError(_("This proposal can no longer be changed."))
    page = page_of(proposal)
    _refuse_while_in_hand(page, user)
    proposal.state, proposal.decided_at, proposal.answer = WAITING, None, ""
    proposal.note = note
    return _submit(proposal, _changed(page, changes))


@transaction.atomic
def withdraw_proposal(user, proposal: Proposal) -> Proposal:
    """Take back a proposal that still waits, and what it has put into the page. Twice is once.

    A draft that is nobody else's work is deleted. Raises PermissionDenied for whoever has not
    proposed it, and ValidationError once it is decided.
    """
    require(user, "withdraw_proposal", proposal)
    proposal = _hold(proposal)
    if proposal.state == WITHDRAWN:
        return proposal
    if proposal.state != WAITING:
        raise ValidationError(_("The editors have decided already."))
    proposal.state, proposal.decided_at = WITHDRAWN, timezone.now()
    proposal.save(update_fields=["state", "decided_at"])
    if proposal.workflow_state and proposal.is_in_moderation:
        proposal.workflow_state.cancel(user=user)
    if proposal.page:
        log(proposal.page, "ess_pages.withdraw_proposal", user=user)
        _take_back(proposal, user)
    return proposal


@transaction.atomic
def decline_proposal(user, proposal: Proposal, answer: str) -> Proposal:
    """Decline a proposal that no moderation holds, and tell its author why. Twice is once.

    Raises PermissionDenied for whoever may not publish the page, and ValidationError where it is
    decided otherwise, or in moderation.
    """
    require(user, "decline_proposal", proposal)
    proposal = _hold(proposal)
    if proposal.state == DECLINED:
        return proposal
    if proposal.state != WAITING:
        raise ValidationError(_("It is decided already, or withdrawn."))
    if proposal.is_in_moderation:
        raise ValidationError(_("The page is in moderation: decide there."))
    _settle(proposal, DECLINED, answer)
    log(proposal.page, "ess_pages.decline_proposal", user=user)
    if proposal.kind == Proposal.Kind.CORRECTION:
        _take_back(proposal, user)
    return proposal


def page_of(proposal: Proposal) -> Any:
    """Return the page that a proposal is about as what it is: an actor or a practice."""
    return proposal.page and proposal.page.specific


def can_be_revised(proposal: Proposal) -> bool:
    """Return whether its author may change it: a new entry that was declined and is still there."""
    return bool(
        proposal.state == DECLINED
        and proposal.kind == Proposal.Kind.NEW
        and proposal.page
        and not proposal.page.first_published_at
    )


def accept_proposals(page: DirectoryPage, revision: Revision) -> None:
    """Note that what was proposed about this page has been published, and tell the authors."""
    published = Proposal.objects.filter(page=page.pk).exclude(revision__gt=revision.pk)
    for proposal in published.filter(
        Q(state=WAITING)
        # Declined first, then published after all: a new entry, or a moderation taken up again.
        | Q(state=DECLINED, kind=Proposal.Kind.NEW)
        | Q(state=DECLINED, workflow_state__status=WorkflowState.STATUS_APPROVED)
    ).select_related("author", "revision"):
        _settle(proposal, ACCEPTED)
        former = _version_before(proposal)
        if former and proposal.kind == Proposal.Kind.CORRECTION:
            adopt_texts(page, former.as_object())


def decline_proposals(workflow_state: WorkflowState, user=None) -> None:
    """Note that a moderation has ended without publication, and tell the author why.

    A correction leaves the page, so that nobody publishes it by mistake; a draft stays, for its
    author to revise.
    """
    task_state = TaskState.objects.filter(pk=workflow_state.current_task_state_id).first()
    answer = task_state.specific.get_comment() if task_state else ""
    for proposal in _waiting(workflow_state=workflow_state):
        _settle(proposal, WITHDRAWN if user == proposal.author else DECLINED, answer)
        if proposal.kind == Proposal.Kind.CORRECTION:
            if workflow_state.status in ACTIVE:
                workflow_state.cancel(user=user)
            _take_back(proposal, user)


def decline_proposals_of(page: Page) -> None:
    """Note that a page is being deleted, and what was proposed about it with it."""
    for proposal in _waiting(page=page):
        _settle(proposal, DECLINED, stays=False)


def _waiting(**about) -> QuerySet[Proposal]:
    return Proposal.objects.filter(state=WAITING, **about).select_related("author", "page")


def _wait_for_turn(user) -> None:
    """Let the requests of one person in one by one: a double click is two at once."""
    get_user_model().objects.select_for_update().get(pk=user.pk)


def _hold(proposal: Proposal) -> Proposal:
    return Proposal.objects.select_for_update().get(pk=proposal.pk)


def _contents(page: DirectoryPage, data: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what people have written into a page, or a revision of it, as revisions store it."""
    names = {decided.field_name for decided in get_translatable_fields(type(page))} - {"slug"}
    data = page.serializable_data() if data is None else data
    return {name: value for name, value in data.items() if name in names}


def _fields(page: DirectoryPage) -> dict[str, Any]:
    """Return the contents of a page, its rows without the keys by which they differ at least."""
    return {
        name: _less_keys(page, name, value) if _holds_rows(page, name) else value
        for name, value in _contents(page).items()
    }


def _less_keys(page: DirectoryPage, name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    keys = {"pk", "translation_key", "locale", page._meta.get_field(name).field.name}
    return [{name: value for name, value in row.items() if name not in keys} for row in rows]


def _holds_rows(page: DirectoryPage, name: str) -> bool:
    return bool(page._meta.get_field(name).one_to_many)


def _by_page(
    entry: DirectoryPage, changes: dict[str, Any]
) -> Iterator[tuple[DirectoryPage, dict[str, Any]]]:
    """Yield each page that has to change, and its part of the changes."""
    translation = translation_into(entry)
    if translation is None:
        yield entry, changes
        return
    facts, texts = _parted(type(entry), changes)
    if texts:
        yield entry, texts
    if facts:
        yield translation.source.get_source_instance(), facts


def _parted(model: type[Model], changes: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return which changes of a translation are of its source, and which are its own."""
    facts: dict[str, Any] = {}
    texts: dict[str, Any] = {}
    for decided in get_translatable_fields(model):
        name = decided.field_name
        change = changes.get(name)
        if isinstance(change, RowChanges):
            own = _texts_of(model._meta.get_field(name).related_model)
            for part, rows in ((facts, change.facts(own)), (texts, change.texts(own))):
                if rows:
                    part[name] = rows
        elif name in changes:
            (facts if isinstance(decided, SynchronizedField) else texts)[name] = change
    return facts, texts


def _texts_of(model: type[Model] | None) -> set[str]:
    decisions = get_translatable_fields(model)
    return {
        decided.field_name for decided in decisions if not isinstance(decided, SynchronizedField)
    }


def _same_correction(user, page: DirectoryPage, changes: dict[str, Any]) -> Proposal | None:
    for waiting in _waiting(author=user, page=page):
        if waiting.revision and _has(waiting.revision.as_object(), changes):
            return waiting
    return None


def _has(version: DirectoryPage, changes: dict[str, Any]) -> bool:
    rows = {name: change for name, change in changes.items() if isinstance(change, RowChanges)}
    proposed = _fields(version)
    _write(version, {name: change for name, change in changes.items() if name not in rows})
    return _fields(version) == proposed and all(
        change.are_in(version, name) for name, change in rows.items()
    )


def _refuse_while_in_hand(page: DirectoryPage, user) -> None:
    """Raise ValidationError where the editors have the page in moderation, locked or scheduled."""
    current = Page.objects.select_for_update().get(pk=page.pk)
    state, lock = current.current_workflow_state, current.get_lock()
    waits_for_author = state and state.requested_by == user and state.status == NEEDS_CHANGES
    if (
        (state and not waits_for_author)
        or (lock and lock.for_user(user))
        or _waiting(page=current).exists()
    ):
        raise ValidationError(
            _(
                "A change to this entry is in the hands of the editors just now. What you have "
                "written is still below: keep it, and send it when they have decided."
            ),
            code="in_hand",
        )


def _changed(page: DirectoryPage, changes: dict[str, Any]) -> DirectoryPage:
    """Return the newest version of a page with these changes; ValidationError if it takes none."""
    current = type(page).objects.get(pk=page.pk)
    version = current.get_latest_revision_as_object()
    _write(version, changes)
    version.full_clean()
    return version


def _write(version: DirectoryPage, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        if isinstance(value, RowChanges):
            value.write(version, name)
        else:
            setattr(version, name, value)


def _submit(proposal: Proposal, version: DirectoryPage) -> Proposal:
    """Save what is proposed as a revision of its page, and start or resume its moderation."""
    author = proposal.author
    proposal.page_id, proposal.title = version.pk, version.title
    proposal.revision = version.save_revision(
        user=author, log_action=f"ess_pages.propose_{proposal.kind}", clean=False
    )
    proposal.save()
    if moderation := version.current_workflow_state:
        moderation.resume(user=author)
        proposal.workflow_state = moderation
    elif (workflow := version.get_workflow()) and workflow.tasks.active().exists():
        proposal.workflow_state = workflow.start(version, author)
    proposal.save(update_fields=["workflow_state"])
    return proposal


def _settle(proposal: Proposal, state: str, answer: str = "", stays: bool = True) -> None:
    proposal.state, proposal.answer, proposal.decided_at = state, answer, timezone.now()
    proposal.save(update_fields=["state", "answer", "decided_at"])
    if state == WITHDRAWN or not proposal.author.is_active:
        return
    author = proposal.author_id
    if author not in news.tell(news.proposal_decided, proposal=proposal, users={author}):
        mails.send(
            f"proposal_{state}",
            proposal.author.email,
            proposal.language,
            {
                "proposal": proposal,
                "can_be_revised": stays and can_be_revised(proposal),
                "proposals_url": view_url(proposal.page, "proposals", language=proposal.language),
            },
        )


def _version_before(proposal: Proposal) -> Revision | None:
    """Return the version of the page that a proposal was written on top of, while it is kept."""
    if proposal.revision_id is None:
        return None
    versions = Revision.objects.for_instance(proposal.page).filter(pk__lt=proposal.revision_id)
    return versions.order_by("-pk").first()


def _take_back(proposal: Proposal, user) -> None:
    """Take what was proposed out of its page, whatever the editors have changed beside it."""
    page = page_of(proposal)
    if proposal.revision is None:
        return
    latest, proposed = page.get_latest_revision(), proposal.revision.content
    if proposal.kind == Proposal.Kind.CORRECTION:
        _undo(page, latest, proposed, _version_before(proposal), user)
    elif _contents(page, latest.content) == _contents(page, proposed) and not page.live:
        DeletePageAction(page, user=user).execute(skip_permission_checks=True)


def _undo(
    page: DirectoryPage, latest: Revision, proposed: dict, before: Revision | None, user
) -> None:
    # By way of JSON, as the version to compare it with.
    published = _contents(page.with_content_json(page.serializable_data()))
    was_draft = before and before.pk != page.live_revision_id
    former = before.content if before and was_draft else published
    content = latest.content | {
        name: former[name]
        for name in published
        if former[name] != proposed[name] == latest.content[name]
    }
    version = page.with_content_json(content)
    has_changes = _contents(version) != published
    version.save_revision(user=user, changed=has_changes, clean=False, log_action=True)
    if not has_changes:
        version.has_unpublished_changes = False
        version.save(update_fields=["has_unpublished_changes"], clean=False)
