"""A page is published together with what follows from it, or not at all."""

from django.db import transaction
from wagtail.actions.publish_revision import PublishRevisionAction


def publish_in_one_transaction() -> None:
    """Have Wagtail publish in one transaction: the page, what `signals` adds, its log.

    By itself it saves the page first. A server that stopped just then would leave a page online
    whose news nobody is told, and whose proposal stays open.
    """
    PublishRevisionAction.execute = transaction.atomic(PublishRevisionAction.execute)
