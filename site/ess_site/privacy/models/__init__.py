"""Texts that people consent to, their consents, their requests, and what becomes of their posts."""

from .consents import Consent, ConsentText
from .corrections import CorrectionRequest
from .settings import PrivacySettings

__all__ = ["Consent", "ConsentText", "CorrectionRequest", "PrivacySettings"]
