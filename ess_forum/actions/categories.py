"""Categories are made, put in order, and emptied before they go."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from ..models import Category, Thread
from ..policy import require
from ..viewer import Viewer
from .moderation_log import record
from .ordering import move
from .transactions import action


@action
def save_category(viewer: Viewer, category: Category) -> Category:
    """Make a category, last of those beside it, or change one that there is.

    Raises PermissionDenied.
    """
    require(viewer, "manage_categories", category)
    every = {one.pk: one for one in Category.objects.select_for_update().order_by("pk")}
    before = every.get(category.pk)
    if before is None or before.parent_id != category.parent_id:
        beside = [one for one in every.values() if one.parent_id == category.parent_id]
        category.position = max((one.position for one in beside), default=0) + 1
    category.full_clean()  # again, with all of them locked: no ring of categories is made
    category.save(
        update_fields=None
        if before is None
        else [
            "parent", "position", "name_fr", "name_ar", "description_fr", "description_ar",
            "see", "start", "reply", "group",
        ]
    )  # fmt: skip
    changes = _changes(before, category)
    _show_anew(threads_within=_within(category.pk, every.values()) if before else ())
    record(viewer, "manage_categories", category, **changes)
    return category


def _changes(before: Category | None, after: Category) -> dict:
    if before is None:
        return {"change": "made"}
    names = ("name_fr", "name_ar", "see", "start", "reply", "group_id", "parent_id")
    changed = {
        name: [getattr(before, name), getattr(after, name)]
        for name in names
        if getattr(before, name) != getattr(after, name)
    }
    return {"change": "changed", **changed}


@action
def shift_category(viewer: Viewer, category: Category, steps: int) -> None:
    """Put a category before (-1) or after (1) its neighbour. Raises PermissionDenied."""
    require(viewer, "manage_categories", category)
    every = list(Category.objects.select_for_update().order_by("pk"))
    category = next(one for one in every if one.pk == category.pk)
    beside = sorted(
        (one for one in every if one.parent_id == category.parent_id),
        key=lambda one: (one.position, one.pk),
    )
    place = beside.index(category)
    beside.insert(max(place + steps, 0), beside.pop(place))
    for position, one in enumerate(beside, start=1):
        one.position = position
    Category.objects.bulk_update(beside, ["position"])
    _show_anew()
    record(viewer, "manage_categories", category, change="moved")


@action
def empty_category(viewer: Viewer, category: Category, target: Category) -> int:
    """Move all the threads of a category to another, and return how many there were.

    Those that are hidden or merged go too. Raises PermissionDenied and ValidationError.
    """
    require(viewer, "manage_categories", category)
    if category.pk == target.pk:
        raise ValidationError({"category": _("Choose another category.")})
    threads = list(Thread.objects.filter(category=category))
    move(viewer, threads, target)
    return len(threads)


@action
def delete_category(viewer: Viewer, category: Category) -> None:
    """Delete a category with nothing in it. Raises PermissionDenied and ValidationError."""
    require(viewer, "manage_categories", category)
    category = Category.objects.select_for_update().get(pk=category.pk)
    if category.children.exists():
        raise ValidationError(
            _("There are categories within it: move or delete them first."), code="conflict"
        )
    if category.threads.exists():
        raise ValidationError(
            _("There are threads in it: move them to another category first."), code="conflict"
        )
    record(viewer, "manage_categories", category, change="deleted")
    category.delete()
    _show_anew()


def _show_anew(*, threads_within: Iterable[int] = ()) -> None:
    """Have no page that is kept for visitors show the categories as before.

    Nor, where what a category is called or grants has changed, its threads.
    """
    Category.objects.update(version=F("version") + 1)
    keys = list(threads_within)
    if keys:
        Thread.objects.filter(category__in=keys).update(version=F("version") + 1)


def _within(key: int, every: Iterable[Category]) -> set[int]:
    """Return the keys of a category and of all within it."""
    every, keys, size = list(every), {key}, 0
    while size != len(keys):
        size = len(keys)
        keys |= {one.pk for one in every if one.parent_id in keys}
    return keys
