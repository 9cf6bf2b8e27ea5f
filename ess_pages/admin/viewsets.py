"""The records in the Wagtail admin."""

from django.forms import Select
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from ..models import (
    Criterion,
    LegalForm,
    Participant,
    Resource,
    Sector,
    Sphere,
    TargetGroup,
    Topic,
    Wilaya,
)
from ..widgets import ActorChooser

NAMES = FieldRowPanel([FieldPanel("name_fr"), FieldPanel("name_ar")])


class KeptRecordPolicy(ModelPermissionPolicy):
    """Nobody deletes these records: drafts and former versions of pages hold them too."""

    def user_has_permission(self, user, action) -> bool:
        """Return whether the user may do it, as Django says, save that nobody deletes."""
        return action != "delete" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions) -> bool:
        """Return whether the user may do one of these."""
        return any(self.user_has_permission(user, action) for action in actions)


class ReferenceViewSet(SnippetViewSet):
    """A reference list."""

    @property
    def permission_policy(self) -> KeptRecordPolicy:
        """Who may do what with these records."""
        return KeptRecordPolicy(self.model)

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
        FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")]),
    ]


class SphereViewSet(ReferenceViewSet):
    """The spheres that participants and actors belong to."""

    model = Sphere
    icon = "group"


class LegalFormViewSet(ReferenceViewSet):
    """The legal forms that an actor may have."""

    model = LegalForm
    icon = "clipboard-list"


class SectorViewSet(ReferenceViewSet):
    """The fields of activity."""

    model = Sector
    icon = "tasks"
    panels = [*ReferenceViewSet.panels, FieldPanel("ess_global")]


class TargetGroupViewSet(ReferenceViewSet):
    """The people whom actors and practices are there for."""

    model = TargetGroup
    icon = "user"


class TopicViewSet(ReferenceViewSet):
    """The topics across sectors."""

    model = Topic
    icon = "tag"


class ResourceViewSet(ReferenceViewSet):
    """What can be offered and sought."""

    model = Resource
    icon = "resubmit"


class CriterionViewSet(ReferenceViewSet):
    """The criteria by which practices are chosen."""

    model = Criterion
    icon = "list-ol"
    list_display = ["name_fr", "name_ar", "weight"]
    panels = [
        *ReferenceViewSet.panels,
        FieldRowPanel([FieldPanel("description_fr"), FieldPanel("description_ar")]),
        FieldPanel("weight"),
    ]


class ParticipantViewSet(SnippetViewSet):
    """The people who take part in meetings."""

    model = Participant
    icon = "user"
    list_display = ["name_fr", "name_ar", "sphere", "organisation", "is_confirmed"]
    list_filter = ["sphere", "is_confirmed"]
    panels = [
        NAMES,
        FieldRowPanel([FieldPanel("role_fr"), FieldPanel("role_ar")]),
        FieldPanel("sphere", widget=Select),
        FieldPanel("organisation", widget=ActorChooser),
        FieldPanel("wilaya", widget=Select),
        FieldPanel("is_confirmed"),
    ]
    inspect_view_enabled = True


class RecordsViewSetGroup(SnippetViewSetGroup):
    """The menu of the records that pages refer to."""

    items = [
        ParticipantViewSet,
        WilayaViewSet,
        SphereViewSet,
        LegalFormViewSet,
        SectorViewSet,
        TargetGroupViewSet,
        TopicViewSet,
        ResourceViewSet,
        CriterionViewSet,
    ]
    menu_label = _("Records")
    menu_icon = "list-ul"
    menu_name = "records"
    menu_order = 300
