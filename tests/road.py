"""Recommendations on their road, made by the actions where there are some: see `Walk`."""

import datetime

from django.contrib.auth.models import Permission
from django.db import connection
from django.utils import timezone

from ess_pages import models
from ess_pages.actions import amendments as verbs
from ess_pages.actions import road
from ess_pages.models.clauses import Wording

from . import factories

Kind, State = models.Amendment.Kind, models.Recommendation.State
TOMORROW = datetime.timedelta(days=1)
TODAY = timezone.localdate()


class Walk:
    """A recommendation, and what a test has done to it; each step is dated as the test says.

    The page has two clauses in both languages, as `tree["recommendation"]` has.
    """

    def __init__(self, page, rapporteur=None):
        self.page = page
        self.text = models.Recommendation.objects.get(pk=page.recommendation_id)
        self.rapporteur = rapporteur or _rapporteur()
        self.text.rapporteurs.add(self.rapporteur.participant)

    def last(self) -> int:
        return self.text.versions.last().number

    def clause(self, place=1):
        return self.text.text()[place - 1].clause

    def open(self, until=TOMORROW):
        road.open_amendments(self.rapporteur, self.text, timezone.now() + until)
        self.text.refresh_from_db()
        return self

    def propose(self, user, kind=Kind.CHANGE, about=None, **fields):
        fields = {"language": "fr", "reason": "Plus clair.", **fields}
        if kind in (Kind.CHANGE, Kind.ADD):
            fields = {"heading": "Autre", "text": "Un autre texte.", **fields}
        about = about or (None if kind == Kind.ADD else self.clause())
        draft = models.Amendment(recommendation=self.text, kind=kind, clause=about, **fields)
        return verbs.propose_amendment(user, verbs.save_amendment(user, draft))

    def accept(self, amendment, words=None):
        words = words and {"fr": Wording(*words)}
        return verbs.accept_amendment(self.rapporteur, amendment, "Oui.", self.last(), words)

    def decline(self, amendment):
        verbs.decline_amendment(self.rapporteur, amendment, "Hors sujet.")

    def step(self, verb, reason=""):
        road.take_step(self.rapporteur, self.text, verb, reason)
        return self

    def consult(self, closes_at=None, **fields):
        """A consultation on the text as it is."""
        return models.Consultation.objects.create(
            recommendation=self.text,
            version=self.last(),
            text_digest=self.text.text_digest(),
            rule="majority",
            closes_at=closes_at or timezone.now() + TOMORROW,
            **fields,
        )

    def hand_over(self, institution, days_ago=10, reference="2016/ESS/01", **fields):
        """An issued document of the text, in the hands of somebody of an institution."""
        document, _created = models.OfficialDocument.objects.get_or_create(
            reference=reference,
            defaults={
                "title_fr": "Les recommandations",
                "title_ar": "التوصيات",
                "letter_fr": "Madame,",
                "letter_ar": "سيدتي،",
                "signatory_fr": "La présidente",
                "signatory_ar": "الرئيسة",
            },
        )
        if not document.texts.filter(recommendation=self.text).exists():
            models.DocumentText.objects.create(
                document=document,
                recommendation=self.text,
                place=document.texts.count() + 1,
                version=self.last(),
                text_digest=self.text.text_digest(),
            )
        if document.issued_at is None:
            models.OfficialDocument.objects.filter(pk=document.pk).update(issued_at=timezone.now())
        person = models.DecisionMaker.objects.create(
            institution=institution,
            name_fr="Mme B.",
            name_ar="السيدة ب.",
            post_fr="Directrice",
            post_ar="مديرة",
            email="secret@ministere.example",
            phone="021 00 00 00",
        )
        return models.Handover.objects.create(
            document=document,
            decision_maker=person,
            handed_on=TODAY - datetime.timedelta(days=days_ago),
            means="registry",
            recipient="Bureau d’ordre, no 12",
            **fields,
        )

    def answer(self, handover, days_ago=3):
        """An answer, with an undertaking about the first clause and what was done of it."""
        answer = models.Answer.objects.create(
            handover=handover,
            received_on=TODAY - datetime.timedelta(days=days_ago),
            text_fr="Nous y travaillons.",
            text_ar="نعمل على ذلك.",
        )
        undertaking = models.Undertaking.objects.create(
            answer=answer,
            clause=self.clause(),
            position="accepts",
            text_fr="Une loi.",
            text_ar="قانون.",
        )
        models.UndertakingUpdate.objects.create(
            at=timezone.now(),
            undertaking=undertaking,
            progress="under_way",
            happened_on=TODAY,
            note_fr="Le texte est écrit.",
            note_ar="كُتب النص.",
        )
        return answer


def institution(name="Ministère"):
    return models.Institution.objects.create(name_fr=name, name_ar=f"عربي {name}")


def _rapporteur():
    user = factories.UserFactory()
    factories.ParticipantFactory(user=user, name_fr="La rapporteure")
    user.user_permissions.add(
        *Permission.objects.filter(codename__in=["validate_recommendation", "add_handover"])
    )
    return user


def date_steps(text, *ages):
    """Make the steps of a text so many days old, and its first version a day more than the first.

    Behind the back of what keeps them: their digests are those of before.
    """
    now = timezone.now()

    def set_at(model, pk, days):
        at = now - datetime.timedelta(days=days)
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {model._meta.db_table} SET at = %s WHERE id = %s", [at, pk])

    for step, days in zip(text.steps.all(), ages, strict=True):
        set_at(models.Step, step.pk, days)
    for version in text.versions.all():
        set_at(models.ClauseVersion, version.pk, ages[0] + 1)
