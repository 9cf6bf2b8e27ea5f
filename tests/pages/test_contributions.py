"""Who may do what about entries from the site and in the admin: every address, by table."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.translation import override

from ess_pages.actions.representatives import appoint_representative
from ess_pages.models import EntryReport, Proposal
from tests import factories as f

WHO = ["anonymous", "member", "representative", "editor", "moderator"]
# For each address and method: the status for each of these in turn. 302l leads to the login, where
# the admin sends whoever may not enter it; 302h, its refusal, to its home page; 302 on.
TABLE = {
    ("propose_actor", "get"): "302l 200 200 200 200",
    ("propose_actor", "post"): "302l 200 200 200 200",
    ("propose_practice", "get"): "302l 200 200 200 200",
    ("correct", "get"): "302l 200 200 200 200",
    ("correct", "post"): "302l 200 200 200 200",
    ("proposals", "get"): "302l 200 200 200 200",
    ("proposals", "post"): "302l 405 405 405 405",
    ("revise", "get"): "302l 404 404 404 404",  # another's
    ("withdraw", "get"): "302l 405 405 405 405",
    ("withdraw", "post"): "302l 404 404 404 404",  # another's
    ("report", "get"): "200 200 200 200 200",
    ("report", "post"): "200 200 200 200 200",
    ("confirm_own", "get"): "302l 403 200 200 200",
    ("confirm_own", "post"): "302l 403 302 302 302",
    ("confirm", "get"): "403 403 403 403 403",  # a forged link
    ("confirm", "post"): "403 403 403 403 403",
    ("ess_pages_proposals", "get"): "302l 302l 302h 302h 200",
    ("ess_pages_entry_reports", "get"): "302l 302l 302h 302h 200",
    ("ess_pages_decide_entry_report", "get"): "302l 302l 302h 302h 200",
    ("ess_pages_decide_entry_report", "post"): "302l 302l 302h 302h 302",
    ("ess_pages_representatives", "get"): "302l 302l 302h 302h 200",
    ("ess_pages_representatives", "post"): "302l 302l 302h 302h 200",
    ("ess_pages_dismiss_representative", "get"): "302l 302l 405 405 405",
    ("ess_pages_dismiss_representative", "post"): "302l 302l 302h 302h 302",
}


@pytest.fixture
def arguments(home) -> dict[str, list]:
    """What each address is about: an actor, a report of it, a proposal of somebody's."""
    f.PracticeIndexPageFactory(parent=home)
    actor = f.ActorPageFactory(parent=f.ActorIndexPageFactory(parent=home))
    report = EntryReport.objects.create(
        translation_key=actor.translation_key, reason="closed", language="fr"
    )
    proposal = Proposal.objects.create(
        author=f.UserFactory(), kind="correction", title="", language="fr", page=actor
    )
    about = {name: [actor.pk] for name in ("correct", "report", "confirm_own")}
    about |= {name: [proposal.pk] for name in ("revise", "withdraw")}
    about |= {"confirm": ["forged"], "ess_pages_decide_entry_report": [report.pk]}
    about["ess_pages_representatives"] = [actor.pk]
    return about | {"actor": actor}


@pytest.fixture
def people(arguments) -> dict:
    """An account of each kind."""
    people = {name: f.UserFactory() for name in WHO[1:]}
    for name, group in (("editor", "Editors"), ("moderator", "Moderators")):
        people[name].groups.add(Group.objects.get(name=group))
    appointed = appoint_representative(
        people["moderator"], arguments["actor"], people["representative"], "fr"
    )
    arguments["ess_pages_dismiss_representative"] = [arguments["actor"].pk, appointed.pk]
    return people


@pytest.mark.parametrize("who", WHO)
def test_everybody_may_do_what_the_table_says(client, arguments, people, who):
    wrong = {}
    for (name, method), statuses in TABLE.items():
        if who != "anonymous":
            client.force_login(people[who])
        with override("fr"):
            prefix = "" if name.startswith("ess_pages_") else "ess_pages:"
            address = reverse(f"{prefix}{name}", args=arguments.get(name, []))
        data = {"state": "done"} if method == "post" else {}
        response = getattr(client, method)(address, data)
        expected = statuses.split()[WHO.index(who)]
        if kind(response) != expected:
            wrong[name, method] = (kind(response), expected)
    assert wrong == {}


def kind(response) -> str:
    """Return the status, and where it leads if that is to the login or out of the way."""
    target = response.headers.get("Location", "")
    if "login" in target:
        return "302l"
    return "302h" if target == reverse("wagtailadmin_home") else str(response.status_code)
