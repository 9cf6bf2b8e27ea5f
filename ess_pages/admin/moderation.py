"""Where Wagtail's moderation and wagtail-localize's editor need a word from this app."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from wagtail.admin.views.pages.edit import EditView
from wagtail.models import Page
from wagtail_localize.models import Translation
from wagtail_localize.views import convert, edit_translation

from ..models.directory import DirectoryPage
from ..policy import require
from ..translation import translation_into

# The whole page of a translation


class WholePageEditView(EditView):
    """Wagtail's own editor for a translated page, of which wagtail-localize's shows texts only."""

    def run_hook(self, hook_name, *args, **kwargs):
        """Run every hook but the one by which this view was reached."""
        return (
            None
            if hook_name == "before_edit_page"
            else super().run_hook(hook_name, *args, **kwargs)
        )


def edit_whole_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Show a translated entry whole to whoever decides on it, or has to submit it to them.

    wagtail-localize's editor has no moderation.
    """
    if (
        isinstance(page, DirectoryPage)
        and request.resolver_match
        and request.resolver_match.url_name == "edit"
        and translation_into(page)
        and (
            page.current_workflow_state or not page.permissions_for_user(request.user).can_publish()
        )
    ):
        return WholePageEditView.as_view()(request, page.pk)
    return None


# What changes a live page at once is for those who may publish it


def convert_to_alias(request: HttpRequest, page_id: int) -> HttpResponse:
    """Let wagtail-localize put the source's content in the place of a translation."""
    require(request.user, "stop_translation", get_object_or_404(Page, pk=page_id))
    return convert.convert_to_alias(request, page_id)


def stop_translation(request: HttpRequest, translation_id: int) -> HttpResponse:
    """Let wagtail-localize stop to keep a translation in step."""
    target = get_object_or_404(Translation, pk=translation_id).get_target_instance()
    if isinstance(target, Page):
        require(request.user, "stop_translation", target)
    return edit_translation.stop_translation(request, translation_id)


urlpatterns = [
    path("localize/page/<int:page_id>/convert_to_alias/", convert_to_alias),
    path("localize/translate/<int:translation_id>/disable/", stop_translation),
]


def keep_from_deletion(request: HttpRequest, page: Page) -> None:
    """Refuse to delete an entry to whoever may only edit it."""
    if isinstance(page.specific, DirectoryPage):
        require(request.user, "delete_entry", page)


def keep_all_from_deletion(request: HttpRequest, action_type, pages, _action) -> None:
    """Refuse the same for several entries at once."""
    if action_type == "delete":
        for page in pages:
            if isinstance(page, Page):
                keep_from_deletion(request, page)
