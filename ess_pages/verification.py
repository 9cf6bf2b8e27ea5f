"""Whether a paper bears the texts that were validated: found again from what is kept."""

import re
from typing import NamedTuple

from django.db.models import Q
from django.utils.functional import cached_property

from ess_ground.words import without_marks

from .models import ClauseVersion, DocumentText, OfficialDocument, RecommendationPage
from .models.clauses import Wording, other_language, text_language
from .official_documents import Content, checksum, contents
from .pdf.official import grouped, title_of

CHECKSUM = re.compile(r"[0-9a-f]{64}")


class CheckedText(NamedTuple):
    """A text of a document, as it is kept, and whether it is the one that was validated."""

    content: Content
    kept: DocumentText

    @property
    def is_validated(self) -> bool:
        """Whether what was issued, what was validated and what is kept are the same text."""
        return self.content.is_validated and self.kept.text_digest == self.content.digest

    @property
    def page(self) -> RecommendationPage | None:
        """Its page, in the language of the reader where it can be."""
        return self.content.pages[text_language()]

    @property
    def titles(self) -> list[tuple[str, str]]:
        """Its title in each language, after the language."""
        return [(language, title_of(self.content, language)) for language in _languages()]

    @property
    def clauses(self) -> list[tuple[ClauseVersion, list[tuple[str, Wording]]]]:
        """Its clauses as they were validated, each with what it says in each language."""
        return [
            (version, [(language, version.wording(language)) for language in _languages()])
            for version in self.content.clauses
        ]

    @property
    def checksum(self) -> str:
        """Its checksum, as people compare it."""
        return grouped(self.content.digest)


class Verification:
    """An issued document, held against what was validated. A fixed number of queries."""

    def __init__(self, document: OfficialDocument) -> None:
        self.document = document

    @cached_property
    def texts(self) -> list[CheckedText]:
        """The texts of the document, in order."""
        kept = self.document.texts.all()
        return [CheckedText(*pair) for pair in zip(contents(self.document), kept, strict=True)]

    @cached_property
    def checksum(self) -> str:
        """The checksum of the texts as they are kept."""
        return checksum(text.content for text in self.texts)

    @property
    def shown_checksum(self) -> str:
        """The checksum as it is printed."""
        return grouped(self.checksum)

    @property
    def is_valid(self) -> bool:
        """Whether the document bears what was validated, and nothing else."""
        return (
            bool(self.texts)
            and self.checksum == self.document.checksum
            and all(text.is_validated for text in self.texts)
        )


def _languages() -> tuple[str, str]:
    """Return the languages of the texts, that of the reader first."""
    return text_language(), other_language(text_language())


def issued(reference: str) -> OfficialDocument | None:
    """Return the issued document that has this reference number, whatever the case of letters."""
    reference = reference.replace("\0", "")  # which PostgreSQL does not take
    found = OfficialDocument.objects.issued().filter(reference__iexact=reference.strip(" /"))
    return found.select_related("issued_by").first()


def find(typed: str) -> OfficialDocument | None:
    """Return the issued document of a reference number, or of a checksum of it or of a text.

    The address that is printed will do for the reference at its end.
    """
    typed = without_marks(typed)
    if document := issued(typed.rpartition("/verify/")[2]):
        return document
    code = as_checksum(typed)
    if not CHECKSUM.fullmatch(code):
        return None
    known = Q(checksum=code) | Q(texts__text_digest=code)
    return OfficialDocument.objects.issued().filter(known).first()


def as_checksum(typed: str) -> str:
    """Return what somebody typed as a checksum has it: no spaces, small letters.

    Of what `sha256sum` says, the checksum without the name of the file.
    """
    words = without_marks(typed).lower().split()
    return words[0] if words and CHECKSUM.fullmatch(words[0]) else "".join(words)
