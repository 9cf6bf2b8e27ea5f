"""Plays `forum.yaml`: a community talks, by the actions of the forum.

Each event happens on its day, in the order of days: the clock is set to it while its action runs.
What an account that is not there would have done is left out, and what answers it.
"""

import datetime
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import yaml
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ess_forum import tasks, uploads
from ess_forum.actions import (
    answers,
    appeals,
    approval,
    attachments,
    blocks,
    bookmarks,
    drafts,
    flags,
    ordering,
    polls,
    posts,
    profiles,
    reactions,
    reading,
    sanctions,
    threads,
)
from ess_forum.markup import quoted
from ess_forum.models import (
    Audience,
    Category,
    ForumSettings,
    Group,
    Member,
    Membership,
    Post,
    Thread,
    WatchedWord,
)
from ess_forum.viewer import Viewer

from .demo_days import Days, clock_at

Event = dict[str, Any]
IMAGES = Path(__file__).resolve().parents[1] / "demo" / "images"
# How long after a post others react to it.
REACTED_AFTER = datetime.timedelta(minutes=40)


class AbsentError(Exception):
    """Somebody or something that an event names is not there, since an account is not."""


def play(file: Path, made: dict[str, Any]) -> int:
    """Make the members, groups and categories of the file, and play its events. Return how many.

    `made` holds the pages and people made before, by key.
    """
    story = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    cast = _Cast(made)
    with _dates_from_the_clock(), _followers_told_at_once():
        for key, fields in story.get("members", {}).items():
            cast.add_member(key, fields)
        for key, fields in story.get("profiles", {}).items():
            cast.describe(key, fields)
        for key, fields in story.get("groups", {}).items():
            cast.add_group(key, fields)
        for position, (key, fields) in enumerate(story.get("categories", {}).items()):
            cast.add_category(key, fields, position)
        if "discussions" in story:
            cast.open_discussions(story["discussions"])
        for words, effect in story.get("watched_words", {}).items():
            WatchedWord.objects.create(words=words, effect=effect)
        events = sorted(_events(story), key=lambda event: cast.moment(event["at"]))
        return sum(cast.play(event) for event in events)


def _events(story: dict) -> Iterator[Event]:
    """Yield what happens in the threads, and beside them, each as an event with its verb."""
    for verb, name in (("start", "threads"), ("converse", "conversations")):
        for thread in story.get(name, []):
            about = {**thread, "thread": thread["key"]}
            first, *replies = about.pop("posts")
            yield {**about, "do": verb, **first, "post": first.get("key")}
            for reply in replies:
                yield {"do": "reply", **reply, "thread": thread["key"], "post": reply.get("key")}
    yield from story.get("events", [])


@contextmanager
def _dates_from_the_clock() -> Iterator[None]:
    """Let the dates that records take by themselves follow the clock that is set.

    A field keeps the function that it was given, which another in its place does not change.
    """
    with ExitStack() as stack:
        for model in apps.get_app_config("ess_forum").get_models():
            for field in model._meta.concrete_fields:
                if field.default is timezone.now:
                    late = patch.object(field, "_get_default", lambda: timezone.now())
                    stack.enter_context(late)
        yield


@contextmanager
def _followers_told_at_once() -> Iterator[None]:
    """Tell followers on the day, not when the worker comes to it."""
    told = SimpleNamespace(enqueue=tasks.tell_followers.call)
    with patch.object(tasks, "tell_followers", told):
        yield


class _Cast(Days):
    """Who and what the events name."""

    def __init__(self, made: dict[str, Any]) -> None:
        super().__init__()
        self.pages = made
        self.members: dict[str, Member] = {}
        self.made: dict[str, Any] = {}
        self.absent: set[str] = set()

    def add_member(self, key: str, fields: dict) -> None:
        """Let an account join: one that is there, or else one that nobody can log in to."""
        accounts = get_user_model().objects
        email = fields.pop("account", None)
        user = accounts.filter(email=email or f"{key}@example.org").first()
        if user is None and email:
            self.absent.add(key)
            return
        user = user or accounts.create_user(f"{key}@example.org")
        if fields.pop("moderates", False):
            user.user_permissions.add(
                Permission.objects.get(content_type__app_label="ess_forum", codename="moderate")
            )
        joined = self.moment(fields.pop("joined"))
        standing = {"trust": Member.Trust.BASIC, "joined_at": joined, "caught_up_at": joined}
        self.members[key] = Member.objects.create(user=user, **{**standing, **fields})

    def describe(self, key: str, fields: dict) -> None:
        """Let a member say more of themselves, each thing to its audience."""
        if key in self.absent:
            return
        member = self.members[key]
        said = {"name": member.name, "handle": member.handle, "about": member.about}
        if image := fields.pop("photo", None):
            file = SimpleUploadedFile(image, (IMAGES / image).read_bytes())
            fields["photo"] = uploads.photo(file)
        with clock_at(member.joined_at):
            profiles.edit_profile(self.viewer(key), **{**said, **fields})

    def add_group(self, key: str, fields: dict) -> None:
        """Make a private group with its members."""
        managers, others = fields.pop("managers"), fields.pop("members")
        self.made[key] = Group.objects.create(**fields)
        Membership.objects.bulk_create(
            Membership(group=self.made[key], member=self.members[who], is_manager=who in managers)
            for who in (*managers, *others)
            if who not in self.absent
        )

    def add_category(self, key: str, fields: dict, position: int) -> None:
        """Make a category, below those before it."""
        for verb in ("see", "start", "reply"):
            if verb in fields:
                fields[verb] = Audience[fields[verb].upper()]
        for name, field in (("within", "parent"), ("group", "group")):
            if name in fields:
                fields[field] = self.made[fields.pop(name)]
        self.made[key] = Category.objects.create(**fields, position=position)

    def open_discussions(self, category: str) -> None:
        """Let the discussions of pages begin in a category."""
        limits = ForumSettings.load()
        limits.discussion_category = self.made[category]
        limits.save()

    def play(self, event: Event) -> bool:
        """Let an event happen on its day. Return whether it could."""
        try:
            with clock_at(self.moment(event["at"])):
                VERBS[event["do"]](self, event)
        except AbsentError:
            self.absent |= {event[name] for name in ("thread", "post", "key") if event.get(name)}
            return False
        return True

    def member(self, key: str) -> Member:
        """Return a member. Raises AbsentError."""
        if key in self.absent:
            raise AbsentError
        return self.members[key]

    def viewer(self, key: str) -> Viewer:
        """Return a member as one who asks, read anew. Raises AbsentError."""
        return Viewer(get_user_model().objects.get(forum_member=self.member(key)))

    def record(self, key: str) -> Any:
        """Return what an event before has made, read anew. Raises AbsentError."""
        if key in self.absent:
            raise AbsentError
        record = self.made[key]
        return type(record).objects.get(pk=record.pk)

    def text(self, event: Event) -> str:
        """Return what is written: below the words that it quotes, above the image that it shows.

        `{{key}}` is the address of a page.
        """
        text = re.sub(r"{{([\w-]+)}}", lambda key: self.pages[key[1]].full_url, event["text"])
        if "quote" in event:
            post = self.record(event["quote"]["post"])
            text = quoted(event["quote"]["words"], post.author.handle, post.pk) + text
        if "image" in event:
            file = SimpleUploadedFile(event["image"], (IMAGES / event["image"]).read_bytes())
            image = attachments.upload(self.viewer(event["by"]), file)
            text += "\n\n" + attachments.markdown(image)
        return text

    def keep(self, event: Event, thread: Thread, post: Post) -> None:
        """Note what was written by its keys, and let others react."""
        self.made[event["thread"]] = thread
        if event.get("post"):
            self.made[event["post"]] = post
        with clock_at(timezone.now() + REACTED_AFTER):
            for emoji, keys in event.get("reactions", {}).items():
                for key in self._there(keys):
                    reactions.react(self.viewer(key), post, emoji)
            for key in self._there(event.get("bookmarked_by", [])):
                bookmarks.keep(self.viewer(key), post)

    def _there(self, keys: list[str]) -> list[str]:
        return [key for key in keys if key not in self.absent]


def _start(cast: _Cast, event: Event) -> None:
    poll = event.get("poll")
    thread = threads.start_thread(
        cast.viewer(event["by"]),
        cast.record(event["in"]),
        event["title"],
        cast.text(event),
        language=event["language"],
        topics=event.get("topics", ()),
        page_key=cast.pages[event["page"]].translation_key if "page" in event else None,
        poll=_poll(cast, poll) if poll else None,
    )
    cast.keep(event, thread, thread.posts.get())


def _poll(cast: _Cast, fields: dict) -> polls.PollDraft:
    closes_at = cast.moment(fields["closes"])
    return polls.PollDraft(
        fields["question"], tuple(fields["options"]), fields["max_choices"], closes_at
    )


def _converse(cast: _Cast, event: Event) -> None:
    thread = threads.start_conversation(
        cast.viewer(event["by"]),
        [cast.member(key) for key in event["with"]],
        event["title"],
        event["text"],
        language=event["language"],
    )
    cast.keep(event, thread, thread.posts.get())


def _reply(cast: _Cast, event: Event) -> None:
    viewer, thread, text = cast.viewer(event["by"]), cast.record(event["thread"]), cast.text(event)
    to = event.get("reply_to") or event.get("quote", {}).get("post")
    post = posts.reply(viewer, thread, text, reply_to=cast.record(to) if to else None)
    cast.keep(event, thread, post)


def _edit(cast: _Cast, event: Event) -> None:
    viewer, post = cast.viewer(event["by"]), cast.record(event["post"])
    posts.edit(viewer, post, event["text"], reason=event["reason"])


def _delete(cast: _Cast, event: Event) -> None:
    posts.delete(cast.viewer(event["by"]), cast.record(event["post"]))


def _accept(cast: _Cast, event: Event) -> None:
    answers.accept(cast.viewer(event["by"]), cast.record(event["post"]))


def _sign(cast: _Cast, event: Event, verb: str) -> None:
    viewer, thread = cast.viewer(event["by"]), cast.record(event["thread"])
    ordering.set_sign(viewer, verb, [thread], is_on=True, reason=event.get("reason", ""))


def _vote(cast: _Cast, event: Event) -> None:
    poll = cast.record(event["post"]).poll
    chosen = poll.options.filter(number__in=event["options"])
    polls.vote(cast.viewer(event["by"]), poll, list(chosen.values_list("pk", flat=True)))


def _flag(cast: _Cast, event: Event) -> None:
    viewer, post = cast.viewer(event["by"]), cast.record(event["post"])
    flags.flag_post(viewer, post, event["reason"], event.get("note", ""))


def _hide(cast: _Cast, event: Event) -> None:
    viewer, post, answer = cast.viewer(event["by"]), cast.record(event["post"]), event["answer"]
    approval.decide(viewer, post, approval.Outcome.HIDE, message=answer, answer=answer)


def _sanction(cast: _Cast, event: Event) -> None:
    measure = sanctions.Measure(event["kind"], event["reason"], event.get("days"))
    viewer, member, post = cast.viewer(event["by"]), cast.member(event["member"]), event["post"]
    cast.made[event["key"]] = sanctions.impose(viewer, member, measure, cast.record(post))


def _appeal(cast: _Cast, event: Event) -> None:
    appeals.appeal(cast.viewer(event["by"]), cast.record(event["sanction"]), event["text"])


def _follow(cast: _Cast, event: Event) -> None:
    about = cast.record(event.get("thread") or event["category"])
    reading.follow(cast.viewer(event["by"]), about)


def _catch_up(cast: _Cast, event: Event) -> None:
    reading.catch_up(cast.viewer(event["by"]))


def _read(cast: _Cast, event: Event) -> None:
    thread = cast.record(event["thread"])
    reading.see(cast.member(event["by"]), thread, event.get("first", 1), event["last"])


def _draft(cast: _Cast, event: Event) -> None:
    viewer, about = cast.viewer(event["by"]), cast.record(event.get("thread") or event["in"])
    place = f"reply:{about.pk}" if "thread" in event else f"thread:{about.pk}"
    fields = {"title": event.get("title"), "source": event["text"]}
    drafts.keep(viewer, place, {name: [text] for name, text in fields.items() if text})


def _block(cast: _Cast, event: Event) -> None:
    blocks.block(cast.viewer(event["by"]), cast.member(event["member"]))


VERBS: dict[str, Callable[[_Cast, Event], None]] = {
    "start": _start,
    "converse": _converse,
    "reply": _reply,
    "edit": _edit,
    "delete": _delete,
    "accept": _accept,
    "pin": partial(_sign, verb="pin_thread"),
    "feature": partial(_sign, verb="feature_thread"),
    "close": partial(_sign, verb="close_thread"),
    "vote": _vote,
    "flag": _flag,
    "hide": _hide,
    "sanction": _sanction,
    "appeal": _appeal,
    "follow": _follow,
    "catch_up": _catch_up,
    "read": _read,
    "draft": _draft,
    "block": _block,
}
