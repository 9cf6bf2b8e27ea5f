"""How the actions on personal data are told in the histories of the admin."""

from django.utils.translation import gettext_lazy as _

from ess_ground.exports import register

ACTIONS = {
    "privacy.publish_text": (
        _("Publish a text on personal data"),
        _("Text on personal data published"),
    ),
    "privacy.ask_correction": (_("Ask for a correction"), _("Correction asked for")),
    "privacy.answer_correction": (
        _("Answer a request for a correction"),
        _("Request for a correction answered"),
    ),
}


def register_actions(actions) -> None:
    """Tell Wagtail of the actions."""
    for name, (label, message) in ACTIONS.items():
        actions.register_action(name, label, message)
    register(
        actions,
        "privacy.export_history",
        _("Take a history of the admin as a file"),
        _("History of the admin taken as a file ({file}): {rows}"),
    )
