"""Attempts are counted by the address that can be believed."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser

from ess_pages.throttle import RATES, is_throttled

SPOOFED, OTHERWISE_SPOOFED = "198.51.100.1", "198.51.100.2"
VISITOR, OTHER = "203.0.113.7", "203.0.113.8"


@pytest.fixture
def refused(rf, monkeypatch):
    """A function that makes an attempt, as a proxy passes it on, and tells whether it is refused.

    Of two attempts of one address, the second is.
    """
    monkeypatch.setitem(RATES, "report_entry", "1/hour")

    def refused(*forwarded_for: str) -> bool:
        headers = {"x-forwarded-for": ", ".join(forwarded_for)} if forwarded_for else {}
        request = rf.post("/", headers=headers)  # the proxy's own address, always the same
        request.user = AnonymousUser()
        return is_throttled(request, "report_entry")

    return refused


def test_behind_a_proxy_visitors_are_counted_by_the_address_that_it_notes(settings, refused):
    settings.REST_FRAMEWORK = {"NUM_PROXIES": 1}
    assert not refused(SPOOFED, VISITOR)
    assert not refused(SPOOFED, OTHER)
    assert refused(OTHERWISE_SPOOFED, VISITOR)


def test_without_a_proxy_nobody_is_believed(settings, refused):
    settings.REST_FRAMEWORK = {"NUM_PROXIES": 0}
    assert not refused(SPOOFED)
    assert refused(OTHERWISE_SPOOFED)


def test_members_are_counted_by_account_wherever_they_are(rf, monkeypatch):
    monkeypatch.setitem(RATES, "report_entry", "1/hour")

    def refused(account: int, address: str) -> bool:
        request = rf.post("/", REMOTE_ADDR=address)
        request.user = SimpleNamespace(is_authenticated=True, pk=account)
        return is_throttled(request, "report_entry")

    assert not refused(1, VISITOR)
    assert not refused(2, VISITOR)
    assert refused(1, OTHER)
