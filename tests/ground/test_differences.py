"""What differs between two texts, word by word."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ess_ground import differences
from ess_ground.differences import difference

TEXTS = st.text(alphabet="aé ’.\nابّ،", max_size=40)


@given(before=TEXTS, after=TEXTS)
def test_both_texts_can_be_read_from_the_difference(before, after):
    parts = difference(before, after)
    assert "".join(part.text for part in parts if part.change != "ins") == before
    assert "".join(part.text for part in parts if part.change != "del") == after


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        (
            "un délai de trente jours",
            "un délai de vingt jours",
            [("", "un délai de "), ("del", "trente"), ("ins", "vingt"), ("", " jours")],
        ),
        (
            "في أجل ثلاثين يوما",
            "في أجل عشرين يوما",
            [("", "في أجل "), ("del", "ثلاثين"), ("ins", "عشرين"), ("", " يوما")],
        ),
        ("a b c", "a x y c", [("", "a "), ("del", "b"), ("ins", "x y"), ("", " c")]),
        ("même", "même", [("", "même")]),
        ("", "neuf", [("ins", "neuf")]),
    ],
)
def test_words_that_change_stand_together(before, after, parts):
    assert difference(before, after) == parts


def test_vowel_signs_belong_to_their_word():
    assert difference("كُتُب", "كتب") == [("del", "كُتُب"), ("ins", "كتب")]


@given(before=TEXTS, after=TEXTS)
def test_both_texts_can_be_read_where_looking_would_take_too_long(before, after):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(differences, "MAX_PAIRS", 0)
        test_both_texts_can_be_read_from_the_difference.hypothesis.inner_test(before, after)


def test_few_words_said_thousands_of_times_are_compared_at_once():
    before, after = "a " * 2500 + "fin", "a b " * 1250 + "fin"
    started = time.monotonic()
    parts = difference(before, after)
    assert time.monotonic() - started < 5  # it was minutes
    assert [part.change for part in parts] == ["", "del", "ins", ""]
    assert (parts[0].text, parts[-1].text) == ("a ", " fin")
