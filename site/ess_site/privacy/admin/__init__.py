"""Personal data, in the Wagtail admin."""
