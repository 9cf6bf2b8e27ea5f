"""How files of personal data that somebody took from the forum are told in the admin."""

from django.utils.translation import gettext_lazy as _

from ess_ground.exports import register


def register_actions(actions) -> None:
    """Tell Wagtail of the actions."""
    register(
        actions,
        "ess_forum.export_forum",
        _("Export the forum"),
        _("Forum exported to {file}: {rows} members"),
    )
    register(
        actions,
        "ess_forum.export_log",
        _("Take the moderation log as a file"),
        _("Moderation log taken as a file ({file}): {rows}"),
    )
