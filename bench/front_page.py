"""Weighs the front page and counts requests per second, in each language of a running portal.

    .venv/bin/python bench/front_page.py http://127.0.0.1:8000

What is measured, and how to read it: see README.md beside this file.
"""

import argparse
import json
import shutil
import ssl
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from playwright.sync_api import sync_playwright

LANGUAGES = ("fr", "ar")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}
# A proxy on this machine signs its own certificate.
ANY_CERTIFICATE = ssl._create_unverified_context()
MOST_REQUESTS = 5000


def main() -> None:
    options = parse_options()
    for language in LANGUAGES:
        paths = {"front page": f"/{language}/"} | {
            name: first_path(options.base_url, kind, language)
            for name, kind in (("actor", "ActorPage"), ("report", "MeetingReportPage"))
        }
        print(f"\n{language}: cold weight of {paths['front page']} on a phone, in bytes\n")
        print_weight(*weigh(options.base_url + paths["front page"], options.chromium))
        print(f"\n{language}: {options.requests} requests each, {options.threads} at a time\n")
        print_row("", "per second", "median ms", "p95 ms")
        for name, path in paths.items():
            rate, times = hammer(options.base_url + path, options.requests, options.threads)
            figures = (rate, statistics.median(times), percentile(times))
            print_row(name, *(f"{figure:.1f}" for figure in figures))


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("base_url", type=loopback_url, help="for instance http://127.0.0.1:8000")
    parser.add_argument("--requests", type=request_count, default=200, help="of each page (200)")
    parser.add_argument("--threads", type=int, choices=range(1, 17), default=4, metavar="1-16")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="path of the browser")
    return parser.parse_args()


def loopback_url(value: str) -> str:
    """Refuse any other machine: this program is made to keep a server busy."""
    if urlsplit(value).hostname not in LOOPBACK:
        raise argparse.ArgumentTypeError("only a portal on this machine is measured")
    return value.rstrip("/")


def request_count(value: str) -> int:
    if not 1 <= int(value) <= MOST_REQUESTS:
        raise argparse.ArgumentTypeError(f"between 1 and {MOST_REQUESTS}")
    return int(value)


def first_path(base_url: str, kind: str, language: str) -> str:
    """The path of the first page of this type, as the portal's own API tells it."""
    query = {"type": f"ess_pages.{kind}", "locale": language, "limit": 1}
    with open_url(f"{base_url}/api/v2/pages/?{urlencode(query)}") as response:
        items = json.load(response)["items"]
    if not items:
        sys.exit(f"No {kind} in {language}: load the demonstration content first.")
    return urlsplit(items[0]["meta"]["html_url"]).path


# Weight


def weigh(url: str, chromium: str | None) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Return (type, bytes received) of each response: on arrival, then all down to the footer."""
    kinds: dict[str, str] = {}
    received: list[tuple[str, int]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_context(**PHONE, ignore_https_errors=True).new_page()
        # The protocol counts what came over the wire: headers, and bodies as they were compressed.
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
        network.on(
            "Network.loadingFinished",
            lambda e: received.append((kinds.get(e["requestId"], "?"), e["encodedDataLength"])),
        )
        page.goto(url, wait_until="networkidle")
        on_arrival = list(received)
        for _screen in range(30):
            page.mouse.wheel(0, PHONE["viewport"]["height"])
            page.wait_for_timeout(50)
        page.wait_for_load_state("networkidle")
        browser.close()
    return on_arrival, received


def print_weight(on_arrival: list[tuple[str, int]], in_all: list[tuple[str, int]]) -> None:
    print_row("", "on arrival", "read to the end")
    for kind in sorted({kind for kind, _size in in_all}):
        print_row(kind, *(cell(column, kind) for column in (on_arrival, in_all)))
    print_row("total", cell(on_arrival), cell(in_all))


def cell(responses: list[tuple[str, int]], only: str | None = None) -> str:
    sizes = [size for kind, size in responses if only in (None, kind)]
    return f"{len(sizes)} × {sum(sizes):8.0f}"


def print_row(name: str, *cells: str) -> None:
    print(f"  {name:12}" + "".join(f"{cell:>18}" for cell in cells))


# Throughput


def hammer(url: str, requests: int, threads: int) -> tuple[float, list[float]]:
    """Return the requests per second, and how many milliseconds each of them took."""
    fetch(url)  # makes what is made once: image sizes, caches
    start = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        times = list(pool.map(fetch, [url] * requests))
    return requests / (time.perf_counter() - start), times


def fetch(url: str) -> float:
    """Fetch one page, whole. Raises HTTPError for an answer that is not a page."""
    start = time.perf_counter()
    with open_url(url) as response:
        response.read()
    return (time.perf_counter() - start) * 1000


def open_url(url: str):
    request = Request(url, headers={"Accept-Encoding": "identity"})
    return urlopen(request, timeout=60, context=ANY_CERTIFICATE)


def percentile(times: list[float]) -> float:
    """The time within which 95 of 100 requests were answered."""
    return sorted(times)[max(0, round(len(times) * 0.95) - 1)]


if __name__ == "__main__":
    main()
