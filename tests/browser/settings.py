"""The portal as `make run` serves it, but with cheap passwords: nearly every walk logs in."""

from ess_site.settings.dev import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
