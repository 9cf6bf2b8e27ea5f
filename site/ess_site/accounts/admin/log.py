"""How the actions of joining are told in the histories of the admin."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "accounts.invite": (_("Invite"), _("Invited")),
    "accounts.send_invitation_again": (_("Send an invitation again"), _("Invitation sent again")),
    "accounts.withdraw_invitation": (_("Withdraw an invitation"), _("Invitation withdrawn")),
    "accounts.accept_invitation": (_("Accept an invitation"), _("Invitation accepted")),
    "accounts.approve_application": (_("Approve an account"), _("Account approved")),
    "accounts.decline_application": (_("Decline an account"), _("Account declined")),
}


def register_actions(actions) -> None:
    """Tell Wagtail of the actions."""
    for name, (label, message) in ACTIONS.items():
        actions.register_action(name, label, message)
