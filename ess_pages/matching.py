"""Who can help whom: offers and needs that meet."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from .languages import listed
from .links import once_each
from .models import ActorPage, Exchange, Sector, Topic

# Of more candidates than this, the newest are weighed.
CANDIDATES = 200
COUNTERPART = {Exchange.Kind.OFFER: Exchange.Kind.NEED, Exchange.Kind.NEED: Exchange.Kind.OFFER}


@dataclass(frozen=True)
class Match:
    """What one actor offers or seeks (`mine`), what another seeks or offers (`theirs`), and why.

    The two have the sectors and topics in common, at least one of them.
    """

    mine: Exchange
    theirs: Exchange
    sectors: tuple[Sector, ...]
    topics: tuple[Topic, ...]
    is_near: bool

    @property
    def weight(self) -> int:
        """How well the two fit: a subject in common counts for two, the same wilaya for one."""
        return 2 * len(self.sectors + self.topics) + self.is_near

    @property
    def reasons(self) -> list[str]:
        """Why the two fit, in sentences of the active language."""
        resource = self.theirs.resource.name
        seeks = self.theirs.kind == Exchange.Kind.NEED
        reasons = [
            _("Seeks what is offered here: %(resource)s.") % {"resource": resource}
            if seeks
            else _("Offers what is sought here: %(resource)s.") % {"resource": resource}
        ]
        if self.sectors:
            reasons.append(_("Same sector: %(names)s.") % {"names": _names(self.sectors)})
        if self.topics:
            reasons.append(_("Same topic: %(names)s.") % {"names": _names(self.topics)})
        if self.is_near:
            wilaya = self.theirs.actor.wilaya
            reasons.append(_("Same wilaya: %(name)s.") % {"name": wilaya.name})
        return reasons


def matches(actor: ActorPage, limit: int = 6) -> list[Match]:
    """Return whom the offers and needs of `actor` meet, the best fit first.

    A match is a counterpart (an offer for a need, a need for an offer) of the same resource, from
    an actor that shares a sector or a topic. Each of their offers and needs counts once. Fixed
    number of queries.
    """
    mine = [row for row in actor.exchanges.select_related("topic") if not row.is_over]
    sectors, topics = set(actor.sectors.all()), set(actor.topics.all())
    found: dict[int, Match] = {}
    for theirs in _candidates(actor, mine, sectors, topics):
        for row in mine:
            match = _match(row, theirs, actor, sectors, topics)
            if match and match.weight > getattr(found.get(theirs.pk), "weight", 0):
                found[theirs.pk] = match
    best = sorted(found.values(), key=lambda match: (-match.weight, match.theirs.actor.sort_title))
    return best[:limit]


def _candidates(actor: ActorPage, mine: list[Exchange], sectors: set, topics: set):
    wanted = Q(pk__in=[])
    for row in mine:
        wanted |= Q(kind=COUNTERPART[Exchange.Kind(row.kind)], resource=row.resource_id)
    all_topics = topics | {row.topic for row in mine if row.topic}
    related = (
        Q(actor__sectors__in=sectors) | Q(actor__topics__in=all_topics) | Q(topic__in=all_topics)
    )
    others = once_each(ActorPage.objects.live().public(), actor.locale_id).exclude(
        translation_key=actor.translation_key
    )
    candidates = (
        Exchange.objects.filter(wanted, related, actor__in=others)
        .exclude(expires_on__lt=timezone.localdate())
        .select_related("actor__wilaya", "actor__locale", "resource", "topic")
        .prefetch_related("actor__sectors", "actor__topics")
        .distinct()
        .order_by("-pk")
    )
    return candidates[:CANDIDATES]


def _match(
    mine: Exchange, theirs: Exchange, actor: ActorPage, sectors: set, topics: set
) -> Match | None:
    is_counterpart = theirs.kind == COUNTERPART[Exchange.Kind(mine.kind)]
    if not is_counterpart or theirs.resource_id != mine.resource_id:
        return None
    common_sectors = sectors & set(theirs.actor.sectors.all())
    common_topics = (topics | {mine.topic} - {None}) & (
        set(theirs.actor.topics.all()) | {theirs.topic} - {None}
    )
    if not (common_sectors or common_topics):
        return None
    return Match(
        mine,
        theirs,
        _in_order(common_sectors),
        _in_order(common_topics),
        is_near=bool(actor.wilaya_id) and actor.wilaya_id == theirs.actor.wilaya_id,
    )


def _in_order(records: set) -> tuple:
    return tuple(sorted(records, key=lambda record: record.pk))


def _names(records: tuple) -> str:
    return listed(record.name for record in records)
