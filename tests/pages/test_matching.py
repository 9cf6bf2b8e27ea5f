"""Offers and needs that meet."""

import datetime

import pytest
from django.utils.translation import override

from ess_pages.matching import matches
from ess_pages.models import Exchange
from tests import factories


@pytest.fixture
def actors(home):
    """The French directory."""
    return factories.ActorIndexPageFactory(parent=home)


def make_actor(actors, title, sectors=(), topics=(), exchanges=(), **fields):
    """Return a published actor; `exchanges` are pairs of a kind and a resource's slug."""
    return factories.ActorPageFactory(
        parent=actors,
        title=title,
        sectors=[factories.SectorFactory(slug=slug) for slug in sectors],
        topics=[factories.TopicFactory(slug=slug) for slug in topics],
        exchanges=[
            Exchange(kind=kind, resource=factories.ResourceFactory(slug=slug), title=slug, **more)
            for kind, slug, more in exchanges
        ],
        **fields,
    )


@pytest.mark.parametrize(
    ("kind", "resource", "sectors", "topics", "more", "fits"),
    [
        ("offer", "locaux", ["sante"], [], {}, True),
        ("offer", "locaux", [], ["genre"], {}, True),
        ("offer", "locaux", [], [], {}, False),  # nothing in common
        ("need", "locaux", ["sante"], [], {}, False),  # seeks the same
        ("offer", "formation", ["sante"], [], {}, False),  # offers something else
        ("offer", "locaux", ["sante"], [], {"expires_on": datetime.date(2020, 1, 1)}, False),
    ],
)
def test_counterpart_with_a_subject_in_common_fits(
    actors, kind, resource, sectors, topics, more, fits
):
    seeker = make_actor(actors, "A", ["sante"], ["genre"], [("need", "locaux", {})])
    other = make_actor(actors, "B", sectors, topics, [(kind, resource, more)])
    found = matches(seeker)
    assert [match.theirs.actor for match in found] == ([other] if fits else [])


def test_topic_of_the_offer_itself_is_a_subject_in_common(actors):
    topic = factories.TopicFactory(slug="genre")
    seeker = make_actor(actors, "A", exchanges=[("need", "locaux", {"topic": topic})])
    make_actor(actors, "B", exchanges=[("offer", "locaux", {"topic": topic})])
    assert [match.topics for match in matches(seeker)] == [(topic,)]


def test_draft_and_own_offers_do_not_fit(actors):
    seeker = make_actor(
        actors, "A", ["sante"], [], [("need", "locaux", {}), ("offer", "locaux", {})]
    )
    make_actor(actors, "B", ["sante"], [], [("offer", "locaux", {})], live=False)
    assert matches(seeker) == []


def test_nearer_and_closer_come_first(actors):
    wilaya = factories.WilayaFactory()
    offer = [("offer", "locaux", {})]
    seeker = make_actor(actors, "A", ["sante"], ["genre"], [("need", "locaux", {})], wilaya=wilaya)
    make_actor(actors, "Far", ["sante"], [], offer)
    make_actor(actors, "Near", ["sante"], [], offer, wilaya=wilaya)
    make_actor(actors, "Close", ["sante"], ["genre"], offer)
    order = [match.theirs.actor.title for match in matches(seeker)]
    assert order == ["Close", "Near", "Far"]


@pytest.mark.parametrize(("language", "sector"), [("fr", "Sante"), ("ar", "عربي sante")])
def test_reasons_are_said_in_words(actors, language, sector):
    wilaya = factories.WilayaFactory()
    seeker = make_actor(actors, "A", ["sante"], [], [("need", "locaux", {})], wilaya=wilaya)
    make_actor(actors, "B", ["sante"], [], [("offer", "locaux", {})], wilaya=wilaya)
    with override(language):
        (match,) = matches(seeker)
        said = " ".join(match.reasons)
        assert len(match.reasons) == 3
        assert sector in said
        assert wilaya.name in said


def test_match_is_shown_in_the_language_of_the_page(actors, home):
    factories.translate(actors)
    seeker = make_actor(actors, "A", ["sante"], [], [("need", "locaux", {})])
    offering = make_actor(actors, "B", ["sante"], [], [("offer", "locaux", {})])
    arabic = factories.translate(seeker)
    assert [match.theirs.actor for match in matches(arabic)] == [offering]
    translated = factories.translate(offering)
    assert [match.theirs.actor for match in matches(arabic)] == [translated]


def test_queries_do_not_grow_with_matches(actors, django_assert_num_queries):
    seeker = make_actor(actors, "A", ["sante"], ["genre"], [("need", "locaux", {})])
    for number in range(8):
        make_actor(actors, f"B{number}", ["sante"], ["genre"], [("offer", "locaux", {})])
    with django_assert_num_queries(7):
        assert len(matches(seeker)) == 6
