"""How a page's translations follow it. The editor's own road is wagtail-localize's."""

from django.db import models, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from wagtail_localize.fields import SynchronizedField, get_translatable_fields
from wagtail_localize.models import SegmentOverride, StringSegment, StringTranslation, Translation

from .models.base import ContentPage


def translations() -> QuerySet[Translation]:
    """Return the translations that wagtail-localize keeps, each with `missing`.

    `missing` is how many texts of the source are not translated yet; the slug does not count,
    since it can be made from the title.
    """
    translated = StringTranslation.objects.filter(
        locale=OuterRef(OuterRef("target_locale")),
        translation_of=OuterRef("string"),
        context=OuterRef("context"),
        has_error=False,
    )
    missing = (
        StringSegment.objects.filter(~Exists(translated), source=OuterRef("source"))
        .exclude(context__path="slug")
        .order_by()
        .values("source")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        Translation.objects.filter(enabled=True)
        .annotate(missing=Coalesce(Subquery(missing), 0))
        .select_related("source", "target_locale")
    )


def translations_of(page: ContentPage) -> QuerySet[Translation]:
    """Return the translations kept of this page, as `translations` does."""
    return translations().filter(
        source__object_id=page.translation_key, source__locale=page.locale_id
    )


@transaction.atomic
def keep_in_step(page: ContentPage, user=None) -> None:
    """Carry what has just been published on `page` over to its translations.

    Facts (dates, wilayas, images) follow at once on the published translations. Texts wait for a
    translator; but a translation that still has every text is simply published anew.
    """
    # Twice: what is missing is known only once every source holds the new texts.
    for translation in translations_of(page):
        translation.source.update_from_db()
    for translation in translations_of(page):
        target = translation.get_target_instance()
        if not target.live:
            continue
        if translation.missing or target.has_unpublished_changes:
            _copy_facts(page, target, translation)
            target.save_revision(user=user).publish(user=user)
        else:
            translation.save_target(user=user, publish=True)


def _copy_facts(page: ContentPage, target: ContentPage, translation: Translation) -> None:
    """Copy to `target` the fields of `page` that are kept in step, save those overridden there."""
    overridden = set(
        SegmentOverride.objects.filter(
            context__object=translation.source.object_id, locale=translation.target_locale
        ).values_list("context__path", flat=True)
    )
    for fact in get_translatable_fields(type(page)):
        if not isinstance(fact, SynchronizedField) or fact.field_name in overridden:
            continue
        field = fact.get_field(type(page))
        if isinstance(field, models.ManyToOneRel):
            page.copy_child_relation(field.name, target)
        else:
            setattr(target, field.attname, getattr(page, field.attname))
