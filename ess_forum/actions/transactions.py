"""How the forum writes: all of an action or nothing, and again where another was in the way."""

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 8
# What PostgreSQL (SQLSTATE) and SQLite say when two writers are in each other's way.
CONFLICTS = ("40001", "40P01", "55P03")
LOCKED = ("database is locked", "database table is locked")


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function one transaction that is tried again after a conflict with another writer.

    Within a transaction it is a part of that one, and is not tried again by itself.
    """

    @wraps(function)
    def attempt(*args: P.args, **kwargs: P.kwargs) -> R:
        attempts = 1 if connection.in_atomic_block else ATTEMPTS
        for number in range(1, attempts + 1):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if number == attempts or not _is_conflict(error):
                    raise
                time.sleep(random.uniform(0.01, 0.05) * number)  # noqa: S311 - no secret
        raise AssertionError

    return attempt


def _is_conflict(error: OperationalError) -> bool:
    state = getattr(error.__cause__, "sqlstate", None)
    return state in CONFLICTS or any(text in str(error) for text in LOCKED)
