"""Counting: by hand where the edges are, and whatever the votes by properties."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ess_pages.counting import CHOICES, Vote, count
from ess_pages.models import Ballot, Consultation

RULES, VOICES = Consultation.Rule.values, Consultation.Voice.values
SPHERES = ("civil", "international", "private", "public")


def votes(for_=0, against=0, abstain=0, sphere="public"):
    return (
        [Vote("for", sphere)] * for_
        + [Vote("against", sphere)] * against
        + [Vote("abstain", sphere)] * abstain
    )


def passes(rule, cast, asked=None, voice="member", **quorum):
    return count(rule, voice, asked or {"public": 30}, cast, **quorum)["has_passed"]


def test_words_are_those_of_the_records():
    assert set(CHOICES) == set(Ballot.Choice.values)


class TestRules:
    @pytest.mark.parametrize(
        ("rule", "cast", "has_passed"),
        [
            ("no_objection", votes(), True),
            ("no_objection", votes(0, 0, 9), True),
            ("no_objection", votes(29, 1), False),
            ("majority", votes(), False),
            ("majority", votes(0, 0, 9), False),
            ("majority", votes(1, 0, 29), True),
            ("majority", votes(7, 7), False),
            ("majority", votes(8, 7), True),
            ("two_thirds", votes(), False),
            ("two_thirds", votes(0, 0, 9), False),
            ("two_thirds", votes(2, 1), True),
            ("two_thirds", votes(3, 2), False),
            ("two_thirds", votes(20, 10), True),
            ("two_thirds", votes(19, 10), False),
            ("two_thirds", votes(19, 9, 2), True),
        ],
    )
    def test_edge_of_a_rule(self, rule, cast, has_passed):
        assert passes(rule, cast) is has_passed

    @pytest.mark.parametrize(
        ("rule", "lacking"),
        [
            ("no_objection", "objection"),
            ("majority", "no_majority"),
            ("two_thirds", "no_two_thirds"),
        ],
    )
    def test_result_says_what_is_lacking(self, rule, lacking):
        result = count(rule, "member", {"public": 4}, votes(1, 1), quorum=75)
        assert result["why_not"] == ["quorum", lacking]


class TestQuorum:
    @pytest.mark.parametrize(
        ("answers", "asked", "quorum", "needed", "is_reached"),
        [
            (0, 23, 0, 0, True),
            (11, 23, 50, 12, False),
            (12, 23, 50, 12, True),
            (1, 3, 33, 1, True),
            (1, 3, 34, 2, False),
            (7, 7, 100, 7, True),
            (6, 7, 100, 7, False),
            # 0.29 × 100 is not 29 in floating point.
            (29, 100, 29, 29, True),
        ],
    )
    def test_edge_of_the_quorum(self, answers, asked, quorum, needed, is_reached):
        result = count("majority", "member", {"public": asked}, votes(answers), quorum)
        assert result["quorum"]["needed"] == needed
        assert result["quorum"]["is_reached"] is is_reached
        assert ("quorum" in result["why_not"]) is not is_reached

    def test_abstention_is_an_answer(self):
        assert passes("majority", votes(1, 0, 14), quorum=50)

    def test_waived_quorum_is_not_asked_for(self):
        result = count("majority", "member", {"public": 30}, votes(1), 50, is_waived=True)
        assert result["has_passed"]
        assert result["quorum"] == {
            "percent": 50,
            "needed": 15,
            "is_reached": False,
            "is_waived": True,
        }


class TestColleges:
    ASKED = {"civil": 9, "private": 3, "public": 5, "international": 1}

    def test_each_sphere_is_one_voice(self):
        cast = (
            votes(4, 5, 0, "civil")
            + votes(2, 1, 0, "private")
            + votes(1, 0, 4, "public")
            + votes(0, 0, 1, "international")
        )
        result = count("majority", "sphere", self.ASKED, cast)
        voices = {row["sphere"]: row["voice"] for row in result["spheres"]}
        assert voices == {
            "civil": "against",
            "private": "for",
            "public": "for",
            "international": "abstain",
        }
        assert result["voices"] == {"for": 2, "against": 1, "abstain": 1, "silent": 0}
        assert result["choices"] == {"for": 7, "against": 6, "abstain": 5}
        assert result["has_passed"]

    def test_tie_in_a_sphere_abstains_and_silence_is_silent(self):
        result = count("no_objection", "sphere", self.ASKED, votes(2, 2, 0, "civil"))
        voices = {row["sphere"]: row["voice"] for row in result["spheres"]}
        assert voices.pop("civil") == "abstain"
        assert set(voices.values()) == {"silent"}
        assert result["has_passed"]

    def test_sphere_objects_as_its_majority_does(self):
        assert passes("no_objection", votes(5, 4, 0, "civil"), self.ASKED, "sphere")
        assert not passes("no_objection", votes(4, 5, 0, "civil"), self.ASKED, "sphere")

    def test_tie_between_spheres_is_no_consent(self):
        cast = votes(9, 0, 0, "civil") + votes(0, 2, 0, "private")
        assert not passes("majority", cast, self.ASKED, "sphere")

    def test_sphere_of_which_nobody_is_asked_has_no_voice(self):
        result = count("majority", "sphere", {"civil": 2, "public": 0}, votes(1, sphere="civil"))
        assert [row["sphere"] for row in result["spheres"]] == ["civil"]


@pytest.mark.parametrize(
    ("rule", "voice", "cast"),
    [
        ("unanimity", "member", votes(1)),
        ("majority", "wilaya", votes(1)),
        ("majority", "member", [Vote("perhaps", "public")]),
        ("majority", "member", votes(1, sphere="private")),
        ("majority", "sphere", [Vote("for")]),
        ("majority", "member", votes(31)),
        ("majority", "member", [Vote("for")] * 31),
    ],
)
def test_what_cannot_be_is_not_counted(rule, voice, cast):
    with pytest.raises(ValueError):
        count(rule, voice, {"public": 30}, cast)


# Whatever the votes


@st.composite
def ballot_boxes(draw):
    """Who was asked of each sphere, what some of them said, and the quorum."""
    asked = draw(
        st.dictionaries(st.sampled_from(SPHERES), st.integers(1, 12), min_size=1, max_size=4)
    )
    cast = [
        Vote(choice, sphere)
        for sphere, people in asked.items()
        for choice in draw(st.lists(st.sampled_from(CHOICES), max_size=people))
    ]
    return asked, cast, draw(st.integers(0, 100))


anything = settings(max_examples=150, deadline=None, derandomize=True)
boxes, rules, voices = ballot_boxes(), st.sampled_from(RULES), st.sampled_from(VOICES)


@given(box=boxes, rule=rules, voice=voices, data=st.data())
@anything
def test_order_of_the_votes_does_not_matter(box, rule, voice, data):
    asked, cast, quorum = box
    shuffled = data.draw(st.permutations(cast))
    assert count(rule, voice, asked, cast, quorum) == count(rule, voice, asked, shuffled, quorum)


@given(box=boxes, rule=rules, voice=voices, is_waived=st.booleans())
@anything
def test_sums_are_exact(box, rule, voice, is_waived):
    asked, cast, quorum = box
    result = count(rule, voice, asked, cast, quorum, is_waived)
    assert result["asked"] == sum(asked.values()) == sum(r["asked"] for r in result["spheres"])
    assert result["answered"] == len(cast) == sum(result["choices"].values())
    for choice, number in result["choices"].items():
        assert number == sum(row[choice] for row in result["spheres"])
    whole = len(asked) if voice == "sphere" else result["asked"]
    assert sum(result["voices"].values()) == whole
    assert result["has_passed"] is (not result["why_not"])
    needed = result["quorum"]["needed"]
    assert (len(cast) >= needed) is result["quorum"]["is_reached"]
    assert json.loads(json.dumps(result)) == result


@given(box=boxes, rule=rules, voice=voices, data=st.data())
@anything
def test_one_more_who_agrees_never_turns_consent_into_refusal(box, rule, voice, data):
    asked, cast, quorum = box
    sphere = data.draw(st.sampled_from(sorted(asked)))
    asked = asked | {sphere: asked[sphere] + 1}  # somebody who was asked and silent so far
    before = count(rule, voice, asked, cast, quorum)
    after = count(rule, voice, asked, [*cast, Vote("for", sphere)], quorum)
    assert after["has_passed"] >= before["has_passed"]


@given(box=boxes, rule=rules, voice=voices, data=st.data())
@anything
def test_one_who_agrees_after_all_never_turns_consent_into_refusal(box, rule, voice, data):
    asked, cast, quorum = box
    if not cast:
        return
    changed = list(cast)
    place = data.draw(st.integers(0, len(cast) - 1))
    changed[place] = Vote("for", cast[place].sphere)
    before = count(rule, voice, asked, cast, quorum)
    after = count(rule, voice, asked, changed, quorum)
    assert after["has_passed"] >= before["has_passed"]


@given(people=st.integers(1, 20), abstain=st.integers(0, 20))
@anything
def test_tie_is_never_a_majority(people, abstain):
    cast = votes(people, people, abstain)
    asked = {"public": 60}
    for rule in RULES:
        assert not passes(rule, cast, asked)


@given(box=boxes)
@anything
def test_stricter_rule_passes_less(box):
    asked, cast, quorum = box
    if passes("two_thirds", cast, asked, quorum=quorum):
        assert passes("majority", cast, asked, quorum=quorum)
    if passes("no_objection", cast, asked, quorum=quorum) and Vote("for") in [
        Vote(vote.choice) for vote in cast
    ]:
        assert passes("two_thirds", cast, asked, quorum=quorum)


@given(box=boxes, rule=rules, voice=voices)
@anything
def test_waiver_of_the_quorum_takes_no_consent_away(box, rule, voice):
    asked, cast, quorum = box
    without = count(rule, voice, asked, cast, 0)
    assert count(rule, voice, asked, cast, quorum, True)["has_passed"] == without["has_passed"]


@given(box=boxes, rule=rules)
@anything
def test_votes_that_do_not_tell_their_sphere_count_the_same(box, rule):
    asked, cast, quorum = box
    told = count(rule, "member", asked, cast, quorum)
    untold = count(rule, "member", asked, [Vote(vote.choice) for vote in cast], quorum)
    assert told | {"spheres": []} == untold | {"spheres": []}
