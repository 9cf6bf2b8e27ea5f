"""Says how many notifications a worker mails a minute, and what becomes of them when it is killed.

    .venv/bin/python bench/notifications.py                                # SQLite, in a file
    DATABASE_URL=postgres:///bench .venv/bin/python bench/notifications.py # a database of its own
    TASKS_URL=redis://127.0.0.1:6379/3 .venv/bin/python bench/notifications.py  # Redis calls

The mails go over SMTP to a server in this process. In the second round, the command that queues
them and the worker that delivers them are killed (SIGKILL) while they are at it, and run again.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import Controller

ROOT = Path(__file__).resolve().parents[1]
MANAGE = [sys.executable, str(ROOT / "site" / "manage.py")]
# Members to write to, and a reply that each of them is to hear of.
PREPARE = """
import datetime, sys
from django.contrib.auth import get_user_model
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from ess_forum.actions.posts import reply
from ess_forum.actions.threads import start_thread
from ess_forum.models import Category, Mail, Member, Notification
from ess_forum.viewer import Viewer

number, name = {number}, "{name}"
users = get_user_model().objects.bulk_create(
    get_user_model()(email=f"{{name}}-{{n}}@example.org", password="!") for n in range(number)
)
members = Member.objects.bulk_create(
    Member(
        user=user, name=f"Membre {{n}}", handle=f"{{name}}-{{n}}", digest="never",
        language=("fr", "ar")[n % 2], last_seen_on=timezone.localdate(), trust=2,
    )
    for n, user in enumerate(users)
)
category = Category.objects.create(name_fr="Essai", name_ar="تجربة")
first, second = (Viewer(user) for user in users[:2])
thread = start_thread(first, category, "Où presser les olives ?", "Qui sait ?", language="fr")
post = reply(second, thread, "عندنا، في تيزي وزو.")
Notification.objects.all().delete()
DBTaskResult.objects.all().delete()
Notification.objects.bulk_create(
    Notification(
        member=member, kind="reply", actor=members[1], thread=thread, post=post,
        mail=Mail.AT_ONCE, created_at=timezone.now() - datetime.timedelta(minutes=9),
    )
    for member in members
)
"""
# What `rescue_tasks` does once the mails have been left for ten minutes.
RESCUE = """
import datetime
from django.utils import timezone
from ess_site.failed_tasks import rescue
print(rescue(timezone.now() + datetime.timedelta(hours=1))[0])
"""


class Mailbox:
    """Counts what is delivered: to whom, and under which Message-ID."""

    def __init__(self):
        self.delivered: list[tuple[str, str]] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        message = message_from_bytes(envelope.content)
        self.delivered.append((envelope.rcpt_tos[0], message["Message-ID"]))
        return "250 OK"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--mails", type=int, default=400, help="in each round (400)")
    parser.add_argument("--kills", type=int, default=3, help="of the worker (3)")
    parser.add_argument("--port", type=int, default=8125, help="of the mail server (8125)")
    options = parser.parse_args()
    mailbox = Mailbox()
    server = Controller(mailbox, hostname="127.0.0.1", port=options.port)
    server.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            environment = {
                "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "ess_site.settings.dev",
                "EMAIL_URL": f"smtp://127.0.0.1:{options.port}",
            }
            run(environment, "migrate", "--verbosity", "0")
            measure_speed(options, environment, mailbox)
            kill(options, environment, mailbox)
    finally:
        server.stop()


def measure_speed(options: argparse.Namespace, environment: dict[str, str], mailbox) -> None:
    """Say how fast the command queues, and one worker delivers."""
    prepare(environment, options.mails, "speed")
    begun = time.monotonic()
    run(environment, "send_notifications")
    queued = time.monotonic()
    run(environment, "worker", "--burst", "--verbosity", "0")
    done = time.monotonic()
    number = len(mailbox.delivered)
    print(f"queued a minute: {60 * options.mails / (queued - begun):.0f}")
    print(f"delivered a minute, by one worker: {60 * number / (done - queued):.0f} ({number})")


def kill(options: argparse.Namespace, environment: dict[str, str], mailbox) -> None:
    """Say what is lost or doubled where the processes are killed in the middle."""
    mailbox.delivered.clear()
    prepare(environment, options.mails, "kill")
    command = start(environment, "send_notifications")
    time.sleep(4)
    stop(command)
    run(environment, "send_notifications")
    for number in range(1, options.kills + 1):
        worker = start(environment, "worker", "--verbosity", "0")
        deadline = time.monotonic() + 60
        enough = options.mails * number // (options.kills + 2)
        while len(mailbox.delivered) < enough and time.monotonic() < deadline:
            time.sleep(0.001)
        stop(worker)
        print(f"worker killed after {len(mailbox.delivered)} mails")
    print("mails that it was at, queued again:", run(environment, "shell", "-v0", "-c", RESCUE))
    run(environment, "worker", "--burst", "--verbosity", "0")
    people = Counter(address for address, _key in mailbox.delivered)
    keys = {key for _address, key in mailbox.delivered}
    print(f"to be told: {options.mails}, told: {len(people)}")
    print(f"lost: {options.mails - len(people)}")
    print(f"delivered twice: {len(mailbox.delivered) - len(people)}")
    print(f"of these with another Message-ID: {len(keys) - len(people)}")


def prepare(environment: dict[str, str], number: int, name: str) -> None:
    run(environment, "shell", "-v0", "-c", PREPARE.format(number=number, name=name))


def run(environment: dict[str, str], *command: str) -> str:
    """Run a command of the portal, and return what it prints."""
    done = subprocess.run([*MANAGE, *command], env=environment, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode().strip()


def start(environment: dict[str, str], *command: str) -> subprocess.Popen:
    return subprocess.Popen([*MANAGE, *command], env=environment, stdout=subprocess.DEVNULL)


def stop(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


if __name__ == "__main__":
    main()
