"""Choosers whose buttons speak the language of the editor.

Wagtail's own put the name of the model into the text when the form is first made, in whatever
language that happens to be.
"""

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminPageChooser
from wagtail.snippets.widgets import AdminSnippetChooser


class ActorChooser(AdminPageChooser):
    """Chooses an actor's page."""

    def __init__(self, **kwargs):
        super().__init__(target_models=[apps.get_model("ess_pages", "ActorPage")], **kwargs)
        self.choose_one_text = _("Choose an actor")
        self.choose_another_text = _("Choose another actor")


class ParticipantChooser(AdminSnippetChooser):
    """Chooses a participant."""

    def __init__(self, **kwargs):
        super().__init__(apps.get_model("ess_pages", "Participant"), icon="user", **kwargs)
        self.choose_one_text = _("Choose a participant")
        self.choose_another_text = _("Choose another participant")
        self.link_to_chosen_text = _("Edit this participant")
