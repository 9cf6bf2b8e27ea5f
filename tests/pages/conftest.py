"""What the tests of the plugin have in common: nobody but the plugin itself tells its news."""

import pytest


@pytest.fixture(autouse=True)
def _nobody_listens(monkeypatch):
    """Leave all mails to the plugin: tests/site/test_page_news.py is about who else tells."""
    monkeypatch.setattr("ess_pages.news.tell", lambda signal, **facts: set())
