"""The project as a whole: migrations, production settings, the wheel."""

import os
import subprocess
import sys
import tarfile
import zipfile
from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]


PRODUCTION = {
    "SECRET_KEY": "une clef de test, assez longue et assez variée: 0123456789 azertyuiop",
    "ALLOWED_HOSTS": "ess.example.org",
    "BASE_URL": "https://ess.example.org",
    "EMAIL_URL": "smtp://127.0.0.1:25",
}


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
    result = check_production("--deploy", "--fail-level=WARNING", **PRODUCTION)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("missing", PRODUCTION)
def test_production_refuses_to_start_without_its_own_settings(missing):
    result = check_production(**{name: PRODUCTION[name] for name in PRODUCTION if name != missing})
    assert result.returncode != 0
    assert f"Set the {missing} environment variable" in result.stderr


def test_production_believes_one_proxy():
    told = "print(settings.REST_FRAMEWORK['NUM_PROXIES'], settings.ALLAUTH_TRUSTED_PROXY_COUNT)"
    result = subprocess.run(
        [sys.executable, "-c", f"from django.conf import settings; {told}"],
        cwd=ROOT / "site",
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "ess_site.settings.production"}
        | PRODUCTION,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.split() == ["1", "1"]


def build(folder: Path, *options: str) -> None:
    """Build into this folder: the sdist and from it the wheel, unless an option says otherwise."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, *options]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


@pytest.mark.parametrize("options", [[], ["--wheel"]], ids=["from the sdist", "directly"])
def test_wheel_holds_the_plugins_with_their_compiled_catalogues(tmp_path, options):
    build(tmp_path, *options)
    (path,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
        assert len(names) == len(set(names))
        for app in ("ess_pages", "ess_forum"):
            assert f"{app}/apps.py" in names
            for language in ("fr", "ar"):
                catalogue = wheel.open(f"{app}/locale/{language}/LC_MESSAGES/django.mo")
                assert GNUTranslations(catalogue).info()["language"] == language
    assert "ess_pages/templates/ess_pages/home_page.html" in names
    assert "ess_pages/data/wilayas.csv" in names
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {
        "ess_pages",
        "ess_forum",
        "ess_ground",
    }


def test_sdist_holds_only_the_plugins_and_what_builds_them(tmp_path):
    build(tmp_path, "--sdist")
    (path,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(path) as sdist:
        names = [name.partition("/")[2] for name in sdist.getnames()]
    assert {name.split("/")[0] for name in names} == {
        *("ess_pages", "ess_forum", "ess_ground", "locale", "hatch_build.py", "pyproject.toml"),
        *("README.md", "LICENSE", "CHANGELOG.md", "PKG-INFO", ".gitignore"),
    }
    assert {name.split("/")[1] for name in names if name.startswith("locale/")} == {
        "ess_pages",
        "ess_forum",
    }
