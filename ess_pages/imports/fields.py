"""What an import writes: how each column of the open data is read, compared and put on a page."""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.rich_text import get_text_for_indexing

from ess_ground.words import folded

from ..countries import HOME_COUNTRY, country_choices, country_name
from ..languages import language_choices
from ..models import (
    ActorLink,
    ActorPage,
    LegalForm,
    NetworkMembership,
    PracticeCarrier,
    PracticePage,
    Sector,
    Sphere,
    TargetGroup,
    Topic,
    Wilaya,
)
from ..models.records import ReferenceRecord
from ..open_data.columns import SEPARATOR

SPACES = re.compile(r"[ \t\r\n]+")
BETWEEN_DIGITS = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
YES = {"yes", "oui", "نعم", "true", "vrai", "1", "x"}
NO = {"no", "non", "لا", "false", "faux", "0", ""}


def key(text: str) -> str:
    """Return by what a name is known, whatever its case, accents, spaces and punctuation."""
    return " ".join(re.findall(r"[^\W_]+", folded(text)))


class Names:
    """Values that a cell may hold, by each of their names."""

    def __init__(self, named: Iterable[tuple[str, Any]], label: Callable[[Any], str]):
        self.label = label
        self.values: dict[str, Any] = {}
        ambiguous = set()
        for name, value in named:
            known = self.values.setdefault(key(name), value)
            if known != value:
                ambiguous.add(key(name))
        for name in ambiguous | {""}:
            self.values.pop(name, None)

    def get(self, text: str) -> Any:
        """Return the value of this name, or None."""
        return self.values.get(key(text))

    def find(self, text: str) -> Any:
        """Return the value of this name. Raises ValidationError with the nearest name."""
        value = self.get(text)
        if value is None:
            near = get_close_matches(key(text), self.values, n=1, cutoff=0.7)
            message = _("“%(text)s” is not known.")
            if near:
                message = _("“%(text)s” is not known. Is it “%(name)s”?")
            name = near and self.label(self.values[near[0]])
            raise ValidationError(message, params={"text": text, "name": name})
        return value


class Known:
    """The records, countries and actors that cells name; each list is loaded when it is needed."""

    def __init__(self, locale):
        self.locale = locale
        self._records: dict[type[ReferenceRecord], Names] = {}

    def records(self, model: type[ReferenceRecord]) -> Names:
        """Return the records of a reference list, by slug, code and name in either language."""
        if model not in self._records:
            names = [
                (name, record)
                for record in model._default_manager.all()
                for name in (record.slug, record.name_fr, record.name_ar, *_codes(record))
            ]
            self._records[model] = Names(names, lambda record: record.name)
        return self._records[model]

    @cached_property
    def countries(self) -> Names:
        """The codes of the countries, by code and by name in each language."""
        names = [(code, code) for code, _name in country_choices()]
        for language, _language_name in language_choices():
            with override(language):
                names += [(str(name), code) for code, name in country_choices()]
        return Names(names, country_name)

    @cached_property
    def actors(self) -> Names:
        """The published actors of this language, by name."""
        actors = ActorPage.objects.live().filter(locale=self.locale).only("title", "page_ptr")
        return Names([(actor.title, actor) for actor in actors], lambda actor: actor.title)


def _codes(record) -> list[str]:
    """Return how the code of a wilaya is written: a spreadsheet makes 1 of 01."""
    code = getattr(record, "code", "")
    return [code, code.lstrip("0")] if code else []


class Field:
    """What a column, or several, say of an entry.

    `columns` are their names; `attribute` is what they say it of. A cell is read into a value
    (`read`), which is compared with the value that the page has (`current`) and put on it
    (`write`).
    """

    def __init__(self, attribute: str, *columns: str, required: bool = False):
        self.attribute = attribute
        self.columns = columns or (attribute,)
        self.required = required

    def read(self, cell: str, known: Known) -> Any:
        """Return the value of a cell. Raises ValidationError."""
        raise NotImplementedError

    def current(self, page) -> Any:
        """Return the value that the page has."""
        return getattr(page, self.attribute)

    def is_current(self, value: Any, page) -> bool:
        """Return whether the page has this value already."""
        return value == self.current(page)

    def write(self, page, value: Any, known: Known) -> None:
        """Put the value on the page."""
        setattr(page, self.attribute, value)

    def shown(self, value: Any) -> str:
        """Return the value as people read it."""
        return "" if value is None else str(value)


class Line(Field):
    """A text of one line."""

    def read(self, cell, known):
        """Return the text, its lines joined."""
        return SPACES.sub(" ", cell).strip()

    def current(self, page):
        """Return the text as `read` would."""
        return self.read(getattr(page, self.attribute), None)


class Lines(Field):
    """A text of several lines."""

    def read(self, cell, known):
        """Return the text."""
        return cell.replace("\r\n", "\n").strip()

    def current(self, page):
        """Return the text as `read` would."""
        return self.read(getattr(page, self.attribute), None)


class Contact(Line):
    """A contact: exports leave it empty where the actor does not agree that it be published.

    So an empty cell does not say that there is none.
    """

    def is_current(self, value, page):
        """Return whether the cell says nothing new."""
        return not value or super().is_current(value, page)


class RichText(Field):
    """A text with formats, which a file holds without them."""

    def read(self, cell, known):
        """Return the words of each paragraph."""
        return [SPACES.sub(" ", line).strip() for line in cell.split("\n") if line.strip()]

    def current(self, page):
        """Return the paragraphs as an export writes them."""
        return self.read(get_text_for_indexing(getattr(page, self.attribute)), None)

    def is_current(self, value, page):
        """Return whether the words are the same: spreadsheets move the ends of lines."""
        return " ".join(value) == " ".join(self.current(page))

    def write(self, page, value, known):
        """Put the paragraphs on the page."""
        setattr(page, self.attribute, "".join(f"<p>{escape(line)}</p>" for line in value))

    def shown(self, value):
        """Return the paragraphs."""
        return "\n".join(value)


class Number(Field):
    """A whole number."""

    def read(self, cell, known):
        """Return the number, or None for an empty cell."""
        text = BETWEEN_DIGITS.sub("", cell)
        if not text:
            return None
        if text.isdecimal() and len(text) < 16:
            return int(text)
        if DATE.match(text):
            message = _("“%(text)s” is a date: format the cell as a number.")
        else:
            message = _("“%(text)s” is not a whole number.")
        raise ValidationError(message, params={"text": cell})


class YesNo(Field):
    """Yes or no."""

    def read(self, cell, known):
        """Return whether the cell says yes; an empty one says no."""
        word = key(cell)
        if word not in YES | NO:
            raise ValidationError(_("“%(text)s” is neither yes nor no."), params={"text": cell})
        return word in YES

    def shown(self, value):
        """Return yes or no."""
        return _("yes") if value else _("no")


class Country(Field):
    """A country, by its code or its name; Algeria where the cell is empty."""

    def read(self, cell, known):
        """Return the code."""
        return known.countries.find(cell) if cell else HOME_COUNTRY

    def shown(self, value):
        """Return the name."""
        return country_name(value)


class Record(Field):
    """A record of a reference list, by slug, code or name in either language."""

    def __init__(self, model: type[ReferenceRecord], attribute: str, *columns: str, **options):
        super().__init__(attribute, *columns, **options)
        self.model = model

    def read(self, cell, known):
        """Return the record, or None for an empty cell."""
        return known.records(self.model).find(cell) if cell else None

    def current(self, page):
        """Return the record, or None also where the page is new."""
        return getattr(page, self.attribute, None)


class Records(Record):
    """Several records of a reference list."""

    def read(self, cell, known):
        """Return the records."""
        return _ordered(_each(cell, known.records(self.model)))

    def current(self, page):
        """Return the records."""
        return _ordered(getattr(page, self.attribute).all())

    def shown(self, value):
        """Return their names."""
        return SEPARATOR.join(record.name for record in value)


class Rows(Field):
    """Rows of a page, each told by one text: a row whose text the cell still has is left alone.

    A row that exports do not tell is left alone too.
    """

    def text(self, row, page) -> str:
        """Return the text by which an export tells a row of the page, or nothing."""
        raise NotImplementedError

    def new_row(self, text: str, page, known: Known) -> Model:
        """Return a new row for a text. Raises ValidationError."""
        raise NotImplementedError

    def read(self, cell, known):
        """Return the texts, each once."""
        return list(dict.fromkeys(filter(None, map(str.strip, re.split(r"[|\n]", cell)))))

    def current(self, page):
        """Return the texts of the rows, as `read` finds them in an export."""
        rows = getattr(page, self.attribute).all()
        return self.read(SEPARATOR.join(self.text(row, page) for row in rows), None)

    def is_current(self, value, page):
        """Return whether the rows say this, in whatever order."""
        return set(map(self.told_by, value)) == set(map(self.told_by, self.current(page)))

    def told_by(self, text: str) -> str:
        """Return what two texts have in common that tell the same row."""
        return key(text)

    def write(self, page, value, known):
        """Keep the rows that are still told, and add the others."""
        rows = list(getattr(page, self.attribute).all())
        told = {self.told_by(self.text(row, page)): row for row in rows}
        kept = [row for row in rows if not self.text(row, page)]
        kept += [
            told.get(self.told_by(text)) or self._valid_row(text, page, known) for text in value
        ]
        for number, row in enumerate(kept):
            row.sort_order = number
        setattr(page, self.attribute, kept)

    def _valid_row(self, text, page, known):
        row = self.new_row(text, page, known)
        row.clean_fields(exclude={each.name for each in row._meta.fields if each.is_relation})
        return row

    def shown(self, value):
        """Return the texts."""
        return SEPARATOR.join(value)


class Networks(Rows):
    """The networks of an actor: those of the directory by their pages, others by name."""

    def text(self, row, page):
        """Return the name of the network, in the language of the page where it can be."""
        return _shown(row.network, page.network_actors) if row.network_id else row.name

    def new_row(self, text, page, known):
        """Return a membership."""
        network = known.actors.get(text)
        return NetworkMembership(
            network=network, name="" if network else text, locale_id=page.locale_id
        )


class Links(Rows):
    """The links of an actor: a new one is named after its site."""

    def told_by(self, text):
        """Return the address as it is."""
        return text

    def text(self, row, page):
        """Return the address."""
        return row.url

    def new_row(self, text, page, known):
        """Return a link."""
        title = (urlsplit(text).hostname or text)[:120]
        return ActorLink(url=text, title=title, locale_id=page.locale_id)


class Carriers(Rows):
    """The actors that carry a practice, by name."""

    def text(self, row, page):
        """Return the name of the actor, in the language of the page where it can be."""
        return _shown(row.actor, page.carrying_actors)

    def new_row(self, text, page, known):
        """Return that the actor carries the practice."""
        return PracticeCarrier(actor=known.actors.find(text))


def _shown(actor: ActorPage, shown: list[ActorPage]) -> str:
    """Return under which name an actor is shown, if it is."""
    names = (each.title for each in shown if each.translation_key == actor.translation_key)
    return next(names, "")


def _each(cell: str, names: Names) -> list[Any]:
    """Return the value of each name in a cell: | stands between them, or ; where no name has it."""
    values = []
    for text in filter(None, map(str.strip, re.split(r"[|\n]", cell))):
        if value := names.get(text):
            values.append(value)
        else:
            values += [names.find(part) for part in map(str.strip, re.split("[;؛]", text)) if part]
    return values


def _ordered(records: Iterable[Model]) -> list[Model]:
    return sorted(set(records), key=lambda record: record.pk)


_COMMON = (
    Line("title", required=True),
    Lines("summary"),
    Country("country", "country_name", "country"),
    Record(Wilaya, "wilaya", "wilaya", "wilaya_code"),
    Line("locality"),
    Records(Sector, "sectors"),
    Records(Topic, "topics"),
    Records(TargetGroup, "target_groups"),
)
FIELDS: dict[type[Model], tuple[Field, ...]] = {
    ActorPage: (
        *_COMMON,
        Record(Sphere, "sphere", required=True),
        Record(LegalForm, "legal_form"),
        Number("founded"),
        Number("people"),
        Number("women"),
        Number("men"),
        Lines("products"),
        Line("website"),
        YesNo("contacts_consent"),
        Contact("contact_name"),
        Contact("email"),
        Contact("phone"),
        Contact("address"),
        Networks("networks"),
        Links("links"),
    ),
    PracticePage: (
        *_COMMON,
        Number("since"),
        RichText("problem", required=True),
        RichText("approach", required=True),
        RichText("results"),
        RichText("requirements"),
        RichText("costs"),
        RichText("partners"),
        RichText("evidence"),
        Carriers("carriers"),
    ),
}
