"""The words by which a directory is searched."""

from django.db.models import Q

from ess_ground import found
from ess_ground.words import stems

from ..models.directory import DirectoryPage


def condition(model: type[DirectoryPage], words: str) -> Q:
    """Return the condition that an entry holds these words, in any of its languages.

    So a reader of the French directory finds an actor by its Arabic name. Words without a letter
    or digit are in no entry.
    """
    wanted = stems(words)
    if not wanted:
        return Q(pk__in=[])
    versions = model.objects.live().filter(pk__in=found.keys(model, wanted)).order_by()
    return Q(translation_key__in=versions.values("translation_key"))
