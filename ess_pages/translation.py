"""How a page's translations follow it. The editor's own road is wagtail-localize's."""

import logging
from collections import defaultdict
from contextlib import suppress

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.models import TranslatableMixin
from wagtail_localize.fields import SynchronizedField, get_translatable_fields
from wagtail_localize.models import (
    SegmentOverride,
    StringSegment,
    StringTranslation,
    Translation,
    TranslationSource,
)
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from .models.base import ContentPage

logger = logging.getLogger(__name__)


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


def translation_into(page: ContentPage) -> Translation | None:
    """Return the translation through which wagtail-localize writes this page, if it does."""
    return (
        Translation.objects.filter(
            source__object_id=page.translation_key, target_locale=page.locale_id, enabled=True
        )
        .select_related("source")
        .first()
    )


def adopt_texts(page: ContentPage, before: ContentPage) -> None:
    """Keep as translations the texts that were published on a translated page by hand.

    `before` is the version that they were changed on; the texts that it has too are left alone.
    Without this, the next publication of the source would bring the former texts back. A text that
    has another number of paragraphs than its source has to be translated anew.
    """
    translation = translation_into(page)
    if translation is None:
        return
    former, current = _strings(before), _strings(page)
    for path in former | current:
        if former[path] != current[path]:
            _adopt(translation, path, current[path])


def _strings(page: ContentPage) -> defaultdict[str, list[str]]:
    strings = defaultdict(list)
    for segment in extract_segments(page):
        if isinstance(segment, StringSegmentValue):
            strings[segment.path].append(segment.string.data)
    return strings


def _adopt(translation: Translation, path: str, strings: list[str]) -> None:
    segments = translation.source.stringsegment_set.filter(context__path=path).order_by("order")
    kept = StringTranslation.objects.filter(
        locale=translation.target_locale_id,
        context__in=segments.values("context"),
        translation_of__in=segments.values("string"),
    )
    if len(segments) != len(strings):
        kept.update(
            has_error=True,
            field_error=_("The page has a newer text, in other paragraphs: copy it here."),
        )
        return
    for segment, text in zip(segments, strings, strict=True):
        StringTranslation.objects.update_or_create(
            locale=translation.target_locale,
            context_id=segment.context_id,
            translation_of_id=segment.string_id,
            defaults={
                "data": text,
                "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
                "has_error": False,
                "field_error": "",
            },
        )


def keep_in_step(page: ContentPage, user=None) -> None:
    """Carry what has just been published on `page` over to its translations.

    Facts (dates, wilayas, organisers) follow at once on the published translations. Texts wait
    for a translator; but a translation that still has every text, none of them new, is simply
    published anew. A translation that cannot be written is left as it is, and logged.
    """
    for source in TranslationSource.objects.filter(
        object_id=page.translation_key, locale=page.locale_id
    ):
        source.update_from_db()
    for translation in translations_of(page):
        try:
            with transaction.atomic():
                _follow(page, translation, user)
        except (ObjectDoesNotExist, ValidationError):
            logger.exception("Page %s: its translation could not follow.", page.pk)


def publish_complete_translations(page: ContentPage, user=None) -> None:
    """Publish those translations of `page` that are not published yet and lack no text."""
    for translation in translations_of(page):
        with suppress(ObjectDoesNotExist):
            if not translation.missing and not translation.get_target_instance().live:
                translation.save_target(user=user, publish=True)


def keep_restrictions_in_step(page: ContentPage) -> None:
    """Make the translations of `page` as private as it is."""
    for translation in translations_of(page):
        with suppress(ObjectDoesNotExist):
            target = translation.get_target_instance()
            translation.source.sync_view_restrictions(page, target)


def _follow(page: ContentPage, translation: Translation, user) -> None:
    target = translation.get_target_instance()
    if not target.live:
        return
    if target.has_unpublished_changes:
        # Neither the published version nor the draft may lose what it says.
        draft = target.get_latest_revision_as_object()
        _copy_facts(page, target, translation)
        _copy_facts(page, draft, translation)
        target.save()
        draft.save_revision(user=user)
    elif translation.missing or _has_unpublished_texts(translation, target):
        _copy_facts(page, target, translation)
        target.save_revision(user=user).publish(user=user)
    else:
        translation.save_target(user=user, publish=True)


def _has_unpublished_texts(translation: Translation, target: ContentPage) -> bool:
    """Whether a translator has written since the translation was last published."""
    return StringTranslation.objects.filter(
        context__object=translation.source.object_id,
        locale=translation.target_locale,
        updated_at__gt=target.last_published_at,
    ).exists()


def _copy_facts(page: ContentPage, target: ContentPage, translation: Translation) -> None:
    """Copy to `target` the fields of `page` that are kept in step, save those overridden there."""
    overridden = set(
        SegmentOverride.objects.filter(
            context__object=translation.source.object_id, locale=translation.target_locale
        ).values_list("context__path", flat=True)
    )
    _copy_fields(page, target, overridden)


def _copy_fields(source, target, overridden: set[str], path: str = "") -> None:
    for decided in get_translatable_fields(type(source)):
        name = decided.field_name
        field = decided.get_field(type(source))
        is_fact = isinstance(decided, SynchronizedField) and path + name not in overridden
        if isinstance(field, models.ManyToOneRel):
            if issubclass(field.related_model, TranslatableMixin):
                _copy_rows(source, target, name, overridden)
            elif is_fact:
                source.copy_child_relation(name, target)
        elif is_fact and isinstance(field, ParentalManyToManyField):
            setattr(target, name, list(getattr(source, name).all()))
        elif is_fact:
            setattr(target, field.attname, getattr(source, field.attname))


def _copy_rows(source, target, name: str, overridden: set[str]) -> None:
    """Put the rows of `target` in the order of `source`, with its facts, less those it has not.

    Rows that are new there wait for their texts.
    """
    rows = {row.translation_key: row for row in getattr(target, name).all()}
    kept = []
    for origin in getattr(source, name).all():
        if row := rows.get(origin.translation_key):
            row.sort_order = origin.sort_order
            _copy_fields(origin, row, overridden, f"{name}.{origin.translation_key}.")
            kept.append(row)
    setattr(target, name, kept)
