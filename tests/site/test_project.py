"""The project as a whole: migrations, production settings, the wheel."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]


def check_production(*options: str, **variables: str) -> subprocess.CompletedProcess:
    """Run Django's checks on the production settings, with only these variables for them."""
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "ess_site.settings.production"}
    command = [sys.executable, "site/manage.py", "check", *options]
    return subprocess.run(
        command, cwd=ROOT, env=env | variables, capture_output=True, text=True, check=False
    )


@pytest.mark.django_db
def test_models_have_no_change_without_a_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_production_settings_pass_the_deployment_check():
    result = check_production(
        "--deploy",
        "--fail-level=WARNING",
        SECRET_KEY="une clef de test, assez longue et assez variée: 0123456789 azertyuiop",
        ALLOWED_HOSTS="ess.example.org",
    )
    assert result.returncode == 0, result.stderr


def test_production_refuses_to_start_without_a_secret_key():
    result = check_production(ALLOWED_HOSTS="ess.example.org")
    assert result.returncode != 0
    assert "SECRET_KEY" in result.stderr


def test_wheel_holds_the_plugins_with_their_compiled_catalogues(tmp_path):
    call_command("compilemessages", verbosity=0)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for app in ("ess_pages", "ess_forum"):
        assert f"{app}/apps.py" in names
        for language in ("fr", "ar"):
            assert f"{app}/locale/{language}/LC_MESSAGES/django.mo" in names
    assert "ess_pages/templates/ess_pages/home_page.html" in names
    assert "ess_pages/data/wilayas.csv" in names
    assert not [name for name in names if name.startswith(("site/", "ess_site/", "tests/"))]
