"""Joining, in the Wagtail admin."""
