"""The texts by which a page is found: its search fields, and those of what it relates to."""

from collections.abc import Iterator

from django.utils.html import strip_tags
from wagtail.search import index


def texts(instance, fields) -> Iterator[str]:
    """Yield the texts that these search fields of `instance` and of what it relates to hold."""
    for field in fields:
        value = field.get_value(instance)
        if isinstance(field, index.RelatedFields):
            related = value.all() if hasattr(value, "all") else filter(None, [value])
            for item in related:
                yield from texts(item, field.fields)
        elif isinstance(field, index.SearchField):
            values = value if isinstance(value, list) else [value]
            yield from (strip_tags(str(text)) for text in values if text)
