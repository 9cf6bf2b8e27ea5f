"""Why Wagtail's editor is closed for some pages."""

from django.utils.translation import gettext as _
from wagtail.locks import BaseLock


class SettledTextLock(BaseLock):
    """A recommendation keeps the title under which its text was validated: nobody changes it."""

    def for_user(self, user) -> bool:
        """Return that it holds for everybody."""
        return True

    def get_message(self, user) -> str:
        """Return why the page is locked."""
        return _(
            "The text of this recommendation has been validated: its page stays as it is. What "
            "becomes of it is recorded from its desk and in its handovers."
        )

    def get_locked_by(self, user) -> str:
        """Return what has locked the page."""
        return _("Locked by validation")

    def get_description(self, user) -> str:
        """Return what it means."""
        return _("Nobody can change the page of a validated text.")
