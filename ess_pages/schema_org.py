"""The schema.org vocabulary, in which pages describe themselves to programs."""

from typing import Any

from wagtail.rich_text import get_text_for_indexing

# The vocabulary of the social and solidarity economy, made to go with schema.org.
# Source: http://purl.org/essglobal/vocab/ (RIPESS, CC BY 3.0).
CONTEXT = ["https://schema.org", {"essglobal": "http://purl.org/essglobal/vocab/"}]


def without_empty(value: Any) -> Any:
    """Return `value` without the parts of it that say nothing."""
    if isinstance(value, dict):
        kept = {key: without_empty(item) for key, item in value.items()}
        kept = {key: item for key, item in kept.items() if item not in (None, "", [], {})}
        # A type with nothing of that type says nothing.
        return {} if set(kept) <= {"@type"} else kept
    if isinstance(value, list):
        return [item for item in map(without_empty, value) if item not in (None, "", [], {})]
    return value


# The legal forms of ESSGlobal that ours are, by slug.
# Source: http://purl.org/essglobal/standard/legal-form/
LEGAL_FORMS = {
    "informal-group": "L1",
    "neighbourhood-committee": "L1",
    "cooperative": "L2",
    "company": "L3",
    "startup": "L3",
    "association": "L4",
    "foundation": "L4",
}


def organisation(actor) -> dict[str, Any]:
    """Return what `actor` says of itself beside what every page does.

    In schema.org's terms where it has some, else in ESSGlobal's.
    """
    contacts = actor.contacts
    return {
        "@context": CONTEXT,
        "additionalType": "http://purl.org/essglobal/vocab/SSEInitiative",
        "foundingDate": actor.founded and str(actor.founded),
        "sameAs": [actor.website, *(link.url for link in actor.links.all())],
        "email": contacts.get("email"),
        "telephone": contacts.get("phone"),
        "address": actor.address_schema_org() | {"streetAddress": contacts.get("address")},
        "knowsAbout": [topic.name for topic in actor.topics.all()],
        "memberOf": _networks(actor),
        "makesOffer": _exchanges(actor, "offer", "Offer"),
        "seeks": _exchanges(actor, "need", "Demand"),
        "essglobal:legalForm": _legal_form(actor.legal_form),
        "essglobal:economicSector": [
            {"@id": sector.ess_global, "name": sector.name} for sector in actor.sectors.all()
        ],
        "essglobal:totalOfMembers": actor.people,
        "essglobal:totalWomen": actor.women,
        "essglobal:totalMen": actor.men,
        "essglobal:hasProductOrService": {
            "@type": "essglobal:ProductOrService",
            "name": actor.products,
        },
    }


def how_to(practice) -> dict[str, Any]:
    """Return what `practice` says of itself beside what every page does."""
    return {
        "additionalType": "http://purl.org/essglobal/vocab/SSEInitiative",
        "abstract": get_text_for_indexing(practice.problem),
        "text": get_text_for_indexing(practice.approach),
        "about": [
            record.name
            for field in ("sectors", "topics")
            for record in getattr(practice, field).all()
        ],
        "audience": [
            {"@type": "Audience", "audienceType": group.name}
            for group in practice.target_groups.all()
        ],
        "contentLocation": {"@type": "Place", "address": practice.address_schema_org()},
        "creator": [
            {"@type": "Organization", "@id": actor.full_url, "name": actor.title}
            for actor in practice.carrying_actors
        ],
        "review": {"@type": "Review", "reviewRating": _rating(practice.score)},
    }


def _rating(score: float | None) -> dict | None:
    """Return a score of the editors; None where there is none."""
    if score is None:
        return None
    return {"@type": "Rating", "ratingValue": score, "worstRating": 0, "bestRating": 5}


def _networks(actor) -> list[dict]:
    pages = [
        {"@type": "Organization", "@id": network.full_url, "name": network.title}
        for network in actor.network_actors
    ]
    return pages + [{"@type": "Organization", "name": name} for name in actor.network_names]


def _exchanges(actor, kind: str, schema_type: str) -> list[dict]:
    return [
        {"@type": schema_type, "name": row.title, "description": row.description}
        for row in actor.current_exchanges
        if row.kind == kind
    ]


def _legal_form(legal_form) -> dict | None:
    if legal_form is None:
        return None
    concept = LEGAL_FORMS.get(legal_form.slug)
    return {
        "@id": concept and f"http://purl.org/essglobal/standard/legal-form/{concept}",
        "name": legal_form.name,
    }
