"""The import of entries in the Wagtail admin: upload, see what each row does, import."""

import csv
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.models import Page

from ..actions.imports import (
    SILENCE,
    check_again,
    discard_import,
    import_entries,
    start_import,
)
from ..forms.imports import ImportForm, too_large
from ..imports.fields import FIELDS
from ..imports.files import MAX_BYTES
from ..imports.headings import columns_of
from ..models import ImportRow, ImportRun
from ..models.directory import DirectoryIndexPage
from ..open_data.cells import neutral
from ..policy import allows, require
from ..throttle import is_throttled
from .proposals import PublishersMenuItem

State = ImportRun.State
Outcome = ImportRow.Outcome
RUNS_PER_PAGE = 20
ROWS_PER_PAGE = 50
REFRESH_AFTER = 2  # seconds
# What a form holds beside its file, and how much of what is not wanted is read at a time.
FORM_BYTES = CHUNK = 2**16


def menu_item() -> PublishersMenuItem:
    """Return the entry of the admin's menu."""
    return PublishersMenuItem(
        pgettext_lazy("menu of the admin", "Import"),
        reverse("ess_pages_imports"),
        name="imports",
        icon_name="upload",
        order=330,
    )


@csrf_exempt  # what checks the token reads the whole request, as large as it may be
def imports(request: HttpRequest) -> HttpResponse:
    """Show the runs, and take a file; one that is too large fills neither memory nor disk."""
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    if request.method == "POST" and size > MAX_BYTES + FORM_BYTES:
        while request.read(CHUNK):  # a browser wants to be heard to the end before it listens
            pass
        messages.error(request, too_large())
        return redirect("ess_pages_imports")
    return _imports(request)


@csrf_protect
def _imports(request: HttpRequest) -> HttpResponse:
    sections = _sections(request.user)
    form = ImportForm(sections, request.POST or None, request.FILES or None)
    if request.method == "POST" and is_throttled(request, "import_entries"):
        form.add_error(None, _("That is a lot at once: try again in an hour."))
    if form.is_valid():
        section, file = form.cleaned_data["section"].specific, form.cleaned_data["file"]
        run = start_import(request.user, section, file.name, file.read())
        return redirect("ess_pages_import", run.pk)
    runs = ImportRun.objects.filter(section__in=sections).defer("content")
    runs = runs.select_related("section__locale", "user")
    context = {
        "form": form,
        "runs": Paginator(runs, RUNS_PER_PAGE).get_page(request.GET.get("p")),
        "columns": _columns(),
        **_header(_("Import")),
    }
    return TemplateResponse(request, "ess_pages/admin/imports/index.html", context)


def _sections(user):
    """Return the directories into which the user may import, each in its language."""
    sections = Page.objects.type(DirectoryIndexPage).select_related("locale")
    allowed = [page.pk for page in sections.specific() if allows(user, "import_entries", page)]
    return Page.objects.filter(pk__in=allowed).select_related("locale").order_by("path")


def _columns() -> list[dict]:
    """Return, for each kind of entry, the columns that an import reads."""
    return [
        {
            "kind": entry_type._meta.verbose_name_plural,
            "columns": [
                {"column": columns_of(entry_type)[name], "is_required": field.required}
                for field in fields
                for name in field.columns
            ],
        }
        for entry_type, fields in FIELDS.items()
    ]


def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a run is, then what each of its rows does or has done."""
    run = _run(request, pk)
    is_busy = run.state in (State.CHECKING, State.IMPORTING)
    counts = _counts(run)
    outcome = request.GET.get("outcome", "")
    rows = run.rows.all()
    if outcome in Outcome.values:
        rows = rows.filter(outcome=outcome)
    to_import = counts[Outcome.CREATE] + counts[Outcome.CHANGE]
    is_silent = is_busy and run.heard_at < timezone.now() - SILENCE
    context = {
        "run": run,
        "is_busy": is_busy,
        "is_silent": is_silent,
        "can_be_discarded": run.state != State.IMPORTED and (is_silent or not is_busy),
        "counts": [
            {"outcome": value, "label": label, "number": counts[value]}
            for value, label in Outcome.choices
        ],
        "outcome": outcome,
        "refused": counts[Outcome.REFUSED],
        "to_import": to_import,
        "waiting": run.rows.filter(
            outcome__in=[Outcome.CREATE, Outcome.CHANGE], is_announced=False
        ).count(),
        "rows": Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("p")),
        **_header(run.file_name, is_below=True),
    }
    response = TemplateResponse(request, "ess_pages/admin/imports/run.html", context)
    if is_busy and not is_silent:
        response["Refresh"] = str(REFRESH_AFTER)
    return response


def refused_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the refused rows as CSV: what the file has there, and why each is refused."""
    run = _run(request, pk)
    name = _("refused-rows") + ".csv"
    response = HttpResponse(
        "\ufeff",
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": content_disposition_header(True, name)},
    )
    writer = csv.writer(response)
    writer.writerow([*map(neutral, run.headings), _("row"), _("why it is refused")])
    for row in run.rows.filter(outcome=Outcome.REFUSED).iterator():
        cells = [*row.cells, *[""] * (len(run.headings) - len(row.cells))]
        writer.writerow([*map(neutral, cells), row.number, neutral(" ".join(row.reasons))])
    return response


def _deed(action: Callable[[Any, ImportRun], None], done: Promise):
    """Return a view that does `action` with a run, says `done`, and goes back to the run."""

    @require_POST
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        run = _run(request, pk)
        try:
            action(request.user, run)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, done)
        if ImportRun.objects.filter(pk=pk).exists():
            return redirect("ess_pages_import", pk)
        return redirect("ess_pages_imports")

    return view


def _run(request: HttpRequest, pk: int) -> ImportRun:
    """Return the run without its file. Raises Http404, and PermissionDenied."""
    runs = ImportRun.objects.defer("content").select_related("section__locale", "user")
    run = get_object_or_404(runs, pk=pk)
    require(request.user, "import_entries", run.section.specific)
    return run


def _counts(run: ImportRun) -> dict[str, int]:
    rows = run.rows.order_by().values_list("outcome").annotate(Count("pk"))
    return dict.fromkeys(Outcome.values, 0) | dict(rows)


def _header(title: str, is_below: bool = False) -> dict:
    home = {"url": reverse("wagtailadmin_home"), "label": _("Home")}
    imports = {"url": reverse("ess_pages_imports"), "label": _("Import")}
    here = [{"url": "", "label": title}]
    return {
        "header_title": title,
        "header_icon": "upload",
        "breadcrumbs_items": [home, *([imports] if is_below else []), *here],
    }


urlpatterns = [
    path("imports/", imports, name="ess_pages_imports"),
    path("imports/<int:pk>/", run, name="ess_pages_import"),
    path("imports/<int:pk>/refused/", refused_rows, name="ess_pages_import_refused"),
    path(
        "imports/<int:pk>/carry-out/",
        _deed(import_entries, gettext_lazy("The import has begun.")),
        name="ess_pages_import_carry_out",
    ),
    path(
        "imports/<int:pk>/check/",
        _deed(check_again, gettext_lazy("The file is being checked again.")),
        name="ess_pages_import_check",
    ),
    path(
        "imports/<int:pk>/discard/",
        _deed(discard_import, gettext_lazy("The import has been discarded.")),
        name="ess_pages_import_discard",
    ),
]
