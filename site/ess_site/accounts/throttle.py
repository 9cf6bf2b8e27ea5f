"""How often one person may do what. Counted by account, else by network address.

The doors of allauth (logging in, signing up) have their own limits: see ACCOUNT_RATE_LIMITS.
"""

from ess_ground import throttle

RATES = {
    "invite": "60/hour",
    # The people of a workshop open their invitations from one network.
    "open_invitation": "120/hour",
    "allow_change": "60/hour",
    "decide_application": "600/hour",
}


def is_throttled(request, verb: str) -> bool:
    """Count one more attempt at `verb` and return whether it is one too many."""
    return throttle.is_throttled(request, verb, RATES[verb])
