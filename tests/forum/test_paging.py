"""The pages of a thread: full ones, whatever is gone from the thread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ess_forum import paging, positions
from ess_forum.models import Thread

sizes = st.integers(0, 130)


def thread_of(last: int, gone: set[int]) -> Thread:
    gaps = positions.of(number for number in gone if number <= last)
    return Thread(pk=1, title="Un", last_position=last, gaps=gaps)


@given(last=sizes, gone=st.sets(st.integers(1, 130)))
def test_pages_are_full_and_hold_every_visible_post_once(last, gone):
    thread = thread_of(last, gone)
    visible = [number for number in range(1, last + 1) if number not in gone]
    places = [paging.place(thread, number + 1) for number in range(paging.page_count(thread))]
    pages = [[n for n in visible if place.first <= n <= place.last] for place in places]
    assert [number for page in pages for number in page] == visible
    assert all(len(page) == paging.PAGE_SIZE for page in pages[:-1])
    assert [place.is_last for place in places] == [False] * (len(places) - 1) + [True]


@given(last=sizes, gone=st.sets(st.integers(1, 130)))
def test_every_position_is_on_the_page_that_it_is_said_to_be_on(last, gone):
    thread = thread_of(last, gone)
    for position in range(1, last + 1):
        place = paging.place(thread, paging.page_of(thread, position))
        assert place.first <= position <= place.last


@pytest.mark.parametrize("number", [0, -1, 3, 10**9])
def test_there_is_no_page_before_the_first_nor_after_the_last(number):
    assert paging.place(thread_of(21, set()), number) is None


def test_what_waits_for_its_position_is_on_the_last_page():
    assert paging.page_of(thread_of(41, set()), None) == 3
    assert paging.page_of(thread_of(0, set()), None) == 1
