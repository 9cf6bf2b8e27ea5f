"""`manage.py forum_export`, and the page that describes it."""

import json
import re
import zipfile
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from ess_forum import exports, models
from ess_forum.actions.posts import delete, edit
from ess_forum.actions.threads import start_conversation
from ess_forum.models import Member

from . import factories

pytestmark = pytest.mark.django_db
DOCUMENT = Path(__file__).parents[2] / "docs" / "forum-export.md"


@pytest.fixture
def forum(settings, tmp_path):
    """A forum with something of each kind, a private conversation among it."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    author, reader = factories.MemberFactory(name="أمينة"), factories.MemberFactory()
    thread = factories.thread(author, topics=["laine"])
    post = factories.post(thread, author, "Avant.")
    edit(factories.viewer(author), post, "Après.")
    delete(factories.viewer(author), factories.post(thread, author))
    group = factories.GroupFactory()
    models.Membership.objects.create(group=group, member=author)
    models.Reaction.objects.create(post=post, member=reader, emoji="👍")
    poll = models.Poll.objects.create(post=post, question="?")
    option = models.PollOption.objects.create(poll=poll, number=1, text="!")
    models.PollVote.objects.create(option=option, member=reader)
    models.Flag.objects.create(post=post, reporter=reader, reason="spam")
    sanction = models.Sanction.objects.create(
        member=author, kind="warning", reason="x", made_by=reader
    )
    models.Appeal.objects.create(member=author, sanction=sanction, text="y")
    models.WatchedWord.objects.create(words="z", effect="flag")
    models.ModerationEvent.objects.create(moderator=reader, verb="hide_post", about="w")
    models.SpokenLanguage.objects.create(member=author, code="ber")
    models.NotificationChoice.objects.create(member=author, kind="reply", mail="digest")
    models.Bookmark.objects.create(member=reader, post=post)
    attach(post, author, b"laine")
    talk = start_conversation(
        factories.viewer(author), [reader], "Entre nous", "Secret.", language="fr"
    )
    models.Block.objects.create(member=reader, blocked=author)
    attach(talk.posts.get(), author, b"secret")
    return post


def attach(post, member, content: bytes) -> models.Attachment:
    attachment = models.Attachment(
        post=post, member=member, name="a.txt", content_type="text/plain", size=len(content)
    )
    attachment.file.save("a.txt", ContentFile(content))
    return attachment


def export(path: Path, **options) -> dict[str, list[dict]]:
    call_command("forum_export", path, stdout=StringIO(), **options)
    return {
        file.stem: [json.loads(line) for line in file.read_text().splitlines()]
        for file in path.glob("*.jsonl")
    }


def documented() -> dict[str, list[str]]:
    """The fields that the page names, by file."""
    sections = re.findall(
        r"^### (\w+)\.jsonl\n(.*?)(?=^### |\Z)", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE
    )
    return {name: re.findall(r"`(\w+)`", text.partition("Fields:")[2]) for name, text in sections}


def test_page_describes_each_file_and_field(forum, tmp_path):
    told = export(tmp_path / "out", with_emails=True, with_personal=True)
    assert {name: sorted(fields) for name, fields in documented().items()} == {
        name: sorted(rows[0]) for name, rows in told.items()
    }


def test_everything_is_there_as_often_as_in_the_database(forum, tmp_path):
    told = export(tmp_path / "out", with_personal=True)
    for table in exports.TABLES:
        assert len(told[table.name]) == table.model.objects.count(), table.name
    assert {post["source"] for post in told["posts"]} >= {"Après.", "Secret."}
    assert [row["source"] for row in told["revisions"]] == ["Avant."]
    assert "أمينة" in (tmp_path / "out" / "members.jsonl").read_text()


def test_what_is_private_stays_where_it_is_unless_asked_for(forum, tmp_path):
    told = export(tmp_path / "out")
    assert "Secret." not in {post["source"] for post in told["posts"]}
    assert "Entre nous" not in {thread["title"] for thread in told["threads"]}
    assert len(told["attachments"]) == 1
    assert len(list((tmp_path / "out" / "files").iterdir())) == 1
    assert not {"bookmarks", "participants", "read_marks", "profiles"} & set(told)
    for file in (tmp_path / "out").rglob("*.json*"):
        assert "@" not in file.read_text()


def test_addresses_only_on_demand(forum, tmp_path):
    [*members] = export(tmp_path / "out", with_emails=True)["members"]
    emails = {member["email"] for member in members}
    assert emails == set(Member.objects.values_list("user__email", flat=True))


def test_manifest_holds_counts_and_checksums(forum, tmp_path):
    folder = tmp_path / "out"
    told = export(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["format"], manifest["version"]) == ("ess-forum", exports.VERSION)
    assert set(manifest["files"]) == {f"{name}.jsonl" for name in told}
    for name, file in manifest["files"].items():
        content = (folder / name).read_bytes()
        assert file == {
            "count": content.count(b"\n"),
            "sha256": sha256(content).hexdigest(),
        }


def test_archive_holds_the_same(forum, tmp_path):
    told = export(tmp_path / "out")
    call_command("forum_export", tmp_path / "out.zip", stdout=StringIO())
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.testzip() is None
        names = {name for name in archive.namelist() if name.endswith(".jsonl")}
        assert names == {f"{name}.jsonl" for name in told}
        key = told["attachments"][0]["file"]
        assert archive.read(key) == b"laine"


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_nothing_is_written_over(name, tmp_path):
    path = tmp_path / name
    if path.suffix:
        path.write_text("x")
    else:
        path.mkdir()
        (path / "x").write_text("x")
    with pytest.raises(CommandError):
        call_command("forum_export", path, stdout=StringIO())


def test_file_that_is_gone_from_the_storage_is_named(forum, tmp_path):
    models.Attachment.objects.get(post=forum).file.delete(save=False)
    errors = StringIO()
    call_command("forum_export", tmp_path / "out", stdout=StringIO(), stderr=errors)
    assert str(models.Attachment.objects.get(post=forum).key) in errors.getvalue()


def test_number_of_queries_does_not_follow_what_there_is(
    forum, tmp_path, django_assert_max_num_queries
):
    for _ in range(10):
        factories.post(forum.thread)
    with django_assert_max_num_queries(38):
        export(tmp_path / "out", with_personal=True)
