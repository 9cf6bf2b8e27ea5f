"""How the actions of this app are told in the histories of the admin."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ess_ground.exports import register

# What each is called in a list to choose from, and the sentence that says it was done.
ACTIONS = {
    "ess_pages.update_resolution": (_("Update a resolution"), _("Resolution updated")),
    "ess_pages.open_review": (_("Send for approval"), _("Report sent for approval")),
    "ess_pages.approve_report": (_("Publish as approved"), _("Report published as approved")),
    "ess_pages.register": (_("Register"), _("Registered for a meeting")),
    "ess_pages.cancel_registration": (_("Cancel a registration"), _("Registration cancelled")),
    "ess_pages.promote_registration": (
        _("Move up from the waiting list"),
        _("Moved up from the waiting list"),
    ),
    "ess_pages.mark_attendance": (_("Mark as come"), _("Marked as come")),
    "ess_pages.unmark_attendance": (_("Take back “come”"), _("No longer marked as come")),
    "ess_pages.send_message": (
        _("Write to those registered"),
        _("Message sent to those registered"),
    ),
    "ess_pages.decide_accreditation": (
        _("Decide on an accreditation"),
        _("Accreditation decided on"),
    ),
    "ess_pages.propose_new": (_("Propose an entry"), _("Proposed by a member")),
    "ess_pages.propose_correction": (
        _("Propose a correction"),
        _("Correction proposed by a member"),
    ),
    "ess_pages.withdraw_proposal": (_("Withdraw a proposal"), _("Proposal withdrawn")),
    "ess_pages.decline_proposal": (_("Decline a proposal"), _("Proposal declined")),
    "ess_pages.report_entry": (_("Report an entry"), _("Problem reported")),
    "ess_pages.decide_entry_report": (
        _("Decide on a report of an entry"),
        _("Report of a problem decided on"),
    ),
    "ess_pages.write_text": (_("Write the text"), _("Text of a recommendation written")),
    "ess_pages.name_rapporteur": (_("Add a rapporteur"), _("Rapporteur added")),
    "ess_pages.dismiss_rapporteur": (_("Take out a rapporteur"), _("Rapporteur taken out")),
    "ess_pages.open_amendments": (
        pgettext_lazy("step", "Open for amendments"),
        _("Opened for amendments"),
    ),
    "ess_pages.start_settling": (_("Close for amendments"), _("Closed for amendments")),
    "ess_pages.ask_consent": (_("Ask the participants’ consent"), _("Consent asked")),
    "ess_pages.vote": (_("Vote"), _("Vote cast")),
    "ess_pages.waive_quorum": (_("Waive the quorum"), _("Quorum waived")),
    "ess_pages.close_consultation": (_("Close a consultation"), _("Consultation closed")),
    "ess_pages.validate": (_("Validate"), _("Validated by the participants")),
    "ess_pages.withdraw_recommendation": (
        _("Withdraw a recommendation"),
        _("Recommendation withdrawn"),
    ),
    "ess_pages.propose_amendment": (_("Propose an amendment"), _("Amendment proposed")),
    "ess_pages.withdraw_amendment": (_("Withdraw an amendment"), _("Amendment withdrawn")),
    "ess_pages.decide_amendment": (_("Decide on an amendment"), _("Amendment decided on")),
    "ess_pages.give_opinion": (
        _("Support or oppose an amendment"),
        _("Opinion given on an amendment"),
    ),
    "ess_pages.comment": (_("Comment"), _("Comment written")),
    "ess_pages.hide_comment": (_("Hide a comment"), _("Comment hidden")),
    "ess_pages.issue_document": (_("Issue an official document"), _("Official document issued")),
    "ess_pages.hand_over": (_("Hand over"), _("Handed over")),
    "ess_pages.acknowledge": (_("Record an acknowledgement"), _("Acknowledgement recorded")),
    "ess_pages.answer": (_("Record an answer"), _("Answer recorded")),
    "ess_pages.follow_up": (_("Follow up an undertaking"), _("Undertaking followed up")),
    "ess_pages.import_entries": (_("Import entries"), _("Entries imported from a file")),
    "ess_pages.describe_oneself": (
        _("Edit one’s own profile"),
        _("Profile edited by the person"),
    ),
    "ess_pages.confirm_entry": (_("Confirm an entry"), _("Confirmed as still right")),
    "ess_pages.appoint_representative": (
        _("Appoint a representative"),
        _("Representative appointed"),
    ),
    "ess_pages.dismiss_representative": (
        _("Dismiss a representative"),
        _("Representative dismissed"),
    ),
}


def register_actions(actions) -> None:
    """Tell Wagtail of the actions."""
    for name, (label, message) in ACTIONS.items():
        actions.register_action(name, label, message)
    register(
        actions,
        "ess_pages.export_registrations",
        _("Take registrations as a file"),
        _("Registrations taken as a file ({file}): {rows}"),
    )
    register(
        actions,
        "ess_pages.export_sheet",
        _("Print the sheet of a meeting"),
        _("Sheet of those registered taken ({file}): {rows}"),
    )
