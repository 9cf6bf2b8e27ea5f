"""`manage.py forum_import`: a Discourse backup and a dump of phpBB."""

import gzip
import tarfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override
from wagtail.contrib.redirects.models import Redirect

from ess_forum.checking import differences
from ess_forum.imports import bbcode, discourse, dumps, phpbb
from ess_forum.imports.writing import Import
from ess_forum.models import (
    Attachment,
    Audience,
    Category,
    ImportedRecord,
    Member,
    Post,
    State,
    Thread,
)
from tests.factories import UserFactory

from . import factories

DATA = Path(__file__).parent / "data"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


def bring_in(software: str, path: Path | None = None, **options) -> tuple[str, str]:
    files = {"discourse": DATA, "phpbb": DATA / "phpbb-files"}[software]
    out, errors = StringIO(), StringIO()
    options = {"source": "old", "files": files, "stdout": out, "stderr": errors, **options}
    call_command("forum_import", software, path or DATA / f"{software}.sql", **options)
    return out.getvalue(), errors.getvalue()


def new(kind: str, old_id: int) -> int:
    return ImportedRecord.objects.get(source="old", kind=kind, old_id=old_id).new_id


def post(old_id: int) -> Post:
    return Post.objects.get(pk=new("post", old_id))


def thread(old_id: int) -> Thread:
    return Thread.objects.get(pk=new("thread", old_id))


def member(old_id: int) -> Member:
    return Member.objects.get(pk=new("user", old_id))


# Discourse


def test_discourse_comes_with_all_it_says_and_its_counters_are_right():
    bring_in("discourse")
    assert list(differences()) == []
    wool = thread(10)
    assert (wool.title, wool.is_closed, wool.is_pinned) == ("Filer la laine ensemble", True, True)
    assert wool.category.name_fr == "Laine"
    assert wool.category.parent.name_fr == "Artisanat"
    assert wool.reply_count == 3
    assert [post(number).position for number in (101, 102, 103, 104, 106)] == [1, 2, 3, 4, 6]
    assert post(104).state == State.DELETED
    assert post(107).state == State.HIDDEN
    assert wool.gaps == [[4, 5], [7, 7]]
    assert post(101).created_at.isoformat().startswith("2019-03-01T10:00:00")
    assert post(102).edited_at is not None


def test_discourse_quotes_and_mentions_lead_to_where_they_are_now():
    bring_in("discourse")
    quoting, handle = post(103), member(3).handle
    assert handle == "jean-dupont"
    assert quoting.source.startswith(f"> [@{handle}](forum:p/{post(102).pk}/)\n>\n> Nous aussi")
    assert list(quoting.quoted.all()) == [post(102)]
    assert list(quoting.mentioned.all()) == [member(3)]
    assert "`@Jean.Dupont`" in quoting.source


def test_discourse_uploads_become_attachments():
    bring_in("discourse")
    image, text = Attachment.objects.order_by("pk")
    assert (image.name, image.width, image.post) == ("tapis.png", 1, post(101))
    assert text.file.read() == b"Filer, laver, teindre.\n"
    assert f'src="forum:files/{image.key}/' in post(101).html
    assert f'href="forum:files/{text.key}/' in post(101).html


def test_restricted_category_is_for_moderators_until_they_open_it():
    bring_in("discourse")
    team = Category.objects.get(pk=new("category", 7))
    assert (team.see, team.start, team.reply) == (Audience.MODERATORS,) * 3
    assert not Thread.objects.seen_by(factories.viewer()).filter(pk=new("thread", 11)).exists()


def test_private_messages_stay_behind():
    out, _errors = bring_in("discourse")
    assert not Post.objects.filter(source__contains="privé").exists()
    assert "private messages" in out


def test_deleted_topic_is_not_shown():
    bring_in("discourse")
    assert thread(13).state == State.DELETED


def test_accounts_are_matched_by_address_and_made_without_a_password():
    amina = factories.MemberFactory(user__email="amina@example.org")
    bring_in("discourse")
    assert member(2) == amina
    assert thread(10).author == amina
    jean = member(3)
    assert jean.user.email == "jean@example.org"
    assert not jean.user.has_usable_password()


@pytest.mark.parametrize("old_id", [-1, 4, 5])
def test_who_could_not_log_in_there_has_no_account_here(old_id):
    UserFactory(email="jamais@example.org")  # anybody may have claimed it there
    bring_in("discourse")
    assert member(old_id).user is None


def test_author_who_is_gone_is_a_former_member():
    bring_in("discourse")
    assert post(106).author.user is None


class Nobody:
    """Of what texts name, nothing has come."""

    def handle(self, username):
        return None

    def post_in(self, thread, position):
        return None

    def file(self, file):
        raise AssertionError(file)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[poll type=regular public=true]\n* Oui\n* نعم\n[/poll]", "* Oui\n* نعم"),
        ("[spoiler]la fin[/spoiler]", "la fin"),
        ("`[poll]`", "`[poll]`"),
        ("![tapis|690x388, 75%](upload://absent.png)", "tapis"),
        ("[prix.pdf|attachment](upload://absent.pdf) (1 KB)", "prix.pdf (1 KB)"),
        ("[prix](https://example.org/uploads/prix.pdf)",) * 2,
        (
            '[quote="Amina B, post:1, topic:2, username:amina"]\nOui\n[/quote]',
            "> **amina**\n>\n> Oui",
        ),
    ],
)
def test_text_of_discourse_becomes_markdown(source, expected):
    reader = discourse.Discourse(DATA / "discourse.sql")
    assert reader.markdown("1", source, Nobody()) == expected


def test_description_of_a_category_comes_as_words():
    bring_in("discourse")
    assert Category.objects.get(pk=new("category", 6)).description_fr == "La laine & le tapis"


def test_hostile_text_is_harmless():
    bring_in("discourse")
    assert "<script" not in post(102).html
    assert 'href="javascript' not in post(102).html


def test_what_is_refused_is_named_with_its_line():
    out, errors = bring_in("discourse")
    lines = (DATA / "discourse.sql").read_text().splitlines()
    assert "post 111" in errors
    assert "thread 14" in errors
    number = int(next(e for e in errors.splitlines() if "post 111" in e).split()[1].strip(",:"))
    assert lines[number - 1].startswith("111\t")
    assert "post" in out


@pytest.mark.parametrize("kind", ["plain", "gzip", "archive"])
def test_dump_may_be_plain_compressed_or_in_its_archive(kind, tmp_path):
    path = DATA / "discourse.sql"
    if kind == "gzip":
        path = tmp_path / "dump.sql.gz"
        path.write_bytes(gzip.compress((DATA / "discourse.sql").read_bytes()))
    if kind == "archive":
        path = tmp_path / "backup.tar.gz"
        dump = tmp_path / "dump.sql.gz"
        dump.write_bytes(gzip.compress((DATA / "discourse.sql").read_bytes()))
        with tarfile.open(path, "w:gz") as tar:
            tar.add(dump, "dump.sql.gz")
            tar.add(DATA / "uploads", "uploads")
    bring_in("discourse", path, files=None if kind == "archive" else DATA)
    assert thread(10).reply_count == 3
    assert Attachment.objects.count() == 2


@pytest.mark.parametrize(
    ("path", "kind", "old_id"),
    [
        ("/t/filer-la-laine-ensemble/10", "thread", 10),
        ("/t/10", "thread", 10),
        ("/t/filer-la-laine-ensemble/10/3", "post", 103),
        ("/t/10/3", "post", 103),
        ("/p/103", "post", 103),
        ("/c/artisanat/laine/6", "category", 6),
        ("/c/laine/6", "category", 6),
        ("/u/jean.dupont", "user", 3),
    ],
)
def test_old_addresses_of_discourse_lead_on(client, path, kind, old_id):
    bring_in("discourse", old_root="/forum-ancien")
    response = client.get(f"/forum-ancien{path}")
    assert response.status_code == 301
    expected = {"thread": "t", "category": "c", "post": "p"}.get(kind)
    if expected:
        assert response["Location"].startswith(f"/fr/forum/{expected}/{new(kind, old_id)}/")
    else:
        assert response["Location"] == f"/fr/forum/m/{member(old_id).handle}/"


# Again, and in pieces


@pytest.mark.parametrize("software", ["discourse", "phpbb"])
def test_second_run_changes_nothing(software):
    bring_in(software)
    kinds = (Member, Category, Thread, Post, Attachment, Redirect, ImportedRecord)
    before = [model.objects.count() for model in kinds], set(Post.objects.values_list("source"))
    bring_in(software)
    assert ([m.objects.count() for m in kinds], set(Post.objects.values_list("source"))) == before
    assert list(differences()) == []


@pytest.mark.parametrize("software", ["discourse", "phpbb"])
@pytest.mark.parametrize("stop", ["_users", "_threads", "_posts", "_render_batch", "_settle"])
@pytest.mark.parametrize("calls", [0, 1])
def test_import_that_was_killed_goes_on_and_doubles_nothing(
    software, stop, calls, monkeypatch, tmp_path
):
    bring_in(software, source="whole")
    whole = Post.objects.count(), Thread.objects.count(), Attachment.objects.count()
    sources = sorted(Post.objects.values_list("source", flat=True))
    monkeypatch.setattr("ess_forum.imports.writing.BATCH", 1)
    done, original = [], getattr(Import, stop)

    def breaks(self, *args):
        done.append(1)
        if len(done) > calls:
            raise KeyboardInterrupt
        return original(self, *args)

    with monkeypatch.context() as patch:
        patch.setattr(Import, stop, breaks)
        with pytest.raises(KeyboardInterrupt):
            bring_in(software)
    bring_in(software)
    assert Post.objects.count() == 2 * whole[0]
    assert Thread.objects.count() == 2 * whole[1]
    assert Attachment.objects.count() == 2 * whole[2]
    mine = Post.objects.filter(
        pk__in=ImportedRecord.objects.filter(source="old", kind="post").values("new_id")
    )
    assert len(sources) == mine.count()
    assert not mine.filter(html="").exists()
    assert list(differences()) == []


def test_file_of_a_batch_that_fails_is_not_left_behind(monkeypatch, settings):
    def fails(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("ess_forum.imports.writing.markup.fingerprint", fails)
    with pytest.raises(KeyboardInterrupt):
        bring_in("discourse")
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


def test_absent_dump_is_an_error(tmp_path):
    with pytest.raises(CommandError):
        bring_in("discourse", tmp_path / "absent.sql")


@pytest.mark.parametrize("software", ["discourse", "phpbb"])
def test_dump_that_was_cut_off_is_an_error(software, tmp_path):
    path = tmp_path / "cut.sql"
    text = (DATA / f"{software}.sql").read_text()
    table = {"discourse": "COPY public.users", "phpbb": "INSERT INTO `phpbb_users`"}[software]
    path.write_text(text[: text.index(table) + {"discourse": 400, "phpbb": 60}[software]])
    with override("en"), pytest.raises(CommandError, match="middle"):
        bring_in(software, path)


# phpBB


def test_phpbb_comes_with_all_it_says_and_its_counters_are_right():
    bring_in("phpbb")
    assert list(differences()) == []
    firing = thread(7)
    assert (firing.title, firing.is_closed, firing.is_pinned) == ('La cuisson "douce"', True, True)
    assert firing.reply_count == 3
    order = [post(number).position for number in (21, 22, 25, 23, 24)]
    assert order == sorted(order)
    assert post(24).state == State.DELETED
    assert post(32).state == State.HIDDEN
    assert post(24).source == "Effacé : '; DROP TABLE x; -- (fin)"


@pytest.mark.parametrize(
    ("forum", "see"),
    [
        (1, Audience.EVERYONE),
        (2, Audience.EVERYONE),
        (3, Audience.MEMBERS),
        (4, Audience.MODERATORS),
        (5, Audience.MODERATORS),
    ],
)
def test_forum_of_phpbb_is_seen_by_whom_it_let_read(forum, see):
    bring_in("phpbb")
    assert Category.objects.get(pk=new("category", forum)).see == see


def test_bbcode_of_both_ages_becomes_markdown():
    bring_in("phpbb")
    assert post(21).source.startswith("Comment **cuire** l'argile ?\n\n* au bois\n* au gaz")
    assert post(22).source.startswith(f"> [@amina](forum:p/{post(21).pk}/)\n>\n> Comment cuire ?")
    assert "https://example.org/a_b_c" in post(22).source
    assert post(23).source.startswith("> **Karim**\n>\n> Au bois")
    assert ":)" in post(23).source
    assert "http://example.org/four" in post(23).source
    assert "```\na_b * c\n```" in post(23).source
    assert list(post(22).quoted.all()) == [post(21)]


def test_files_of_phpbb_come_and_missing_ones_are_named():
    _out, errors = bring_in("phpbb")
    attachment = Attachment.objects.get()
    assert (attachment.name, attachment.post) == ("four.png", post(22))
    assert str(attachment.key) in post(22).source
    assert "attachment 2" in errors


def test_robots_guests_and_banned_have_no_account():
    bring_in("phpbb")
    assert not ImportedRecord.objects.filter(kind="user", old_id="4").exists()
    assert member(1).user is None
    assert member(5).user is None
    assert member(6).user is None
    assert member(3).user.email == "karim@example.org"
    assert post(23).author == member(1)


@pytest.mark.parametrize(
    ("ban", "holds"),
    [
        ({"ban_userid": "6", "ban_end": "0", "ban_exclude": "0"}, True),
        ({"ban_userid": "6", "ban_end": "32503680000", "ban_exclude": "0"}, True),
        ({"ban_userid": "6", "ban_end": "1262304000", "ban_exclude": "0"}, False),
        ({"ban_userid": "6", "ban_end": "0", "ban_exclude": "1"}, False),
        ({"ban_userid": "0", "ban_end": "0", "ban_exclude": "0"}, False),
    ],
)
def test_ban_holds_until_its_end(ban, holds):
    assert phpbb.bans(dumps.Values(ban)) is holds


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/viewtopic.php?t=7", "t/{thread}/"),
        ("/viewtopic.php?f=2&t=7", "t/{thread}/"),
        ("/viewtopic.php?t=7&f=2", "t/{thread}/"),
        ("/viewtopic.php?p=22", "p/{post}/"),
        ("/viewtopic.php?t=7&p=22", "p/{post}/"),
        ("/viewtopic.php?f=2&t=7&p=22", "p/{post}/"),
        ("/viewforum.php?f=2", "c/{category}/"),
    ],
)
def test_old_addresses_of_phpbb_lead_on(client, address, place):
    bring_in("phpbb", old_root="/phpBB3/")
    numbers = {"thread": new("thread", 7), "post": new("post", 22), "category": new("category", 2)}
    response = client.get(f"/phpBB3{address}")
    assert response.status_code == 301
    assert response["Location"].startswith(f"/fr/forum/{place.format(**numbers)}")


def test_later_pages_of_a_topic_of_phpbb_are_those_that_there_were(tmp_path):
    path = tmp_path / "dump.sql"
    path.write_text(
        "CREATE TABLE `phpbb_config` (`config_name` text, `config_value` text);\n"
        "INSERT INTO `phpbb_config` VALUES ('posts_per_page','25');\n"
        "INSERT INTO `phpbb_topics` (topic_id, forum_id, topic_title, topic_poster, topic_time,"
        " topic_posts_approved) VALUES (7,2,'Fours',2,1262304000,60);\n"
    )
    [topic] = phpbb.PhpBB(path).threads()
    assert {address.partition("t=7")[2] for address in topic.paths} == {
        "",
        "&start=25",
        "&start=50",
    }
    assert "/viewtopic.php?f=2&t=7&start=50" in topic.paths


@pytest.mark.parametrize("time", ["'0000-00-00'", "99999999999999999999", "''"])
def test_time_that_is_none_keeps_nothing_out(time, tmp_path):
    path = tmp_path / "dump.sql"
    path.write_text((DATA / "phpbb.sql").read_text().replace("1262304000", time))
    bring_in("phpbb", path)
    assert thread(7).reply_count


def test_tables_may_have_another_prefix(tmp_path):
    path = tmp_path / "dump.sql"
    path.write_text((DATA / "phpbb.sql").read_text().replace("`phpbb_", "`bb_"))
    bring_in("phpbb", path, prefix="bb_")
    assert thread(7).reply_count == 3


# The pieces


def test_statement_over_many_lines_is_read(tmp_path):
    path = tmp_path / "dump.sql"
    path.write_text(
        "#\n# phpBB Backup Script\n#\n"
        "INSERT INTO t (a, b, c) VALUES(1, 'it''s\n(a) ; -- b', NULL),\n"
        "(-2, 'c\\\\d\\'e', 0xC3A9),\n(3, _binary 'x', \"y\\\"z\");\n"
    )
    assert [(row.line, row.values) for row in dumps.inserted(path, "t")] == [
        (5, {"a": "1", "b": "it's\n(a) ; -- b", "c": None}),
        (6, {"a": "-2", "b": "c\\d'e", "c": "é"}),
        (7, {"a": "3", "b": "x", "c": 'y"z'}),
    ]


def test_copied_escapes_are_read(tmp_path):
    path = tmp_path / "dump.sql"
    path.write_text('COPY t (a, "b") FROM stdin;\na\\tb\\\\n\\101\\x42\t\\N\n\\.\n')
    [row] = dumps.copied(path, "t")
    assert row.values == {"a": "a\tb\\nAB", "b": None}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[b]a[/b] [i]b[/i] [u]c[/u]", "**a** *b* c"),
        ("1. a * b_c", r"1\. a \* b\_c"),
        ("[url=http://a.b/c_d]ici[/url]", "[ici](<http://a.b/c_d>)"),
        ("[url]http://a.b/c_d[/url]", r"[http://a.b/c\_d](<http://a.b/c_d>)"),
        ("[url=javascript:alert(1)]x[/url]", "[x](<javascript:alert(1)>)"),
        ("[list=1][*]a[*]b[/list]", "1. a\n1. b"),
        ("[b]open", r"\[b\]open"),
        ("[unknown]x[/unknown]", r"\[unknown\]x\[/unknown\]"),
        ("[code][b]x[/b][/code]", "```\n[b]x[/b]\n```"),
        ("[img]http://a.b/c.png[/img]", "![](<http://a.b/c.png>)"),
        ("# not a title", r"\# not a title"),
        ("[quote]a\nb[/quote]c", "> a\n> b\n\nc"),
    ],
)
def test_bbcode_becomes_markdown(source, expected):
    def quote(_about: str, words: str) -> str:
        return "\n".join(f"> {line}" for line in words.splitlines())

    assert bbcode.markdown(source, quote, lambda _number, name: name) == expected


def test_marks_of_old_phpbb_go():
    text = "[b:1a2b3c4d]a[/b:1a2b3c4d] &lt;b&gt; "
    text += "[list:1a2b3c4d][*:1a2b3c4d]x[/*:m:1a2b3c4d][/list:u:1a2b3c4d]"
    assert phpbb.plain_bbcode(text) == "[b]a[/b] <b> [list][*]x[/*][/list]"


def test_path_of_a_file_never_leaves_its_folder(tmp_path):
    from ess_forum.imports.rows import below

    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "in.txt").write_text("x")
    (tmp_path / "out.txt").write_text("x")
    assert below(folder, "/in.txt") == folder / "in.txt"
    assert below(folder, "../out.txt") is None
    assert below(folder, "absent") is None
    assert below(None, "in.txt") is None
