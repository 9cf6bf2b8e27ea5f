"""Two small directories, of actors and of practices, with something of every kind."""

import datetime

from django.utils import timezone
from wagtail.models import Locale, Page
from wagtail.search.index import insert_or_update_object

from ess_pages import models
from tests import factories as f


def make() -> dict[str, Page]:
    """Publish the directories in both languages and return their pages by name.

    The weavers and the union abroad are in both languages, the bank and the school in French only,
    the club in Arabic only.
    """
    pages = _make_actors()
    pages |= _make_practices(pages)
    for model in (models.ActorPage, models.PracticePage):
        for page in model.objects.all():
            insert_or_update_object(page)
    return pages


def _make_actors() -> dict[str, Page]:
    home = models.HomePage.objects.get(locale__language_code="fr")
    actors = f.ActorIndexPageFactory(parent=home, title="Acteurs", slug="acteurs")
    arabic = f.translate(actors, {"Acteurs": "الفاعلون", "acteurs": "فاعلون"})
    alger = f.WilayaFactory(latitude="36.77500", longitude="3.05900")
    oran = f.WilayaFactory(slug="oran", code="31", name_fr="Oran", name_ar="وهران")
    f.WilayaFactory(
        slug="aflou",
        code="59",
        name_fr="Aflou",
        name_ar="أفلو",
        active_from=timezone.localdate() + datetime.timedelta(days=9),
        mother=oran,
    )
    civil = f.SphereFactory(
        slug="civil-society", name_fr="Société civile", name_ar="المجتمع المدني"
    )
    private = f.SphereFactory(slug="private", name_fr="Sphère privée", name_ar="القطاع الخاص")
    association = _record(models.LegalForm, "association", "Association", "جمعية")
    cooperative = _record(models.LegalForm, "cooperative", "Coopérative", "تعاونية")
    crafts = _record(models.Sector, "crafts", "Artisanat", "الصناعة التقليدية")
    crafts.ess_global = "http://purl.org/essglobal/standard/activities/a03"
    crafts.save()
    health = _record(models.Sector, "health", "Santé", "الصحة")
    _record(models.Sector, "fishing", "Pêche", "الصيد")
    training = _record(models.Topic, "training", "Formation", "التكوين")
    women = _record(models.TargetGroup, "women", "Femmes", "النساء")

    union = f.ActorPageFactory(
        parent=actors,
        title="Union d’ailleurs",
        sphere=civil,
        legal_form=association,
        country="FR",
        sectors=[crafts],
    )
    weavers = f.ActorPageFactory(
        parent=actors,
        title="Atelier des tisserandes",
        summary="Elles tissent.",
        sphere=civil,
        legal_form=association,
        wilaya=alger,
        locality="Bab El Oued",
        sectors=[crafts, health],
        topics=[training],
        target_groups=[women],
        founded=1998,
        people=12,
        women=9,
        men=3,
        products="Tapis",
        website="https://tisserandes.example.org/",
        contact_name="Nadia",
        email="nadia@example.org",
        phone="+213 21 00 00 00",
        contacts_consent=True,
        networks=[
            models.NetworkMembership(network=union),
            models.NetworkMembership(name="Réseau libre"),
        ],
        links=[models.ActorLink(title="Vidéos", url="https://video.example.org/")],
        exchanges=[
            _exchange("offer", "Un métier à tisser"),
            _exchange("need", "De la laine"),
            _exchange("need", "Un camion", timezone.localdate() - datetime.timedelta(days=1)),
        ],
    )
    bank = f.ActorPageFactory(
        parent=actors,
        title="Banque solidaire",
        sphere=private,
        legal_form=cooperative,
        wilaya=oran,
        sectors=[health],
        email="secret@example.org",
    )
    school = f.ActorPageFactory(
        parent=actors, title="École ouverte", summary="=1+1", sphere=civil, wilaya=alger
    )
    club = f.ActorPageFactory(
        parent=arabic,
        title="نادي الواحة",
        locale=Locale.objects.get(language_code="ar"),
        sphere=f.SphereFactory(),
        wilaya=oran,
    )
    f.translate(union, {"Union d’ailleurs": "اتحاد المهجر"})
    f.translate(weavers, {"Atelier des tisserandes": "ورشة النساجات"})
    return {
        "actors": actors,
        "union": union,
        "weavers": weavers,
        "bank": bank,
        "school": school,
        "club": club,
    }


def _make_practices(pages: dict[str, Page]) -> dict[str, Page]:
    home = models.HomePage.objects.get(locale__language_code="fr")
    practices = f.PracticeIndexPageFactory(parent=home, title="Pratiques", slug="pratiques")
    f.translate(practices, {"Pratiques": "الممارسات", "pratiques": "ممارسات"})
    heavy = models.Criterion.objects.create(
        slug="results", name_fr="Résultats", name_ar="النتائج", weight=3
    )
    light = models.Criterion.objects.create(slug="novelty", name_fr="Nouveauté", name_ar="الجدة")
    carriers = [models.PracticeCarrier(actor=pages[name]) for name in ("weavers", "union")]
    canteen = f.PracticePageFactory(parent=practices, title="Cantine", since=2019)
    sorting = f.PracticePageFactory(
        parent=practices,
        title="Tri de quartier",
        wilaya=pages["weavers"].wilaya,
        carriers=[*carriers, models.PracticeCarrier(actor=pages["bank"])],
        figures=[models.PracticeFigure(value="1 200", label="familles")],
        scores=[
            models.PracticeScore(criterion=heavy, score=5, reason="Vu."),
            models.PracticeScore(criterion=light, score=1, reason="Courant."),
        ],
    )
    library = f.PracticePageFactory(
        parent=practices,
        title="Bibliothèque",
        scores=[models.PracticeScore(criterion=light, score=2, reason="Courant.")],
    )
    return {"practices": practices, "canteen": canteen, "sorting": sorting, "library": library}


def _record(model, slug: str, name_fr: str, name_ar: str):
    return model.objects.create(slug=slug, name_fr=name_fr, name_ar=name_ar)


def _exchange(kind: str, title: str, expires_on=None) -> models.Exchange:
    resource, _created = models.Resource.objects.get_or_create(
        slug="equipment", name_fr="Matériel", name_ar="عتاد"
    )
    return models.Exchange(kind=kind, title=title, resource=resource, expires_on=expires_on)
