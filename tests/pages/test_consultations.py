"""The participants' consent: who is asked, who may ask, what is counted, what stays secret."""

import datetime
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from ess_pages.actions import amendments, road, texts
from ess_pages.actions import consultations as verbs
from ess_pages.models import (
    Amendment,
    Ballot,
    Consultation,
    Guest,
    Participant,
    Recommendation,
    Sphere,
    Step,
    Voter,
)
from ess_pages.models.clauses import Wording
from ess_pages.models.kept import KeptRecordError
from ess_pages.policy import allows
from ess_pages.throttle import RATES
from tests import factories
from tests.pages.test_registrations import on_a_connection_of_its_own, on_a_file

Rule, Voice, Electorate = Consultation.Rule, Consultation.Voice, Consultation.Electorate
State = Recommendation.State
FOR, AGAINST, ABSTAIN = Ballot.Choice
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
SPHERES = ("public", "private", "civil-society", "international")


@pytest.fixture
def validator(db):
    return make_validator()


@pytest.fixture
def text(tree):
    """The recommendation of the tree, being settled: two clauses in both languages."""
    Recommendation.objects.update(state=State.SETTLING)
    return Recommendation.objects.get(pk=tree["recommendation"].recommendation_id)


@pytest.fixture
def people(text):
    return make_people(5)


@pytest.fixture
def ask(text, people, validator):
    """A function that puts the text to the people."""

    def ask(**details) -> Consultation:
        details = {"rule": Rule.MAJORITY, "closes_at": timezone.now() + 10 * DAY} | details
        return verbs.ask_consent(validator, text, details)

    return ask


def make_validator(**fields):
    user = factories.UserFactory(**fields)
    user.user_permissions.add(Permission.objects.get(codename="validate_recommendation"))
    return user


def make_people(number: int, *spheres: str) -> list[Participant]:
    """Make participants with an account, of these spheres in turn."""
    slugs = spheres or ("public",)
    records = [factories.SphereFactory(slug=slug, name_fr=slug, name_ar=slug) for slug in slugs]
    return [
        factories.ParticipantFactory(
            user=factories.UserFactory(), sphere=records[index % len(records)]
        )
        for index in range(number)
    ]


def voters(consultation) -> list[Voter]:
    return list(consultation.voters.order_by("participant__pk"))


def cast(consultation, *choices: str) -> None:
    for voter, choice in zip(voters(consultation), choices, strict=False):
        verbs.vote(voter, choice, "Un délai manque." if choice == AGAINST else "")


def end(consultation) -> Consultation:
    Consultation.objects.filter(pk=consultation.pk).update(
        opened_at=timezone.now() - 10 * DAY, closes_at=timezone.now() - HOUR
    )
    return Consultation.objects.get(pk=consultation.pk)


def close(consultation) -> Consultation:
    return verbs.close_consultation(end(consultation))


def read(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


class TestAsking:
    def test_version_and_checksum_are_fixed(self, ask, text):
        consultation = ask()
        assert consultation.version == text.versions.last().number
        assert consultation.text_digest == text.text_digest()

    def test_whoever_has_an_active_account_is_asked(self, ask, people):
        factories.ParticipantFactory()
        factories.ParticipantFactory(user=factories.UserFactory(is_active=False))
        assert {voter.participant for voter in voters(ask())} == set(people)

    def test_those_of_the_meeting_are_asked(self, ask, tree, people):
        guest, came, cancelled, _absent, _other = people
        Guest.objects.create(report=tree["report"], participant=guest)
        for person, state in ((came, "confirmed"), (cancelled, "cancelled")):
            factories.RegistrationFactory(
                meeting=tree["meeting"],
                user=person.user,
                state=state,
                attended_at=timezone.now(),
            )
        asked = {voter.participant for voter in voters(ask(electorate=Electorate.MEETING))}
        assert asked == {guest, came}

    def test_nobody_to_ask_is_refused(self, ask):
        with pytest.raises(ValidationError) as refusal:
            ask(electorate=Electorate.MEETING)
        assert list(refusal.value.message_dict) == ["electorate"]
        assert not Consultation.objects.exists()

    @pytest.mark.parametrize("state", [state for state in State if state != State.SETTLING])
    def test_only_a_text_that_is_being_settled_is_put_to_them(self, ask, state):
        Recommendation.objects.update(state=state)
        with pytest.raises(ValidationError):
            ask()

    def test_clauses_that_differ_between_the_languages_are_named(self, ask, text, admin_user):
        one, two = text.text()
        texts.edit_clause(admin_user, one.clause, {"fr": Wording("Le fonds", "Mieux.")}, 99)
        with pytest.raises(ValidationError, match=r"1\. Le fonds") as refusal:
            ask()
        assert two.heading_fr not in str(refusal.value)

    def test_clause_that_is_missing_in_one_language_is_named(self, ask, text, admin_user):
        texts.write_clause(admin_user, text, {"fr": Wording("Seul en français", "Texte.")})
        with pytest.raises(ValidationError, match=r"1\. Seul en français"):
            ask()

    def test_undecided_amendments_are_decided_first(self, ask, text):
        author = factories.UserFactory()
        amendment = Amendment.objects.create(
            recommendation=text,
            kind=Amendment.Kind.STRIKE,
            clause=text.text()[0].clause,
            language="fr",
            author=author,
            author_name="A",
            state=Amendment.State.PROPOSED,
            proposed_at=timezone.now(),
        )
        with pytest.raises(ValidationError):
            ask()
        amendments.decline_amendment(factories.UserFactory(is_superuser=True), amendment, "Non.")
        ask()

    def test_one_at_a_time(self, ask):
        ask()
        with pytest.raises(ValidationError):
            ask()
        assert Consultation.objects.count() == 1

    def test_unpublished_page_is_not_put_to_anybody(self, ask, text):
        for page in text.language_pages.all():
            page.unpublish()
        with pytest.raises(ValidationError):
            ask()

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("closes_at", timezone.now() - HOUR),
            ("rule", "unanimity"),
            ("quorum", 101),
            ("voice", "wilaya"),
        ],
    )
    def test_what_cannot_be_is_refused(self, ask, name, value):
        with pytest.raises(ValidationError) as refusal:
            ask(**{name: value})
        assert list(refusal.value.message_dict) == [name]

    def test_secret_vote_of_a_sphere_of_two_is_refused(self, ask):
        make_people(2, "private")
        with pytest.raises(ValidationError) as refusal:
            ask(is_secret=True, voice=Voice.SPHERE)
        assert list(refusal.value.message_dict) == ["is_secret"]
        make_people(1, "private")
        ask(is_secret=True, voice=Voice.SPHERE)

    def test_text_cannot_be_changed_while_it_is_put_to_them(self, ask, text, admin_user):
        ask()
        with pytest.raises(ValidationError):
            texts.edit_clause(
                admin_user, text.text()[0].clause, {"fr": Wording("Un", "Autre.")}, 99
            )


VISITORS = ("anonymous", "member", "rapporteur", "editor", "validator", "inactive validator")


class TestPermissions:
    """Of all verbs of a validator, and each visitor."""

    @pytest.fixture
    def visitor(self, request, tree):
        name = request.param
        if name == "anonymous":
            return AnonymousUser()
        if "validator" in name:
            return make_validator(is_active=name == "validator")
        user = factories.UserFactory()
        if name == "rapporteur":
            workshop = tree["recommendation"].workshop
            workshop.rapporteurs.add(factories.ParticipantFactory(user=user))
            workshop.save()
        if name == "editor":
            call_command("setup_portal", stdout=StringIO())
            user.groups.add(Group.objects.get(name="Editors"))
        return user

    @pytest.mark.parametrize("verb", ["ask_consent", "waive_quorum", "close_consultation"])
    @pytest.mark.parametrize("visitor", VISITORS, indirect=True)
    def test_only_a_validator_may(self, request, visitor, verb, ask, text):
        user = visitor
        expected = request.node.callspec.params["visitor"] == "validator"
        assert allows(user, verb, text) is expected
        if verb != "ask_consent":
            consultation = ask(quorum=50)
        call = {
            "ask_consent": lambda: verbs.ask_consent(
                user, text, {"rule": Rule.MAJORITY, "closes_at": timezone.now() + DAY}
            ),
            "waive_quorum": lambda: verbs.waive_quorum(user, consultation, "Les vacances."),
            "close_consultation": lambda: verbs.close_consultation(end(consultation), user),
        }[verb]
        if expected:
            call()
        else:
            with pytest.raises(PermissionDenied):
                call()

    @pytest.mark.parametrize(
        ("visitor", "status"),
        [
            ("anonymous", 302),
            ("member", 403),
            ("rapporteur", 403),
            ("editor", 403),
            ("validator", 200),
        ],
        indirect=["visitor"],
    )
    def test_form_is_the_validators(self, client, visitor, status, text):
        if visitor.is_authenticated:
            client.force_login(visitor)
        assert client.get(f"/fr/recommendations/{text.pk}/consent/").status_code == status

    def test_group_editor_offers_the_permission(self, client, admin_user, tree):
        client.force_login(admin_user)
        html = read(client.get(reverse("wagtailusers_groups:add")))
        pk = Permission.objects.get(codename="validate_recommendation").pk
        assert html.select(f"[name=permissions][value='{pk}']")


class TestVoting:
    def test_open_vote_can_be_changed_until_the_end(self, ask):
        consultation = ask()
        voter = voters(consultation)[0]
        verbs.vote(voter, AGAINST, "Un délai manque.")
        verbs.vote(voter, FOR, "Un délai manque.")
        ballot = Ballot.objects.get()
        assert (ballot.voter, ballot.choice, ballot.reason) == (voter, FOR, "")

    def test_same_vote_twice_is_one_and_logged_once(self, ask, text):
        voter = voters(ask())[0]
        verbs.vote(voter, FOR)
        verbs.vote(voter, FOR)
        assert Ballot.objects.count() == 1
        (entry,) = registry.get_logs_for_instance(text).filter(action="ess_pages.vote")
        assert entry.user == voter.participant.user

    @pytest.mark.parametrize("is_secret", [False, True])
    def test_objection_needs_a_reason(self, ask, is_secret):
        voter = voters(ask(is_secret=is_secret))[0]
        with pytest.raises(ValidationError) as refusal:
            verbs.vote(voter, AGAINST, " \n")
        assert list(refusal.value.message_dict) == ["reason"]
        assert not Ballot.objects.exists()
        assert not Voter.objects.filter(has_voted=True).exists()

    @pytest.mark.parametrize("is_secret", [False, True])
    def test_choice_that_there_is_not_is_refused(self, ask, is_secret):
        with pytest.raises(ValidationError) as refusal:
            verbs.vote(voters(ask(is_secret=is_secret))[0], "perhaps")
        assert list(refusal.value.message_dict) == ["choice"]

    @pytest.mark.parametrize("is_secret", [False, True])
    def test_vote_after_the_end_is_refused(self, ask, is_secret):
        consultation = end(ask(is_secret=is_secret))
        with pytest.raises(ValidationError):
            verbs.vote(voters(consultation)[0], FOR)
        assert not Ballot.objects.exists()

    def test_secret_vote_is_final(self, ask):
        voter = voters(ask(is_secret=True))[0]
        verbs.vote(voter, FOR)
        with pytest.raises(ValidationError) as refusal:
            verbs.vote(Voter.objects.get(pk=voter.pk), AGAINST, "Non.")
        assert refusal.value.code == "final"
        assert [ballot.choice for ballot in Ballot.objects.all()] == [FOR]


class TestSecrecy:
    def test_nothing_leads_from_a_ballot_to_its_voter(self, ask, text):
        consultation = ask(is_secret=True)
        before = ModelLogEntry.objects.count()
        cast(consultation, FOR, AGAINST, ABSTAIN)
        assert set(Ballot.objects.values_list("voter", "sphere")) == {(None, None)}
        assert ModelLogEntry.objects.count() == before
        moments = [f.name for f in Ballot._meta.fields if "date" in f.get_internal_type().lower()]
        assert not moments
        ticks = {f.name for f in Voter._meta.fields if "date" in f.get_internal_type().lower()}
        assert not ticks

    def test_each_vote_writes_the_whole_box_anew(self, ask):
        consultation = ask(is_secret=True)
        cast(consultation, FOR, FOR, FOR, FOR)
        before = set(Ballot.objects.values_list("pk", flat=True))
        verbs.vote(voters(consultation)[4], AGAINST, "Un délai manque.")
        assert not before & set(Ballot.objects.values_list("pk", flat=True))
        assert Ballot.objects.count() == 5

    def test_place_in_the_table_tells_no_order(self, ask):
        make_people(35)
        consultation = ask(is_secret=True)
        cast(consultation, *[FOR] * 39, AGAINST)
        column = "ctid" if connection.vendor == "postgresql" else "rowid"
        places = set()
        for _more in range(3):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT choice FROM ess_pages_ballot ORDER BY {column}")
                places.add([row[0] for row in cursor.fetchall()].index(AGAINST))
            verbs._put_among_the_others(Ballot(consultation=consultation, choice=FOR))
        assert places != {39}  # all three by chance: once in 60,000 times

    def test_voices_of_spheres_are_told_and_not_how_they_came_about(self, ask):
        make_people(3, "private")
        consultation = ask(is_secret=True, voice=Voice.SPHERE)
        cast(consultation, FOR, FOR, AGAINST, ABSTAIN)
        result = close(consultation).result
        told = {row["sphere"]: row for row in result["spheres"]}
        assert told["public"] == {"sphere": "public", "asked": 5, "answered": 4, "voice": "for"}
        assert told["private"]["voice"] == "silent"

    @pytest.mark.parametrize("is_secret", [False, True])
    def test_page_names_who_voted_what_only_of_an_open_ballot(self, client, ask, is_secret):
        consultation = ask(is_secret=is_secret)
        cast(consultation, FOR, AGAINST)
        close(consultation)
        html = client.get(f"/fr/consultations/{consultation.pk}/").content.decode()
        names = [voter.name_fr in html for voter in voters(consultation)]
        assert names == ([False] * 5 if is_secret else [True, True, False, False, False])
        assert "Un délai manque." in html


class TestClosing:
    def test_consent_validates_the_text_that_was_put_to_them(self, ask, text):
        consultation = ask()
        cast(consultation, FOR, FOR, AGAINST)
        closed = close(consultation)
        assert closed.has_passed
        assert closed.result["choices"] == {"for": 2, "against": 1, "abstain": 0}
        text.refresh_from_db()
        assert text.state == State.VALIDATED
        step = Step.objects.get()
        assert (step.version, step.text_digest) == (closed.version, closed.text_digest)

    @pytest.mark.parametrize(
        ("details", "votes", "why_not"),
        [
            ({}, [FOR, AGAINST], ["no_majority"]),
            ({"rule": Rule.NO_OBJECTION}, [FOR, FOR, AGAINST], ["objection"]),
            ({"rule": Rule.TWO_THIRDS}, [FOR, FOR, FOR, AGAINST, AGAINST], ["no_two_thirds"]),
            ({"quorum": 60}, [FOR, FOR], ["quorum"]),
        ],
        ids=["tie", "objection", "less than two thirds", "quorum not reached"],
    )
    def test_no_consent_leaves_the_text_being_settled(
        self, client, ask, text, details, votes, why_not
    ):
        consultation = ask(**details)
        cast(consultation, *votes)
        closed = close(consultation)
        assert (closed.has_passed, closed.result["why_not"]) == (False, why_not)
        text.refresh_from_db()
        assert text.state == State.SETTLING
        html = read(client.get(f"/fr/consultations/{closed.pk}/"))
        assert len(html.select("section[aria-labelledby=result] li")) == 1

    def test_waiver_of_the_quorum_is_dated_and_published(self, client, ask, text, validator):
        consultation = ask(quorum=60)
        cast(consultation, FOR, FOR)
        verbs.waive_quorum(validator, consultation, "Beaucoup sont en congé.")
        first = Consultation.objects.get().quorum_waived_at
        verbs.waive_quorum(validator, consultation, "Autre chose.")
        assert Consultation.objects.get().quorum_waived_at == first
        assert registry.get_logs_for_instance(text).filter(action="ess_pages.waive_quorum").count()
        closed = close(consultation)
        assert closed.has_passed
        assert closed.result["quorum"] | {"percent": 60} == {
            "percent": 60,
            "needed": 3,
            "is_reached": False,
            "is_waived": True,
        }
        html = client.get(f"/fr/consultations/{closed.pk}/").content.decode()
        assert "Beaucoup sont en congé." in html

    def test_quorum_is_waived_only_while_it_is_open_and_for_a_reason(self, ask, validator):
        consultation = ask(quorum=60)
        with pytest.raises(ValidationError):
            verbs.waive_quorum(validator, consultation, " ")
        with pytest.raises(ValidationError):
            verbs.waive_quorum(validator, end(consultation), "Trop tard.")
        assert Consultation.objects.get().quorum_waived_at is None

    def test_where_there_is_no_quorum_none_is_waived(self, ask, validator):
        with pytest.raises(ValidationError):
            verbs.waive_quorum(validator, ask(), "Pour rien.")

    def test_nobody_closes_before_the_end(self, ask, validator):
        with pytest.raises(ValidationError):
            verbs.close_consultation(ask(), validator)

    def test_closed_twice_is_counted_once(self, ask):
        first = close(ask(rule=Rule.NO_OBJECTION))
        second = verbs.close_consultation(first)
        assert first.closed_at == second.closed_at
        assert Step.objects.count() == 1

    def test_nothing_changes_once_it_is_closed(self, ask, validator):
        consultation = ask(quorum=10)
        early, late = voters(consultation)[:2]
        verbs.vote(early, FOR)
        stale, ballot = Consultation.objects.get(), Ballot.objects.get()
        close(consultation)
        for attempt in (
            stale.save,
            stale.delete,
            ballot.save,
            ballot.delete,
            early.save,
            early.delete,
            lambda: Ballot.objects.create(
                consultation=stale, voter=late, sphere=late.sphere, choice=FOR
            ),
            lambda: Consultation.objects.update(has_passed=False),
            lambda: Ballot.objects.update(choice=AGAINST),
            lambda: Voter.objects.update(has_voted=True),
            lambda: Ballot.objects.all().delete(),
            lambda: Voter.objects.all().delete(),
            lambda: Consultation.objects.all().delete(),
        ):
            with pytest.raises(KeptRecordError):
                attempt()
        for attempt in (
            lambda: verbs.vote(late, FOR),
            lambda: verbs.waive_quorum(validator, stale, "Trop tard."),
        ):
            with pytest.raises(ValidationError):
                attempt()

    def test_participant_who_goes_leaves_the_count(self, ask, people):
        consultation = ask()
        cast(consultation, FOR)
        close(consultation)
        people[0].delete()
        assert Consultation.objects.get().result["choices"]["for"] == 1
        assert Ballot.objects.get().voter.participant is None

    def test_withdrawn_recommendation_ends_it_without_a_result(self, client, ask, text, admin_user):
        consultation = ask()
        cast(consultation, FOR)
        road.withdraw_recommendation(admin_user, text, "Une loi l’a devancée.")
        assert Consultation.objects.get().has_passed is None
        html = read(client.get(f"/fr/consultations/{consultation.pk}/"))
        assert not html.select("section[aria-labelledby=ballots]")

    def test_refused_text_can_be_put_to_them_again(self, ask, text):
        close(ask())
        assert ask().pk != Consultation.objects.last().pk
        text.refresh_from_db()
        assert text.state == State.SETTLING


class TestCommand:
    def due(self) -> list[int]:
        """Take the steps, and return how many were settled, counted and reminded of."""
        out = StringIO()
        call_command("take_due_steps", stdout=out)
        return [int(number) for number in re.findall(r"\d+", out.getvalue())]

    def test_each_step_is_taken_once(self, ask, tree):
        consultation = ask(rule=Rule.NO_OBJECTION)
        assert self.due() == [0, 0, 0]
        end(consultation)
        page = factories.RecommendationPageFactory(parent=tree["recommendations"], clauses=["Un"])
        Recommendation.objects.filter(pk=page.recommendation_id).update(
            state=State.OPEN, closes_at=timezone.now() - HOUR
        )
        assert self.due() == [1, 1, 0]
        assert self.due() == [0, 0, 0]

    def test_those_who_are_silent_are_reminded_once(self, run_tasks, ask):
        consultation = ask()
        cast(consultation, FOR, FOR)
        Consultation.objects.update(
            opened_at=timezone.now() - 9 * DAY, closes_at=timezone.now() + 23 * HOUR
        )
        mail.outbox.clear()
        assert self.due()[-1] == 1
        silent = [voter.participant.user.email for voter in voters(consultation)[2:]]
        assert sorted(message.to[0] for message in mail.outbox) == sorted(silent)
        assert self.due()[-1] == 0
        assert len(mail.outbox) == 3

    @pytest.mark.parametrize(("hours", "is_due"), [(30, False), (11, False), (9, True)])
    def test_short_vote_reminds_in_its_last_fifth(self, ask, hours, is_due):
        consultation = ask()
        consultation.closes_at = timezone.now() + datetime.timedelta(hours=hours)
        consultation.opened_at = consultation.closes_at - 2 * DAY - 2 * HOUR
        assert (consultation.remind_at <= timezone.now()) is is_due


class TestMails:
    def test_each_is_asked_in_their_language_with_their_address(self, run_tasks, people, ask):
        UserProfile.objects.create(user=people[0].user, preferred_language="ar")
        UserProfile.objects.create(user=people[1].user, preferred_language="de")
        consultation = ask()
        sent = {message.to[0]: message.body for message in mail.outbox}
        assert len(sent) == 5
        for person, language in zip(people[:3], ("ar", "fr", "fr"), strict=True):
            token = Voter.objects.get(participant=person).token
            assert f"http://testserver/{language}/votes/{token}/" in sent[person.user.email]
        name = Voter.objects.get(participant=people[0]).name_ar
        assert name in sent[people[0].user.email]
        assert consultation.rule_in_words

    @pytest.mark.parametrize("choice", [FOR, AGAINST])
    def test_all_who_were_asked_learn_the_result(self, run_tasks, ask, choice):
        consultation = ask()
        cast(consultation, choice)
        mail.outbox.clear()
        close(consultation)
        assert len(mail.outbox) == 5
        assert all(f"/consultations/{consultation.pk}/" in m.body for m in mail.outbox)

    def test_mails_of_many_take_few_queries(self, run_tasks, ask, settings):
        def queries(**details) -> int:
            with CaptureQueriesContext(connection) as captured:
                ask(**details)
            return len(captured)

        few = queries()
        Consultation.objects.all().delete()
        make_people(40)
        # Whether an address still takes mails is asked as each is delivered.
        assert queries() <= few + 1 + 40


# On the site

LANGUAGES = pytest.mark.parametrize("language", ["fr", "ar"])


class TestPages:
    def post(self, client, url, **data):
        return client.post(url, data)

    @LANGUAGES
    def test_validator_asks_with_every_rule_explained(
        self, client, text, people, validator, language
    ):
        client.force_login(validator)
        url = f"/{language}/recommendations/{text.pk}/consent/"
        html = read(client.get(url))
        assert len(html.select("[name=rule]")) == 3
        assert all(label.small.text for label in html.select("label:has([name=rule])"))
        until = timezone.localtime(timezone.now() + DAY).strftime("%Y-%m-%dT%H:%M")
        details = {"rule": "two_thirds", "voice": "sphere", "quorum": 50, "electorate": "all"}
        response = self.post(client, url, closes_at=until, **details)
        consultation = Consultation.objects.get()
        assert response.url == f"/{language}/consultations/{consultation.pk}/"
        assert (consultation.rule, consultation.voice, consultation.quorum) == (
            Rule.TWO_THIRDS,
            Voice.SPHERE,
            50,
        )

    def test_what_was_typed_is_kept(self, client, text, people, validator):
        client.force_login(validator)
        url = f"/fr/recommendations/{text.pk}/consent/"
        details = {"rule": "majority", "voice": "member", "quorum": 40, "electorate": "meeting"}
        response = self.post(client, url, closes_at="2001-01-01T10:00", **details)
        html = read(response)
        assert response.status_code == 422
        assert html.select_one("[name=quorum]")["value"] == "40"
        assert html.select_one("[name=rule][value=majority]").has_attr("checked")
        assert html.select(".errorlist")

    @LANGUAGES
    def test_whoever_has_the_address_votes_without_an_account(self, client, ask, language):
        voter = voters(ask())[0]
        url = f"/{language}/votes/{voter.token}/"
        html = read(client.get(url))
        assert len(html.select("[name=choice]")) == 3
        first = html.select_one(".ess-consent-text > li")
        other = "ar" if language == "fr" else "fr"
        assert [block["lang"] for block in first.find_all("div", lang=True)] == [language, other]
        assert [block["dir"] for block in first.find_all("div", lang=True)] == (
            ["ltr", "rtl"] if language == "fr" else ["rtl", "ltr"]
        )
        assert len(html.select(".ess-consent-text a[href*='#clause-']")) == 2
        assert self.post(client, url, choice=FOR).status_code == 302
        assert Ballot.objects.get().choice == FOR
        html = read(client.get(url))
        assert html.select_one("[name=choice][value=for]").has_attr("checked")

    def test_objection_without_a_reason_is_asked_for_one(self, client, ask):
        voter = voters(ask())[0]
        response = self.post(client, f"/fr/votes/{voter.token}/", choice=AGAINST)
        html = read(response)
        assert response.status_code == 422
        assert html.select_one(".ess-field-wrong [name=reason]")
        assert html.select_one("[name=choice][value=against]").has_attr("checked")

    def test_secret_vote_is_taken_once(self, client, ask):
        voter = voters(ask(is_secret=True))[0]
        url = f"/fr/votes/{voter.token}/"
        assert self.post(client, url, choice=FOR).status_code == 302
        response = self.post(client, url, choice=FOR)
        assert response.status_code == 422
        assert read(response).select_one(".ess-consent-mine")
        assert not read(client.get(url)).select("form.ess-vote")
        assert Ballot.objects.count() == 1

    def test_vote_after_the_end_changes_nothing(self, client, ask):
        voter = voters(end(ask()))[0]
        url = f"/fr/votes/{voter.token}/"
        assert self.post(client, url, choice=FOR).status_code == 409
        assert not read(client.get(url)).select("form.ess-vote")
        assert not Ballot.objects.exists()

    def test_address_that_nobody_has_leads_nowhere(self, client, tree):
        assert client.get("/fr/votes/nobody/").status_code == 404
        assert client.get("/fr/votes/%00/").status_code == 404

    def test_too_many_votes_are_refused(self, client, ask, monkeypatch):
        monkeypatch.setitem(RATES, "vote", "1/hour")
        url = f"/fr/votes/{voters(ask())[0].token}/"
        self.post(client, url, choice=FOR)
        assert self.post(client, url, choice=AGAINST, reason="Non.").status_code == 429
        assert Ballot.objects.get().choice == FOR

    def test_no_result_is_shown_before_the_end(self, client, ask):
        consultation = ask()
        cast(consultation, FOR, AGAINST)
        url = f"/fr/consultations/{consultation.pk}/"
        for moment in (consultation, end(consultation)):
            html = read(client.get(url))
            assert not html.select("section[aria-labelledby=result]")
            assert "Un délai manque." not in html.text
            cells = [cell.text for cell in html.select(".ess-consent-table tbody td")]
            assert cells == ["5", "2"], moment

    @LANGUAGES
    def test_result_tells_the_exact_count(self, client, ask, language):
        make_people(2, "private")
        consultation = ask(voice=Voice.SPHERE, quorum=20)
        cast(consultation, FOR, FOR, AGAINST, ABSTAIN, ABSTAIN, AGAINST)
        close(consultation)
        html = read(client.get(f"/{language}/consultations/{consultation.pk}/"))
        counts = [cell.text for cell in html.select(".ess-consent-count td")]
        assert counts == ["1", "1", "0", "0"]
        rows = {
            row.th.text: [cell.text for cell in row.select("td")][:5]
            for row in html.select(".ess-consent-table tbody tr")
        }
        assert sorted(rows.values()) == [["2", "1", "0", "1", "0"], ["5", "5", "2", "1", "2"]]
        assert html.select_one(".ess-consent-digest").text == consultation.text_digest

    def test_member_gets_to_the_vote_from_the_recommendation(self, client, ask, tree, people):
        consultation = ask()
        url = tree["recommendation"].url
        assert not read(client.get(url)).select("a[href*='/votes/']")
        client.force_login(people[0].user)
        token = Voter.objects.get(participant=people[0]).token
        assert read(client.get(url)).select_one(f"a[href='/fr/votes/{token}/']")
        end(consultation)
        assert not read(client.get(url)).select("a[href*='/votes/']")

    def test_validator_asks_from_the_recommendation(self, client, text, tree, validator):
        link = f"a[href='/fr/recommendations/{text.pk}/consent/']"
        assert not read(client.get(tree["recommendation"].url)).select(link)
        client.force_login(validator)
        assert read(client.get(tree["recommendation"].url)).select(link)

    def test_validator_waives_and_counts_on_the_page(self, client, ask, validator):
        consultation = ask(quorum=80)
        url = f"/fr/consultations/{consultation.pk}/"
        assert not read(client.get(url)).select("form[action*='/waive/']")
        client.force_login(validator)
        assert read(client.get(url)).select("form[action*='/waive/']")
        response = self.post(client, f"{url}waive/", reason=" ")
        assert (response.status_code, bool(read(response).select(".errorlist"))) == (422, True)
        assert self.post(client, f"{url}waive/", reason="Congés.").url == url
        self.post(client, f"{url}close/")
        assert Consultation.objects.get().closed_at is None
        end(consultation)
        assert read(client.get(url)).select("form[action*='/close/']")
        self.post(client, f"{url}close/")
        assert Consultation.objects.get().closed_at

    @pytest.mark.parametrize("verb", ["waive", "close"])
    def test_member_neither_waives_nor_counts(self, client, ask, people, verb):
        client.force_login(people[0].user)
        url = f"/fr/consultations/{ask(quorum=10).pk}/{verb}/"
        assert self.post(client, url, reason="Non.").status_code == 403

    @pytest.mark.parametrize("name", ["consultation", "vote", "ask", "recommendation"])
    @pytest.mark.parametrize("is_closed", [False, True])
    def test_queries_do_not_grow_with_the_voters(
        self, client, ask, tree, text, people, validator, name, is_closed
    ):
        client.force_login(validator if name == "ask" else people[0].user)

        def queries() -> int:
            consultation = Consultation.objects.get()
            voter = Voter.objects.get(participant=people[0])
            url = {
                "consultation": f"/fr/consultations/{consultation.pk}/",
                "vote": f"/fr/votes/{voter.token}/",
                "ask": f"/fr/recommendations/{text.pk}/consent/",
                "recommendation": tree["recommendation"].url,
            }[name]
            client.get(url)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url).status_code == 200
            return len(captured)

        def run() -> None:
            consultation = ask(voice=Voice.SPHERE)
            for voter in voters(consultation):
                verbs.vote(voter, AGAINST, "Un délai manque.")
            if is_closed:
                close(consultation)

        run()
        few = queries()
        forget_all()
        make_people(55)
        run()
        assert Voter.objects.count() == 60
        assert queries() == few


def forget_all() -> None:
    """Take the consultations and their votes away, as the site never does."""
    for model in (Ballot, Voter, Consultation):
        model.objects.all()._raw_delete("default")


def test_a_thousand_are_asked_and_counted_quickly(text, validator):
    spheres = [factories.SphereFactory(slug=slug) for slug in SPHERES]
    users = factories.UserFactory._meta.model
    accounts = users.objects.bulk_create(
        users(email=f"v{number}@example.org") for number in range(1000)
    )
    Participant.objects.bulk_create(
        Participant(name_fr=f"P{n}", name_ar=f"م{n}", user=user, sphere=spheres[n % 4])
        for n, user in enumerate(accounts)
    )
    details = {"rule": Rule.MAJORITY, "closes_at": timezone.now() + DAY, "voice": Voice.SPHERE}
    with CaptureQueriesContext(connection) as captured:
        consultation = verbs.ask_consent(validator, text, details)
    assert len(captured) < 30
    assert consultation.voters.count() == 1000
    Ballot.objects.bulk_create(
        Ballot(consultation=consultation, voter=voter, sphere_id=voter.sphere_id, choice=FOR)
        for voter in voters(consultation)
    )
    with CaptureQueriesContext(connection) as captured:
        result = close(consultation).result
    assert len(captured) < 30
    assert (result["answered"], result["voices"]["for"]) == (1000, 4)
    assert Sphere.objects.count() >= 4


# At once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_secret", [False, True])
def test_each_has_one_ballot_however_often_they_click_at_once(
    ask, tmp_path, monkeypatch, is_secret
):
    consultation = ask(is_secret=is_secret)
    clicks = [voter for voter in voters(consultation) for _click in range(6)]
    start = threading.Barrier(len(clicks))

    def click(voter) -> bool:
        start.wait()
        try:
            return bool(verbs.vote(voter, FOR))
        except ValidationError:
            return False

    def ballots() -> list:
        return list(Ballot.objects.values_list("choice", "voter"))

    with on_a_file(tmp_path, monkeypatch), ThreadPoolExecutor(len(clicks)) as pool:
        futures = [pool.submit(on_a_connection_of_its_own, click, voter) for voter in clicks]
        taken = [future.result() for future in futures]
        kept = pool.submit(on_a_connection_of_its_own, ballots).result()
    assert len(kept) == 5
    assert taken.count(True) == (5 if is_secret else 30)
