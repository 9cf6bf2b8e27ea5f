"""Makes what tests need: pages by type, records, users."""

import datetime

import factory
import wagtail_factories
from django.contrib.auth import get_user_model
from django.test import TestCase
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation
from wagtail_localize.operations import translate_object

from ess_pages import models
from ess_pages.actions.road import take_step
from ess_pages.actions.texts import add_clause
from ess_pages.models.clauses import Wording


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"user{n}@example.org")
    password = factory.django.Password("mot de passe 7")


class SphereFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Sphere
        django_get_or_create = ["slug"]

    slug = "public"
    name_fr = "Sphère publique"
    name_ar = "القطاع العمومي"


class WilayaFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Wilaya
        django_get_or_create = ["slug"]

    slug = "alger"
    code = "16"
    name_fr = "Alger"
    name_ar = "الجزائر"


class ReferenceRecordFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True
        django_get_or_create = ["slug"]

    slug = factory.Sequence(lambda n: f"record-{n}")
    name_fr = factory.LazyAttribute(lambda record: record.slug.capitalize())
    name_ar = factory.LazyAttribute(lambda record: f"عربي {record.slug}")


class LegalFormFactory(ReferenceRecordFactory):
    class Meta:
        model = models.LegalForm


class SectorFactory(ReferenceRecordFactory):
    class Meta:
        model = models.Sector


class TargetGroupFactory(ReferenceRecordFactory):
    class Meta:
        model = models.TargetGroup


class TopicFactory(ReferenceRecordFactory):
    class Meta:
        model = models.Topic


class ResourceFactory(ReferenceRecordFactory):
    class Meta:
        model = models.Resource


class CriterionFactory(ReferenceRecordFactory):
    class Meta:
        model = models.Criterion

    description_fr = "Ce que demande le critère."
    description_ar = "ما يطلبه المعيار."


class ParticipantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Participant

    name_fr = factory.Sequence(lambda n: f"Participante {n}")
    name_ar = factory.Sequence(lambda n: f"مشاركة {n}")
    sphere = factory.SubFactory(SphereFactory)


class ContentPageFactory(wagtail_factories.PageFactory):
    """A published page, with a summary."""

    class Meta:
        abstract = True

    title = factory.Sequence(lambda n: f"Page {n}")
    slug = factory.LazyAttributeSequence(lambda page, n: f"page-{n}")
    summary = "Un résumé."

    @classmethod
    def _create_instance(cls, model_class, parent, kwargs):
        page = super()._create_instance(model_class, parent, kwargs)
        if page.live:
            page.save_revision().publish()
        return page


class HomePageFactory(ContentPageFactory):
    class Meta:
        model = models.HomePage


class StandardPageFactory(ContentPageFactory):
    class Meta:
        model = models.StandardPage


class ActorIndexPageFactory(ContentPageFactory):
    class Meta:
        model = models.ActorIndexPage


class ActorPageFactory(ContentPageFactory):
    class Meta:
        model = models.ActorPage

    sphere = factory.SubFactory(SphereFactory)


class ExchangeIndexPageFactory(ContentPageFactory):
    class Meta:
        model = models.ExchangeIndexPage


class PressPageFactory(ContentPageFactory):
    class Meta:
        model = models.PressPage


class ResolutionIndexPageFactory(ContentPageFactory):
    class Meta:
        model = models.ResolutionIndexPage


class PracticeIndexPageFactory(ContentPageFactory):
    class Meta:
        model = models.PracticeIndexPage


class PracticePageFactory(ContentPageFactory):
    class Meta:
        model = models.PracticePage

    problem = "<p>Un problème.</p>"
    approach = "<p>Une démarche.</p>"


class MeetingIndexPageFactory(ContentPageFactory):
    class Meta:
        model = models.MeetingIndexPage


class MeetingPageFactory(ContentPageFactory):
    class Meta:
        model = models.MeetingPage

    starts_on = datetime.date(2016, 3, 15)


class MeetingReportPageFactory(ContentPageFactory):
    class Meta:
        model = models.MeetingReportPage


class RecommendationIndexPageFactory(ContentPageFactory):
    class Meta:
        model = models.RecommendationIndexPage


class RecommendationPageFactory(ContentPageFactory):
    """A recommendation; `clauses` are the headings of its clauses, in both languages."""

    class Meta:
        model = models.RecommendationPage

    @factory.post_generation
    def clauses(page, create, headings, **kwargs):  # noqa: N805
        write_clauses(page.recommendation, *(headings or ()))


def write_clauses(recommendation, *headings: str) -> list[models.Clause]:
    """Add a clause for each heading: its text is made of it, its Arabic says so."""
    clauses = []
    for heading in headings:
        words = {
            "fr": Wording(heading, f"Texte de {heading}."),
            "ar": Wording(f"عربي {heading}", f"نص {heading}."),
        }
        version = add_clause(None, recommendation, words, clauses[-1] if clauses else None)
        clauses.append(version.clause)
    return clauses


class RegistrationFactory(factory.django.DjangoModelFactory):
    """A place at `meeting`."""

    class Meta:
        model = models.Registration
        exclude = ["meeting"]

    translation_key = factory.SelfAttribute("meeting.translation_key")
    name = factory.Sequence(lambda n: f"Inscrite {n}")
    email = factory.Sequence(lambda n: f"inscrite{n}@example.org")
    language = "fr"
    state = models.Registration.State.CONFIRMED


class AccreditationFactory(factory.django.DjangoModelFactory):
    """A journalist's request to cover `meeting`."""

    class Meta:
        model = models.Accreditation
        exclude = ["meeting"]

    translation_key = factory.SelfAttribute("meeting.translation_key")
    name = factory.Sequence(lambda n: f"Journaliste {n}")
    media = "Radio d’exemple"
    email = factory.Sequence(lambda n: f"presse{n}@example.org")
    language = "fr"


def translate(page: Page, texts: dict[str, str] | None = None, publish: bool = True) -> Page:
    """Return the Arabic of a French page, made as editors make it.

    `texts` gives the Arabic of French texts; one that it lacks is translated as « عربي: » and
    the French, or for the slug not at all.
    """
    arabic = Locale.objects.get(language_code="ar")
    translate_object(page, [arabic])
    translation = Translation.objects.get(
        source__object_id=page.translation_key, target_locale=arabic
    )
    po = translation.export_po()
    for entry in po:
        default = "" if entry.msgctxt == "slug" else f"عربي: {entry.msgid}"
        entry.msgstr = (texts or {}).get(entry.msgid, default)
    translation.import_po(po)
    with TestCase.captureOnCommitCallbacks(execute=True):  # that is where it publishes
        translation.save_target(publish=publish)
    return translation.get_target_instance()


class InstitutionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Institution

    name_fr = factory.Sequence(lambda n: f"Ministère {n}")
    name_ar = factory.Sequence(lambda n: f"وزارة {n}")


class DecisionMakerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.DecisionMaker

    institution = factory.SubFactory(InstitutionFactory)
    name_fr = factory.Sequence(lambda n: f"Décideuse {n}")
    name_ar = factory.Sequence(lambda n: f"مسؤولة {n}")
    post_fr = "Directrice"
    post_ar = "مديرة"
    email = "secret@example.org"
    phone = "+213 00 00 00 01"


class OfficialDocumentFactory(factory.django.DjangoModelFactory):
    """A draft; `recommendations` are in it, in this order."""

    class Meta:
        model = models.OfficialDocument
        skip_postgeneration_save = True

    reference = factory.Sequence(lambda n: f"2016/ESS/{n:02}")
    title_fr = "Ouvrir des lieux"
    title_ar = "فتح أماكن"
    letter_fr = "Madame, Monsieur,\n\nVoici ce que nous demandons."
    letter_ar = "سيدتي، سيدي،\n\nإليكم ما نطلبه."
    signatory_fr = "La présidente"
    signatory_ar = "الرئيسة"

    @factory.post_generation
    def recommendations(document, create, recommendations, **kwargs):  # noqa: N805
        for place, recommendation in enumerate(recommendations or (), start=1):
            models.DocumentText.objects.create(
                document=document, recommendation=recommendation, place=place, version=0
            )


def validate(recommendation: models.Recommendation) -> models.Recommendation:
    """Return a recommendation as it is once its participants have consented."""
    recommendation.state = models.Recommendation.State.SETTLING
    recommendation.save()
    take_step(None, recommendation, "validate")
    return recommendation
