"""Parts of pages."""

from wagtail.models import Orderable, TranslatableMixin


class TranslatableItem(TranslatableMixin, Orderable):
    """A part of a page that keeps its identity from one language to the other."""

    class Meta(TranslatableMixin.Meta):
        abstract = True
        ordering = ["sort_order"]
