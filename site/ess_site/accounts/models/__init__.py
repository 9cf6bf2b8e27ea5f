"""Invitations, applications, changes of address, and who may sign up."""

from .applications import Application
from .changes import EmailChange
from .invitations import Invitation
from .settings import SignUpSettings

__all__ = ["Application", "EmailChange", "Invitation", "SignUpSettings"]
