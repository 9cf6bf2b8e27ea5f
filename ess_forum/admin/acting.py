"""Views of the Wagtail admin that leave what they do to the forum's own actions."""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.admin.views.generic import CreateView, DeleteView, EditView

from ess_ground.submission import follow

from ..viewer import Viewer


class ByActionMixin:
    """Saves the form's record by `act`, given who asks and the form.

    Where it raises a ValidationError, the form says so.
    """

    @staticmethod
    def act(viewer: Viewer, form: Any) -> Any:
        """Save what the form holds, and return it. Raises ValidationError."""
        raise NotImplementedError

    def save_instance(self) -> Any:
        """Save what the form holds, and return it."""
        return self.act(Viewer.of(self.request), self.form)  # type: ignore[attr-defined]

    def form_valid(self, form) -> HttpResponse:
        """Save, or show the form again with what is wrong."""
        saved = follow(form, partial(super().form_valid, form))  # type: ignore[misc]
        return saved or self.form_invalid(form)  # type: ignore[attr-defined]


class ByActionCreateView(ByActionMixin, CreateView):
    """Makes a record by an action."""


class ByActionEditView(ByActionMixin, EditView):
    """Changes a record by an action."""


class ByActionDeleteView(DeleteView):
    """Deletes a record by an action."""

    @staticmethod
    def act(viewer: Viewer, record: Any, /) -> None:
        """Delete the record. Raises ValidationError."""
        raise NotImplementedError

    def form_valid(self, form) -> HttpResponse:
        """Delete the record, or say why it stays."""
        try:
            self.act(Viewer.of(self.request), self.object)
        except ValidationError as error:
            messages.error(self.request, error.messages[0])
            return redirect(self.get_delete_url())
        messages.success(self.request, self.get_success_message())
        return redirect(self.get_success_url())
