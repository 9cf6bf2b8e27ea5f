"""How records appear in the read API."""

from typing import Any

from rest_framework.fields import Field


class RecordField(Field):
    """A record or page, or several of them, by the fields that tell what it is."""

    def __init__(self, *names: str, many: bool = False, **kwargs):
        self.names = names
        self.many = many
        super().__init__(**kwargs)

    def to_representation(self, value) -> dict[str, Any] | list[dict[str, Any]]:
        """Return the named fields of the record, or of each record in turn."""
        if self.many:
            records = value.all() if hasattr(value, "all") else value
            return [self._one(record) for record in records]
        return self._one(value)

    def _one(self, record) -> dict[str, Any]:
        return {name: getattr(record, name) for name in self.names}


class ClausesField(Field):
    """The clauses of a recommendation's page as the API gives them: in the language of the page."""

    def get_attribute(self, instance: Any) -> Any:
        """Return the page."""
        return instance

    def to_representation(self, value) -> list[dict[str, Any]]:
        """Return key, number, heading and text of each clause, and whether it is up to date."""
        language = value.locale.language_code
        return [
            {
                "translation_key": str(version.clause.translation_key),
                "number": version.place,
                "heading": version.wording(language).heading,
                "text": version.wording(language).text,
                "version": version.number,
                "is_up_to_date": not version.is_behind(language),
            }
            for version in value.text
        ]


PAGE = ("id", "title", "full_url")
REFERENCE = ("slug", "name_fr", "name_ar")
PERSON = ("name_fr", "name_ar", "role_fr", "role_ar")
