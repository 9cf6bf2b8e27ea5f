"""Wagtail's mails about moderation, less those to members who have proposed something.

They are told by this app, in their language, and not sent into an admin that they may not enter.
"""

from wagtail.admin.mail import (
    WorkflowStateApprovalEmailNotifier,
    WorkflowStateRejectionEmailNotifier,
)
from wagtail.models import WorkflowState
from wagtail.signals import workflow_approved, workflow_rejected

from ..models import Proposal


class _OfOthers:
    def get_recipient_users(self, workflow_state, **kwargs) -> set:
        """Return whom Wagtail tells: nobody where a proposal is decided on."""
        if Proposal.objects.filter(workflow_state=workflow_state).exists():
            return set()
        return super().get_recipient_users(workflow_state, **kwargs)  # type: ignore[misc]


class ApprovalNotifier(_OfOthers, WorkflowStateApprovalEmailNotifier):
    """Tells of approvals."""


class RejectionNotifier(_OfOthers, WorkflowStateRejectionEmailNotifier):
    """Tells of requests for changes."""


NOTIFIERS = [
    (workflow_approved, ApprovalNotifier(), "workflow_state_approved_email_notification"),
    (workflow_rejected, RejectionNotifier(), "workflow_state_rejected_email_notification"),
]


def replace_notifiers() -> None:
    """Put these notifiers in the place of Wagtail's, whichever app is made ready first."""
    for signal, notifier, uid in NOTIFIERS:
        signal.disconnect(sender=WorkflowState, dispatch_uid=uid)
        signal.connect(notifier, sender=WorkflowState, dispatch_uid=uid)
