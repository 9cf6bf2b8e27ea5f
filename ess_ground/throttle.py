"""How often one person may do something. Counted by account, else by network address."""

from rest_framework.throttling import UserRateThrottle


class _VerbThrottle(UserRateThrottle):
    def __init__(self, verb: str, rate: str):
        self.scope, self.rate = verb, rate
        super().__init__()


def is_throttled(request, verb: str, rate: str) -> bool:
    """Count one more attempt at `verb` and return whether it is more than `rate` ("20/hour").

    Behind a proxy, the setting REST_FRAMEWORK["NUM_PROXIES"] tells where the visitor's address is.
    """
    return not _VerbThrottle(verb, rate).allow_request(request, None)
