"""The WSGI entry point of the portal."""

import os
import sys
from pathlib import Path

from django.core.wsgi import get_wsgi_application

# The plugins live at the top of the repository, beside `site/`.
sys.path.append(str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ess_site.settings.production")

application = get_wsgi_application()
