"""The portal as in production, but for its files: elsewhere, and not compressed."""

import os
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "bench")
os.environ.setdefault("ALLOWED_HOSTS", "*")
os.environ.setdefault("BASE_URL", "https://localhost")
os.environ.setdefault("EMAIL_URL", "dummymail://")

from ess_site.settings.production import *  # noqa: F403
from ess_site.settings.production import STORAGES

STATIC_ROOT = Path(os.environ["BENCH_FOLDER"]) / "static"
# To compress them takes a minute, and no page that is measured sends one.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
