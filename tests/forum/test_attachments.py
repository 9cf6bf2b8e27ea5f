"""Images and files: looked into, kept apart, sent to who sees their post, cleared away."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from PIL import Image

from ess_forum import markup
from ess_forum.actions.attachments import markdown, upload
from ess_forum.actions.posts import delete, hide, reply
from ess_forum.models import Attachment, Audience, Draft, ForumSettings, Member, Thread
from ess_forum.throttle import RATES
from ess_forum.uploads import MAX_SIDE, clean_name

from .factories import (
    CategoryFactory,
    GroupFactory,
    MemberFactory,
    moderator,
    post,
    someone,
    thread,
    viewer,
)

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><body><script>alert(1)</script></body></html>"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def image(kind="PNG", size=(40, 30), **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return out.getvalue()


def document(*names: str, mimetype: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


def file(name: str, content: bytes) -> SimpleUploadedFile:
    # What the browser says of the type counts for nothing.
    return SimpleUploadedFile(name, content, content_type="image/png")


def kept(name="carte.png", content=None, member=None) -> Attachment:
    return upload(
        viewer(member or MemberFactory()), file(name, image() if content is None else content)
    )


ODT = "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("a.png", image(), "image/png"),
        ("a.JPG", image("JPEG"), "image/jpeg"),
        ("a.webp", image("WEBP"), "image/webp"),
        ("a.gif", image("GIF"), "image/gif"),
        ("a.pdf", b"%PDF-1.7\n...", "application/pdf"),
        ("a.odt", document("content.xml", mimetype=ODT), ODT),
        (
            "a.docx",
            document("[Content_Types].xml", "word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("قائمة.csv", "الاسم;الولاية\nسعاد;وهران".encode(), "text/csv"),
        ("a.txt", "Une journée à Oran".encode("cp1256"), "text/plain"),
    ],
)
def test_type_is_read_from_the_content(name, content, content_type):
    attachment = kept(name, content)
    assert attachment.content_type == content_type
    assert attachment.is_image == content_type.startswith("image/")
    assert attachment.file.size == attachment.size


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("svg.png", SVG),
        ("page.jpg", HTML),
        ("page.txt", HTML),
        ("svg.csv", b"\n \n" + SVG),
        ("drawing.svg", SVG),
        ("page.html", HTML),
        ("photo.png.html", image()),
        ("run.exe", b"MZ\x90\0"),
        ("noending", b"text"),
        ("empty.png", b""),
        ("empty.txt", b""),
        ("cut.png", image(size=(400, 400))[:90]),
        ("text.pdf", b"no pdf"),
        ("zip.docx", document("x.txt")),
        ("macro.docx", document("[Content_Types].xml", "word/x", "word/vbaProject.bin")),
        ("sheet.docx", document("[Content_Types].xml", "xl/workbook.xml")),
        ("image.txt", image()),
        ("tiff.png", image("TIFF")),
        ("bytes.txt", b"a\0b"),
    ],
)
def test_hostile_and_broken_files_are_refused(name, content, language):
    with override(language), pytest.raises(ValidationError) as error:
        kept(name, content)
    assert name in error.value.messages[0]
    assert not Attachment.objects.exists()


def test_file_that_is_too_large_is_refused():
    ForumSettings.objects.update_or_create(pk=1, defaults={"max_upload_megabytes": 1})
    with pytest.raises(ValidationError, match="1"):
        kept("a.txt", b"a" * (1024 * 1024 + 1))


@pytest.mark.parametrize("size", [(20_000, 20_000), (9_000, 6_000)])
def test_image_with_too_many_pixels_is_refused_before_it_is_opened(size):
    bomb = io.BytesIO()
    Image.new("1", size).save(bomb, "PNG")
    with pytest.raises(ValidationError):
        kept("bomb.png", bomb.getvalue())


def test_animation_with_too_many_frames_is_refused():
    out = io.BytesIO()
    frames = [Image.new("RGB", (1, 1), (number % 256, number // 256, 9)) for number in range(400)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    with pytest.raises(ValidationError):
        kept("a.gif", out.getvalue())


def test_animation_stays_one():
    out = io.BytesIO()
    frames = [Image.new("RGB", (9, 9), color) for color in ("red", "green", "blue")]
    frames[0].save(
        out, "GIF", save_all=True, append_images=frames[1:], duration=200, comment=b"secret"
    )
    with kept("a.gif", out.getvalue()).file.open() as saved:
        content = saved.read()
    assert Image.open(io.BytesIO(content)).n_frames == 3
    assert b"secret" not in content


def test_place_and_camera_of_a_photograph_are_gone_and_it_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Camera Maker"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (36.0, 45.0, 12.0)
    photo = image("JPEG", (60, 30), exif=exif, comment=b"a private remark")
    assert b"Camera Maker" in photo
    attachment = kept("photo.jpg", photo)
    with attachment.file.open() as saved:
        content = saved.read()
    assert (attachment.width, attachment.height) == (30, 60)
    assert not Image.open(io.BytesIO(content)).getexif()
    assert b"Camera Maker" not in content
    assert b"private remark" not in content


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_what_follows_the_image_is_not_kept(kind):
    attachment = kept(f"a.{kind.lower()}", image(kind) + HTML)
    with attachment.file.open() as saved:
        assert b"script" not in saved.read()


def test_large_image_is_made_smaller():
    attachment = kept("a.jpg", image("JPEG", (4000, 1000)))
    assert (attachment.width, attachment.height) == (MAX_SIDE, MAX_SIDE // 4)


def test_name_follows_what_the_image_is():
    assert kept("a.jpg", image("PNG")).name == "a.png"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\photos\\été.png", "été.png"),
        ("a\u202egnp.exe.png", "agnp.exe.png"),
        ("a b](x).png", "a-b-x-.png"),
        ("صورة 1.png", "صورة-1.png"),
        ("x" * 200 + ".png", "x" * 80 + ".png"),
    ],
)
def test_name_has_no_path_and_misleads_nobody(name, clean):
    assert clean_name(name) == clean


def test_file_is_kept_by_its_key_alone():
    attachment = kept("carte.png")
    assert attachment.file.name == f"forum/{attachment.key.hex[:2]}/{attachment.key.hex}"


# In a post


def test_file_in_the_text_goes_with_the_post_and_is_shown_in_both_languages():
    member = MemberFactory()
    picture, paper = kept(member=member), kept("statuts.pdf", b"%PDF-1.7", member)
    written = post(thread(), member, f"Voici\n\n{markdown(picture)}\n\n{markdown(paper)}")
    assert set(written.attachments.all()) == {picture, paper}
    for language in ("fr", "ar"):
        with override(language):
            html = markup.shown(written.html)
        assert f'<img src="/{language}/forum/files/{picture.key}/carte.png/"' in html
        assert f'href="/{language}/forum/files/{paper.key}/statuts.pdf/"' in html


def test_file_of_another_member_is_not_taken():
    stranger = kept()
    written = post(thread(), MemberFactory(), markdown(stranger))
    assert not written.attachments.exists()


def test_too_many_files_in_a_post_are_refused():
    ForumSettings.objects.update_or_create(pk=1, defaults={"max_attachments": 1})
    member = MemberFactory()
    text = " ".join(markdown(kept(member=member)) for _number in range(2))
    with pytest.raises(ValidationError, match="1"):
        reply(viewer(member), thread(), text)


def test_new_member_attaches_no_more_than_new_members_may():
    member = MemberFactory(trust=Member.Trust.NEW)
    text = " ".join(markdown(kept(member=member)) for _number in range(2))
    with pytest.raises(ValidationError):
        reply(viewer(member), thread(), text)


# Sending


def address(attachment: Attachment) -> str:
    return reverse("ess_forum:file", args=[attachment.key, attachment.name])


def test_image_is_shown_and_other_files_are_saved(client):
    member = MemberFactory()
    picture, paper = kept(member=member), kept("statuts.pdf", b"%PDF-1.7", member)
    post(thread(), member, markdown(picture) + markdown(paper))
    shown, saved = client.get(address(picture)), client.get(address(paper))
    assert shown["Content-Type"] == "image/png"
    assert shown["Content-Disposition"].startswith("inline")
    assert saved["Content-Disposition"].startswith("attachment")
    for response in (shown, saved):
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response["Cache-Control"].startswith("public")
    assert b"".join(saved.streaming_content) == b"%PDF-1.7"
    again = client.get(address(picture), headers={"if-none-match": shown["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("kind", "status"),
    [("visitor", 404), ("author", 200), ("member", 404), ("suspended", 404), ("moderator", 404)],
)
def test_file_without_a_post_is_its_uploaders_alone(client, kind, status):
    author = MemberFactory()
    attachment = kept(member=author)
    if one := someone(kind, author):
        client.force_login(one.user)
    assert client.get(address(attachment)).status_code == status


@pytest.mark.parametrize("how", ["hide", "delete", "private"])
@pytest.mark.parametrize("kind", ["visitor", "author", "member", "moderator"])
def test_file_is_seen_by_those_who_see_the_post(client, how, kind):
    author = MemberFactory()
    discussion = thread()
    attachment = kept(member=author)
    written = post(discussion, author, markdown(attachment))
    if how == "private":
        group = GroupFactory()
        group.members.add(author)
        category = CategoryFactory(see=Audience.GROUP, group=group)
        Thread.objects.filter(pk=discussion.pk).update(category=category)
    else:
        {"hide": lambda: hide(viewer(moderator()), written)}.get(
            how, lambda: delete(viewer(author), written)
        )()
    if one := someone(kind, author):
        client.force_login(one.user)
    response = client.get(address(attachment))
    assert response.status_code == (200 if kind in ("author", "moderator") else 404)
    if response.status_code == 200:
        assert response["Cache-Control"].startswith("private")


def test_file_is_not_sent_from_its_place_in_the_storage(client):
    attachment = kept()
    for path in (attachment.file.name, f"x/../{attachment.file.name}"):
        assert client.get(f"/media/{path}", follow=True).status_code == 404


# Uploading


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize(
    ("kind", "status"),
    [("visitor", 403), ("member", 200), ("silenced", 403), ("suspended", 403), ("moderator", 200)],
)
def test_who_may_upload(client, kind, status, language):
    if one := someone(kind):
        client.force_login(one.user)
    with override(language):
        place = reverse("ess_forum:upload")
    response = client.post(place, {"file": file("a.png", image())})
    assert response.status_code == status
    if status == 200:
        attachment = Attachment.objects.get(member=one)
        assert response.json()["markdown"] == f"![a.png](forum:files/{attachment.key}/a.png/)"


@pytest.mark.parametrize("files", [{}, {"file": file("a.png", SVG)}])
def test_what_is_wrong_with_a_file_is_said(client, files):
    client.force_login(MemberFactory().user)
    response = client.post(reverse("ess_forum:upload"), files)
    assert response.status_code == 422
    assert response.json()["error"]


def test_too_many_uploads_are_refused(client, monkeypatch):
    monkeypatch.setitem(RATES, "upload", "1/hour")
    client.force_login(MemberFactory().user)
    statuses = [
        client.post(reverse("ess_forum:upload"), {"file": file("a.png", image())}).status_code
        for _number in range(2)
    ]
    assert statuses == [200, 429]


def test_uploads_that_wait_for_a_post_are_limited(monkeypatch):
    monkeypatch.setattr("ess_forum.actions.attachments.MAX_UNPOSTED", 1)
    member = MemberFactory()
    kept(member=member)
    with pytest.raises(ValidationError):
        kept(member=member)


def test_nobody_uploads_who_may_not_write():
    with pytest.raises(PermissionDenied):
        kept(member=someone("silenced"))


# In the composer, without a script


def test_file_is_attached_and_the_text_stays_to_be_written_on(client):
    member, discussion = MemberFactory(), thread()
    client.force_login(member.user)
    place = reverse("ess_forum:reply", args=[discussion.pk])
    data = {"source": "Bonjour", "attach": "1", "attached": [file("a.png", image())]}
    response = client.post(place, data)
    attachment = Attachment.objects.get()
    assert response.status_code == 200
    assert markdown(attachment) in response.context["form"]["source"].value()
    assert "Bonjour" in response.context["form"]["source"].value()
    assert discussion.posts.count() == 1
    assert str(attachment.key) in str(Draft.objects.get(member=member).data)


def test_file_is_sent_with_the_reply(client):
    discussion = thread()
    client.force_login(MemberFactory().user)
    files = [file("a.png", image()), file("b.pdf", b"%PDF-1.7")]
    response = client.post(
        reverse("ess_forum:reply", args=[discussion.pk]),
        {"source": "Bonjour", "attached": files},
    )
    assert response.status_code == 302
    assert discussion.posts.last().attachments.count() == 2


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_wrong_file_keeps_the_text_and_the_right_file(client, language):
    discussion = thread()
    client.force_login(MemberFactory().user)
    with override(language):
        place = reverse("ess_forum:reply", args=[discussion.pk])
    files = [file("a.png", image()), file("b.png", HTML)]
    response = client.post(place, {"source": "Bonjour", "attached": files})
    assert response.status_code == 422
    assert "b.png" in response.content.decode()
    assert markdown(Attachment.objects.get()) in response.context["form"]["source"].value()
    assert discussion.posts.count() == 1


# Clearing away


def test_what_was_never_posted_is_cleared_away(capsys, django_capture_on_commit_callbacks):
    member = MemberFactory()
    posted, old, new, drafted = (kept(member=member) for _number in range(4))
    post(thread(), member, markdown(posted))
    Draft.objects.create(
        member=member, place="thread:1", data={"source": [f"… {markdown(drafted)}"]}
    )
    Attachment.objects.exclude(pk=new.pk).update(created_at=timezone.now() - timedelta(days=2))
    for _run in range(2):
        with override("en"), django_capture_on_commit_callbacks(execute=True):
            call_command("forum_clean")
    assert capsys.readouterr().out.splitlines() == ["1 file deleted", "0 files deleted"]
    assert set(Attachment.objects.all()) == {posted, new, drafted}
    assert not old.file.storage.exists(old.file.name)
    assert posted.file.storage.exists(posted.file.name)
