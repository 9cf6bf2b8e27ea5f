"""What opens the discussion of a page."""

from wagtail.models import Page

from .writing import ThreadForm


class DiscussionForm(ThreadForm):
    """A thread about a page: it is called as the page is, unless its author says otherwise."""

    def __init__(self, data=None, *, page: Page, category, **kwargs):
        super().__init__(data, category=category, **kwargs)
        self.place = f"discussion:{page.translation_key}"
        self.initial.setdefault("title", page.title)
