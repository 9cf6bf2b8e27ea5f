"""A MySQL dump of phpBB 3, compressed or not, and its folder `files`.

Names of tables and columns, and the numbers below, are those of phpBB's own schema and constants.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from ..models import Audience, Member, State
from . import bbcode, dumps
from .quoting import quoted
from .rows import Names, OldCategory, OldFile, OldPost, OldThread, OldUser, below

ANONYMOUS = "1"
BOT, INACTIVE = "2", "1"  # kinds of users
LINK = "2"  # a kind of forum
LOCKED, MOVED = "1", "2"  # states of topics
NORMAL = "0"  # a kind of topic: the others are pinned
APPROVED, DELETED = "1", "2"  # visibility
POSTS_PER_PAGE = "10"  # unless the configuration says otherwise
# phpBB 3.2 keeps texts as XML, in which the BBCode still stands; before, it marked each tag.
XML = re.compile(r"\A<[rt]>.*</[rt]>\Z", re.DOTALL)
MARKED = re.compile(
    r"\[(/?[a-z*]+(?:=[^\]]*?)?):(?:[a-z]:)?[0-9a-z]{5,8}(?::[a-z])?\]", re.IGNORECASE
)
SMILEY = re.compile(r"<!-- s(\S+) -->.*?<!-- s\1 -->", re.DOTALL)
LINKED = re.compile(
    r"""<!-- ([emwl]) --><a[^>]*? href="([^"]*)"[^>]*>(.*?)</a><!-- \1 -->""", re.DOTALL
)


class PhpBB:
    """Reads a dump of phpBB."""

    has_numbers = False

    def __init__(self, path: Path, files: Path | None = None, prefix: str = "phpbb_"):
        self.path, self.files, self.prefix = path, files, prefix
        self.left_out: Counter[str] = Counter()
        self._topics: set[str] = set()
        self._files: dict[str, list[OldFile]] = defaultdict(list)

    def _rows(self, *names: str) -> Iterator[dumps.Row]:
        for row in dumps.inserted(self.path, *(self.prefix + name for name in names)):
            yield row._replace(table=row.table.removeprefix(self.prefix))

    def users(self) -> Iterator[OldUser]:
        """Yield the users; with an address those who can log in there."""
        self.left_out["robots"] = 0
        banned = {row.values["ban_userid"] for row in self._rows("banlist") if bans(row.values)}
        for row in self._rows("users"):
            values, number = row.values, row.values["user_id"] or ""
            kind = values.get("user_type")
            if kind == BOT and number != ANONYMOUS:
                self.left_out["robots"] += 1
                continue
            may = kind != INACTIVE and number != ANONYMOUS and number not in banned
            name = unescape(values["username"] or "")
            has_written = int(values.get("user_posts") or 0) > 0
            yield OldUser(
                number,
                row.line,
                (f"/memberlist.php?mode=viewprofile&u={number}",) if number != ANONYMOUS else (),
                name=name,
                username=name,
                email=(values.get("user_email") or "") if may else "",
                joined_at=_time(values.get("user_regdate")),
                trust=Member.Trust.BASIC if has_written else Member.Trust.NEW,
            )

    def categories(self) -> Iterator[OldCategory]:
        """Yield the forums, each seen by whom its permissions let read."""
        readers = self._readers()
        rows = [row for row in self._rows("forums") if row.values.get("forum_type") != LINK]
        known = {row.values["forum_id"] for row in rows}
        # The tree is kept as nested sets: in this order, each comes after what it is within.
        for row in sorted(rows, key=lambda row: int(row.values.get("left_id") or 0)):
            values, number = row.values, row.values["forum_id"] or ""
            parent = values.get("parent_id")
            see = readers.get(number, Audience.MODERATORS)
            yield OldCategory(
                number,
                row.line,
                (f"/viewforum.php?f={number}",),
                name=unescape(values["forum_name"] or ""),
                description=_plain(values.get("forum_desc") or "")[:500],
                parent=parent if parent in known else None,
                position=int(values.get("left_id") or 0),
                see=Audience.MODERATORS if values.get("forum_password") else see,
            )

    def _readers(self) -> dict[str, Audience]:
        """Return who may read each forum: where permissions do not say so, moderators alone."""
        groups, options, roles, grants = {}, {}, defaultdict(set), []
        tables = ("groups", "acl_options", "acl_roles_data", "acl_groups")
        for table, _line, values in self._rows(*tables):
            if table == "groups":
                groups[values["group_id"]] = values["group_name"]
            elif table == "acl_options":
                options[values["auth_option_id"]] = values["auth_option"]
            elif table == "acl_roles_data" and values["auth_setting"] == "1":
                roles[values["role_id"]].add(values["auth_option_id"])
            elif table == "acl_groups":
                grants.append(values)
        readers: dict[str, Audience] = {}
        audiences = {"GUESTS": Audience.EVERYONE, "REGISTERED": Audience.MEMBERS}
        for grant in grants:
            by_role = roles.get(grant["auth_role_id"], set())
            own = {grant["auth_option_id"]} if grant["auth_setting"] == "1" else set()
            audience = audiences.get(groups.get(grant["group_id"]) or "")
            if audience is not None and "f_read" in {options.get(key) for key in by_role | own}:
                forum = grant["forum_id"] or ""
                readers[forum] = min(readers.get(forum, audience), audience)
        return readers

    def threads(self) -> Iterator[OldThread]:
        """Yield the topics."""
        self.left_out["shadows of moved topics"] = 0
        config = {
            row.values["config_name"]: row.values["config_value"] for row in self._rows("config")
        }
        size = max(int(config.get("posts_per_page") or POSTS_PER_PAGE), 1)
        for row in self._rows("topics"):
            values, number = row.values, row.values["topic_id"] or ""
            if values.get("topic_status") == MOVED or (values.get("topic_moved_id") or "0") != "0":
                self.left_out["shadows of moved topics"] += 1
                continue
            self._topics.add(number)
            forum = values["forum_id"]
            yield OldThread(
                number,
                row.line,
                tuple(
                    f"/viewtopic.php?{before}t={number}{page}"
                    for before in ("", f"f={forum}&")
                    for page in ("", *_later_pages(values, size))
                ),
                title=unescape(values["topic_title"] or ""),
                category=forum,
                author=values["topic_poster"],
                created_at=_time(values["topic_time"]) or datetime.now(UTC),
                is_closed=values.get("topic_status") == LOCKED,
                is_pinned=(values.get("topic_type") or NORMAL) != NORMAL,
            )

    def posts(self) -> Iterator[OldPost]:
        """Yield the posts of these topics."""
        for row in self._rows("posts"):
            values, number = row.values, row.values["post_id"] or ""
            if values["topic_id"] not in self._topics:
                continue
            visibility = values.get("post_visibility", values.get("post_approved", APPROVED))
            states = {APPROVED: State.VISIBLE, DELETED: State.DELETED}
            yield OldPost(
                number,
                row.line,
                _addresses(values),
                thread=values["topic_id"] or "",
                author=values["poster_id"],
                source=values["post_text"] or "",
                created_at=_time(values["post_time"]) or datetime.now(UTC),
                edited_at=_time(values.get("post_edit_time")),
                state=states.get(visibility or "", State.HIDDEN),
            )

    def prepare_texts(self) -> None:
        """Read which files belong to which post."""
        for row in self._rows("attachments"):
            values = row.values
            if values.get("in_message") == "1":
                continue
            file = OldFile(
                values["attach_id"] or "",
                row.line,
                name=unescape(values["real_filename"] or ""),
                path=values["physical_filename"] or "",
                post=values["post_msg_id"],
                author=values.get("poster_id"),
                created_at=_time(values.get("filetime")),
            )
            self._files[file.post or ""].append(file)

    def markdown(self, old_id: str, source: str, names: Names) -> str:
        """Return BBCode as Markdown; files that the text does not place come after it."""
        waiting = list(self._files.get(old_id, ()))

        def attachment(_number: str, name: str) -> str:
            named = [file for file in waiting if file.name == name.strip()]
            if not named:
                return bbcode.escaped(name)
            waiting.remove(named[0])
            return names.file(named[0]) or bbcode.escaped(name)

        def quote(about: str, words: str) -> str:
            # `name` or, since 3.2, `name post_id=9 time=… user_id=2`.
            name = re.split(r" (?:post_id|time|user_id|msg_id)=", about)[0].strip('" ')
            number = re.search(r"post_id=(\d+)", about)
            post = names.post(number[1]) if number else None
            return quoted(words, names.handle(name) or bbcode.escaped(name), post)

        text = bbcode.markdown(plain_bbcode(source), quote, attachment)
        shown = [markdown for file in waiting if (markdown := names.file(file))]
        return "\n\n".join([text, *shown]).strip()

    def file(self, path: str) -> Path | None:
        """Return where an attached file is."""
        return below(self.files, path)


def bans(values: dumps.Values) -> bool:
    """Return whether a ban is of a user, and still holds: phpBB keeps some that have ended."""
    end = _time(values.get("ban_end"))
    holds = end is None or end > datetime.now(UTC)
    return holds and values.get("ban_userid") != "0" and values.get("ban_exclude") != "1"


def _later_pages(topic: dumps.Values, size: int) -> Iterator[str]:
    """Yield how the addresses of the pages of a topic end, but for the first."""
    posts = int(topic.get("topic_posts_approved") or topic.get("topic_replies") or 0)
    yield from (f"&start={start}" for start in range(size, posts + 1, size))


def _addresses(post: dumps.Values) -> tuple[str, ...]:
    """Return the addresses of a post: what follows the `#` of one never comes to a server."""
    number, topic, forum = (post.get(f"{what}_id") for what in ("post", "topic", "forum"))
    return tuple(
        f"/viewtopic.php?{before}p={number}"
        for before in ("", f"t={topic}&", f"f={forum}&t={topic}&")
    )


def plain_bbcode(text: str) -> str:
    """Return a kept text as the BBCode that was typed."""
    if XML.match(text):
        return unescape(re.sub(r"<[^>]*>", "", text))
    text = MARKED.sub(r"[\1]", text)
    text = SMILEY.sub(r"\1", text)
    text = LINKED.sub(_link, text)
    return unescape(re.sub(r"<br ?/?>", "\n", re.sub(r"<!--.*?-->", "", text)))


def _link(match: re.Match) -> str:
    kind, address = match[1], match[2]
    return f"[email]{address.removeprefix('mailto:')}[/email]" if kind == "e" else address


def _plain(text: str) -> str:
    """Return the words of a description, without BBCode."""
    return re.sub(r"\[[^\]\s]*\]", "", plain_bbcode(text)).strip()


def _time(text: str | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(text), UTC) if text and text != "0" else None
    except (ValueError, OverflowError, OSError):  # no number, or none of this calendar
        return None
