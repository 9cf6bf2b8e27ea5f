"""How often one member may do what. Counted by account, else by network address."""

from ess_ground import throttle

RATES = {
    "start_thread": "20/hour",
    "reply": "120/hour",
    "edit_post": "120/hour",
    "delete_post": "60/hour",
    # A draft is kept every few seconds while it is being written, and looked at as often.
    "keep_draft": "900/hour",
    "preview": "900/hour",
    "mention": "1800/hour",
    "upload": "60/hour",
    "react": "300/hour",
    "bookmark": "300/hour",
    "follow": "300/hour",
    "take_as_read": "60/hour",
    "vote_poll": "120/hour",
    "accept_answer": "60/hour",
    "flag_post": "30/hour",
    "appeal": "10/hour",
    "block_member": "60/hour",
    "start_conversation": "20/hour",
    "invite_to_conversation": "60/hour",
    "manage_group": "120/hour",
    "edit_profile": "60/hour",
    "read_notifications": "600/hour",
    "translate_post": "60/hour",
    "moderate": "1200/hour",
    "make_token": "20/hour",
    "stop_mails": "60/hour",
    "push": "60/hour",
    "start_mails": "5/hour",
    "search": "300/hour",
    "read_api": "3600/hour",
    "write_api": "300/hour",
}


def is_throttled(request, verb: str) -> bool:
    """Count one more attempt at `verb` and return whether it is one too many."""
    return throttle.is_throttled(request, f"forum-{verb}", RATES[verb])
