"""How often one person may do what. Counted by account, else by network address."""

from ess_ground import throttle

RATES = {
    "propose_entry": "20/hour",
    "report_entry": "10/hour",
    "confirm_entry": "60/hour",
    "register": "30/hour",
    "cancel_registration": "30/hour",
    "mark_attendance": "2000/hour",
    "ask_accreditation": "10/hour",
    "answer_review": "30/hour",
    "ask_consent": "30/hour",
    # A whole workshop votes from one network, each by an address that nobody guesses.
    "vote": "600/hour",
    "import_entries": "60/hour",
    # Asked a few times for each name that is typed.
    "suggest_actors": "1800/hour",
    "verify": "120/hour",
    "write_text": "300/hour",
    "decide_amendment": "120/hour",
    "take_step": "30/hour",
    # A draft is kept every few seconds while it is being written.
    "keep_draft": "600/hour",
    "amend": "60/hour",
    "give_opinion": "120/hour",
    "comment": "60/hour",
    "hide_comment": "600/hour",
}


def is_throttled(request, verb: str) -> bool:
    """Count one more attempt at `verb` and return whether it is one too many."""
    return throttle.is_throttled(request, verb, RATES[verb])
