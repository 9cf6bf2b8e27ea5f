"""Writes entries as the editor's own save and publish do, thousands of them in a few seconds.

Saved one by one, 5,000 entries would keep every other writer waiting for minutes; see
docs/decisions/0019-import.md. What Wagtail does after a publication (search, references,
translations) is left to `announcing`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.text import slugify
from modelcluster.models import get_all_child_relations, get_serializable_data_for_fields
from wagtail.models import Page, PageLogEntry, Revision

from ess_ground.words import folded

from ..models.directory import DirectoryIndexPage, DirectoryPage

BATCH = 500
SLUG_LENGTH = 200


@dataclass
class Writing:
    """An entry to be written: its page, which of its fields have changed, and its revision."""

    page: DirectoryPage
    changed: set[str]
    former_title: str = ""
    content: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        """Do what takes long before the transaction."""
        self.page.draft_title = self.page.title
        self.page.sort_title = folded(self.page.title)[:255]
        self.content = self.page.serializable_data()

    @property
    def is_new(self) -> bool:
        """Whether the entry is to be created."""
        return not self.former_title


def write(section: DirectoryIndexPage, writings: list[Writing], user) -> None:
    """Create and change these entries of a section, publish them, and log who did.

    To be called in a transaction that has called `hold`. What `save` and `publish` of each page do
    is done here for all of them at once: the page and its parts, a revision, the dates, the log.
    """
    now = timezone.now()
    new = [writing for writing in writings if writing.is_new]
    _place(section, [writing.page for writing in new])
    for writing in new:
        page = writing.page
        page.owner = user
        page.first_published_at = page.last_published_at = now
        page.latest_revision_created_at = now
    _save(writings)
    _save_records(writings)
    _save_rows(writings)
    revisions = _save_revisions(writings, user, now)
    _log(writings, revisions, user, now)


def hold(section: DirectoryIndexPage, writings: list[Writing]) -> None:
    """Keep others from writing these entries, or new ones, until the transaction ends."""
    keys = sorted([section.pk, *(each.page.pk for each in writings if not each.is_new)])
    for batch in _batches(keys):
        list(Page.objects.select_for_update().order_by("pk").filter(pk__in=batch).only("pk"))


def _place(section: DirectoryIndexPage, pages: list[DirectoryPage]) -> None:
    """Give new pages their places in the tree, as treebeard's `add_child` does, and addresses."""
    parent = Page.objects.get(pk=section.pk)
    slugs = set(parent.get_children().values_list("slug", flat=True))
    last = parent.get_last_child()
    step = Page._str2int(last.path[-Page.steplen :]) if last else 0
    for page in pages:
        step += 1
        page.path = Page._get_path(parent.path, parent.depth + 1, step)
        page.depth = parent.depth + 1
        page.slug = _free_slug(page.title, slugs)
        page.set_url_path(parent)
    Page.objects.filter(pk=parent.pk).update(numchild=F("numchild") + len(pages))


def _free_slug(title: str, slugs: set[str]) -> str:
    """Return a slug made from the title that is not among `slugs`, and add it there."""
    base = slug = slugify(title, allow_unicode=True)[:SLUG_LENGTH]
    number = 1
    while slug in slugs:
        number += 1
        slug = f"{base}-{number}"
    slugs.add(slug)
    return slug


def _save(writings: list[Writing]) -> None:
    """Save the pages themselves."""
    new = [writing.page for writing in writings if writing.is_new]
    names = [each.attname for each in Page._meta.concrete_fields]
    bases = [Page(**{name: getattr(page, name) for name in names}) for page in new]
    for page, base in zip(new, Page.objects.bulk_create(bases, BATCH), strict=True):
        page.pk = page.id = base.pk
    for writing in writings:
        page = writing.page
        # Raw: this model's own table, no signals that index page by page.
        page.save_base(raw=True, force_insert=writing.is_new, force_update=not writing.is_new)
        if not writing.is_new and writing.former_title != page.title:
            Page.objects.filter(pk=page.pk).update(title=page.title, draft_title=page.title)


def _save_records(writings: list[Writing]) -> None:
    """Save which records the pages have."""
    for relation in type(writings[0].page)._meta.many_to_many:
        concerned = [each.page for each in writings if relation.name in each.changed]
        through = relation.remote_field.through
        own, other = f"{relation.m2m_field_name()}_id", f"{relation.m2m_reverse_field_name()}_id"
        for pages in _batches(concerned):
            through.objects.filter(**{f"{own}__in": [page.pk for page in pages]}).delete()
        rows = [
            through(**{own: page.pk, other: record.pk})
            for page in concerned
            for record in getattr(page, relation.name).all()
        ]
        through.objects.bulk_create(rows, BATCH)


def _save_rows(writings: list[Writing]) -> None:
    """Save the rows of the pages."""
    for relation in get_all_child_relations(type(writings[0].page)):
        name = relation.get_accessor_name()
        new_rows = []
        for writing in writings:
            if name not in writing.changed:
                continue
            if not writing.is_new:
                getattr(writing.page, name).commit()
                continue
            for row in getattr(writing.page, name).all():
                setattr(row, relation.field.attname, writing.page.pk)
                new_rows.append(row)
        relation.related_model._default_manager.bulk_create(new_rows, BATCH)


def _save_revisions(writings: list[Writing], user, now: datetime) -> list[Revision]:
    """Save a revision of each page, and make it the one that is published."""
    types = ContentType.objects.get_for_models(Page, type(writings[0].page))
    of_pages, of_type = types[Page], types[type(writings[0].page)]
    revisions = Revision.objects.bulk_create(
        [
            Revision(
                content_type=of_type,
                base_content_type=of_pages,
                object_id=str(writing.page.pk),
                object_str=str(writing.page),
                content=_content(writing),
                created_at=now,
                user=user,
            )
            for writing in writings
        ],
        BATCH,
    )
    newest = (
        Revision.objects.filter(
            base_content_type=of_pages, object_id=Cast(OuterRef("pk"), models.CharField())
        )
        .order_by("-created_at", "-pk")
        .values("pk")[:1]
    )
    for batch in _batches(writings):
        Page.objects.filter(pk__in=[writing.page.pk for writing in batch]).update(
            latest_revision_id=Subquery(newest),
            live_revision_id=Subquery(newest),
            latest_revision_created_at=now,
            last_published_at=now,
        )
    return revisions


def _content(writing: Writing) -> dict[str, Any]:
    """Return the content of the revision, with what the page was given when it was saved."""
    page, content = writing.page, writing.content
    own = ("pk", "path", "depth", "slug", "url_path", "draft_title")
    rows = {relation.get_accessor_name() for relation in get_all_child_relations(type(page))}
    return (
        content
        | {name: getattr(page, name) for name in own}
        | {
            name: [get_serializable_data_for_fields(row) for row in getattr(page, name).all()]
            for name in rows & writing.changed
        }
    )


def _log(writings: list[Writing], revisions: list[Revision], user, now: datetime) -> None:
    """Write in the history of each page what the editor would have written there."""
    content_type = ContentType.objects.get_for_model(type(writings[0].page))
    entries = []
    for writing, revision in zip(writings, revisions, strict=True):
        uuid = uuid4()  # one deed, for the page's history
        entries += [
            PageLogEntry(
                page_id=writing.page.pk,
                content_type=content_type,
                label=writing.page.get_admin_display_title(),
                action=action,
                data=data,
                timestamp=now,
                uuid=uuid,
                user=user,
                revision=None if action == "wagtail.create" else revision,
                content_changed=action != "wagtail.rename",
            )
            for action, data in _deeds(writing)
        ]
    PageLogEntry.objects.bulk_create(entries, BATCH)


def _deeds(writing: Writing) -> list[tuple[str, dict]]:
    """Return what is done to an entry, and what Wagtail notes with it."""
    if writing.is_new:
        return [("wagtail.create", {}), ("wagtail.publish", {})]
    if writing.former_title == writing.page.title:
        return [("wagtail.edit", {}), ("wagtail.publish", {})]
    titles = {"title": {"old": writing.former_title, "new": writing.page.title}}
    return [("wagtail.edit", {}), ("wagtail.rename", titles), ("wagtail.publish", titles)]


def _batches(items: list) -> Iterator[list]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
