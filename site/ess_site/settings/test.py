"""Tests: real databases and caches, mail kept in memory, cheap passwords.

Tasks are noted and not run: a test that needs them asks for the fixture `run_tasks`.
"""

from .base import *  # noqa: F403

DEBUG = False
SECRET_KEY = "test-only"  # noqa: S105
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
SERVE_MEDIA = True
DEMO_ACCOUNTS = True
