"""Fields by which records are found, however their words are written."""

from collections.abc import Sequence

from django.db import models

from .words import folded_words


class FoldedField(models.TextField):
    """The words of other fields of the record, folded. Written from them whenever it is saved."""

    def __init__(self, *args, sources: Sequence[str] = (), **kwargs):
        super().__init__(*args, **{"default": "", "editable": False, **kwargs})
        self.sources = tuple(sources)

    def deconstruct(self):
        """Return what migrations make the field anew from."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "sources": self.sources}

    def pre_save(self, model_instance, add: bool) -> str:
        """Return the words, each after a space."""
        texts = (getattr(model_instance, source) for source in self.sources)
        words = folded_words(" ".join(texts))
        setattr(model_instance, self.attname, words)
        return words
