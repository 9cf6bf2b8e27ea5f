"""Lets fifty members write at once, over HTTP, and says what that did to the counters.

    .venv/bin/python bench/forum_writers.py                                # SQLite, in a file
    DATABASE_URL=postgres:///bench .venv/bin/python bench/forum_writers.py # an empty database

What is measured, and how to read it: see README.md beside this file.
"""

import argparse
import http.client
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from forum import FORUMS, PEERS, ROOT, served

PORTAL = FORUMS[0]
PREPARE = """
import django; django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from ess_forum.models import Member, Thread
import sys
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False)
call_command("forum_fill", "--yes", threads=10, posts=100, members=50, stdout=sys.stderr)
for member in Member.objects.select_related("user").order_by("-pk")[:50]:
    client = Client()
    client.force_login(member.user)
    print("session", client.cookies["sessionid"].value)
for pk in Thread.objects.values_list("pk", flat=True)[:5]:
    print("thread", pk)
"""
CHECK = """
import django; django.setup()
from django.core.management import call_command
from ess_forum.models import Post
print(Post.objects.filter(source__startswith="écrit").count())
call_command("forum_check")
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--posts", type=int, default=5, help="of each writer (5)")
    parser.add_argument("--port", type=int, default=8107, help="to serve on (8107)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "BENCH_FOLDER": folder,
            "DJANGO_SETTINGS_MODULE": "portal_settings",
            "PYTHONPATH": os.pathsep.join(map(str, (PEERS, ROOT, ROOT / "site"))),
            "MEDIA_ROOT": f"{folder}/media",
            "LOG_LEVEL": "WARNING",
        }
        environment.setdefault("DATABASE_URL", f"sqlite:///{folder}/portal.sqlite3")
        prepared = [line.split() for line in run(PREPARE, environment).splitlines()]
        sessions = [value for kind, value in prepared if kind == "session"]
        threads = [value for kind, value in prepared if kind == "thread"]
        start = time.monotonic()
        with (
            served(PORTAL, sys.executable, environment, options.port),
            ThreadPoolExecutor(len(sessions)) as pool,
        ):
            runs = [
                pool.submit(write, options, session, threads, number)
                for number, session in enumerate(sessions)
            ]
            answers = [answer for run in runs for answer in run.result()]
        seconds = time.monotonic() - start
        print(f"{len(sessions)} writers, {len(answers)} posts sent in {seconds:.1f} s")
        print("answers:", dict(Counter(status for status, _time in answers)))
        times = sorted(time for _status, time in answers)
        print(f"seconds for one: median {statistics.median(times):.2f}, most {times[-1]:.2f}")
        print("posts that are there, then forum_check:")
        print(run(CHECK, environment))


def run(code: str, environment: dict[str, str]) -> str:
    """Run code in the portal's Django, and return what it prints."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=None,
        text=True,
        check=False,
    ).stdout


def write(options: argparse.Namespace, session: str, threads: list[str], number: int):
    """Write posts as a browser does: read the form, then send it. Return status and seconds."""
    chance = random.Random(number)
    answers = []
    for turn in range(options.posts):
        begun = time.monotonic()
        address = f"/fr/forum/threads/{chance.choice(threads)}/reply/"
        status, page, cookies = ask(options.port, "GET", address, session)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        if token is None:
            answers.append((status, time.monotonic() - begun))
            continue
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        fields |= {
            "csrfmiddlewaretoken": token[1],
            "source": f"écrit par {number}, {turn} · كتبه العضو",
        }
        status, _page, _cookies = ask(options.port, "POST", address, session, fields, cookies)
        answers.append((status, time.monotonic() - begun))
    return answers


def ask(
    port: int,
    method: str,
    address: str,
    session: str,
    fields: dict[str, str] | None = None,
    cookies: str = "",
) -> tuple[int, str, str]:
    """Return the status, the page, and the cookies that came with it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {
        "X-Forwarded-Proto": "https",
        "Host": "localhost",
        "Referer": "https://localhost/",
        "Cookie": f"sessionid={session}; {cookies}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection.request(method, address, urlencode(fields) if fields else None, headers)
    response = connection.getresponse()
    page = response.read().decode()
    kept = [cookie.split(";")[0] for cookie in response.headers.get_all("Set-Cookie") or []]
    connection.close()
    return response.status, page, "; ".join(kept)


if __name__ == "__main__":
    main()
