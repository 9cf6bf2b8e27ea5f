"""The records in the Wagtail admin."""

from django.forms import Select
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from ..models import LegalForm, Participant, Sphere, Wilaya
from ..widgets import ActorChooser

NAMES = FieldRowPanel([FieldPanel("name_fr"), FieldPanel("name_ar")])


class ReferenceViewSet(SnippetViewSet):
    """A reference list."""

    list_display = ["name_fr", "name_ar", "slug"]
    panels = [NAMES, FieldPanel("slug")]
    copy_view_enabled = False
    list_per_page = 100


class WilayaViewSet(ReferenceViewSet):
    """Algeria's wilayas."""

    model = Wilaya
    icon = "globe"
    list_display = ["code", "name_fr", "name_ar", "active_from"]
    panels = [
        NAMES,
        FieldRowPanel([FieldPanel("code"), FieldPanel("slug")]),
        FieldRowPanel([FieldPanel("active_from"), FieldPanel("mother", widget=Select)]),
    ]


class SphereViewSet(ReferenceViewSet):
    """The spheres that participants and actors belong to."""

    model = Sphere
    icon = "group"


class LegalFormViewSet(ReferenceViewSet):
    """The legal forms that an actor may have."""

    model = LegalForm
    icon = "clipboard-list"


class ParticipantViewSet(SnippetViewSet):
    """The people who take part in meetings."""

    model = Participant
    icon = "user"
    list_display = ["name_fr", "name_ar", "sphere", "organisation"]
    list_filter = ["sphere"]
    panels = [
        NAMES,
        FieldRowPanel([FieldPanel("role_fr"), FieldPanel("role_ar")]),
        FieldPanel("sphere", widget=Select),
        FieldPanel("organisation", widget=ActorChooser),
        FieldPanel("wilaya", widget=Select),
    ]
    inspect_view_enabled = True


class RecordsViewSetGroup(SnippetViewSetGroup):
    """The menu of the records that pages refer to."""

    items = [ParticipantViewSet, WilayaViewSet, SphereViewSet, LegalFormViewSet]
    menu_label = _("Records")
    menu_icon = "list-ul"
    menu_name = "records"
    menu_order = 300
