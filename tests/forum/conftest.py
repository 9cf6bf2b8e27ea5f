"""Fixtures of the tests of the forum."""

import fcntl
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.db import connection, connections


@pytest.fixture
def at_once(tmp_path, tmp_path_factory, monkeypatch):
    """A function that runs a function with each of these at once, and returns what each returns.

    The first call ends the preparation: the tests' SQLite is in memory, and new connections need a
    file. What is read afterwards is read in another call. PostgreSQL grants a hundred connections,
    and so the processes of one run of tests take turns here.
    """
    file = tmp_path / "forum.sqlite3"
    turn = (tmp_path_factory.getbasetemp().parent / "writers.lock").open("w")

    def run(function: Callable, arguments: list) -> list:
        if connection.vendor == "sqlite" and not file.exists():
            connection.cursor().execute("VACUUM INTO %s", [str(file)])
            # As `migrate` leaves it: fifty who change the journal at once get in their way.
            with closing(sqlite3.connect(file)) as written:
                written.execute("PRAGMA journal_mode=WAL")
            monkeypatch.setitem(connections.settings["default"], "NAME", str(file))
        start = threading.Barrier(len(arguments))

        def act(argument):
            try:
                start.wait()
                return function(argument)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(arguments)) as pool:
            return [run.result() for run in [pool.submit(act, each) for each in arguments]]

    with turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield run
