"""What was read of another forum becomes rows here: in batches, each whole or not at all.

Each row that is written leaves an `ImportedRecord` in the same transaction, so that an import that
was stopped goes on where it was. Texts are written as they came, and rendered when all posts are
here, since they name one another.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Max, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from .. import counting, markup, uploads
from ..actions import attachments, counters
from ..models import (
    Attachment,
    Audience,
    Category,
    ForumSettings,
    ImportedRecord,
    Member,
    Post,
    State,
    Thread,
)
from ..models.members import HANDLE
from .dumps import DumpError
from .rows import Old, OldCategory, OldFile, OldPost, OldThread, OldUser, Reader

BATCH = 500
FORMER = "former"  # who has no row of their own there any more
T = TypeVar("T")
Row = TypeVar("Row", bound=Old)


class Import:
    """Brings a forum in, or goes on doing so.

    `source` is the name of that forum, `root` where it had its addresses, and `tell` is given a
    line for each row that is refused.
    """

    def __init__(self, reader: Reader, source: str, *, root: str, tell: Callable[[str], Any]):
        self.reader, self.source, self.root, self.tell = reader, source, root.rstrip("/"), tell
        self.written: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.limits = ForumSettings.load()

    def run(self) -> None:
        """Bring in whatever is not here yet, and count it. Raises DumpError."""
        if not self._take("user", self.reader.users(), self._users):
            raise DumpError(_("There are no users in it: is it the dump of this software?"))
        self._take("category", self.reader.categories(), self._categories)
        self._take("thread", self.reader.threads(), self._threads)
        self._take("post", self.reader.posts(), self._posts)
        self.reader.prepare_texts()
        self._render()
        self._count()

    def _take(
        self,
        kind: str,
        rows: Iterable[Row],
        write: Callable[[list[Row]], Iterator[tuple[Row, int]]],
    ) -> int:
        """Write the rows that are not here yet, and return how many there are in all."""
        total = 0
        for batch in _batches(rows):
            with transaction.atomic():
                there = self.here(kind, [row.id for row in batch])
                new = {row.id: row for row in batch if row.id not in there}
                written = list(write(list(new.values())))
                self.note(kind, [(row.id, pk) for row, pk in written])
                self._redirect(kind, written)
            self.written[kind] += len(written)
            total += len(batch)
        return total

    def here(self, kind: str, ids: Iterable[str | None]) -> dict[str, int]:
        """Return the numbers, here, of these records of the other forum that are here."""
        records = ImportedRecord.objects.filter(source=self.source, kind=kind)
        wanted = {key for key in ids if key is not None}
        return dict(records.filter(old_id__in=wanted).values_list("old_id", "new_id"))

    def note(self, kind: str, pairs: Iterable[tuple[str, int]]) -> None:
        """Keep what these records of the other forum have become."""
        ImportedRecord.objects.bulk_create(
            ImportedRecord(source=self.source, kind=kind, old_id=old, new_id=new)
            for old, new in pairs
        )

    def refuse(self, kind: str, row: Old, why: Any) -> None:
        """Tell of a row that cannot be taken over."""
        self.refused[kind] += 1
        self.tell(
            _("Line %(line)d, %(kind)s %(id)s: %(why)s")
            % {"line": row.line, "kind": kind, "id": row.id, "why": why}
        )

    def _redirect(self, kind: str, written: Sequence[tuple[Any, int]]) -> None:
        """Let the old addresses lead to where these records are now."""
        if not apps.is_installed("wagtail.contrib.redirects"):
            return
        redirect = apps.get_model("wagtailredirects", "Redirect")
        links = {
            redirect.normalise_path(self.root + path): _address(kind, pk)
            for row, pk in written
            for path in row.paths
        }
        links = {path: link for path, link in links.items() if len(path) <= 255}
        there = redirect.objects.filter(old_path__in=links, site=None)
        for path in there.values_list("old_path", flat=True):
            links.pop(path, None)
        redirect.objects.bulk_create(
            redirect(old_path=path, redirect_link=link, is_permanent=True)
            for path, link in links.items()
        )

    # Users

    def _users(self, rows: list[OldUser]) -> Iterator[tuple[OldUser, int]]:
        for row in rows:
            account = self._account(row)
            member = Member.objects.filter(user=account).first() if account else None
            member = member or self._member(row, account)
            self.note("username", [(row.username.casefold()[:80], member.pk)])
            yield row, member.pk

    def _member(self, row: OldUser, account) -> Member:
        name = markup.cleaned(row.name)[:80] or _("Former member")
        return Member.objects.create(
            user=account,
            name=name,
            handle=free_handle(row.username),
            joined_at=row.joined_at or timezone.now(),
            trust=row.trust,
        )

    def _account(self, row: OldUser):
        """Return the account with the user's address: made now, if nobody has it."""
        if not row.email:
            return None
        try:
            validate_email(row.email)
        except ValidationError:
            self.refuse("account", row, _("“%(email)s” is no address.") % {"email": row.email})
            return None
        user_model = get_user_model()
        field = user_model.get_email_field_name()
        if account := user_model.objects.filter(**{f"{field}__iexact": row.email}).first():
            return account
        account = user_model(**{field: row.email.lower()})
        if field != user_model.USERNAME_FIELD:
            setattr(account, user_model.USERNAME_FIELD, free_handle(row.username))
        account.set_unusable_password()
        account.save()
        return account

    def _former(self) -> int:
        """Return the member to whom posts belong whose author is gone from the other forum."""
        if pk := self.here("user", [FORMER]).get(FORMER):
            return pk
        name, handle = _("Former member"), free_handle(FORMER)
        member = Member.objects.create(user=None, name=name, handle=handle)
        self.note("user", [(FORMER, member.pk)])
        return member.pk

    # Categories and threads

    def _categories(self, rows: list[OldCategory]) -> Iterator[tuple[OldCategory, int]]:
        parents = self.here("category", [row.parent for row in rows])
        for row in rows:
            name = markup.cleaned(row.name)[:120]
            if not name:
                self.refuse("category", row, _("It has no name."))
                continue
            writers = max(row.see, Audience.MEMBERS)
            parent = parents.get(row.parent or "")
            category = Category.objects.create(
                name_fr=name,
                name_ar=name,
                description_fr=row.description,
                parent_id=parent,
                position=row.position,
                see=row.see,
                start=writers,
                reply=writers,
            )
            parents[row.id] = category.pk
            yield row, category.pk

    def _threads(self, rows: list[OldThread]) -> Iterator[tuple[OldThread, int]]:
        categories = self.here("category", [row.category for row in rows])
        authors = self.here("user", [row.author for row in rows])
        threads = []
        for row in rows:
            title = " ".join(markup.cleaned(row.title).split())
            category = categories.get(row.category or "")
            if category is None or not title:
                self.refuse(
                    "thread",
                    row,
                    _("It has no title.") if category else _("Its category is not here."),
                )
                continue
            author = authors.get(row.author or "") or self._former()
            thread = Thread(
                category_id=category,
                title=title[:200],
                language=_language(title),
                author_id=author,
                last_poster_id=author,
                state=State.PENDING,  # until it is counted
                created_at=row.created_at,
                last_post_at=row.created_at,
                is_closed=row.is_closed,
                is_pinned=row.is_pinned,
            )
            threads.append((row, thread))
        Thread.objects.bulk_create(thread for _row, thread in threads)
        yield from ((row, thread.pk) for row, thread in threads)

    # Posts

    def _posts(self, rows: list[OldPost]) -> Iterator[tuple[OldPost, int]]:
        threads = self.here("thread", [row.thread for row in rows])
        authors = self.here("user", [row.author for row in rows])
        taken = Post.objects.filter(thread__in=threads.values()).values_list("thread")
        last = dict(taken.annotate(Max("position")).order_by())
        used = set(
            Post.objects.filter(
                thread__in=threads.values(), position__in={row.number for row in rows if row.number}
            ).values_list("thread", "position")
        )
        posts = []
        for row in rows:
            thread, source = threads.get(row.thread), row.source.strip()
            if thread is None or not source:
                self.refuse(
                    "post", row, _("It is empty.") if thread else _("Its thread is not here.")
                )
                continue
            position = row.number or last.get(thread, 0) + 1
            if (thread, position) in used:
                self.refuse("post", row, _("Another post has its number."))
                continue
            used.add((thread, position))
            last[thread] = max(last.get(thread, 0), position)
            post = Post(
                thread_id=thread,
                position=position,
                author_id=authors.get(row.author or "") or self._former(),
                source=source,
                html="",  # until it is rendered
                language=settings.LANGUAGE_CODE[:2],
                state=row.state,
                created_at=row.created_at,
                published_at=row.created_at,
                edited_at=row.edited_at,
            )
            posts.append((row, post))
        Post.objects.bulk_create(post for _row, post in posts)
        yield from ((row, post.pk) for row, post in posts)

    # Texts

    def _render(self) -> None:
        records = ImportedRecord.objects.filter(source=self.source, kind="post")
        last = 0
        while batch := list(records.filter(pk__gt=last).order_by("pk")[:BATCH]):
            last = batch[-1].pk
            old_ids = {record.new_id: record.old_id for record in batch}
            with Files(self) as files, transaction.atomic():
                posts = Post.objects.filter(pk__in=old_ids, html="").select_related("thread")
                self._render_batch(list(posts), old_ids, files)

    def _render_batch(self, posts: list[Post], old_ids: dict[int, str], files: "Files") -> None:
        mentioned, quoted = [], []
        for post in posts:
            files.about = post
            document = markup.Document(self.reader.markdown(old_ids[post.pk], post.source, files))
            members = self._mentioned(document)
            post.source = document.source
            post.html = document.html({handle: handle for handle in members}) or "\n"
            post.fingerprint = markup.fingerprint(document.source)
            post.language = markup.language_of(document.source, post.thread.language)
            mentioned += [
                Post.mentioned.through(post_id=post.pk, member_id=pk) for pk in members.values()
            ]
            quoted += [
                Post.quoted.through(from_post_id=post.pk, to_post_id=pk)
                for pk in self._posts_here(document.quoted_posts - {post.pk})
            ]
        Post.objects.bulk_update(posts, ["source", "html", "fingerprint", "language"])
        Post.mentioned.through.objects.bulk_create(mentioned, ignore_conflicts=True)
        Post.quoted.through.objects.bulk_create(quoted, ignore_conflicts=True)

    def _posts_here(self, numbers: set[int]) -> Iterable[int]:
        return Post.objects.filter(pk__in=numbers).values_list("pk", flat=True) if numbers else ()

    def _mentioned(self, document: markup.Document) -> dict[str, int]:
        if not document.handles:
            return {}
        return dict(Member.objects.filter(handle__in=document.handles).values_list("handle", "pk"))

    # Counters

    def _count(self) -> None:
        """Give threads, categories and members the counters that their posts decide."""
        records = ImportedRecord.objects.filter(source=self.source)
        threads = records.filter(kind="thread").order_by("pk").values_list("new_id", flat=True)
        for batch in _batches(threads.iterator()):
            with transaction.atomic():
                for thread in counters.lock_threads(batch).values():
                    self._settle(thread)
        categories = records.filter(kind="category").values_list("new_id", flat=True)
        members = records.filter(kind="user").order_by("pk").values_list("new_id", flat=True)
        with transaction.atomic():
            counters.recount(categories=list(categories))
        for batch in _batches(members.iterator()):
            with transaction.atomic():
                counters.recount(members=batch)

    def _settle(self, thread: Thread) -> None:
        """Count a thread, and show it if its first post is shown."""
        posts = Post.objects.filter(thread=thread)
        if not self.reader.has_numbers:
            self._order(posts)
        ends = posts.aggregate(first=Min("position"), last=Max("position"))
        if ends["first"] is None:
            return  # nothing of it could be taken over: nobody sees it
        if ends["first"] > 1:
            posts.filter(position=ends["first"]).update(position=1)
        thread.last_position = max(thread.last_position, ends["last"])
        if thread.state == State.PENDING:
            thread.state = posts.get(position=1).state
        expected = counting.of_thread(thread)
        Thread.objects.filter(pk=thread.pk).update(
            last_position=thread.last_position,
            state=thread.state,
            version=F("version") + 1,
            **expected,
        )

    def _order(self, posts) -> None:
        rows = list(posts.order_by("position").values_list("pk", "position", "created_at"))
        by_time = sorted(rows, key=lambda row: (row[2], row[1]))
        if by_time == rows:
            return
        numbers = [position for _pk, position, _at in rows]
        beyond = numbers[-1]
        for shift in (beyond, 0):  # no number may be there twice, not even for a moment
            for (pk, _position, _at), number in zip(by_time, numbers, strict=True):
                Post.objects.filter(pk=pk).update(position=number + shift)


class Files:
    """What the texts of a batch name, as it is here. Files that are named are taken over.

    If the batch fails, the files that it has stored are removed again.
    """

    def __init__(self, run: Import):
        self.run = run
        self.about: Post  # the post whose text is being made
        self._stored: list[Attachment] = []

    def __enter__(self) -> "Files":
        return self

    def __exit__(self, error_type, *_args) -> None:
        if error_type is not None:
            for attachment in self._stored:
                attachment.file.delete(save=False)

    def handle(self, username: str) -> str | None:
        """Return the handle of the member who had this name."""
        key = username.casefold()
        pk = self.run.here("username", [key]).get(key)
        members = Member.objects.filter(pk__in=[pk] if pk else [])
        return members.values_list("handle", flat=True).first()

    def post(self, number: str) -> int | None:
        """Return the number of the post that had this one."""
        return self.run.here("post", [number]).get(number)

    def post_in(self, thread: str, position: int) -> int | None:
        """Return the number of the post at this position of that thread."""
        posts = Post.objects.filter(
            thread=self.run.here("thread", [thread]).get(thread), position=position
        )
        return posts.values_list("pk", flat=True).first()

    def file(self, file: OldFile) -> str | None:
        """Return the Markdown that shows the file; None where it cannot be taken over."""
        if pk := self.run.here("attachment", [file.id]).get(file.id):
            attachment = Attachment.objects.filter(pk=pk).first()
            return attachments.markdown(attachment) if attachment else None
        path = self.run.reader.file(file.path)
        if path is None:
            self.run.refuse("attachment", file, _("The file is not there."))
            return None
        try:
            with path.open("rb") as content:
                size = path.stat().st_size
                file_there = UploadedFile(content, name=file.name, size=size)
                taken = uploads.checked(file_there, self.run.limits)
        except ValidationError as error:
            self.run.refuse("attachment", file, " ".join(error.messages))
            return None
        attachment = Attachment(
            member_id=self.about.author_id,
            post=self.about,
            name=taken.name,
            content_type=taken.content_type,
            size=taken.content.size,
            width=taken.width,
            height=taken.height,
            created_at=file.created_at or self.about.created_at,
        )
        attachment.file.save(taken.name, taken.content, save=False)
        self._stored.append(attachment)
        attachment.save()
        self.run.note("attachment", [(file.id, attachment.pk)])
        self.run.written["attachment"] += 1
        return attachments.markdown(attachment)


def free_handle(username: str) -> str:
    """Return a handle like this name that no member has."""
    words = re.findall(HANDLE, markup.cleaned(username).casefold())
    base = "-".join(words)[:30].strip("-_") or "m"
    handle, number = base, 1
    while Member.objects.filter(handle=handle).exists():
        number += 1
        handle = f"{base}-{number}"
    return handle


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _language(text: str) -> str:
    return markup.language_of(text, settings.LANGUAGE_CODE[:2])


def _address(kind: str, pk: int) -> str:
    """Return where a record is now, in the main language of the site."""
    with override(settings.LANGUAGE_CODE):
        match kind:
            case "user":
                handle = Member.objects.values_list("handle", flat=True).get(pk=pk)
                return reverse("ess_forum:member", args=[handle])
            case "category" | "thread":
                return reverse(f"ess_forum:{kind}", args=[pk, "-"])
        return reverse("ess_forum:post", args=[pk])
