"""Measures the forum: queries and requests per second of its list and of a long thread.

    .venv/bin/python bench/forum.py                      # the portal alone
    .venv/bin/python bench/forum.py --peers /tmp/peers   # with django-spirit and django-machina
    .venv/bin/python bench/forum.py --long 100000        # first against last page, SQLite
    DATABASE_URL=postgres:///bench .venv/bin/python bench/forum.py --long 100000

What is measured, and how to read it: see README.md beside this file.
"""

import argparse
import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
PEERS = Path(__file__).resolve().parent / "peers"
CLIENTS = 4
TIMES_FASTER = {"spirit": 3, "machina": 5}  # what is aimed at


class Forum(NamedTuple):
    """A forum to measure: how it is installed and served."""

    name: str
    requirement: str  # from PyPI; empty for the portal, which runs where this does
    wsgi: str
    headers: dict[str, str] = {}


FORUMS = [
    Forum("portal", "", "ess_site.wsgi:application", {"X-Forwarded-Proto": "https"}),
    Forum("spirit", "django-spirit==0.14.3", "django.core.wsgi:get_wsgi_application()"),
    Forum("machina", "django-machina==1.3.1", "django.core.wsgi:get_wsgi_application()"),
]


def main() -> None:
    options = parse_options()
    rates: dict[str, dict[tuple[str, str], float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for forum in FORUMS:
            if forum.requirement and not options.peers:
                continue
            python = install(forum, options.peers)
            rates[forum.name] = measure(forum, python, folder, options)
    for name, times in TIMES_FASTER.items():
        if name in rates:
            compare(rates["portal"], rates[name], name, times)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--threads", type=int, default=1000, help="how many (1,000)")
    parser.add_argument("--posts", type=int, default=10_000, help="in these threads (10,000)")
    parser.add_argument("--long", type=int, default=5000, help="in one more thread (5,000)")
    parser.add_argument("--seconds", type=float, default=5, help="for each page (5)")
    parser.add_argument("--port", type=int, default=8107, help="to serve on (8107)")
    parser.add_argument(
        "--peers", type=Path, help="also measure the peers, installed in this folder"
    )
    return parser.parse_args()


def install(forum: Forum, folder: Path | None) -> str:
    """Return the Python that the forum runs with; a peer has an environment of its own."""
    if not forum.requirement or folder is None:
        return sys.executable
    place = folder / forum.name
    python = str(place / "bin" / "python")
    if not Path(python).exists():
        venv.create(place, with_pip=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, forum.requirement, "gunicorn"], check=True)
    return python


def measure(forum: Forum, python: str, folder: str, options: argparse.Namespace) -> dict:
    """Fill, count and serve a forum; print a line for each page, and return its rates."""
    environment = {
        **os.environ,
        "BENCH_FOLDER": folder,
        "DJANGO_SETTINGS_MODULE": f"{forum.name}_settings",
        "PYTHONPATH": os.pathsep.join(map(str, (PEERS, ROOT, ROOT / "site"))),
        "MEDIA_ROOT": f"{folder}/media",
        "LOG_LEVEL": "WARNING",
    }
    if not forum.requirement:
        environment.setdefault("DATABASE_URL", f"sqlite:///{folder}/portal.sqlite3")
    sizes = [str(options.threads), str(options.posts), str(options.long)]
    fill = [python, str(PEERS / f"{forum.name}_fill.py"), *sizes]
    start = time.monotonic()
    output = subprocess.run(fill, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    report = json.loads(output.stdout.strip().splitlines()[-1])
    print(f"\n{forum.name}: filled in {time.monotonic() - start:.0f} s")
    print(f"  {'page':12}{'who':>9}{'queries':>9}{'requests/s':>12}", end="")
    print(f"{'median ms':>11}{'bytes':>9}{'errors':>9}")
    rates = {}
    with served(forum, python, environment, options.port):
        for name, address in report["addresses"].items():
            for who, queries in zip(("visitor", "member"), report["queries"][name], strict=True):
                cookie = {"Cookie": f"sessionid={report['session']}"} if who == "member" else {}
                headers = {**forum.headers, **cookie}
                found = load(options.port, address, headers, options.seconds)
                rates[name, who] = found.rate
                row = f"  {name:12}{who:>9}{queries:9}{found.rate:12.0f}{found.median:11.1f}"
                print(f"{row}{found.size:9}{found.refused:9}")
    print("  one at a time, without a server, ms:", end="")
    print(*(f" {name} {ms:.1f}" for name, ms in report["times"].items()), sep=",")
    return rates


@contextmanager
def served(forum: Forum, python: str, environment: dict[str, str], port: int):
    """Serve the forum by two gunicorn workers."""
    command = [python, "-m", "gunicorn", "--workers", "2", "--bind", f"127.0.0.1:{port}"]
    command += ["--log-level", "error", forum.wsgi]
    server = subprocess.Popen(command, env=environment, cwd=environment["BENCH_FOLDER"])
    try:
        wait_for(port)
        yield
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.connect()
        except OSError:
            time.sleep(0.1)
        else:
            connection.close()
            return
    raise SystemExit("The server does not answer.")


class Load(NamedTuple):
    """What a page stands: pages per second, their median in ms, their bytes, and error pages."""

    rate: float
    median: float
    size: int
    refused: int


def load(port: int, address: str, headers: dict[str, str], seconds: float) -> Load:
    """Ask for a page for so long, from CLIENTS at once. Only pages count, not errors."""
    for _ in range(8):  # each worker has to have seen the page
        fetch(port, address, headers)
    start = time.perf_counter()
    end = start + seconds

    def ask() -> list[tuple[float, int]]:
        answers = []
        while (begun := time.perf_counter()) < end:
            size = fetch(port, address, headers)
            answers.append((time.perf_counter() - begun, size))
        return answers

    with ThreadPoolExecutor(CLIENTS) as pool:
        runs = [pool.submit(ask) for _ in range(CLIENTS)]
        answers = [answer for run in runs for answer in run.result()]
    duration = time.perf_counter() - start
    pages = [(seconds, size) for seconds, size in answers if size]
    if not pages:
        raise SystemExit(f"{address} answers nothing but errors.")
    median = statistics.median(seconds for seconds, _size in pages) * 1000
    return Load(len(pages) / duration, median, pages[-1][1], len(answers) - len(pages))


def fetch(port: int, address: str, headers: dict[str, str]) -> int:
    """Return the bytes of a page, over a new connection; 0 where the answer is an error."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", quote(address, safe="/?=&%"), headers=headers)
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    return len(body) if response.status == 200 else 0


def compare(own: dict, other: dict, name: str, times: int) -> None:
    """Print how many times as fast as a peer the portal is, page by page."""
    print(f"\nthe portal's requests per second against {name}'s (to be: {times} times as many)")
    for (page, who), rate in other.items():
        ratio = own[page, who] / rate
        print(f"  {page:12}{who:>9}{ratio:8.1f} {'' if ratio >= times else 'too slow'}")


if __name__ == "__main__":
    main()
