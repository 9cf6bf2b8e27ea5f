"""What the API says, and what it takes: the names of fields are a promise to programs."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from ninja import Field, Schema

from .. import markup, positions
from ..models import ApiToken, Category, Member, Notification, Post, State, Thread
from ..policy import allows
from ..profile import Fact
from ..viewer import Viewer


class Error(Schema):
    """Why a request was not followed."""

    code: str = Field(description="For programs: it does not change with the language.")
    message: str = Field(description="For people, in the language of `Accept-Language`.")
    fields: dict[str, list[str]] = Field({}, description="What is wrong, by field.")


class Person(Schema):
    """A member, as others see one."""

    id: int
    handle: str
    name: str
    is_former: bool = Field(description="Whether the account is gone.")

    @staticmethod
    def resolve_is_former(member: Member) -> bool:
        """Return whether the account is gone."""
        return member.user_id is None


class FactOut(Schema):
    """What a member says of themselves in a field of their profile."""

    name: str = Field(description="Of the field: `wilaya`, `offers`, `website`…")
    label: str = Field(description="In the language of the request.")
    values: list[str]

    @staticmethod
    def resolve_label(fact: Fact) -> str:
        """Return the label in the active language."""
        return str(fact.label)

    @staticmethod
    def resolve_values(fact: Fact) -> list[str]:
        """Return what it says; of a link, where it leads."""
        return [
            value.url if value.url.startswith("https:") else str(value.text)
            for value in fact.values
        ]


class MemberOut(Person):
    """A member, with what is counted, and what the caller may read of the profile."""

    about: str = Field(description="Empty too where it is not for the caller to read.")
    profile: list[FactOut] = Field(alias="facts")
    joined_at: datetime
    trust: int = Field(description="0: new, 1: member, 2: regular, 3: leader.")
    post_count: int
    thread_count: int
    reactions_received: int

    @staticmethod
    def resolve_about(member: Member) -> str:
        """Return what the member says of themselves, if it is for the caller."""
        return next((member.about for fact in member.facts if fact.name == "about"), "")


class TokenOut(Schema):
    """The token that a request was sent with."""

    name: str
    scope: str = Field(description="`read` or `write`.")


class Me(MemberOut):
    """Whose token it is."""

    unread_notifications: int
    is_moderator: bool
    token: TokenOut

    @staticmethod
    def resolve_is_moderator(member: Member, context) -> bool:
        """Return whether the caller moderates the forum."""
        return Viewer.of(context["request"]).is_moderator

    @staticmethod
    def resolve_token(member: Member, context) -> ApiToken:
        """Return the token of this request."""
        return context["request"].auth


class CategoryOut(Schema):
    """A category, after the one that it is within."""

    id: int
    parent: int | None = Field(None, alias="parent_id")
    name: str = Field(description="In the language of the request.")
    name_fr: str
    name_ar: str
    description: str
    thread_count: int
    post_count: int
    may_start: bool = Field(description="Whether the caller may start a thread in it.")
    url: str

    @staticmethod
    def resolve_may_start(category: Category, context) -> bool:
        """Return whether the caller may start a thread in it."""
        return allows(Viewer.of(context["request"]), "start_thread", category)

    @staticmethod
    def resolve_url(category: Category, context) -> str:
        """Return its page."""
        path = reverse("ess_forum:category", args=[category.pk, category.slug])
        return _absolute(path, context)


class ThreadOut(Schema):
    """A thread; one without a category is a private conversation."""

    id: int
    title: str
    language: str
    category: int | None = Field(None, alias="category_id")
    topics: list[str] = []
    author: Person
    state: str = Field(description="`visible`, `pending`, `hidden` or `deleted`.")
    is_pinned: bool
    is_featured: bool
    is_closed: bool
    is_solved: bool
    answer: int | None = Field(None, alias="answer_id", description="The accepted post.")
    page: UUID | None = Field(None, alias="page_key", description="The page that it discusses.")
    created_at: datetime
    last_post_at: datetime
    last_poster: Person
    reply_count: int
    last_position: int = Field(alias="last_visible_position")
    unread: int | None = Field(None, description="Unread posts; null for a visitor.")
    url: str

    @staticmethod
    def resolve_topics(thread: Thread) -> list[str]:
        """Return the names of its topics."""
        topics = thread.topic_list if hasattr(thread, "topic_list") else thread.topics.all()
        return [topic.name for topic in topics]

    @staticmethod
    def resolve_state(thread: Thread) -> str:
        """Return the state by name."""
        return State(thread.state).name.lower()

    @staticmethod
    def resolve_is_solved(thread: Thread) -> bool:
        """Return whether an answer is accepted."""
        return thread.answer_id is not None

    @staticmethod
    def resolve_unread(thread: Thread) -> int | None:
        """Return how many posts are unread, where it was asked with a member's marks."""
        return positions.count(thread.unread()) if hasattr(thread, "read_position") else None

    @staticmethod
    def resolve_url(thread: Thread, context) -> str:
        """Return its page."""
        return _absolute(thread.get_absolute_url(), context)


class PostOut(Schema):
    """A post. One that waits for approval has no position yet."""

    id: int
    thread: int = Field(alias="thread_id")
    position: int | None
    author: Person
    text: str = Field(alias="source", description="Markdown.")
    html: str = Field(description="Safe to show; addresses within the site begin with `/`.")
    language: str
    reply_to: int | None = Field(None, alias="reply_to_id")
    state: str = Field(description="`visible`, `pending`, `hidden` or `deleted`.")
    created_at: datetime
    published_at: datetime | None
    edited_at: datetime | None
    reactions: dict[str, int] = Field(description="How many members, by emoji.")
    url: str

    @staticmethod
    def resolve_html(post: Post) -> str:
        """Return the text with addresses in the language of the request."""
        return str(markup.shown(post.html))

    @staticmethod
    def resolve_state(post: Post) -> str:
        """Return the state by name."""
        return State(post.state).name.lower()

    @staticmethod
    def resolve_url(post: Post, context) -> str:
        """Return the address that always leads to it."""
        return _absolute(post.get_absolute_url(), context)


class OnePost(PostOut):
    """A post that is asked for by itself."""

    versions: int = Field(description="How often it has been edited: the `base` of an edit.")

    @staticmethod
    def resolve_versions(post: Post) -> int:
        """Return how many earlier versions are kept."""
        return post.revisions.count()


class Started(Schema):
    """A thread, and the post that was just written in it."""

    thread: ThreadOut
    post: PostOut


class Hit(PostOut):
    """A post that was found."""

    title: str = Field(description="Of its thread.")
    excerpt: str = Field(description="HTML: the words around the first hit, hits in `<mark>`.")

    @staticmethod
    def resolve_title(post: Post) -> str:
        """Return the title of its thread."""
        return post.thread.title


class NotificationOut(Schema):
    """Something that the member was told."""

    id: int
    kind: str
    actor: Person | None
    thread: int | None = Field(None, alias="thread_id")
    post: int | None = Field(None, alias="post_id")
    created_at: datetime
    read_at: datetime | None

    @staticmethod
    def resolve_kind(notification: Notification) -> str:
        """Return what happened."""
        return str(notification.kind)


class ThreadPage(Schema):
    """Some threads, and what asks for more."""

    items: list[ThreadOut]
    next: str | None = Field(description="The `cursor` of the next page; null at the end.")


class PostPage(Schema):
    """Some posts of a thread."""

    items: list[PostOut]
    next: int | None = Field(description="The `first` of the next page; null at the end.")


class HitPage(Schema):
    """Some posts that were found."""

    items: list[Hit]
    next: int | None = Field(description="The next `page`; null at the end.")


class MemberPage(Schema):
    """Some members, and what asks for more."""

    items: list[MemberOut]
    next: int | None = Field(description="The `cursor` of the next page; null at the end.")


class NotificationPage(Schema):
    """Some notifications, and what asks for more."""

    items: list[NotificationOut]
    next: int | None = Field(description="The `cursor` of the next page; null at the end.")


class WordsIn(Schema):
    """What a thread begins with."""

    title: str
    text: str = Field(description="Markdown.")
    language: str = Field(description="What it is written in: `fr` or `ar`.")
    topics: list[str] = []


class ThreadIn(WordsIn):
    """A thread to start."""

    category: int


class PostIn(Schema):
    """A reply."""

    text: str = Field(description="Markdown.")
    reply_to: int | None = Field(None, description="A post of the same thread.")


class EditIn(Schema):
    """A post's new words."""

    text: str = Field(description="Markdown.")
    title: str = Field("", description="Of the thread, with its first post.")
    reason: str = Field("", max_length=200)
    base: int | None = Field(
        None, description="`versions` of the post that was read: 409 if there are more now."
    )


class ReadIn(Schema):
    """What was read of a thread."""

    first: int = Field(1, ge=1)
    last: int = Field(ge=1)


def _absolute(path: str, context) -> str:
    """Return an address with its host: that of the request, or `root` where there is none."""
    request: HttpRequest | None = context.get("request")
    return request.build_absolute_uri(path) if request else f"{context['root']}{path}"
