"""The verbs of personal data."""
