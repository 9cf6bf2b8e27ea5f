"""The words that the forum does not let pass unseen, in the Wagtail admin."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet

from ess_ground.words import stems

from ..models import WatchedWord
from .menu import HOOK
from .permissions import KEEP, MODERATE, ForumPolicy


class WatchedWordForm(forms.ModelForm):
    """A word or expression, and what happens to a post that holds it."""

    class Meta:
        model = WatchedWord
        fields = ["words", "effect"]
        widgets = {"words": forms.TextInput(attrs={"dir": "auto"}), "effect": forms.RadioSelect}

    def clean_words(self) -> str:
        """Refuse what would never be found: signs and single letters."""
        words = " ".join(self.cleaned_data["words"].split())
        if not stems(words):
            raise forms.ValidationError(_("Write a word of at least two letters."))
        return words


class WatchedWordViewSet(ModelViewSet):
    """The watched words."""

    model = WatchedWord
    name = "forum_watched_words"
    url_prefix = "forum/watched-words"
    icon = "view"
    menu_label = gettext_lazy("Watched words")
    menu_name = "forum-watched-words"
    menu_order = 50
    menu_hook = HOOK
    copy_view_enabled = False
    list_display = [
        "words",
        Column("effect", label=gettext_lazy("Effect"), accessor="get_effect_display"),
    ]
    list_filter = ["effect"]
    search_fields = ["words"]
    permission_policy = ForumPolicy(WatchedWord, MODERATE, KEEP)

    def get_form_class(self, for_update=False):
        """Return the form of a word."""
        return WatchedWordForm
