"""What follows a publication: search, references and translations learn of imported entries.

Wagtail leaves most of it to tasks too. A task each for some of the rows: one that fails takes no
others with it, and whatever is more urgent goes between them.
"""

from django_tasks import task
from wagtail.models import ReferenceIndex
from wagtail.search.backends import get_search_backends
from wagtail.signals import page_published, published

from ..models import ImportRun
from ..models.directory import DirectoryIndexPage
from ..open_data.entries import FACTS, complete

AT_ONCE = 100


@task(priority=-10)
def announce_rows(run_pk: int, first: int, last: int) -> None:
    """Announce the entries that the rows from `first` to `last` of a run have written."""
    run = ImportRun.objects.get(pk=run_pk)
    rows = run.rows.filter(number__range=(first, last), page__isnull=False, is_announced=False)
    announce(run.section.specific, list(rows.values_list("page_id", flat=True)))
    rows.update(is_announced=True)


def announce(section: DirectoryIndexPage, keys: list[int]) -> None:
    """Do what Wagtail does after pages of a section, told by primary key, have been published.

    They become findable, the records that they name know it, and their translations follow.
    """
    entry_type = section.entry_type
    pages = list(
        entry_type.objects.filter(pk__in=keys).select_related(
            *FACTS[entry_type], "live_revision__user"
        )
    )
    complete(pages, section.locale.language_code)
    for backend in get_search_backends(with_auto_update=True):
        backend.add_bulk(entry_type, pages)
    for page in pages:
        ReferenceIndex.create_or_update_for_object(page)
        for signal in (page_published, published):
            signal.send(sender=entry_type, instance=page, revision=page.live_revision)
        page.update_aliases(revision=page.live_revision)
