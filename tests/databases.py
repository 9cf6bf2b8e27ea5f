"""Databases to test on: made once for all processes, each of which copies the result."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import environ
import psycopg
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

ROOT = Path(__file__).resolve().parents[1]
MANAGE = [sys.executable, str(ROOT / "site" / "manage.py")]
# To migrate makes classes by the ten thousand: the collector of garbage is to come by less often,
# and each is not to make Django forget which models can be swapped, which takes long to find out.
MIGRATE = f"""
import functools, gc, sys
from django.apps import apps
gc.set_threshold(50_000, 20, 100)
apps.get_swappable_settings_name = functools.cache(apps.get_swappable_settings_name)
sys.path.append({str(ROOT)!r})
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "migrate", "--verbosity", "0"])
"""
# Tasks are not run there: what they would index for the search is indexed once, at the end.
LOAD = """
from django.core.management import call_command

call_command("load_demo")
call_command("update_index", verbosity=0)
call_command("rebuild_references_index", verbosity=0)
"""


def is_postgres() -> bool:
    """Return whether the tests are run on PostgreSQL, and not on SQLite."""
    return os.environ.get("DATABASE_URL", "").startswith("postgres")


def migrate(folder: Path) -> str:
    """Make a new database with all migrations, a file in this folder where it is one.

    Returns its address, as DATABASE_URL takes it.
    """
    if is_postgres():
        url = _sibling("migrated")
        _create(_config(url)["NAME"])
    else:
        url = f"sqlite:///{folder}/migrated.sqlite3"
    env = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "ess_site.settings.test"}
    subprocess.run([sys.executable, "-c", MIGRATE], env=env, cwd=ROOT / "site", check=True)
    return url


def load_demonstration(migrated: str, folder: Path, media: Path, base_url: str) -> str:
    """Copy a migrated database, with the demonstration of the portal at this address loaded.

    Returns the address of the copy. Files go into the folder `media`.
    """
    url = _copy(migrated, folder, "demonstration")
    env = os.environ | {
        "DATABASE_URL": url,
        "CACHE_URL": "locmemcache://",
        "MEDIA_ROOT": str(media),
        "BASE_URL": base_url,
        "DJANGO_SETTINGS_MODULE": "ess_site.settings.test",
    }
    run = [*MANAGE, "shell", "--verbosity", "0", "--command", LOAD]
    subprocess.run(run, env=env, check=True, stdout=subprocess.DEVNULL)
    return url


@contextmanager
def copy(original: str, folder: Path, name: str) -> Iterator[str]:
    """Copy a database, and give the address of the copy while it is needed."""
    url = _copy(original, folder, name)
    yield url
    if is_postgres():
        _administer(f'DROP DATABASE "{_config(url)["NAME"]}" WITH (FORCE)')


def _copy(original: str, folder: Path, name: str) -> str:
    if is_postgres():
        url = _sibling(name)
        _create(_config(url)["NAME"], template=_config(original)["NAME"])
    else:
        url = f"sqlite:///{folder}/{name}.sqlite3"
        shutil.copyfile(_config(original)["NAME"], _config(url)["NAME"])
    return url


@contextmanager
def look_into(url: str) -> Iterator[None]:
    """Let this process test on another database meanwhile, and leave it as it was."""
    own = connections[DEFAULT_DB_ALIAS]
    other = own.copy()
    other.settings_dict["NAME"] = _config(url)["NAME"]
    connections[DEFAULT_DB_ALIAS] = other
    ContentType.objects.clear_cache()
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        connections[DEFAULT_DB_ALIAS] = own
        ContentType.objects.clear_cache()
        other.close()


@contextmanager
def connect(migrated: str) -> Iterator[None]:
    """Copy a migrated database, and let this process test on the copy: SQLite's is in memory."""
    own, name = connection.settings_dict["NAME"], connection.creation._get_test_db_name()
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    if is_postgres():
        _create(name, template=_config(migrated)["NAME"])
    else:
        connection.ensure_connection()
        with closing(sqlite3.connect(_config(migrated)["NAME"])) as source:
            source.backup(connection.connection)
    yield
    connection.creation.destroy_test_db(own, verbosity=0)


def forget() -> None:
    """Drop what was made once for all processes, where it is not a file."""
    if is_postgres():
        for name in ("migrated", "demonstration"):
            _administer(f'DROP DATABASE IF EXISTS "{_config(_sibling(name))["NAME"]}"')


def _config(url: str) -> dict:
    return environ.Env.db_url_config(url)


def _sibling(name: str) -> str:
    """Return the address of a database beside the one that the tests are named after."""
    return f"{os.environ['DATABASE_URL']}_{name}"


def _create(name: str, template: str = "template0") -> None:
    _administer(
        f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
        f'CREATE DATABASE "{name}" TEMPLATE "{template}"',
    )


def _administer(*statements: str) -> None:
    config = _config(os.environ["DATABASE_URL"])
    with psycopg.connect(
        host=config["HOST"],
        port=config["PORT"] or None,
        user=config["USER"],
        password=config["PASSWORD"],
        dbname=config["NAME"],
        autocommit=True,
    ) as administration:
        for statement in statements:
            administration.execute(statement)
