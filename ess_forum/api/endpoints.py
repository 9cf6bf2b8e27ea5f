"""The endpoints: each asks the policy and the actions that the pages ask."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Path, Query
from ninja.renderers import JSONRenderer
from ninja.responses import Status
from pydantic import AwareDatetime

from ess_ground.words import asked

from .. import profile
from ..actions import notifications as notification_verbs
from ..actions import posts as post_verbs
from ..actions import reading
from ..actions.profiles import folded_handle
from ..actions.reactions import react
from ..actions.threads import start_thread
from ..directory import having
from ..discussions import category_for, page_of, thread_of
from ..listing import listing
from ..models import Category, Member, Notification, Post, Thread
from ..policy import allows, require
from ..search import PAGES, Search, search
from ..viewer import Viewer
from ..views import pages
from .auth import ANYONE, MEMBER, WRITER
from .errors import answer_to, count
from .schemas import (
    CategoryOut,
    EditIn,
    Error,
    HitPage,
    Me,
    MemberOut,
    MemberPage,
    NotificationPage,
    OnePost,
    PostIn,
    PostOut,
    PostPage,
    ReadIn,
    Started,
    ThreadIn,
    ThreadOut,
    ThreadPage,
    WordsIn,
)

# How many positions of a thread one request may ask for.
POSITIONS = 100
# Times nearer the ends of the calendar leave it in another time zone.
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)

Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
Place = Annotated[str, Query(max_length=200, description="`next` of the page before.")]
After = Annotated[int | None, Query(ge=1, description="`next` of the page before.")]
Pk = Annotated[int, Path(ge=1)]


class _Renderer(JSONRenderer):
    json_dumps_params = {"ensure_ascii": False}  # Arabic is to be read as Arabic


class ForumAPI(NinjaAPI):
    """An API whose answers are for the caller alone, and whose errors have one form."""

    def create_response(self, request: HttpRequest, data: Any, **options) -> Any:
        """Return the answer, which no cache may give to somebody else."""
        response = super().create_response(request, data, **options)
        response["Cache-Control"] = "private, no-store"
        if response.status_code == 404:
            # Django's LocaleMiddleware would lead on to the same address within a language.
            request.urlconf = "ess_forum.api.urls"
        return response

    def on_exception(self, request: HttpRequest, exc: Any) -> Any:
        """Return what is answered to an error. Raises it where it is a fault of our own."""
        answer = answer_to(exc)
        if answer is None:
            raise exc
        body = {"code": answer.code, "message": answer.message, "fields": answer.fields}
        response = self.create_response(request, body, status=answer.status)
        if answer.status == 401:
            response["WWW-Authenticate"] = "Bearer"
        return response


api = ForumAPI(
    title="Forum API",
    version="1",
    description=(
        "Discussions in French and Arabic. Reading what everybody sees needs no token; a member's "
        "token is sent as `Authorization: Bearer …`. Errors have a `code` for programs and a "
        "`message` in the language of `Accept-Language`."
    ),
    urls_namespace="ess_forum_api",
    auth=ANYONE,
    renderer=_Renderer(),
)
READ = {frozenset({401, 403, 404, 422, 429}): Error}
WRITE = {frozenset({400, 401, 403, 404, 409, 422, 429}): Error}


@csrf_exempt
def nowhere(request: HttpRequest) -> HttpResponse:
    """Say in the way of the API that an address is none of its own."""
    return api.on_exception(request, Http404())


# Categories and threads


@api.get("/categories", response={200: list[CategoryOut], **READ}, operation_id="list_categories")
def categories(request: HttpRequest) -> Any:
    """The categories that the caller sees, each followed by those within it."""
    return Viewer.of(request).categories


@api.get("/threads", response={200: ThreadPage, **READ}, operation_id="list_threads")
def threads(
    request: HttpRequest,
    category: Annotated[int | None, Query(description="A category's id.")] = None,
    language: Annotated[str, Query(description="`fr` or `ar`.")] = "",
    topic: Annotated[str, Query(description="A topic's name.")] = "",
    author: Annotated[str, Query(description="The handle of who started it.")] = "",
    solved: Annotated[bool | None, Query(description="Whether an answer is accepted.")] = None,
    since: Annotated[
        AwareDatetime | None,
        Query(ge=FIRST, lt=LAST, description="With a post since then; with its time zone."),
    ] = None,
    cursor: Place = "",
    limit: Limit = 30,
) -> Any:
    """The threads that the caller sees, those with the latest post first."""
    viewer = Viewer.of(request)
    rows = Thread.objects.seen_by(viewer)
    if category is not None:
        if viewer.category(category) is None:
            raise Http404
        rows = rows.filter(category=category)
    if language:
        rows = rows.filter(language=asked(language))
    if topic:
        rows = rows.filter(topics__name__iexact=asked(topic))
    if author:
        rows = rows.filter(author__handle=folded_handle(asked(author)))
    if solved is not None:
        rows = rows.filter(answer__isnull=not solved)
    if since:
        rows = rows.filter(last_post_at__gte=since)
    return _page(viewer, rows, cursor, limit)


@api.get(
    "/threads/unread",
    auth=MEMBER,
    response={200: ThreadPage, **READ},
    operation_id="list_unread_threads",
)
def unread(request: HttpRequest, cursor: Place = "", limit: Limit = 30) -> Any:
    """The threads with posts that the member has not read, those with the latest post first."""
    viewer = Viewer.of(request)
    rows = Thread.objects.seen_by(viewer).unread_by(viewer.me)
    return _page(viewer, rows, cursor, limit)


def _page(viewer: Viewer, rows, cursor: str, limit: int) -> dict[str, Any]:
    found = listing(viewer, rows, cursor, size=limit, with_people=True)
    return {"items": found.threads, "next": found.before}


def _cut(rows, limit: int) -> dict[str, Any]:
    """Return the first rows, and the key of the last of them where there are more."""
    found = pages.page(rows, limit)
    return {"items": found.rows, "next": found.next}


@api.post("/threads", auth=WRITER, response={201: Started, **WRITE}, operation_id="start_thread")
def start(request: HttpRequest, data: ThreadIn) -> Any:
    """Start a thread. Sent twice within two minutes, it is started once.

    Where moderators approve posts first, its state is `pending`.
    """
    viewer = Viewer.of(request)
    category = viewer.category(data.category)
    if category is None:
        raise Http404
    return Status(201, _start(request, category, data))


def _start(request: HttpRequest, category: Category, data: WordsIn, page: UUID | None = None):
    """Start a thread, and return it with the post that was written."""
    viewer = Viewer.of(request)
    count(request, "start_thread")
    thread = start_thread(
        viewer,
        category,
        data.title,
        data.text,
        language=data.language,
        topics=data.topics,
        page_key=page,
    )
    own = Post.objects.filter(thread=thread, author=viewer.me).select_related("author")
    return {"thread": thread, "post": own.latest("pk")}


@api.get("/pages/{key}/thread", response={200: ThreadOut, **READ}, operation_id="get_discussion")
def discussion(request: HttpRequest, key: UUID) -> Any:
    """The thread that discusses a page, by the page's `translation_key`: one for all languages."""
    found = thread_of(Viewer.of(request), key)
    if found is None:
        raise Http404
    return _thread(request, found.pk)


@api.post(
    "/pages/{key}/thread",
    auth=WRITER,
    response={201: Started, **WRITE},
    operation_id="start_discussion",
)
def discuss(request: HttpRequest, key: UUID, data: WordsIn) -> Any:
    """Start the discussion of a page. Where it has begun already, the text becomes a reply."""
    viewer, page = Viewer.of(request), page_of(key)
    category = category_for(viewer)
    if category is None:
        raise PermissionDenied
    return Status(201, _start(request, category, data, page.translation_key))


@api.get("/threads/{pk}", response={200: ThreadOut, **READ}, operation_id="get_thread")
def thread(request: HttpRequest, pk: Pk) -> Any:
    """A thread."""
    return _thread(request, pk)


def _thread(request: HttpRequest, pk: int) -> Thread:
    """Return a thread that the caller sees. Raises Http404."""
    viewer = Viewer.of(request)
    rows = Thread.objects.select_related("author", "last_poster")
    found = get_object_or_404(rows.with_mark_of(viewer.member if viewer.acts else None), pk=pk)
    if not allows(viewer, "see_thread", found):
        raise Http404
    return found


@api.post(
    "/threads/{pk}/read", auth=WRITER, response={200: ThreadOut, **WRITE}, operation_id="mark_read"
)
def mark_read(request: HttpRequest, pk: Pk, data: ReadIn) -> Any:
    """Take the posts at the positions `first` to `last` of a thread as read."""
    found = _thread(request, pk)
    last = min(data.last, found.last_visible_position)
    if data.first <= last:
        reading.see(Viewer.of(request).me, found, data.first, last)
    return _thread(request, pk)


# Posts


@api.get("/threads/{pk}/posts", response={200: PostPage, **READ}, operation_id="list_posts")
def posts(
    request: HttpRequest,
    pk: Pk,
    first: Annotated[int, Query(ge=1, description="The position of the first.")] = 1,
    last: Annotated[
        int | None, Query(ge=1, description="Of the last; at most 100 positions at once.")
    ] = None,
) -> Any:
    """The posts of a thread at the positions `first` to `last`.

    Positions are given once: those of posts that are gone are left out.
    """
    found = _thread(request, pk)
    end = min(last or first + POSITIONS - 1, first + POSITIONS - 1)
    rows = found.posts.filter(position__gte=first, position__lte=end).select_related("author")
    items = []
    for post in rows.order_by("position"):
        post.thread = found
        if allows(Viewer.of(request), "see_post", post):
            items.append(post)
    return {"items": items, "next": end + 1 if end < found.last_visible_position else None}


@api.post(
    "/threads/{pk}/posts", auth=WRITER, response={201: PostOut, **WRITE}, operation_id="reply"
)
def reply(request: HttpRequest, pk: Pk, data: PostIn) -> Any:
    """Write a post in a thread. Sent twice within two minutes, it is written once.

    Where moderators approve posts first, its state is `pending`.
    """
    viewer, found = Viewer.of(request), _thread(request, pk)
    answered = found.posts.filter(pk=data.reply_to).first() if data.reply_to else None
    if data.reply_to and not (answered and allows(viewer, "see_post", answered)):
        raise ValidationError({"reply_to": _("This thread has no such post.")})
    count(request, "reply")
    return Status(201, post_verbs.reply(viewer, found, data.text, reply_to=answered))


@api.get("/posts/{pk}", response={200: OnePost, **READ}, operation_id="get_post")
def post(request: HttpRequest, pk: Pk) -> Any:
    """A post."""
    return _post(request, pk)


def _post(request: HttpRequest, pk: int) -> Post:
    """Return a post that the caller sees. Raises Http404."""
    found = get_object_or_404(Post.objects.select_related("thread", "author"), pk=pk)
    if not allows(Viewer.of(request), "see_post", found):
        raise Http404
    return found


@api.patch("/posts/{pk}", auth=WRITER, response={200: OnePost, **WRITE}, operation_id="edit_post")
def edit(request: HttpRequest, pk: Pk, data: EditIn) -> Any:
    """Change a post. What it said is kept as a version."""
    found = _post(request, pk)
    count(request, "edit_post")
    return post_verbs.edit(
        Viewer.of(request),
        found,
        data.text,
        title=data.title,
        reason=data.reason,
        base=data.base,
    )


@api.delete(
    "/posts/{pk}", auth=WRITER, response={200: PostOut, **WRITE}, operation_id="delete_post"
)
def delete(request: HttpRequest, pk: Pk) -> Any:
    """Take one's own post away; it can be restored. The first takes its thread with it."""
    found = _post(request, pk)
    count(request, "delete_post")
    return post_verbs.delete(Viewer.of(request), found)


@api.post(
    "/posts/{pk}/restore",
    auth=WRITER,
    response={200: PostOut, **WRITE},
    operation_id="restore_post",
)
def restore(request: HttpRequest, pk: Pk) -> Any:
    """Show a post again that was deleted."""
    viewer = Viewer.of(request)
    found = get_object_or_404(Post.objects.select_related("thread", "author"), pk=pk)
    # With its first post, a thread goes out of its author's sight too.
    if not (allows(viewer, "see_post", found) or allows(viewer, "restore_post", found)):
        raise Http404
    count(request, "delete_post")
    return post_verbs.restore(viewer, found)


@api.put(
    "/posts/{pk}/reactions/{emoji}",
    auth=WRITER,
    response={200: PostOut, **WRITE},
    operation_id="add_reaction",
)
def add_reaction(request: HttpRequest, pk: Pk, emoji: str) -> Any:
    """Put a sign on a post: one of 👍 ❤️ 👏 💡 🙏 🤝."""
    return _react(request, pk, emoji, reacts=True)


@api.delete(
    "/posts/{pk}/reactions/{emoji}",
    auth=WRITER,
    response={200: PostOut, **WRITE},
    operation_id="remove_reaction",
)
def remove_reaction(request: HttpRequest, pk: Pk, emoji: str) -> Any:
    """Take one's own sign away from a post."""
    return _react(request, pk, emoji, reacts=False)


def _react(request: HttpRequest, pk: int, emoji: str, *, reacts: bool) -> Post:
    found = _post(request, pk)
    count(request, "react")
    return react(Viewer.of(request), found, emoji, reacts=reacts)


# Members


@api.get("/members", auth=MEMBER, response={200: MemberPage, **READ}, operation_id="list_members")
def members(
    request: HttpRequest,
    q: Annotated[
        str,
        Query(
            max_length=80,
            description="How words of the name, the handle, or of what is offered or sought begin.",
        ),
    ] = "",
    cursor: After = None,
    limit: Limit = 30,
) -> Any:
    """The members, those who joined first at the beginning."""
    require(Viewer.of(request), "see_members")
    rows = having(profile.listed(), q)
    if cursor:
        rows = rows.filter(pk__gt=cursor)
    related = [name for part in profile.parts() for name in part.related]
    rows = rows.select_related("user", *related).prefetch_related("spoken_languages")
    cut = _cut(rows.order_by("pk"), limit)
    _show(request, cut["items"])
    return cut


@api.get(
    "/members/{handle}", auth=MEMBER, response={200: MemberOut, **READ}, operation_id="get_member"
)
def member(request: HttpRequest, handle: str) -> Any:
    """A member."""
    require(Viewer.of(request), "see_members")
    members = Member.objects.select_related("user")
    found = get_object_or_404(members, handle=folded_handle(asked(handle)))
    _show(request, [found])
    return found


def _show(request: HttpRequest, members: list[Member]) -> None:
    """Give each member what the caller may read of it."""
    viewer = Viewer.of(request)
    profile.show(members, to=viewer.member, is_member=viewer.acts)


@api.get("/me", auth=MEMBER, response={200: Me, **READ}, operation_id="get_me")
def me(request: HttpRequest) -> Any:
    """The member whose token it is."""
    own = Viewer.of(request).me
    _show(request, [own])
    return own


@api.get(
    "/notifications",
    auth=MEMBER,
    response={200: NotificationPage, **READ},
    operation_id="list_notifications",
)
def notifications(
    request: HttpRequest,
    unread: Annotated[bool, Query(description="Only those that are unread.")] = False,
    cursor: After = None,
    limit: Limit = 30,
) -> Any:
    """What the member was told, the latest first."""
    rows = Notification.objects.filter(member=Viewer.of(request).me).select_related("actor")
    if unread:
        rows = rows.filter(read_at=None)
    if cursor:
        rows = rows.filter(pk__lt=cursor)
    return _cut(rows.order_by("-pk"), limit)


@api.post(
    "/notifications/read",
    auth=WRITER,
    response={200: Me, **WRITE},
    operation_id="read_notifications",
)
def read_notifications(
    request: HttpRequest,
    last: Annotated[int, Query(ge=1, description="The id of the latest that was read.")],
) -> Any:
    """Take the notifications up to this one as read."""
    viewer = Viewer.of(request)
    count(request, "read_notifications")
    notification_verbs.read(viewer, Notification.objects.filter(pk__lte=last))
    viewer.me.refresh_from_db()
    return me(request)


# Search


@api.get("/search", response={200: HitPage, **READ}, operation_id="search")
def search_posts(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=200, description="Words, in either language.")] = "",
    author: Annotated[str, Query(description="A handle.")] = "",
    category: Annotated[int | None, Query(description="A category's id.")] = None,
    since: Annotated[date | None, Query(alias="from", description="The first day.")] = None,
    until: Annotated[date | None, Query(alias="to", description="The last day.")] = None,
    language: Annotated[str, Query(description="Of the post: `fr` or `ar`.")] = "",
    solved: Annotated[bool | None, Query(description="Whether an answer is accepted.")] = None,
    order: Annotated[Literal["relevance", "date"], Query()] = "relevance",
    page: Annotated[int, Query(ge=1, le=PAGES)] = 1,
) -> Any:
    """The posts that the caller sees with all of these words, in any of their forms."""
    viewer = Viewer.of(request)
    place = viewer.category(category) if category is not None else None
    if category is not None and place is None:
        raise Http404
    count(request, "search")
    asked_for = Search(
        asked(q),
        folded_handle(asked(author)),
        place,
        since,
        until,
        asked(language),
        solved,
        by_date=order == "date",
    )
    hits = search(viewer, asked_for, page)
    return {"items": hits.posts, "next": hits.next}
