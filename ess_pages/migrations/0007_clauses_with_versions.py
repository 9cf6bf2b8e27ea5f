import hashlib
import json

from django.db import migrations
from django.utils import timezone

from ess_pages.forms.prose import as_html, as_text


# What the former models have no place for, in the order in which it can go.
ROAD = (
    "UndertakingUpdate",
    "Undertaking",
    "DocumentText",
    "Ballot",
    "Voter",
    "Consultation",
    "Comment",
    "Opinion",
    "Amendment",
    "Step",
    "ClauseVersion",
)


def carry_over(apps, schema_editor):
    """Make one recommendation of the pages of all languages, and one clause of their clauses.

    What each clause says becomes its first version, and the status a first step. A clause that one
    language alone has stands at the end. Rich text becomes plain: the revisions of the pages hold
    the former.
    """
    Page = apps.get_model("ess_pages", "RecommendationPage")
    Recommendation = apps.get_model("ess_pages", "Recommendation")
    Clause = apps.get_model("ess_pages", "Clause")
    Step = apps.get_model("ess_pages", "Step")
    known = {}
    for page in Page.objects.order_by("pk"):
        # The oldest page decides: the others follow it.
        key = page.translation_key
        if key not in known:
            known[key] = Recommendation.objects.create(translation_key=key, state=page.status)
        page.recommendation = known[key]
        page.save(update_fields=["recommendation"])
    for recommendation in known.values():
        pages = Page.objects.filter(recommendation=recommendation)
        rows = Clause.objects.filter(page__in=pages).select_related("locale")
        clauses = {}
        for row in rows.order_by("page", "sort_order", "pk"):
            clauses.setdefault(row.translation_key, []).append(row)
        text = write_versions(apps, recommendation, clauses)
        if recommendation.state != "draft":
            add_step(Step, recommendation, len(clauses), text)


def write_versions(apps, recommendation, clauses):
    ClauseVersion = apps.get_model("ess_pages", "ClauseVersion")
    order, text, now = [], [], timezone.now()
    for number, (key, rows) in enumerate(clauses.items(), start=1):
        kept, *others = rows
        words = {"fr": ("", ""), "ar": ("", "")}
        for row in reversed(rows):
            language = "ar" if row.locale.language_code.startswith("ar") else "fr"
            words[language] = (row.heading, as_text(row.text)[:5000])
        for row in others:
            row.delete()
        kept.recommendation = recommendation
        kept.save(update_fields=["recommendation"])
        order.append(kept.pk)
        ClauseVersion.objects.create(
            recommendation=recommendation,
            clause=kept,
            number=number,
            kind="written",
            order=list(order),
            heading_fr=words["fr"][0],
            text_fr=words["fr"][1],
            heading_ar=words["ar"][0],
            text_ar=words["ar"][1],
            at=now,
        )
        text.append([key.hex, *words["fr"], *words["ar"]])
    return text


def digest(value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def add_step(Step, recommendation, version, text):
    at, text_digest = timezone.now(), digest(text)
    key = recommendation.translation_key.hex
    Step.objects.create(
        recommendation=recommendation,
        number=1,
        state=recommendation.state,
        at=at,
        version=version,
        text_digest=text_digest,
        digest=digest(["", key, 1, recommendation.state, at.isoformat(), "", version, text_digest]),
    )


def carry_back(apps, schema_editor):
    """Give each page its status and the clauses of its language, in their latest version."""
    Page = apps.get_model("ess_pages", "RecommendationPage")
    ClauseVersion = apps.get_model("ess_pages", "ClauseVersion")
    Clause = apps.get_model("ess_pages", "Clause")
    Recommendation = apps.get_model("ess_pages", "Recommendation")
    kept = set()
    for recommendation in Recommendation.objects.all():
        versions = list(ClauseVersion.objects.filter(recommendation=recommendation).order_by("number"))
        latest = {version.clause_id: version for version in versions}
        order = versions[-1].order if versions else []
        for page in Page.objects.filter(recommendation=recommendation).order_by("pk"):
            page.status = recommendation.state
            page.save(update_fields=["status"])
            for place, pk in enumerate(order):
                kept.add(copy_clause(Clause, Clause.objects.get(pk=pk), latest[pk], page, place).pk)
    for name in ROAD:
        apps.get_model("ess_pages", name).objects.all().delete()
    Clause.objects.exclude(pk__in=kept).delete()
    Page.objects.update(recommendation=None)
    Clause.objects.update(recommendation=None)
    Recommendation.objects.all().delete()


def copy_clause(Clause, clause, version, page, place):
    language = "ar" if page.locale.language_code.startswith("ar") else "fr"
    if clause.page_id and clause.page_id != page.pk or clause.locale_id and clause.locale_id != page.locale_id:
        same = Clause.objects.filter(translation_key=clause.translation_key, locale=page.locale)
        clause = same.first() or Clause(translation_key=clause.translation_key)
    clause.page, clause.locale, clause.sort_order = page, page.locale, place
    clause.heading = getattr(version, f"heading_{language}")
    clause.text = as_html(getattr(version, f"text_{language}"))
    clause.save()
    return clause


class Migration(migrations.Migration):

    dependencies = [
        ('ess_pages', '0006_recommendations'),
    ]

    operations = [migrations.RunPython(carry_over, carry_back)]
