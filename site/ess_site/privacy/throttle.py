"""How often one person may do what, counted by account."""

from ess_ground import throttle

RATES = {
    "consent": "60/hour",
    # Each reads all that is known of a person.
    "take_archive": "10/hour",
    "ask_correction": "5/hour",
    "leave": "20/hour",
    "publish_text": "30/hour",
    "answer_correction": "600/hour",
}


def is_throttled(request, verb: str) -> bool:
    """Count one more attempt at `verb` and return whether it is one too many."""
    return throttle.is_throttled(request, verb, RATES[verb])
