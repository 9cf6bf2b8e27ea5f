"""Databases to test on: migrated once for all processes, each of which copies the result."""

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
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
MANAGE = [sys.executable, str(ROOT / "site" / "manage.py")]
# To migrate makes classes by the ten thousand: the collector of garbage is to come by less often.
MIGRATE = f"""
import gc, sys
gc.set_threshold(50_000, 20, 100)
sys.path.append({str(ROOT)!r})
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "migrate", "--verbosity", "0"])
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


@contextmanager
def copy(migrated: str, folder: Path, name: str) -> Iterator[str]:
    """Copy a migrated database, and give the address of the copy while it is needed."""
    if is_postgres():
        url = _sibling(name)
        _create(_config(url)["NAME"], template=_config(migrated)["NAME"])
    else:
        url = f"sqlite:///{folder}/{name}.sqlite3"
        shutil.copyfile(_config(migrated)["NAME"], _config(url)["NAME"])
    yield url
    if is_postgres():
        _administer(f'DROP DATABASE "{_config(url)["NAME"]}" WITH (FORCE)')


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
    """Drop the migrated database where it is not a file."""
    if is_postgres():
        _administer(f'DROP DATABASE IF EXISTS "{_config(_sibling("migrated"))["NAME"]}"')


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
