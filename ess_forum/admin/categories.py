"""The categories of the forum in the Wagtail admin: as a tree, with what each grants."""

from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet

from ..actions import categories as verbs
from ..effects import effect_of
from ..forms.categories import CategoryForm
from ..forms.ordering import CategoryField
from ..models import Category
from ..policy import require
from ..viewer import Viewer
from ..views.pages import whole_number
from .acting import ByActionCreateView, ByActionDeleteView, ByActionEditView
from .menu import HOOK
from .permissions import KEEP, MODERATE, ForumPolicy


class ShiftColumn(Column):
    """Buttons that put a category before or after its neighbour."""

    cell_template_name = "ess_forum/admin/shift_cell.html"


class CategoryIndexView(IndexView):
    """The categories, each followed by those within it."""

    @cached_property
    def tree(self) -> dict[int, Category]:
        """All categories by key, in the order of the tree."""
        return {one.pk: one for one in Viewer.of(self.request).categories}

    def get_base_queryset(self) -> QuerySet[Category]:
        """Return the categories, each with its group."""
        return Category.objects.select_related("group")

    def order_queryset(self, queryset: QuerySet) -> QuerySet:
        """Put them in the order of the tree."""
        places = [When(pk=key, then=Value(place)) for place, key in enumerate(self.tree)]
        if not places:
            return queryset
        return queryset.order_by(Case(*places, output_field=IntegerField()))

    @cached_property
    def columns(self) -> list[Column]:
        """The name, set in by its depth, what it grants, how much is in it, its place."""
        return [
            self._get_title_column_class(TitleColumn)(
                "name",
                label=_("Category"),
                accessor=lambda one: f"{'— ' * self.tree[one.pk].depth}{one.name}",
                get_url=self.get_edit_url,
            ),
            Column(
                "effect",
                label=_("What it grants"),
                accessor=lambda one: effect_of(one, self.tree),
            ),
            Column("thread_count", label=_("Threads")),
            Column("post_count", label=_("Posts")),
            ShiftColumn("shift", label=_("Order"), accessor="pk"),
        ]


class SavesCategory:
    """Saves a category by the forum's action."""

    @staticmethod
    def act(viewer: Viewer, form: CategoryForm) -> Category:
        """Save the category that the form holds."""
        return verbs.save_category(viewer, form.instance)


class CategoryCreateView(SavesCategory, ByActionCreateView):
    """Makes a category."""


class CategoryEditView(SavesCategory, ByActionEditView):
    """Changes a category."""


class CategoryDeleteView(ByActionDeleteView):
    """Deletes an empty category; offers to move the threads of another one."""

    act = staticmethod(verbs.delete_category)
    template_name = "ess_forum/admin/delete_category.html"

    def get_context_data(self, **kwargs):
        """Add what is still in it, and where that may go."""
        target = CategoryField()
        target.offer(Viewer.of(self.request), but=self.object)
        return super().get_context_data(
            thread_number=self.object.threads.count(),
            child_number=self.object.children.count(),
            target=target.widget.render("category", "", {"id": "id_category"}),
            **kwargs,
        )


class CategoryViewSet(ModelViewSet):
    """The categories."""

    model = Category
    name = "forum_categories"
    url_prefix = "forum/categories"
    icon = "folder-open-inverse"
    menu_label = gettext_lazy("Categories")
    menu_name = "forum-categories"
    menu_order = 10
    menu_hook = HOOK
    index_view_class = CategoryIndexView
    add_view_class = CategoryCreateView
    edit_view_class = CategoryEditView
    delete_view_class = CategoryDeleteView
    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 500
    sort_order_field = None
    permission_policy = ForumPolicy(Category, MODERATE, KEEP)

    def get_form_class(self, for_update=False):
        """Return the form of a category."""
        return CategoryForm


@require_POST
def shift(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a category before or after its neighbour."""
    viewer = Viewer.of(request)
    category = get_object_or_404(Category, pk=pk)
    require(viewer, "manage_categories", category)
    verbs.shift_category(viewer, category, -1 if request.POST.get("to") == "before" else 1)
    return redirect("forum_categories:index")


@require_POST
def empty(request: HttpRequest, pk: int) -> HttpResponse:
    """Move the threads of a category to another, before it is deleted."""
    viewer = Viewer.of(request)
    category = get_object_or_404(Category, pk=pk)
    require(viewer, "manage_categories", category)
    target = viewer.category(whole_number(request.POST.get("category", "")))
    try:
        if target is None:
            raise ValidationError({"category": _("Choose another category.")})
        number = verbs.empty_category(viewer, category, target)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        text = ngettext("{number} thread is moved.", "{number} threads are moved.", number)
        messages.success(request, text.format(number=number))
    return redirect(reverse("forum_categories:delete", args=[pk]))


urlpatterns = [
    path("category/<int:pk>/shift/", shift, name="ess_forum_shift_category"),
    path("category/<int:pk>/empty/", empty, name="ess_forum_empty_category"),
]
