"""The JSON API: the same policy as the pages, for programs."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from ess_forum.actions import posts as post_verbs
from ess_forum.actions.threads import start_conversation
from ess_forum.actions.tokens import make_token
from ess_forum.models import (
    ApiToken,
    Audience,
    Member,
    Membership,
    Post,
    Reaction,
    State,
    Thread,
)
from ess_forum.throttle import RATES

from . import factories as make

pytestmark = pytest.mark.django_db
API = "/api/forum"
Scope = ApiToken.Scope


@pytest.fixture
def ask(client):
    """A function that asks the API as a member's program: `ask(member, "get", "/me")`."""

    def ask(member, method, path, data=None, *, scope=Scope.WRITE, language="fr"):
        headers = {"Accept-Language": language}
        if member is not None:
            if not hasattr(member, "secret"):
                _token, member.secret = make_token(make.viewer(member), "Programme", scope)
            headers["Authorization"] = f"Bearer {member.secret}"
        return client.generic(
            method.upper(),
            f"{API}{path}",
            json.dumps(data or {}) if method != "get" else "",
            content_type="application/json",
            headers=headers,
        )

    return ask


@pytest.fixture
def place():
    """A public thread, and one that only a group sees, with somebody in each role."""
    group = make.GroupFactory()
    private = make.CategoryFactory(see=Audience.GROUP, start=2, reply=2, group=group)
    author, insider = make.MemberFactory(), make.MemberFactory()
    Membership.objects.create(group=group, member=insider)
    return {
        "author": author,
        "member": make.MemberFactory(),
        "insider": insider,
        "moderator": make.moderator(),
        "silenced": make.MemberFactory(silenced_until=timezone.now() + timedelta(days=1)),
        "thread": make.thread(author),
        "secret": make.thread(insider, private),
    }


# What each may do: the status of the answer.
TABLE = [
    # method, path, data, visitor, member, author, insider, moderator, silenced
    ("get", "/categories", None, 200, 200, 200, 200, 200, 200),
    ("get", "/threads", None, 200, 200, 200, 200, 200, 200),
    ("get", "/threads/{thread}", None, 200, 200, 200, 200, 200, 200),
    ("get", "/threads/{secret}", None, 404, 404, 404, 200, 200, 404),
    ("get", "/threads/{thread}/posts", None, 200, 200, 200, 200, 200, 200),
    ("get", "/threads/{secret}/posts", None, 404, 404, 404, 200, 200, 404),
    ("get", "/posts/{post}", None, 200, 200, 200, 200, 200, 200),
    ("get", "/posts/{secret_post}", None, 404, 404, 404, 200, 200, 404),
    ("get", "/threads/unread", None, 401, 200, 200, 200, 200, 200),
    ("get", "/search?q=bonjour", None, 200, 200, 200, 200, 200, 200),
    ("get", "/members", None, 401, 200, 200, 200, 200, 200),
    ("get", "/members/{handle}", None, 401, 200, 200, 200, 200, 200),
    ("get", "/me", None, 401, 200, 200, 200, 200, 200),
    ("get", "/notifications", None, 401, 200, 200, 200, 200, 200),
    ("post", "/notifications/read?last=1", None, 401, 200, 200, 200, 200, None),
    ("post", "/threads", "start", 401, 201, 201, 201, 201, None),
    ("post", "/threads", "start_secret", 401, 404, 404, 201, 201, None),
    ("post", "/threads/{thread}/posts", "text", 401, 201, 201, 201, 201, None),
    ("post", "/threads/{secret}/posts", "text", 401, 404, 404, 201, 201, None),
    ("post", "/threads/{thread}/read", "read", 401, 200, 200, 200, 200, None),
    ("post", "/threads/{secret}/read", "read", 401, 404, 404, 200, 200, None),
    ("patch", "/posts/{post}", "text", 401, 403, 200, 403, 200, None),
    ("patch", "/posts/{secret_post}", "text", 401, 404, 404, 200, 200, None),
    ("delete", "/posts/{post}", None, 401, 403, 200, 403, 403, None),
    ("delete", "/posts/{secret_post}", None, 401, 404, 404, 200, 403, None),
    ("post", "/posts/{post}/restore", None, 401, 403, 403, 403, 200, None),
    ("post", "/posts/{secret_post}/restore", None, 401, 404, 404, 403, 200, None),
    ("put", "/posts/{post}/reactions/👍", None, 401, 200, 403, 200, 200, None),
    ("put", "/posts/{secret_post}/reactions/👍", None, 401, 404, 404, 403, 200, None),
    ("delete", "/posts/{post}/reactions/👍", None, 401, 200, 403, 200, 200, None),
]
ROLES = ("visitor", "member", "author", "insider", "moderator", "silenced")


@pytest.mark.parametrize(
    ("role", "method", "path", "data", "status"),
    [
        pytest.param(role, method, path, data, status, id=f"{role}-{method}-{path}-{data}")
        for method, path, data, *statuses in TABLE
        for role, status in zip(ROLES, statuses, strict=True)
        if status is not None
    ],
)
def test_each_may_do_what_the_table_says(ask, place, role, method, path, data, status):
    thread, secret = place["thread"], place["secret"]
    names = {
        "thread": thread.pk,
        "secret": secret.pk,
        "post": thread.posts.get().pk,
        "secret_post": secret.posts.get().pk,
        "handle": place["author"].handle,
    }
    words = {"title": "Un titre", "text": "Voici le texte.", "language": "fr"}
    bodies = {
        None: None,
        "text": {"text": "D’autres mots."},
        "read": {"last": 1},
        "start": {"category": thread.category_id, **words},
        "start_secret": {"category": secret.category_id, **words},
    }
    who = place.get(role)
    if role == "silenced":
        # The token was made before.
        _token, who.secret = _token_of(who)
    answer = ask(who, method, path.format(**names), bodies[data])
    assert answer.status_code == status, answer.content
    if status >= 400:
        assert answer.json()["code"]
        assert answer.json()["message"]
    assert answer["Cache-Control"] == "private, no-store"


def _token_of(member):
    """A token that was made before the member was silenced or suspended."""
    from ess_forum.actions.tokens import digest_of

    secret = f"forum_{member.pk}"
    token = ApiToken.objects.create(
        member=member, name="Avant", scope=Scope.WRITE, digest=digest_of(secret)
    )
    return token, secret


def test_member_who_is_silenced_reads_and_does_not_write(ask, place):
    who = place["silenced"]
    _token, who.secret = _token_of(who)
    assert ask(who, "get", "/me").status_code == 200
    answer = ask(who, "post", f"/threads/{place['thread'].pk}/posts", {"text": "Bonjour."})
    assert answer.status_code == 403


def test_tokens_of_a_suspended_member_do_not_act(ask, place):
    who = make.MemberFactory(suspended_until=timezone.now() + timedelta(days=1))
    token, who.secret = _token_of(who)
    for path in ("/me", "/threads"):
        answer = ask(who, "get", path)
        assert (answer.status_code, answer.json()["code"]) == (403, "suspended")
    token.refresh_from_db()
    assert token.last_used_at is None


def test_token_of_a_closed_account_is_none(ask, place):
    who = place["member"]
    _token, who.secret = _token_of(who)
    who.user.is_active = False
    who.user.save()
    assert ask(who, "get", "/threads").status_code == 401


def test_token_for_reading_does_not_write(ask, place):
    path = f"/threads/{place['thread'].pk}/posts"
    answer = ask(place["member"], "post", path, {"text": "Bonjour."}, scope=Scope.READ)
    assert (answer.status_code, answer.json()["code"]) == (403, "read_only")
    assert ask(place["member"], "get", path).status_code == 200


@pytest.mark.parametrize("header", ["Bearer forum_wrong", "Basic abc", "Bearer", "Bearer é"])
def test_wrong_token_is_refused_even_where_none_is_needed(client, place, header):
    answer = client.get(f"{API}/threads", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_session_of_a_browser_is_left_aside(client, place):
    client.force_login(place["insider"].user)
    assert client.get(f"{API}/me").status_code == 401
    assert client.get(f"{API}/threads/{place['secret'].pk}").status_code == 404
    path = f"{API}/threads/{place['thread'].pk}/posts"
    answer = client.post(path, {"text": "Bonjour."}, content_type="application/json")
    assert answer.status_code == 401
    assert place["thread"].posts.count() == 1


def test_use_of_a_token_is_noted_once_in_a_while(ask, place):
    ask(place["member"], "get", "/me")
    token = ApiToken.objects.get(member=place["member"])
    first = token.last_used_at
    assert first is not None
    ask(place["member"], "get", "/me")
    token.refresh_from_db()
    assert token.last_used_at == first
    ApiToken.objects.update(last_used_at=first - timedelta(hours=1))
    ask(place["member"], "get", "/me")
    token.refresh_from_db()
    assert token.last_used_at > first


# Writing


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [("fr", "Une idée", "Créons une coopérative."), ("ar", "فكرة", "لنؤسس تعاونية.")],
)
def test_program_starts_a_thread_and_replies(ask, place, language, title, text):
    category = place["thread"].category
    data = {"category": category.pk, "title": title, "text": text, "language": language}
    answer = ask(place["member"], "post", "/threads", {**data, "topics": ["Énergie"]})
    assert title in answer.content.decode()  # not as escapes
    thread = Thread.objects.get(pk=answer.json()["thread"]["id"])
    assert (thread.title, thread.language, thread.author) == (title, language, place["member"])
    assert answer.json()["post"]["text"] == text
    assert answer.json()["thread"]["topics"] == ["Énergie"]

    first = answer.json()["post"]["id"]
    answer = ask(
        place["author"], "post", f"/threads/{thread.pk}/posts", {"text": text, "reply_to": first}
    )
    reply = Post.objects.get(pk=answer.json()["id"])
    assert (reply.source, reply.position, reply.reply_to_id) == (text, 2, first)


def test_what_is_sent_twice_is_written_once(ask, place):
    path, data = f"/threads/{place['thread'].pk}/posts", {"text": "Une seule fois."}
    answers = [ask(place["member"], "post", path, data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert place["thread"].posts.count() == 2


def test_post_of_a_new_member_waits(ask, place):
    new = make.MemberFactory(trust=Member.Trust.NEW)
    answer = ask(new, "post", f"/threads/{place['thread'].pk}/posts", {"text": "Bonjour."})
    post = Post.objects.get(pk=answer.json()["id"])
    assert answer.status_code == 201
    assert answer.json()["state"] == State(post.state).name.lower()


def test_post_is_edited_deleted_and_restored(ask, place):
    author = place["author"]
    post = make.post(place["thread"], author, "Avant.")
    answer = ask(author, "patch", f"/posts/{post.pk}", {"text": "Après.", "reason": "Faute"})
    assert (answer.json()["text"], answer.json()["state"]) == ("Après.", "visible")
    assert post.revisions.get().source == "Avant."
    assert ask(author, "delete", f"/posts/{post.pk}").json()["state"] == "deleted"
    assert ask(place["member"], "get", f"/posts/{post.pk}").status_code == 404
    answer = ask(author, "post", f"/posts/{post.pk}/restore")
    assert (answer.status_code, answer.json()["state"]) == (200, "visible")


def test_thread_that_went_with_its_first_post_is_restored(ask):
    thread = make.thread()
    post = thread.posts.get()
    assert ask(thread.author, "delete", f"/posts/{post.pk}").status_code == 200
    assert ask(None, "get", f"/threads/{thread.pk}").status_code == 404
    assert ask(thread.author, "post", f"/posts/{post.pk}/restore").status_code == 200
    assert ask(None, "get", f"/threads/{thread.pk}").status_code == 200


def test_reaction_is_put_once_and_taken_away(ask, place):
    path = f"/posts/{place['thread'].posts.get().pk}/reactions/👍"
    for _ in range(2):
        assert ask(place["member"], "put", path).json()["reactions"] == {"👍": 1}
    assert ask(place["member"], "delete", path).json()["reactions"] == {}
    answer = ask(place["member"], "put", path.replace("👍", "🐟"))
    assert answer.status_code == 422
    assert not Reaction.objects.exists()


def test_reading_is_marked(ask, place):
    member, thread = place["member"], place["thread"]
    for _ in range(4):
        make.post(thread)
    assert ask(member, "get", f"/threads/{thread.pk}").json()["unread"] == 5
    assert ask(member, "post", f"/threads/{thread.pk}/read", {"last": 3}).json()["unread"] == 2
    items = ask(member, "get", "/threads/unread").json()["items"]
    assert [(item["id"], item["unread"]) for item in items] == [(thread.pk, 2)]
    answer = ask(member, "post", f"/threads/{thread.pk}/read", {"last": 1000})
    assert answer.json()["unread"] == 0
    assert ask(member, "get", "/threads/unread").json()["items"] == []
    make.post(thread)
    assert ask(member, "get", f"/threads/{thread.pk}").json()["unread"] == 1


def test_notifications_are_read(ask, place):
    make.post(place["thread"], text=f"@{place['member'].handle} voyez.")
    items = ask(place["member"], "get", "/notifications?unread=true").json()["items"]
    assert [item["kind"] for item in items] == ["mention"]
    answer = ask(place["member"], "post", f"/notifications/read?last={items[0]['id']}")
    assert answer.json()["unread_notifications"] == 0
    assert ask(place["member"], "get", "/notifications?unread=true").json()["items"] == []
    assert len(ask(place["member"], "get", "/notifications").json()["items"]) == 1


# Errors

WORDS = {"title": "a", "text": "b", "language": "fr"}
STARTED = {"category": "{c}", **WORDS}
NO_PAGE = "b9a2a3a8-0000-4000-8000-000000000000"
WRONG = [
    ("/threads/{thread}/posts", {"text": "  "}, 422, ["source"]),
    ("/threads/{thread}/posts", {}, 422, ["text"]),
    ("/threads/{thread}/posts", {"text": "a", "reply_to": 10**9}, 422, ["reply_to"]),
    ("/threads/{thread}/read", {"last": "demain"}, 422, ["last"]),
    ("/threads", {**STARTED, "category": 0}, 404, []),
    ("/threads", {**STARTED, "category": 10**30}, 404, []),
    ("/threads", WORDS, 422, ["category"]),
    ("/threads", {**STARTED, "title": " "}, 422, ["title"]),
    ("/threads", {**STARTED, "language": "de"}, 422, ["language"]),
    ("/threads", {**STARTED, "title": "a" * 201}, 422, ["title"]),
    ("/threads", {**STARTED, "topics": ["x" * 101]}, 422, ["topics"]),
    (f"/pages/{NO_PAGE}/thread", WORDS, 404, []),
    ("/pages/12/thread", WORDS, 422, ["key"]),
]


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize(("path", "data", "status", "fields"), WRONG)
def test_wrong_request_is_explained(ask, place, language, path, data, status, fields):
    thread = place["thread"]
    data = {k: thread.category_id if v == "{c}" else v for k, v in data.items()}
    answer = ask(place["member"], "post", path.format(thread=thread.pk), data, language=language)
    assert answer.status_code == status, answer.content
    assert list(answer.json()["fields"]) == fields
    assert Post.objects.count() == 2


def test_sentences_are_in_the_language_of_the_request(ask, place):
    path, said = f"/threads/{place['thread'].pk}/posts", set()
    for language in ("fr", "ar"):
        answer = ask(place["member"], "post", path, {}, language=language)
        said.add(answer.json()["message"])
    assert len(said) == 2


def test_body_that_is_no_json_is_refused(client, ask, place):
    ask(place["member"], "get", "/me")
    answer = client.post(
        f"{API}/threads",
        "{text",
        content_type="application/json",
        headers={"Authorization": f"Bearer {place['member'].secret}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")


@pytest.mark.parametrize("text", ["Oui \ud83d.", "\ude00Oui .", "Oui \0."])
def test_what_is_no_character_is_left_out(ask, place, text):
    answer = ask(place["member"], "post", f"/threads/{place['thread'].pk}/posts", {"text": text})
    assert (answer.status_code, answer.json()["text"]) == (201, "Oui .")


@pytest.mark.parametrize("method", ["get", "post", "delete"])
@pytest.mark.parametrize("path", ["/", "/nulle-part", "/members/a/b"])
def test_address_that_is_none_is_answered_in_json(ask, method, path):
    answer = ask(None, method, path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_closed_thread_takes_no_reply(ask, place):
    Thread.objects.filter(pk=place["thread"].pk).update(is_closed=True)
    answer = ask(place["member"], "post", f"/threads/{place['thread'].pk}/posts", {"text": "a"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("rate", "method", "status"), [("read_api", "get", 200), ("write_api", "post", 201)]
)
def test_too_many_requests_are_refused(ask, place, monkeypatch, rate, method, status):
    monkeypatch.setitem(RATES, rate, "2/hour")
    path = f"/threads/{place['thread'].pk}/posts"
    for number in range(2):
        answer = ask(place["member"], method, path, {"text": f"Réponse {number}"})
        assert answer.status_code == status
    answer = ask(place["member"], method, path, {"text": "Encore"})
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")


def test_verb_has_its_own_rate_which_the_pages_share(ask, place, monkeypatch):
    monkeypatch.setitem(RATES, "reply", "1/hour")
    path = f"/threads/{place['thread'].pk}/posts"
    assert ask(place["member"], "post", path, {"text": "Un"}).status_code == 201
    assert ask(place["member"], "post", path, {"text": "Deux"}).status_code == 429
    assert place["thread"].posts.count() == 2


# Reading


def test_lists_are_filtered_and_paged(ask, place):
    author = make.MemberFactory()
    first = make.thread(author, language="ar", title="سؤال", topics=["Eau"])
    threads = [make.thread(author, first.category, text=f"Texte {n}") for n in range(4)]
    newest = [thread.pk for thread in reversed([first, *threads])]

    def listed(query):
        answer = ask(None, "get", f"/threads?{query}")
        assert answer.status_code == 200, answer.content
        return [item["id"] for item in answer.json()["items"]]

    assert listed(f"author={author.handle}") == newest
    assert listed(f"category={first.category_id}&language=ar") == [first.pk]
    assert listed("topic=eau") == [first.pk]
    assert listed("solved=true") == []
    Thread.objects.filter(pk=first.pk).update(answer=first.posts.get())
    assert listed("solved=true") == [first.pk]
    since = timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    Thread.objects.filter(pk=first.pk).update(last_post_at=timezone.now() + timedelta(minutes=5))
    assert listed(f"since={since}")[0] == first.pk

    seen, cursor = [], ""
    while cursor is not None:
        answer = ask(None, "get", f"/threads?author={author.handle}&limit=2&cursor={cursor}")
        seen += [item["id"] for item in answer.json()["items"]]
        cursor = answer.json()["next"]
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize(
    "query",
    [
        "cursor=abc",
        "cursor=W10",
        "limit=0",
        "limit=101",
        "since=hier",
        "since=2026-01-01T10:00",
        "since=0001-01-01T00:00%2B05:00",
        "since=9999-12-31T23:59-05:00",
    ],
)
def test_wrong_query_is_explained(ask, place, query):
    answer = ask(None, "get", f"/threads?{query}")
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [query.split("=")[0]]


def test_category_that_is_not_seen_is_not_there(ask, place):
    for number in (place["secret"].category_id, 10**9):
        assert ask(None, "get", f"/threads?category={number}").status_code == 404
    ids = [one["id"] for one in ask(None, "get", "/categories").json()]
    assert ids == [place["thread"].category_id]


def test_posts_are_read_by_position(ask, place):
    thread, member = place["thread"], place["member"]
    replies = [make.post(thread, member) for _ in range(5)]
    post_verbs.delete(make.viewer(member), replies[1])  # position 3
    answer = ask(None, "get", f"/threads/{thread.pk}/posts?first=2&last=4").json()
    assert [item["position"] for item in answer["items"]] == [2, 4]
    assert answer["next"] == 5
    answer = ask(None, "get", f"/threads/{thread.pk}/posts?first=5&last=2000").json()
    assert [item["position"] for item in answer["items"]] == [5, 6]
    assert answer["next"] is None
    answer = ask(member, "get", f"/threads/{thread.pk}/posts").json()
    assert [item["state"] for item in answer["items"]].count("deleted") == 1  # their own


def test_private_conversation_is_read_by_those_in_it_alone(ask, place):
    author, member = place["author"], place["member"]
    conversation = start_conversation(
        make.viewer(author), [member], "Entre nous", "Bonjour.", language="fr"
    )
    for who, status in [(member, 200), (author, 200), (None, 404), (place["moderator"], 404)]:
        for path in (f"/threads/{conversation.pk}", f"/threads/{conversation.pk}/posts"):
            assert ask(who, "get", path).status_code == status
    listed = ask(member, "get", "/threads").json()["items"]
    assert conversation.pk not in [item["id"] for item in listed]


def test_former_member_is_told_as_one(ask, place):
    Member.objects.filter(pk=place["author"].pk).update(user=None)
    answer = ask(None, "get", f"/threads/{place['thread'].pk}")
    assert answer.json()["author"]["is_former"] is True


def test_edit_of_what_has_changed_meanwhile_is_a_conflict(ask, place):
    post = place["thread"].posts.get()
    path, author = f"/posts/{post.pk}", place["author"]
    base = ask(author, "get", path).json()["versions"]
    assert ask(author, "patch", path, {"text": "Deux.", "base": base}).status_code == 200
    assert ask(author, "patch", path, {"text": "Trois.", "base": base}).status_code == 409
    base = ask(author, "get", path).json()["versions"]
    assert ask(author, "patch", path, {"text": "Trois.", "base": base}).json()["versions"] == 2


def test_members_are_found_by_how_their_names_begin(ask, place):
    make.MemberFactory(name="Émilie Aït", handle="emilie")
    items = ask(place["member"], "get", "/members?q=ait").json()["items"]
    assert [item["handle"] for item in items] == ["emilie"]


@pytest.mark.parametrize(
    ("path", "visitor", "member"),
    [
        ("/categories", 1, 5),
        ("/threads", 3, 7),
        ("/threads/unread", None, 7),
        ("/threads/{thread}", 3, 7),
        ("/threads/{thread}/posts", 4, 8),
        ("/search?q=réponse", 3, 7),
        ("/members", None, 4),
        ("/notifications", None, 2),
    ],
)
def test_number_of_queries_is_fixed(
    ask, place, django_assert_max_num_queries, path, visitor, member
):
    thread, who = place["thread"], place["member"]
    ask(who, "get", "/me")
    for size in (1, 12):
        for number in range(size):
            make.thread(
                category=thread.category, topics=[f"Sujet {number}"], text=f"{number} {size}"
            )
            make.thread(category=make.CategoryFactory(parent=thread.category))
            make.post(thread, text=f"@{who.handle} réponse {number} {size}")
        for asker, queries in ((None, visitor), (who, member)):
            if queries is None:
                continue
            with django_assert_max_num_queries(queries):
                assert ask(asker, "get", path.format(thread=thread.pk)).status_code == 200


# The document


def test_document_describes_every_operation(client):
    document = client.get(f"{API}/openapi.json").json()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len(operations) >= 18
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    for operation in operations:
        assert operation["description"], operation["operationId"]
        assert operation["security"] in ([{"Token": []}], [{"Token": []}, {}])
    assert document["components"]["securitySchemes"]["Token"]["scheme"] == "bearer"
    references = set(_references(document))
    assert references <= {
        f"#/components/schemas/{name}" for name in document["components"]["schemas"]
    }


def _references(part):
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def test_page_of_the_document_needs_no_other_host(client):
    html = client.get(f"{API}/docs").content.decode()
    assert "://" not in html
    assert "<script>" not in html
