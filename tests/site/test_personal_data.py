"""An archive holds all that is known of a person: also what is added tomorrow."""

import json
import zipfile
from io import BytesIO

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import override
from wagtail.documents.models import Document
from wagtail.log_actions import log
from wagtail.models import Page
from wagtail.users.models import UserProfile
from wagtail_factories import ImageFactory

from ess_forum import models as forum_models
from ess_forum.models import Member
from ess_ground.personal import parts
from ess_pages import models as pages_models
from ess_pages.models import Participant
from ess_site.accounts.models import Application, Invitation
from ess_site.privacy.archive import pieces
from ess_site.privacy.models import Consent, ConsentText, CorrectionRequest
from ess_site.users.models import User
from tests import factories
from tests.forum import factories as forum

PEOPLE = {User, Member, Participant}


def fields_about_people():
    """The fields that lead to a person, or hold an address, as "Model.field"."""
    for model in apps.get_models(include_auto_created=True):
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            if field.related_model in PEOPLE or isinstance(field, models.EmailField):
                yield f"{model.__name__}.{field.name}"


def in_tables():
    return {
        f"{table.model.__name__}.{table.by.partition('__')[0]}"
        for part in parts()
        for table in part.tables
    }


def exempt():
    return {name: reason for part in parts() for name, reason in part.exempt.items()}


def test_every_field_about_a_person_is_in_the_archive_or_exempt_for_a_reason():
    unknown = set(fields_about_people()) - in_tables() - set(exempt())
    assert unknown == set(), "Add a Table to the app's personal.py, or a reason to its `exempt`."


def test_every_exemption_is_of_a_field_that_there_is_and_has_a_reason():
    assert set(exempt()) <= set(fields_about_people())
    assert all(exempt().values())


def test_tables_have_names_of_their_own_and_every_label_is_translated():
    tables = [table for part in parts() for table in part.tables]
    names = [table.name for table in tables]
    assert len(names) == len(set(names))
    labels = [column.label for table in tables for column in table.told()]
    same_everywhere = {"LinkedIn", "Facebook"}
    assert all(isinstance(each, Promise) or each in same_everywhere for each in labels)


@pytest.fixture
def nadia(tree):
    """Somebody of whom the portal knows one of each thing."""
    now = timezone.now()
    user = factories.UserFactory(email="nadia@example.org")
    member = forum.MemberFactory(user=user, name="Nadia")
    member.photo.save("photo", ContentFile(b"photo"))
    _account(user, now, tree)
    _in_the_forum(member, now)
    _on_the_pages(user, tree, now)
    return user


def _account(user, now, tree):
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    text = ConsentText.objects.create(number=1, body_fr="<p>Un texte.</p>", body_ar="<p>نص.</p>")
    Consent.objects.create(user=user, text=text, language="fr")
    facts = {"language": "fr", "sent_at": now, "expires_at": now}
    Invitation.objects.create(email=user.email, user=user, **facts)
    Application.objects.create(user=user, presentation="Potière.", language="fr")
    CorrectionRequest.objects.create(user=user, text="Mon nom.", language="fr")
    UserSession.objects.create(
        user=user, ip="192.0.2.1", session_key="a", user_agent="x", last_seen_at=now
    )
    Authenticator.objects.create(user=user, type="totp", data={"secret": "SECRET"})
    SocialAccount.objects.create(user=user, provider="linkedin", uid="1")
    profile = UserProfile.get_for_user(user)
    profile.avatar.save("avatar.png", ContentFile(b"avatar"))
    log(user, "wagtail.edit", user=user)
    log(tree["actor"], "wagtail.edit", user=user)
    Page.objects.filter(pk=tree["actor"].pk).update(owner=user)
    ImageFactory(uploaded_by_user=user)
    Document.objects.create(title="Rapport", uploaded_by_user=user)


def _in_the_forum(member, now):
    forum_models.SpokenLanguage.objects.create(member=member, code="ber")
    forum_models.Membership.objects.create(member=member, group=forum.GroupFactory())
    other = forum.MemberFactory()
    forum_models.Block.objects.create(member=member, blocked=other)
    forum_models.ApiToken.objects.create(member=member, name="Robot", digest="x")
    thread = forum.thread(member)
    written = thread.posts.get()
    private = forum_models.Thread.objects.create(
        title="Entre nous", language="fr", author=member, last_poster=member
    )
    forum_models.Participant.objects.create(thread=private, member=member)
    message = {"thread": private, "author": member, "source": "Secret", "html": ""}
    forum_models.Post.objects.create(**message, position=1, language="fr")
    forum_models.PostRevision.objects.create(post=written, number=1, source="A", edited_by=member)
    attachment = forum_models.Attachment(member=member, post=written, name="plan.txt", size=4)
    attachment.file.save("plan.txt", ContentFile(b"plan"))
    forum_models.Draft.objects.create(member=member, place="reply:1", data={"source": ["Début"]})
    forum_models.Reaction.objects.create(member=member, post=written, emoji="👍")
    poll = forum_models.Poll.objects.create(post=written, question="Quand ?")
    option = forum_models.PollOption.objects.create(poll=poll, number=1, text="Lundi")
    forum_models.PollVote.objects.create(option=option, member=member)
    forum_models.Subscription.objects.get_or_create(member=member, thread=thread)
    forum_models.Bookmark.objects.create(member=member, post=written)
    forum_models.ReadMark.objects.get_or_create(member=member, thread=thread)
    forum_models.Notification.objects.create(
        member=member, kind="reply", actor=other, thread=thread, post=written
    )
    forum_models.NotificationChoice.objects.create(member=member, kind="reply", mail="none")
    forum_models.PushSubscription.objects.create(member=member, endpoint="https://push.example/1")
    forum_models.Flag.objects.create(post=written, reporter=member, reason="spam")
    sanction = forum_models.Sanction.objects.create(
        member=member, kind="warning", reason="Restez polie.", made_by=other
    )
    forum_models.Appeal.objects.create(member=member, sanction=sanction, text="Je l’étais.")
    forum_models.ModerationEvent.objects.create(moderator=member, verb="hide_post", about="…")
    forum_models.StoppedAddress.objects.create(address=member.user.email, reason="bounce")


def _on_the_pages(user, tree, now):
    person = factories.ParticipantFactory(user=user)
    text = tree["recommendation"].recommendation
    about = {"translation_key": tree["actor"].translation_key}
    factories.RegistrationFactory(meeting=tree["meeting"], user=user, email="autre@example.org")
    factories.RegistrationFactory(meeting=tree["meeting"], email=user.email)
    factories.AccreditationFactory(meeting=tree["meeting"], email=user.email)
    review = pages_models.ReportReview.objects.create(**about, closes_at=now)
    pages_models.ReportReviewer.objects.create(review=review, name="N", email=user.email)
    pages_models.EntryReport.objects.create(**about, reason="wrong", email=user.email)
    pages_models.Proposal.objects.create(author=user, kind="new", title="Poterie", language="fr")
    pages_models.Representative.objects.create(**about, user=user, language="fr")
    pages_models.Confirmation.objects.create(**about, confirmed_by=user, confirmed_at=now)
    made = pages_models.Amendment.objects.create(
        recommendation=text, kind="add", language="fr", author=user, author_name="Nadia"
    )
    pages_models.Opinion.objects.create(amendment=made, user=user, is_support=True)
    [clause] = factories.write_clauses(text, "Des lieux")
    version = clause.versions.get()
    pages_models.ClauseVersion._base_manager.filter(pk=version.pk).update(by=user)
    pages_models.Comment.objects.create(
        clause=clause, version=version, text="Oui.", author=user, author_name="Nadia"
    )
    asked = pages_models.Consultation.objects.create(
        recommendation=text, version=1, rule="majority", closes_at=now
    )
    voter = pages_models.Voter.objects.create(
        consultation=asked, participant=person, name_fr="N", name_ar="ن", sphere=person.sphere
    )
    pages_models.Ballot.objects.create(consultation=asked, voter=voter, choice="for")
    pages_models.Guest.objects.create(report=tree["report"], participant=person)
    workshop = pages_models.Workshop.objects.filter(meeting=tree["meeting"]).first()
    workshop = workshop or pages_models.Workshop.objects.create(
        meeting=tree["meeting"], title="Atelier", locale=tree["meeting"].locale
    )
    pages_models.Workshop.rapporteurs.through.objects.create(workshop=workshop, participant=person)
    text.rapporteurs.add(person)
    pages_models.Resolution.objects.create(
        report=tree["report"], title="Se revoir", owner=person, locale=tree["report"].locale
    )
    pages_models.ImportRun.objects.create(
        section=tree["actors"], user=user, file_name="acteurs.csv", content=b"", language="fr"
    )


@pytest.mark.django_db
def test_archive_holds_every_kind_of_thing_with_its_files(nadia, run_tasks):
    packed = zipfile.ZipFile(BytesIO(b"".join(pieces(nadia, "fr"))))
    tables = {table.name for part in parts() for table in part.tables}
    # An invitation is found by the account and by the address.
    missing = {name for name in tables if f"{name}.json" not in packed.namelist()}
    assert missing == set()
    assert {f"{name}.html" for name in tables} < set(packed.namelist())
    index = packed.read("index.html").decode()
    assert all(f'href="{name}.html"' in index for name in tables)
    for name, content in (("files", b"plan"), ("forum-profile", b"photo")):
        [row] = json.loads(packed.read(f"{name}.json"))["rows"]
        assert packed.read(row["file"]) == content
    everything = b"".join(packed.read(name) for name in packed.namelist()).decode()
    assert "SECRET" not in everything.replace("Secret", "")


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_who_leaves_is_found_in_no_record_beside_what_is_on_record(nadia, run_tasks, language):
    from ess_site.privacy.actions.leaving import leave

    user = nadia.pk
    nadia.groups.clear()
    with override(language):
        leave(nadia)
    packed = zipfile.ZipFile(BytesIO(b"".join(pieces(nadia, "fr"))))
    assert not User.objects.filter(pk=user).exists()
    assert not Participant.objects.filter(user=user).exists()
    gone = {"what-you-did.json", "what-you-did-with-pages.json"}  # who did it is a number now
    assert {name for name in packed.namelist() if name.endswith(".json")} <= gone
