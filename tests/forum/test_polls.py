"""Polls: asked with a post, answered until they close, counted exactly."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from ess_forum.actions.polls import PollDraft, change, vote
from ess_forum.counting import of_poll_options, of_polls
from ess_forum.forms.polls import PollFields
from ess_forum.models import (
    Flag,
    Member,
    Poll,
    PollOption,
    PollVote,
    Post,
    State,
    Thread,
    WatchedWord,
)
from ess_forum.shown import shown_posts

from .factories import CategoryFactory, MemberFactory, post, someone, thread, viewer

pytestmark = pytest.mark.django_db
DRAFT = PollDraft("Quel jour ?", ("Lundi", "Mardi", "الأربعاء"))
SCRIPT = {"accept": "application/json"}


def poll(author: Member | None = None, draft: PollDraft = DRAFT) -> Poll:
    return Poll.objects.select_related("post").get(post__thread=thread(author, poll=draft))


def keys(poll: Poll, *numbers: int) -> list[int]:
    return [poll.options.get(number=number).pk for number in numbers]


def counts(poll: Poll) -> tuple[int, list[int]]:
    """What is stored, once it has been compared with the votes."""
    options = list(PollOption.objects.filter(poll=poll))
    expected = of_poll_options([option.pk for option in options])
    assert {one.pk: {"vote_count": one.vote_count} for one in options} == expected
    stored = Poll.objects.get(pk=poll.pk)
    assert {"voter_count": stored.voter_count} == of_polls([poll.pk])[poll.pk]
    return stored.voter_count, [option.vote_count for option in options]


def test_vote_is_counted_changed_and_withdrawn():
    asked, one, other = poll(), viewer(MemberFactory()), viewer(MemberFactory())
    vote(one, asked, keys(asked, 1))
    vote(other, asked, keys(asked, 2))
    assert counts(asked) == (2, [1, 1, 0])
    vote(one, asked, keys(asked, 2))
    vote(one, asked, keys(asked, 2))  # a second click
    assert counts(asked) == (2, [0, 2, 0])
    vote(one, asked, [])
    assert counts(asked) == (1, [0, 1, 0])


def test_several_answers_where_that_is_allowed():
    asked = poll(draft=PollDraft("Quels jours ?", ("Lundi", "Mardi", "Jeudi"), max_choices=2))
    who = viewer(MemberFactory())
    vote(who, asked, keys(asked, 1, 3))
    assert counts(asked) == (1, [1, 0, 1])
    with pytest.raises(ValidationError):
        vote(who, asked, keys(asked, 1, 2, 3))
    assert counts(asked) == (1, [1, 0, 1])


def test_answer_of_another_poll_is_refused():
    asked, other = poll(), poll()
    with pytest.raises(ValidationError):
        vote(viewer(MemberFactory()), asked, keys(other, 1))
    assert not PollVote.objects.exists()


def test_closed_poll_takes_no_vote_and_none_back():
    asked, who = poll(), viewer(MemberFactory())
    vote(who, asked, keys(asked, 1))
    Poll.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    for options in (keys(asked, 2), []):
        with pytest.raises(ValidationError):
            vote(who, asked, options)
    assert counts(asked) == (1, [1, 0, 0])


def test_closed_thread_and_hidden_post_take_no_vote():
    asked = poll()
    Thread.objects.update(is_closed=True)
    with pytest.raises(PermissionDenied):
        vote(viewer(MemberFactory()), asked, keys(asked, 1))
    Thread.objects.update(is_closed=False)
    Post.objects.update(state=State.HIDDEN)
    asked = Poll.objects.get()
    with pytest.raises(PermissionDenied):
        vote(viewer(MemberFactory()), asked, keys(asked, 1))


def test_vote_makes_the_cached_thread_stale():
    asked = poll()
    before = Thread.objects.get().version
    vote(viewer(MemberFactory()), asked, keys(asked, 1))
    assert Thread.objects.get().version == before + 1


def test_poll_is_changed_until_somebody_votes():
    author = MemberFactory()
    asked = poll(author)
    changed = PollDraft("Quel mois ?", ("Mai", "Juin"))
    assert change(viewer(author), asked, changed).question == "Quel mois ?"
    assert list(asked.options.values_list("number", "text")) == [(1, "Mai"), (2, "Juin")]
    with pytest.raises(PermissionDenied):
        change(viewer(MemberFactory()), asked, DRAFT)
    vote(viewer(MemberFactory()), asked, keys(asked, 1))
    with pytest.raises(ValidationError):
        change(viewer(author), asked, DRAFT)


@pytest.mark.parametrize("words", [("Le casino ?", "Oui", "Non"), ("Où ?", "Au casino", "Ici")])
def test_poll_that_says_a_watched_word_is_flagged_as_it_is_asked_and_changed(words):
    WatchedWord.objects.create(words="casino", effect="flag")
    draft = PollDraft(words[0], words[1:])
    member = MemberFactory()
    asked = thread(member, poll=draft).posts.get()
    changed = poll(member)
    assert list(Flag.objects.values_list("post", flat=True)) == [asked.pk]
    change(viewer(member), changed, draft)
    change(viewer(member), changed, draft)
    assert list(Flag.objects.order_by("pk").values_list("post", flat=True)) == [
        asked.pk,
        changed.post_id,
    ]


def test_poll_that_says_a_refused_word_is_not_asked():
    WatchedWord.objects.create(words="casino", effect="refuse")
    with pytest.raises(ValidationError) as error:
        thread(poll=PollDraft("Où ?", ("Au casino", "Ici")))
    assert list(error.value.message_dict) == ["poll_question"]


# The form


def fields(**values) -> PollFields:
    data = {"poll_question": "Quel jour ?", "poll_options": "Lundi\nMardi", "poll_max_choices": 1}
    return PollFields(data | values)


def test_form_asks_for_a_poll():
    form = fields(poll_options="  Lundi \n\nالثلاثاء\n", poll_max_choices="2")
    assert form.is_valid()
    assert form.poll == PollDraft("Quel jour ?", ("Lundi", "الثلاثاء"), max_choices=2)


def test_form_left_empty_asks_for_none():
    form = PollFields({"poll_max_choices": "1"})
    assert form.is_valid()
    assert form.poll is None


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("poll_question", {"poll_question": ""}),
        ("poll_options", {"poll_options": "Lundi"}),
        ("poll_options", {"poll_options": "\n".join(map(str, range(21)))}),
        ("poll_options", {"poll_options": "Lundi\nMardi\nlundi"}),
        ("poll_options", {"poll_options": "Lundi\n" + "x" * 201}),
        ("poll_max_choices", {"poll_max_choices": 3}),
        ("poll_max_choices", {"poll_max_choices": 0}),
        ("poll_closes_at", {"poll_closes_at": "2016-01-01T10:00"}),
        ("poll_closes_at", {"poll_closes_at": "demain"}),
        ("poll_question", {"poll_question": "x" * 201}),
    ],
)
def test_form_refuses_half_a_poll(name, values, language):
    with override(language):
        form = fields(**values)
        assert list(form.errors) == [name]
        assert form.has_poll
    assert not fields(**values, preview="1").errors.keys() - {name}


# The pages


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("visitor", 302),
        ("author", 200),
        ("member", 200),
        ("silenced", 403),
        ("suspended", 403),
        ("moderator", 200),
    ],
)
def test_who_may_vote(client, language, kind, status):
    author = MemberFactory()
    asked = poll(author)
    if one := someone(kind, author):
        client.force_login(one.user)
    with override(language):
        address = reverse("ess_forum:vote", args=[asked.post_id])
    response = client.post(address, {"options": keys(asked, 2)}, headers=SCRIPT)
    assert response.status_code == status
    assert counts(asked)[0] == (status == 200)
    if status == 200:
        assert 'name="withdraw"' in response.json()["html"]


@pytest.mark.parametrize(
    ("data", "status"),
    [({"options": ["1", "2"]}, 422), ({"options": ["no"]}, 422), ({"options": ["999999"]}, 422)],
)
def test_vote_that_cannot_be_is_refused(client, data, status):
    asked = poll()
    client.force_login(MemberFactory().user)
    address = reverse("ess_forum:vote", args=[asked.post_id])
    response = client.post(address, data, headers=SCRIPT)
    assert response.status_code == status
    assert response.json()["error"]
    assert client.post(address, data, follow=True).status_code == 200


def test_vote_in_a_closed_poll_is_a_conflict(client):
    asked = poll()
    Poll.objects.update(closes_at=timezone.now())
    client.force_login(MemberFactory().user)
    address = reverse("ess_forum:vote", args=[asked.post_id])
    response = client.post(address, {"options": keys(asked, 1)}, headers=SCRIPT)
    assert response.status_code == 409


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_poll_is_asked_with_a_thread_and_seen_by_visitors(client, language):
    category = CategoryFactory()
    client.force_login(MemberFactory().user)
    with override(language):
        address = reverse("ess_forum:start_thread", args=[category.pk])
    data = {
        "title": "Rencontre",
        "language": language,
        "source": "Choisissons.",
        "poll_question": "متى نلتقي؟",
        "poll_options": "الاثنين\nالثلاثاء",
        "poll_max_choices": "1",
    }
    wrong = client.post(address, data | {"poll_options": "الاثنين"})
    assert wrong.status_code == 422
    assert "متى نلتقي؟" in wrong.content.decode()
    assert client.post(address, data).status_code == 302
    client.logout()
    html = client.get(Thread.objects.get().get_absolute_url()).content.decode()
    assert "متى نلتقي؟" in html
    assert html.count("<progress") == 2
    assert 'name="options"' not in html


def test_poll_is_asked_with_a_reply(client):
    discussion = thread()
    client.force_login(MemberFactory().user)
    data = {
        "source": "Et si on votait ?",
        "poll_question": "Quel jour ?",
        "poll_options": "Lundi\nMardi",
        "poll_max_choices": "2",
        "poll_closes_at": "2099-01-01T10:00",
    }
    client.post(reverse("ess_forum:reply", args=[discussion.pk]), data)
    asked = Poll.objects.get()
    assert asked.post.position == 2
    assert (asked.max_choices, asked.is_open) == (2, True)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_poll_is_changed_on_a_page_of_its_own(client, language):
    author = MemberFactory()
    asked = poll(author)
    client.force_login(author.user)
    with override(language):
        address = reverse("ess_forum:change_poll", args=[asked.post_id])
    page = client.get(address)
    assert "Lundi\nMardi\nالأربعاء" in page.content.decode()
    data = {"poll_question": "Quel mois ?", "poll_options": "Mai\nJuin", "poll_max_choices": 1}
    assert client.post(address, data | {"poll_options": ""}).status_code == 422
    assert client.post(address, data).status_code == 302
    assert Poll.objects.get().question == "Quel mois ?"
    vote(viewer(MemberFactory()), asked, keys(asked, 1))
    assert client.post(address, data | {"poll_question": "Non"}).status_code == 409
    assert client.get(address).status_code == 302
    client.force_login(MemberFactory().user)
    assert client.get(address).status_code == 403


def test_reader_finds_own_votes():
    asked, who = poll(), viewer(MemberFactory())
    vote(who, asked, keys(asked, 2))
    found = shown_posts(who, [asked.post])[0].poll
    assert [option.is_mine for option in found.options] == [False, True, False]
    assert found.has_voted
    assert not shown_posts(viewer(), [asked.post])[0].poll.has_voted


@pytest.mark.parametrize("number", [1, 8])
def test_polls_of_a_page_are_read_at_once(django_assert_num_queries, number):
    discussion = thread()
    posts = [post(discussion, poll=DRAFT) for _number in range(number)]
    who = viewer()
    assert len(who.categories) == 1
    with django_assert_num_queries(2):  # what quotes them is the other
        found = shown_posts(who, posts)
    assert [len(each.poll.options) for each in found] == [3] * number


@pytest.mark.django_db(transaction=True)
def test_votes_of_many_at_once_are_all_counted(at_once):
    asked = poll()
    one, two = keys(asked, 1, 2)

    def act(who) -> None:
        for options in ([one], [two], [], [two]):
            vote(who, asked, options)

    at_once(act, [viewer(MemberFactory()) for _number in range(8)])
    assert at_once(lambda _: counts(asked), [None]) == [(8, [0, 8, 0])]
