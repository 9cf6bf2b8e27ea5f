#!/usr/bin/env python
"""Run Django's commands for the reference portal."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    # The plugins live at the top of the repository, beside this folder.
    sys.path.append(str(Path(__file__).resolve().parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ess_site.settings.dev")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
