"""Who may do what: every role × every address × every method, as the policy's one table says.

Each address names, for each method that it offers, the verb of `policy.RULES` that decides and what
that is about. What has to come back is computed from the table, for each role and thing.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.core import signing
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.template.backends.django import Template
from django.test import Client, override_settings
from django.urls import URLResolver, reverse
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import Page, Site
from wagtail_localize.machine_translators.base import BaseMachineTranslator

from ess_forum import policy, urls
from ess_forum.actions import (
    appeals,
    approval,
    flags,
    ordering,
    page_news,
    polls,
    posts,
    sanctions,
    stopped_addresses,
    threads,
)
from ess_forum.actions.tokens import digest_of
from ess_forum.api.endpoints import api
from ess_forum.forms.preferences import PreferencesForm
from ess_forum.letters import SIGNER
from ess_forum.models import (
    ApiToken,
    Appeal,
    Attachment,
    Audience,
    Category,
    ForumSettings,
    Group,
    Member,
    Membership,
    Notification,
    Post,
    Sanction,
    State,
    StoppedAddress,
    Thread,
)
from ess_forum.viewer import Viewer

from . import factories as f
from .browsers import PRIVATE_KEY, Browser

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
VISITOR = "visitor"
ADMIN = "access_admin"
ROLES = {
    "new": {"trust": Member.Trust.NEW},
    "member": {"trust": Member.Trust.BASIC},
    "regular": {"trust": Member.Trust.REGULAR},
    "author": {"trust": Member.Trust.BASIC},
    "participant": {"trust": Member.Trust.BASIC},
    "group-member": {"trust": Member.Trust.BASIC},
    "group-manager": {"trust": Member.Trust.BASIC},
    "silenced": {"trust": Member.Trust.BASIC},
    "suspended": {"trust": Member.Trust.BASIC},
    "banned": {"trust": Member.Trust.BASIC},
    "editor": {"trust": Member.Trust.BASIC},  # of the Wagtail admin, without the forum
    "moderator": {"trust": Member.Trust.LEADER},
    "superuser": {"trust": Member.Trust.LEADER},
}

# What needs no verb of its own, since it is about nobody else.
EVERYONE = "everyone"  # visitors too
ACCOUNT = "account"  # whoever has one: of what is theirs alone
TOLD = "told"  # the one who was told of it
OPEN_TO: dict[str, Callable[[Viewer], bool]] = {
    EVERYONE: lambda viewer: True,
    ACCOUNT: lambda viewer: viewer.member is not None,
    TOLD: lambda viewer: viewer.member is not None and viewer.me.handle == "member",
}


class Address(NamedTuple):
    """What an address of the forum is about, and who may do what there."""

    about: str  # a kind of thing: see THINGS
    get: str | None = None
    post: str | None = None
    # What is sent; a function is given the thing.
    data: Any = {}
    # Whether who is refused is told that there is nothing, though they see what it is about.
    hides: bool = False
    # Whether to look notes what has been read.
    marks: bool = False
    # Whether all see there what visitors see.
    as_visitor: bool = False
    # Whether it asks for an account beside.
    logs_in: bool = False
    # Whether who is refused may be told why, with what they typed, in place of a mere refusal.
    keeps: bool = False
    # Whether it is done already: who sees the thing is led to it, and nothing is written.
    is_done: Callable[[Any], bool] = lambda thing: False
    # What the address of an operation of the API ends with.
    query: str = ""

    def verb(self, method: str) -> str | None:
        return {"GET": self.get, "HEAD": self.get, "POST": self.post}.get(method)


# A kind of thing: the names of those in the world, the model, how one is named in an address, and
# the verb that says who sees it.
class Things(NamedTuple):
    names: tuple[str, ...]
    model: Any = None
    args: Callable[[Any], list] = lambda thing: [thing.pk]
    see: str = ""
    # What the verb is about, where that is not the thing itself.
    about: Callable[[Any], Any] = lambda thing: thing


THREADS = ("open", "closed", "circle", "desk", "hidden", "waiting", "private", "called")
POSTS = (
    "open-1",
    "open-2",
    "circle-1",
    "private-1",
    "called-1",
    "hidden-2",
    "hidden-post",
    "deleted-2",
    "waits",
)
THINGS = {
    "": Things(("",), args=lambda thing: []),
    "category": Things(("square", "circle-room", "desk-room"), Category, see="see_category"),
    "category-page": Things(
        ("square", "circle-room", "desk-room"), Category, lambda c: [c.pk, c.slug], "see_category"
    ),
    "thread": Things(THREADS, Thread, see="see_thread"),
    "thread-page": Things(THREADS, Thread, lambda t: [t.pk, t.slug], "see_thread"),
    "some-threads": Things(("open", "circle", "private", "called"), Thread, see="see_thread"),
    "hidden-thread": Things(("hidden",), Thread, see="see_thread"),
    "conversation": Things(("private", "called"), Thread, see="see_thread"),
    "post": Things(POSTS, Post, see="see_post"),
    "reply": Things(("open-2",), Post, see="see_thread", about=lambda post: post.thread),
    "poll": Things(("open-1",), Post, see="see_post"),
    "hidden-post": Things(("hidden-post",), Post, see="see_post"),
    "post-in-sight": Things(("open-2", "circle-2", "private-1", "called-1"), Post, see="see_post"),
    "waiting-post": Things(("waits",), Post, see="see_post"),
    "french-post": Things(("open-1", "circle-1", "private-1"), Post, see="see_post"),
    "admin-post": Things(("open-1", "circle-1", "waits", "called-1"), Post),
    "file": Things(
        ("circle-file", "own-file"), Attachment, lambda a: [a.key, a.name], "see_attachment"
    ),
    "letter": Things(
        ("member",), Member, lambda m: [SIGNER.sign_object({"member": m.pk, "what": "digest"})]
    ),
    "letter-to-start": Things(
        ("",), args=lambda thing: [signing.dumps("a@example.org", salt=stopped_addresses.SALT)]
    ),
    "notification": Things(("news-of-page",), Notification),
    "oneself": Things(("",), args=lambda thing: []),
    "member": Things(("member", "moderator"), Member),
    "member-page": Things(("member", "moderator"), Member, lambda member: [member.handle]),
    "sanction": Things(("warning",), Sanction),
    "sanctioned": Things(("warning",), Sanction, about=lambda sanction: sanction.member),
    "group": Things(("circle-group",), Group, see="see_group"),
    "discussed": Things(("circle",), Thread, lambda thread: [thread.page_key], "see_thread"),
    "membership": Things(
        ("membership",),
        Membership,
        lambda one: [one.group_id, one.pk],
        "see_group",
        lambda one: one.group,
    ),
    "token": Things(("token",), ApiToken),
    "stopped-address": Things(("stopped-address",), StoppedAddress),
    "appeal": Things(("appealed",), Appeal),
    "page": Things(
        ("home",),
        Page,
        lambda page: [page.translation_key],
        about=lambda page: Category.objects.get(name_fr="Place"),
    ),
}
TEXT = {"source": "Un texte qui n’a jamais été écrit."}

ADDRESSES = {
    # Reading
    "index": Address("", EVERYONE),
    "latest": Address("", EVERYONE),
    "unanswered": Address("", EVERYONE),
    "feed": Address("", EVERYONE),
    "start": Address("", ACCOUNT),
    "unread": Address("", ACCOUNT),
    "mine": Address("", ACCOUNT),
    "bookmarked": Address("", ACCOUNT),
    "followed": Address("", ACCOUNT),
    "take_as_read": Address("", post=ACCOUNT),
    "take_category_as_read": Address("category", post="see_category", logs_in=True),
    "category": Address("category-page", "see_category"),
    "category_feed": Address("category", "see_category", as_visitor=True),
    "thread": Address("thread-page", "see_thread", marks=True),
    "thread_feed": Address("thread", "see_thread", as_visitor=True),
    "first_unread": Address("thread", "follow_thread"),
    "news": Address("thread", "see_thread"),
    "post": Address("post", "see_post"),
    # Writing
    "start_thread": Address(
        "category", "start_thread", "start_thread", {**TEXT, "title": "Neuf", "language": "fr"}
    ),
    "reply": Address("thread", "reply", "reply", TEXT, keeps=True),
    "edit_post": Address(
        "post",
        "edit_post",
        "edit_post",
        lambda post: {
            **TEXT,
            "title": post.thread.title,
            "language": "fr",
            "base": post.revisions.count(),
        },
        keeps=True,
    ),
    "delete_post": Address(
        "post",
        "delete_post",
        "delete_post",
        is_done=lambda post: post.state == State.DELETED,
    ),
    "restore_post": Address(
        "post",
        "restore_post",
        "restore_post",
        is_done=lambda post: post.state == State.VISIBLE,
    ),
    "post_history": Address("post", "see_post"),
    "preview": Address("", post="keep_draft", data=TEXT),
    "drafts": Address("", ACCOUNT),
    "keep_draft": Address("", post="keep_draft", data={**TEXT, "place": "thread:1", "number": "1"}),
    "discard_draft": Address("", post=ACCOUNT, data={"place": "thread:1"}),
    "mentions": Address("", "keep_draft"),
    # Beside a post
    "react": Address("post", post="react", data={"add": "👍"}),
    "who_reacted": Address("post", "see_post"),
    "bookmark": Address("post", post="bookmark", data={"keep": "1"}),
    "accept_answer": Address("reply", post="accept_answer", data={"accept": "1"}),
    "vote": Address(
        "poll", post="vote_poll", data=lambda post: {"options": post.poll.options.first().pk}
    ),
    "follow_thread": Address("thread", post="follow_thread", data={"follows": "1"}),
    "follow_category": Address("category", post="follow_category", data={"follows": "1"}),
    "upload": Address(
        "", post="upload", data=lambda thing: {"file": ContentFile(b"Oui.", name="oui.txt")}
    ),
    "file": Address("file", "see_attachment"),
    # Flags, decisions and appeals
    "flag_post": Address("post", "flag_post", "flag_post", {"reason": "spam"}),
    "decide_post": Address(
        "post",
        "decide_flags",
        "decide_flags",
        lambda post: _decision(post, "show" if post.state == State.HIDDEN else "hide"),
    ),
    "reopen_flags": Address("post", post="decide_flags"),
    "appeal_post": Address("hidden-post", "appeal", "appeal", {"text": "Pourquoi ?"}, hides=True),
    "member_record": Address("member", "moderate", "moderate", {}),
    "measures": Address("", ACCOUNT),
    "appeal_sanction": Address("sanction", "appeal", "appeal", {"text": "Non."}, hides=True),
    "lift_sanction": Address("sanctioned", "lift_sanction", "lift_sanction", {"reason": "Assez."}),
    # Order
    "rename_thread": Address(
        "some-threads",
        "rename_thread",
        "rename_thread",
        {"title": "Autre", "language": "fr", "topics": ""},
    ),
    "hide_thread": Address("some-threads", post="hide_thread"),
    "restore_thread": Address("hidden-thread", post="restore_thread"),
    "bulk": Address(
        "",
        post="moderate",
        data=lambda thing: {"act": "close", "thread": Thread.objects.get(title="Open").pk},
    ),
    "hidden_threads": Address("", "moderate"),
    # Members, groups, private messages
    "members": Address("", "see_members"),
    "member": Address("member-page", "see_profile"),
    "photo": Address("member-page", "see_photo", hides=True),
    "block": Address("member-page", post="block_member", data={"act": "block"}),
    "edit_profile": Address(
        "oneself", "edit_profile", "edit_profile", {"name": "Autre nom", "handle": "autre-nom"}
    ),
    "preferences": Address(
        "oneself",
        "edit_profile",
        "edit_profile",
        lambda thing: {
            field.html_name: field.value() or ""
            for field in PreferencesForm(instance=Member.objects.get(handle="member"))
        },
    ),
    "stop_mails": Address("letter", EVERYONE, EVERYONE),
    "push_worker": Address("", EVERYONE),
    "push_subscribe": Address("oneself", post="edit_profile", data=lambda _: Browser().fields),
    "push_unsubscribe": Address(
        "oneself", post="edit_profile", data={"endpoint": "https://push.example.org/one"}
    ),
    "ask_to_start_mails": Address("oneself", post="edit_profile"),
    "start_mails": Address("letter-to-start", EVERYONE, EVERYONE),
    "blocks": Address("", "see_members"),
    "notifications": Address("", ACCOUNT),
    "read_notifications": Address("", post=ACCOUNT),
    "open_notification": Address("notification", TOLD, hides=True, marks=True),
    "groups": Address("", "see_members"),
    "group": Address("group", "see_group", "manage_group", {"members": "guest"}),
    "leave_group": Address("group", "leave_group", "leave_group"),
    "change_membership": Address("membership", post="manage_group", data={"change": "remove"}),
    "conversations": Address("", "see_members"),
    "start_conversation": Address(
        "",
        "start_conversation",
        "start_conversation",
        {**TEXT, "title": "Entre nous", "language": "fr", "members": "guest"},
    ),
    "invite_to_conversation": Address(
        "conversation", "invite_to_conversation", "invite_to_conversation", {"members": "guest"}
    ),
    "leave_conversation": Address("conversation", "leave_conversation", "leave_conversation"),
    # Search, translation, programs, discussions of pages
    "search": Address("", "search"),
    "translated_post": Address("french-post", "translate_post", "translate_post"),
    "tokens": Address("", ACCOUNT, "make_token", {"name": "Autre", "scope": "read"}),
    "revoke_token": Address("token", post=ACCOUNT),
    "discuss": Address(
        "page", "start_thread", "start_thread", {**TEXT, "title": "Cette page", "language": "fr"}
    ),
    # What is sent says which verb it is.
    "member_record:sanction": Address(
        "member", post="sanction", data={"act": "sanction", "kind": "warning", "reason": "Assez."}
    ),
    "member_record:trust": Address("member", post="set_trust", data={"act": "trust", "trust": "2"}),
    "decide_post:hide": Address(
        "post-in-sight", post="hide_post", data=lambda post: _decision(post, "hide")
    ),
    "decide_post:approve": Address(
        "waiting-post", post="approve_post", data=lambda post: _decision(post, "show")
    ),
    "sign_thread:close": Address(
        "some-threads", post="close_thread", data={"verb": "close_thread", "is_on": "1"}
    ),
    "sign_thread:pin": Address(
        "some-threads", post="pin_thread", data={"verb": "pin_thread", "is_on": "1"}
    ),
    "sign_thread:feature": Address(
        "some-threads", post="feature_thread", data={"verb": "feature_thread", "is_on": "1"}
    ),
    "move_thread": Address(
        "some-threads",
        "move_thread",
        "move_thread",
        lambda thread: {"category": Category.objects.get(name_fr="Place").pk},
    ),
    "merge_threads": Address(
        "some-threads",
        "merge_threads",
        "merge_threads",
        lambda thread: {"target": Thread.objects.get(title="Closed").pk},
    ),
    "split_thread": Address(
        "some-threads",
        "split_thread",
        "split_thread",
        lambda thread: {
            "post": thread.posts.get(position=2).pk,
            "title": "À part",
            "category": thread.category_id or "",
        },
    ),
    "change_poll": Address(
        "poll",
        "edit_post",
        "edit_post",
        {"poll_question": "Et ?", "poll_options": "Un\nDeux", "poll_max_choices": "1"},
    ),
}


def _decision(post: Post, outcome: str) -> dict[str, str]:
    open_flags = list(post.flags.filter(state="open"))
    return {"outcome": outcome, "seen": approval.standing(post, open_flags)}


# In the Wagtail admin: the verb that decides beside the right to be there at all.
IN_ADMIN = {
    "ess_forum_queue": Address("", "moderate"),
    "ess_forum_queue_post": Address("admin-post", "decide_flags"),
    "ess_forum_appeals": Address("", "moderate"),
    "ess_forum_appeal": Address("appeal", "decide_appeal"),
    "ess_forum_log": Address("", "moderate"),
    "ess_forum_log_results": Address("", "moderate"),
    "ess_forum_member": Address("member", "moderate"),
    "ess_forum_edit_member": Address("member", "edit_member"),
    "ess_forum_shift_category": Address("category", post="manage_categories"),
    "ess_forum_empty_category": Address("category", post="manage_categories"),
    "forum_categories:index": Address("", "manage_categories"),
    "forum_categories:add": Address("", "manage_categories"),
    "forum_categories:edit": Address("category", "manage_categories"),
    "forum_categories:delete": Address("category", "manage_categories"),
    "forum_groups:index": Address("", "make_group"),
    "forum_groups:add": Address("", "make_group"),
    "forum_groups:edit": Address("group", "manage_group"),
    "forum_members:index": Address("", "moderate"),
    "forum_sanctions:index": Address("", "moderate"),
    "forum_stopped_addresses:index": Address("", "allow_address"),
    "ess_forum_stopped_address": Address("stopped-address", "allow_address", "allow_address"),
    "forum_watched_words:index": Address("", "moderate"),
    "forum_watched_words:add": Address("", "moderate"),
}


# In the API, by the name of the operation; its method and address are in the API's own document.
WORDS = {"text": TEXT["source"], "title": "Par un programme", "language": "fr"}
IN_API = {
    "list_categories": Address("", EVERYONE),
    "list_threads": Address("", EVERYONE),
    "list_unread_threads": Address("", ACCOUNT, logs_in=True),
    "start_thread": Address(
        "category", post="start_thread", data=lambda category: {**WORDS, "category": category.pk}
    ),
    "get_discussion": Address("discussed", "see_thread"),
    "start_discussion": Address("page", post="start_thread", data=WORDS),
    "get_thread": Address("thread", "see_thread"),
    "mark_read": Address("thread", post="see_thread", data={"first": 1, "last": 1}, logs_in=True),
    "list_posts": Address("thread", "see_thread"),
    "reply": Address("thread", post="reply", data=WORDS),
    "get_post": Address("post", "see_post"),
    "edit_post": Address(
        "post", post="edit_post", data=lambda post: {**WORDS, "base": post.revisions.count()}
    ),
    "delete_post": Address("post", post="delete_post"),
    "restore_post": Address("post", post="restore_post"),
    "add_reaction": Address("post", post="react"),
    "remove_reaction": Address("post", post="react"),
    "list_members": Address("", "see_members"),
    "get_member": Address("member-page", "see_members"),
    "get_me": Address("", ACCOUNT, logs_in=True),
    "list_notifications": Address("", ACCOUNT, logs_in=True),
    "read_notifications": Address("", post=ACCOUNT, logs_in=True, query="?last=1"),
    "search": Address("", "search"),
}


# The world


def _make_world() -> dict[str, Any]:
    """Make one of each kind of thing that an address is about, and the members of all roles."""
    who = {role: f.MemberFactory(handle=role, name=role, **f_) for role, f_ in ROLES.items()}
    permissions = {name: Permission.objects.get(codename=name) for name in ("moderate", ADMIN)}
    who["moderator"].user.user_permissions.set(permissions.values())
    who["editor"].user.user_permissions.add(permissions[ADMIN])
    user = who["superuser"].user
    user.is_superuser = True
    user.save()
    Member.objects.update(last_seen_on=timezone.localdate())
    who["member"].photo.save("photo", ContentFile(b"RIFF"))

    f.MemberFactory(handle="guest")
    group = f.GroupFactory()
    for role in ("group-member", "group-manager"):
        Membership.objects.create(group=group, member=who[role], is_manager=role == "group-manager")
    square = f.CategoryFactory(name_fr="Place")
    circle, desk = Audience.GROUP, Audience.MODERATORS
    room = f.CategoryFactory(group=group, see=circle, start=circle, reply=circle)
    desk_room = f.CategoryFactory(see=desk, start=desk, reply=desk)
    ForumSettings.objects.update_or_create(defaults={"discussion_category": square})
    made: dict[str, Any] = {
        "square": square,
        "circle-room": room,
        "desk-room": desk_room,
        "circle-group": group,
        "membership": group.memberships.get(member=who["group-member"]),
    }
    places = {"open": square, "closed": square, "circle": room, "desk": desk_room, "hidden": square}
    writers = {"circle": "group-member", "desk": "moderator"}
    poll = polls.PollDraft("Oui ?", ("Oui", "Non"))
    for name, category in places.items():
        writer = who[writers.get(name, "author")]
        asked = poll if name == "open" else None
        thread = f.thread(writer, category, name.capitalize(), f"Un texte {name}.", poll=asked)
        made[name] = thread
        made[f"{name}-1"] = thread.posts.get()
        made[f"{name}-2"] = f.post(thread, writer)
    _make_states(made, who)
    _make_conversations(made, who)
    _make_what_is_ones_own(made, who)
    return {**made, **who}


def _make_states(made: dict[str, Any], who: dict[str, Member]) -> None:
    """Close, hide, delete, let wait."""
    moderator = f.viewer(who["moderator"])
    ordering.set_sign(moderator, "close_thread", [made["closed"]], is_on=True)
    made["deleted-2"] = f.post(made["open"], who["author"])
    posts.delete(f.viewer(who["author"]), made["deleted-2"])
    made["waits"] = f.post(made["open"], who["new"])
    made["waiting"] = f.thread(who["new"], made["square"], "Waiting")
    made["hidden-post"] = f.post(made["open"], who["author"])
    posts.hide(moderator, made["hidden-post"])
    ordering.hide(moderator, [made["hidden"]])
    made["warning"] = sanctions.impose(
        moderator, who["author"], sanctions.Measure("warning", "Doucement.")
    )
    warning = sanctions.Measure("warning", "Encore.")
    other = sanctions.impose(moderator, who["regular"], warning)
    made["stopped-address"] = StoppedAddress.objects.create(
        address="a@example.com", reason="bounce"
    )
    made["appealed"] = appeals.appeal(f.viewer(who["regular"]), other, "Pourquoi ?")
    for kind, role in (("silence", "silenced"), ("suspension", "suspended"), ("ban", "banned")):
        measure = sanctions.Measure(kind, "Assez.", None if kind == "ban" else 30)
        sanctions.impose(moderator, who[role], measure)


def _make_conversations(made: dict[str, Any], who: dict[str, Member]) -> None:
    """Let two talk, and two others whom moderators are called to."""
    for name in ("private", "called"):
        others = [f.MemberFactory(handle=f"other-{name}")]
        made[name] = threads.start_conversation(
            f.viewer(who["participant"]), others, name.capitalize(), f"Dit {name}.", language="fr"
        )
        made[f"{name}-1"] = made[name].posts.get()
        f.post(made[name], others[0])
    flags.flag_post(f.viewer(others[0]), made["called-1"], "offensive")


def _make_what_is_ones_own(made: dict[str, Any], who: dict[str, Member]) -> None:
    owner = who["group-member"]
    for name, post in (("circle-file", made["circle-1"]), ("own-file", None)):
        made[name] = Attachment.objects.create(
            member=owner,
            post=post,
            name="oui.txt",
            content_type="text/plain",
            size=4,
            file=ContentFile(b"Oui.", name="oui.txt"),
        )
    made["circle"].page_key = uuid4()
    made["circle"].save(update_fields=["page_key"])
    for role in ROLES:
        ApiToken.objects.create(
            member=who[role], name="API", digest=digest_of(role), scope=ApiToken.Scope.WRITE
        )
    page_key = Site.objects.get().root_page.translation_key
    titles, urls = {"fr": "Accueil"}, {"fr": "http://testserver/fr/"}
    news = page_news.PageNews("meeting", "published", page_key, titles, urls)
    page_news.tell(news, Member.objects.filter(pk=who["member"].pk))
    made["news-of-page"] = Notification.objects.get(page_key=page_key)
    made["token"] = ApiToken.objects.create(member=owner, name="Programme", digest="0")


@pytest.fixture(scope="module")
def _media(tmp_path_factory):
    folder = tmp_path_factory.mktemp("matrix")
    with override_settings(MEDIA_ROOT=folder, ESS_FORUM={"PUSH_PRIVATE_KEY": PRIVATE_KEY}):
        yield


@pytest.fixture(scope="module")
def _world(make_content, _home, _media):
    return make_content(_make_world, _home)


class Echo(BaseMachineTranslator):
    """A machine that gives back what it is asked."""

    display_name = "Echo"

    def can_translate(self, source_locale, target_locale) -> bool:
        return True

    def translate(self, source_locale, target_locale, strings) -> dict:
        return {string: string for string in strings}


class World:
    """The things and members of the world, and who asks."""

    def __init__(self, keys: dict[str, int], home, clients: dict[str, Client]) -> None:
        self.keys, self.home = keys, home
        self.viewers = {role: Viewer(self._user(role)) for role in (VISITOR, *ROLES)}
        self.clients = clients
        for role in self.viewers.keys() - clients.keys():
            clients[role] = self._client(role)
        self._things: dict[tuple[str, str], Any] = {}

    def _user(self, role: str):
        members = Member.objects.select_related("user")
        return None if role == VISITOR else members.get(pk=self.keys[role]).user

    def _client(self, role: str) -> Client:
        client = Client(raise_request_exception=False)
        if role != VISITOR:
            client.force_login(self.viewers[role].user)
        return client

    def thing(self, kind: str, name: str) -> Any:
        """Return the thing of this name, with what the policy asks it for."""
        if (kind, name) not in self._things:
            self._things[kind, name] = self._read(kind, name)
        return self._things[kind, name]

    def _read(self, kind: str, name: str) -> Any:
        model = THINGS[kind].model
        if model is None or kind == "page":
            return model and self.home
        thing = model.objects.get(pk=self.keys[name])
        if isinstance(thing, Post):
            thing.thread = Thread.objects.get(pk=thing.thread_id)
        return thing


@pytest.fixture(scope="module")
def _clients() -> dict[str, Client]:
    """Who has logged in stays so, by a signed cookie."""
    return {}


@pytest.fixture
def _bare_refusals(monkeypatch):
    """Refuse without a page: to draw one takes longer than to decide, or to look for a redirect."""
    monkeypatch.setattr("wagtail.contrib.redirects.middleware.get_redirect", lambda *args: None)
    for handler, status in (("handler403", 403), ("handler404", 404)):
        refuse = partial(_refuse, status=status)
        monkeypatch.setattr(f"django.conf.urls.{handler}", refuse)


def _refuse(request, exception, status: int) -> HttpResponse:
    return HttpResponse(status=status)


@pytest.fixture
def world(home, _world, _media, _clients, _bare_refusals, settings) -> World:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = {"CLASS": f"{__name__}.{Echo.__name__}"}
    _world.write()
    return World(_world.keys, home, _clients)


# What has to come back


class Case(NamedTuple):
    """A request of somebody, about something."""

    role: str
    method: str
    name: str  # of the thing

    def __str__(self) -> str:
        return f"{self.method} by {self.role}" + (f" about {self.name}" if self.name else "")


def _cases(key: str, address: Address) -> Iterator[Case]:
    """Yield each role and method: about one thing, and the one that decides about all of them."""
    first, *others = THINGS[address.about].names
    for role in (VISITOR, *ROLES):
        for method in ("POST",) if ":" in key else METHODS:
            yield Case(role, method, first)
        decides = "POST" if address.post else "GET"
        yield from (Case(role, decides, name) for name in others)


def _allows(viewer: Viewer, verb: str, about: Any) -> bool:
    return OPEN_TO[verb](viewer) if verb in OPEN_TO else policy.allows(viewer, verb, about)


def _expected(viewer: Viewer, address: Address, method: str, thing: Any) -> str:
    verb, things = address.verb(method), THINGS[address.about]
    if verb is None:
        return "not offered"
    if address.as_visitor:
        viewer = Viewer()
    about = viewer.member if address.about == "oneself" else things.about(thing)
    is_seen = not things.see or policy.allows(viewer, things.see, about)
    if address.logs_in and viewer.member is None:
        return "refused"
    if method == "POST" and address.is_done(thing) and viewer.member is not None and is_seen:
        return "done"
    if _allows(viewer, verb, about):
        return "allowed"
    return "refused" if is_seen and not address.hides else "not found"


def _outcome(response) -> str:
    """Name what came back as the tests name it."""
    if response.status_code == 302 and response.url.startswith(reverse("account_login")):
        return "log in"
    names = {403: "refused", 404: "not found", 405: "not offered"}
    if response.status_code < 400:
        return "allowed"
    return names.get(response.status_code, str(response.status_code))


WRITES = ("INSERT", "UPDATE", "DELETE")


@contextmanager
def _written() -> Iterator[set[str]]:
    """Name the tables of the forum that are written to."""
    tables: set[str] = set()

    def note(execute, sql, params, many, context):
        if sql.startswith(WRITES) and (table := re.search(r"ess_forum_\w+", sql)):
            tables.add(table[0])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield tables


@contextmanager
def _drawn(method: str) -> Iterator[None]:
    """Draw no page for HEAD, which would not send it: the view runs as it does for GET."""
    if method == "HEAD":
        with patch.object(Template, "render", return_value=""):
            yield
    else:
        yield


MARKED = {"ess_forum_readmark", "ess_forum_notification", "ess_forum_member"}


@pytest.mark.parametrize("key", ADDRESSES)
def test_policy_decides(world, key):
    address = ADDRESSES[key]
    wrong = []
    for case in _cases(key, address):
        viewer, thing = world.viewers[case.role], world.thing(address.about, case.name)
        expected = _expected(viewer, address, case.method, thing)
        with transaction.atomic():
            wrong += _ask(world, key, case, thing, expected)
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def _ask(world: World, key: str, case: Case, thing: Any, expected: str) -> Iterator[str]:
    """Send the request, and yield what is wrong with what comes back."""
    address = ADDRESSES[key]
    with override("ar"):
        path = reverse(f"ess_forum:{key.partition(':')[0]}", args=THINGS[address.about].args(thing))
    data = address.data(thing) if callable(address.data) else address.data
    send = getattr(world.clients[case.role], case.method.lower())
    with _written() as tables, _drawn(case.method):
        response = send(path, data) if case.method == "POST" else send(path)
    outcome = _outcome(response)
    accepted = {"allowed" if expected == "done" else expected}
    if case.role == VISITOR and expected in ("refused", "not found", "not offered"):
        accepted.add("log in")
    if case.method == "POST" and expected == "refused" and address.keeps:
        accepted.add("409")
    if outcome not in accepted:
        yield f"{case}: {outcome} ({response.status_code}), not {expected}"
    may_write = case.method == "POST" and expected == "allowed"
    may_note = address.marks and case.method == "GET" and tables <= MARKED
    if tables and not may_write and not may_note:
        yield f"{case}: writes to {sorted(tables)}"


@pytest.mark.parametrize("name", IN_ADMIN)
def test_policy_decides_in_admin(world, name):
    address = IN_ADMIN[name]
    method = "post" if address.post else "get"
    wrong = []
    for role, viewer in world.viewers.items():
        for thing_name in THINGS[address.about].names:
            thing = world.thing(address.about, thing_name)
            path = reverse(name, args=THINGS[address.about].args(thing))
            is_in = viewer.user.has_perm(f"wagtailadmin.{ADMIN}")
            allowed = is_in and policy.allows(viewer, address.verb(method.upper()), thing)
            with transaction.atomic():
                with _written() as tables:
                    response = getattr(world.clients[role], method)(path)
                transaction.set_rollback(True)
            got = response.status_code < 400 and not _is_sent_away(response)
            if got != allowed or response.status_code >= 500 or (tables and not allowed):
                wrong.append(f"{role} about {thing_name}: {response.status_code}, not {allowed}")
    assert not wrong, "\n".join(wrong)


def _is_sent_away(response) -> bool:
    """Whether somebody who may not be there was led elsewhere: to look leads nowhere else."""
    doors = (reverse("wagtailadmin_login"), reverse("wagtailadmin_home"), reverse("account_login"))
    is_door = response.status_code == 302 and response.url.partition("?")[0] in doors
    return is_door or (response.status_code == 302 and response.wsgi_request.method == "GET")


@pytest.mark.parametrize("name", IN_API)
def test_policy_decides_in_api(world, name):
    address = IN_API[name]
    path, method = _operations()[name]
    wrong = []
    for role, viewer in world.viewers.items():
        for thing_name in THINGS[address.about].names:
            thing = world.thing(address.about, thing_name)
            expected = _expected(viewer, address, "POST" if address.post else "GET", thing)
            if viewer.member and not viewer.acts:
                expected = "refused"  # a token of who is kept out does nothing
            with transaction.atomic():
                with _written() as tables:
                    response = _call(role, method, path, address, thing)
                transaction.set_rollback(True)
            outcome = "log in" if response.status_code == 401 else _outcome(response)
            is_stranger = role == VISITOR and expected != "allowed" and outcome == "log in"
            if outcome != expected and not is_stranger:
                wrong.append(f"{role} about {thing_name}: {response.status_code}, not {expected}")
            if tables - {"ess_forum_apitoken"} and (expected != "allowed" or method == "get"):
                wrong.append(f"{role} about {thing_name} writes to {sorted(tables)}")
    assert not wrong, "\n".join(wrong)


def _operations() -> dict[str, tuple[str, str]]:
    """Return the address and the method of each operation of the API, by its name."""
    return {
        operation["operationId"]: (path, method)
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method, operation in methods.items()
    }


def _call(role: str, method: str, path: str, address: Address, thing: Any):
    args = iter([*THINGS[address.about].args(thing), "👍"])
    path = re.sub(r"{\w+}", lambda _name: str(next(args)), path) + address.query
    data = address.data(thing) if callable(address.data) else address.data
    headers = {} if role == VISITOR else {"Authorization": f"Bearer {role}"}
    options = {} if method == "get" else {"data": data, "content_type": "application/json"}
    return getattr(Client(raise_request_exception=False), method)(path, headers=headers, **options)


# Nothing is left out


def _names(patterns) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns)
        else:
            yield pattern.name


def test_every_address_is_in_the_table():
    assert {key.partition(":")[0] for key in ADDRESSES} == set(_names(urls.urlpatterns))


def test_every_operation_of_the_api_is_in_the_table():
    assert set(IN_API) == set(_operations())


def test_every_verb_of_the_policy_decides_somewhere():
    addresses = (*ADDRESSES.values(), *IN_ADMIN.values())
    verbs = {verb for address in addresses for verb in (address.get, address.post) if verb}
    assert verbs - set(OPEN_TO) == set(policy.RULES)
