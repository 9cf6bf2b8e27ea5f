"""Production: everything that differs between machines comes from the environment.

`deploy/` shows a complete set of values.
"""

from .base import *  # noqa: F403
from .base import DATABASES, REST_FRAMEWORK, env

DEBUG = False
SECRET_KEY = env("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
WAGTAILADMIN_BASE_URL = env("BASE_URL")
vars().update(env.email("EMAIL_URL"))
DEMO_ACCOUNTS = False

# The reverse proxy speaks TLS and says so in this header.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# One proxy stands before the application: the address of a visitor is the one that it notes, the
# last of X-Forwarded-For. Those before it are the visitor's own word. `ess_pages` counts by it too.
ALLAUTH_TRUSTED_PROXY_COUNT = 1
REST_FRAMEWORK = REST_FRAMEWORK | {"NUM_PROXIES": 1}
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
# True by default, as Django's own check asks; False where other subdomains do not speak TLS.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

# To open a database takes longer than to answer a visitor: each process keeps its connection for a
# minute, and looks first whether it still stands. DATABASE_URL may say otherwise (?CONN_MAX_AGE=0).
DATABASES["default"] = {
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    **DATABASES["default"],
}

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
}
