"""Whoever takes personal data out of the admin leaves a trace: who, what, when, how many rows."""

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from wagtail.log_actions import LogFormatter, log

# What the name of every such action has in it: reports find them by it.
MARK = ".export_"


def note(action: str, about: Any, user, *, rows: int, file: str) -> None:
    """Write down that somebody has taken a file of personal data.

    `about` is the record, or the page, that the file is about; `user` is None on the command line.
    """
    log(about, action, user=user, data={"rows": rows, "file": file})


def register(actions, name: str, label: str | Promise, message: str | Promise) -> None:
    """Tell Wagtail of an action; `message` has a place for `{rows}` and one for `{file}`."""

    class Exported(LogFormatter):
        def format_message(self, log_entry) -> str:
            facts = {name: log_entry.data.get(name, "?") for name in ("rows", "file")}
            return str(message).format(**facts)

    Exported.label = label
    Exported.message = message
    actions.register_action(name)(Exported)


class NotedExport:
    """A list of the admin whose files are written down when they are taken.

    The view names its action in `export_action`, and says by `export_about` what it is about.
    """

    export_action: str

    def export_about(self) -> Any:
        """Return the record that the list is about."""
        raise NotImplementedError

    def as_spreadsheet(self, queryset, spreadsheet_format: str):
        """Write down who takes the file, and return it."""
        rows = queryset.count() if isinstance(queryset, QuerySet) else len(queryset)
        note(
            self.export_action,
            self.export_about(),
            self.request.user,  # type: ignore[attr-defined]
            rows=rows,
            file=spreadsheet_format,
        )
        return super().as_spreadsheet(queryset, spreadsheet_format)  # type: ignore[misc]
