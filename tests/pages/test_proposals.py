"""Members propose entries and corrections, the editors decide, the members are told."""

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Page, PageLogEntry, WorkflowPage, WorkflowState, WorkflowTask

from ess_pages.actions import proposals
from ess_pages.models import (
    ActorPage,
    Exchange,
    HomePage,
    PracticeCarrier,
    PracticeIndexPage,
    Proposal,
)
from ess_pages.throttle import RATES
from ess_pages.translation import translations_of
from tests import factories as f


def _make_sections() -> dict[str, Page]:
    made = {}
    for home in HomePage.objects.order_by("-locale__language_code"):  # French, Arabic
        section = f.ActorIndexPageFactory(parent=home, locale=home.locale)
        f.PracticeIndexPageFactory(parent=home, locale=home.locale)
        made.setdefault("actor", section)
    return made


@pytest.fixture(scope="module")
def _sections(make_content, _home):
    return make_content(_make_sections, _home)


@pytest.fixture
def sections(home, _sections):
    """The directory of actors and the collection of practices, in both languages."""
    _sections.write()
    return _sections.pages()


@pytest.fixture
def actor(sections):
    return f.ActorPageFactory(
        parent=sections["actor"], title="Coopérative Tassili", products="Dattes"
    )


@pytest.fixture
def member(db):
    return f.UserFactory(email="member@example.org")


@pytest.fixture
def moderator(db):
    user = f.UserFactory()
    user.groups.add(Group.objects.get(name="Moderators"))
    return user


@pytest.fixture
def as_member(client, member):
    client.force_login(member)
    return client


def url(name: str, *args, language: str = "fr") -> str:
    with override(language):
        return reverse(f"ess_pages:{name}", args=args)


def typed(client, address: str) -> dict:
    """Return what the form at `address` holds before anything is typed."""
    form = client.get(address).context["form"]
    data = {}
    rows = getattr(form, "exchanges", [])
    for bound in [*form, *(field for row in rows for field in row)]:
        value = bound.value()
        if value is not None and value is not False:
            data[bound.html_name] = (
                [str(getattr(v, "pk", v)) for v in value] if isinstance(value, list) else value
            )
    if rows:
        data |= {field.html_name: field.value() for field in rows.management_form}
    return data


def new_actor(client, language: str = "fr", **data) -> dict:
    return (
        typed(client, url("propose_actor", language=language))
        | {
            "title": "Association El Amel",
            "sphere": f.SphereFactory().pk,
        }
        | data
    )


def decide(proposal: Proposal, moderator, action: str, comment: str = "") -> None:
    """Approve or reject as the admin does."""
    state = proposal.page.current_workflow_task_state
    state.task.specific.on_action(state, moderator, action, comment=comment)
    proposal.refresh_from_db()


# New entries


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_member_proposes_an_actor_as_a_draft_in_moderation(as_member, member, sections, language):
    sector = f.SectorFactory()
    resource = f.ResourceFactory()
    row = {"kind": "offer", "resource": resource.pk, "title": "Une salle"}
    data = new_actor(
        as_member,
        language,
        sectors=[sector.pk],
        note="Ils sont mes voisins.",
        **{f"exchanges-0-{name}": value for name, value in row.items()},
    )
    response = as_member.post(url("propose_actor", language=language), data)
    assert response.url == url("proposals", language=language)

    proposal = Proposal.objects.get()
    page = proposal.page.specific
    assert (proposal.author, proposal.state, proposal.language) == (member, "waiting", language)
    assert proposal.note == "Ils sont mes voisins."
    assert (page.title, page.live, page.owner) == ("Association El Amel", False, member)
    assert page.locale.language_code == language
    assert page.get_parent().specific.locale == page.locale
    assert page.sectors.get() == sector
    assert page.exchanges.get().title == "Une salle"
    assert page.latest_revision == proposal.revision
    assert page.current_workflow_state == proposal.workflow_state
    assert page.current_workflow_state.requested_by == member
    assert PageLogEntry.objects.filter(page=page.pk, action="ess_pages.propose_new").exists()
    assert "Association El Amel" in as_member.get(response.url).content.decode()


def test_member_proposes_a_practice_in_plain_words(as_member, actor):
    data = typed(as_member, url("propose_practice")) | {
        "title": "Semences partagées",
        "problem": "Les semences <manquent>.\n\nElles coûtent cher.",
        "approach": "- réunir\n- trier\n- échanger",
        "evidence": "Voir https://example.org/bilan",
        "carrier_names": "cooperative tassili\nAssociation inconnue",
    }
    as_member.post(url("propose_practice"), data)
    proposal = Proposal.objects.get()
    page = proposal.page.specific
    assert page.problem == "<p>Les semences &lt;manquent&gt;.</p><p>Elles coûtent cher.</p>"
    assert page.approach == "<ul><li>réunir</li><li>trier</li><li>échanger</li></ul>"
    assert '<a href="https://example.org/bilan"' in page.evidence
    assert page.carriers.get().actor == actor
    assert "Association inconnue" in proposal.note


def test_bad_input_is_told_and_nothing_typed_is_lost(as_member, sections):
    data = new_actor(as_member, title="", website="pas une adresse", products="Du miel")
    response = as_member.post(url("propose_actor"), data)
    form = response.context["form"]
    assert {"title", "website"} <= form.errors.keys()
    assert form["products"].value() == "Du miel"
    assert not Proposal.objects.exists()


def test_wilaya_abroad_is_refused_by_the_page_itself(as_member, sections):
    data = new_actor(as_member, country="FR", wilaya=f.WilayaFactory().pk)
    assert "wilaya" in as_member.post(url("propose_actor"), data).context["form"].errors


def test_double_submit_acts_once(as_member, sections):
    data = new_actor(as_member, sectors=[f.SectorFactory().pk, f.SectorFactory().pk])
    for _click in range(2):
        assert as_member.post(url("propose_actor"), data).status_code == 302
    assert Proposal.objects.count() == 1
    assert ActorPage.objects.filter(title="Association El Amel").count() == 1


def test_other_words_under_the_same_title_are_another_proposal(as_member, sections):
    for products in ("Du miel", "Des dattes"):
        as_member.post(url("propose_actor"), new_actor(as_member, products=products))
    assert Proposal.objects.count() == 2


def test_likely_doubles_are_shown_before_one_is_made(as_member, actor):
    data = new_actor(as_member, title="Cooperative « Tassili »")
    response = as_member.post(url("propose_actor"), data)
    assert "Coopérative Tassili" in response.content.decode()
    assert not Proposal.objects.exists()
    as_member.post(url("propose_actor"), data | {"is_another": "1"})
    assert Proposal.objects.exists()


@pytest.mark.parametrize("missing", [WorkflowPage, WorkflowTask])
def test_section_without_workflow_takes_the_draft_all_the_same(as_member, sections, missing):
    missing.objects.all().delete()
    as_member.post(url("propose_actor"), new_actor(as_member))
    proposal = Proposal.objects.get()
    assert (proposal.state, proposal.workflow_state) == ("waiting", None)
    assert not proposal.page.live


def test_too_many_proposals_are_refused_with_what_was_typed(as_member, sections, monkeypatch):
    monkeypatch.setitem(RATES, "propose_entry", "1/hour")
    as_member.post(url("propose_actor"), new_actor(as_member))
    response = as_member.post(url("propose_actor"), new_actor(as_member, title="Autre chose"))
    assert response.status_code == 429
    assert response.context["form"]["title"].value() == "Autre chose"
    assert Proposal.objects.count() == 1


def test_there_is_nothing_to_propose_to_where_no_section_is(as_member, home):
    assert as_member.get(url("propose_actor")).status_code == 404


# What becomes of it


@pytest.fixture
def proposal(as_member, sections):
    """An actor that waits, proposed in Arabic."""
    as_member.post(url("propose_actor", language="ar"), new_actor(as_member, "ar"))
    return Proposal.objects.get()


def test_approved_proposal_is_published_and_its_author_told_in_their_language(
    proposal, moderator, run_tasks
):
    decide(proposal, moderator, "approve")
    assert (proposal.state, proposal.page.live) == ("accepted", True)
    assert proposal.decided_at
    [letter] = [letter for letter in mail.outbox if letter.to == ["member@example.org"]]
    assert proposal.page.full_url in letter.body
    assert "/ar/proposals/" in letter.body
    assert 'dir="rtl"' in letter.alternatives[0][0]


def test_declined_proposal_tells_why(proposal, moderator, as_member, run_tasks):
    decide(proposal, moderator, "reject", "Il manque la wilaya.")
    assert (proposal.state, proposal.answer) == ("declined", "Il manque la wilaya.")
    assert not proposal.page.live
    [letter] = [letter for letter in mail.outbox if letter.to == ["member@example.org"]]
    assert "Il manque la wilaya." in letter.body
    assert "Il manque la wilaya." in as_member.get(url("proposals")).content.decode()


def test_declined_entry_is_changed_and_sent_again(proposal, moderator, as_member):
    decide(proposal, moderator, "reject", "Il manque la wilaya.")
    address = url("revise", proposal.pk)
    wilaya = f.WilayaFactory()
    data = typed(as_member, address) | {"wilaya": wilaya.pk}
    for _click in range(2):
        assert as_member.post(address, data).url == url("proposals")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answer) == ("waiting", "")
    assert proposal.revision.as_object().wilaya == wilaya
    assert proposal.page.current_workflow_state.status == WorkflowState.STATUS_IN_PROGRESS
    decide(proposal, moderator, "approve")
    assert proposal.state == "accepted"
    assert proposal.page.specific.wilaya == wilaya


def test_declined_entry_that_an_editor_publishes_after_all_is_published(proposal, moderator):
    decide(proposal, moderator, "reject")
    proposal.page.specific.save_revision(user=moderator).publish(user=moderator)
    proposal.refresh_from_db()
    assert proposal.state == "accepted"


def test_publication_without_approval_settles_the_proposal(proposal, moderator, run_tasks):
    proposal.page.get_latest_revision().publish(user=moderator)
    proposal.refresh_from_db()
    assert proposal.state == "accepted"
    assert len([letter for letter in mail.outbox if letter.to == ["member@example.org"]]) == 1


def test_cancelled_moderation_is_a_refusal(proposal, moderator):
    proposal.workflow_state.cancel(user=moderator)
    proposal.refresh_from_db()
    assert proposal.state == "declined"


def test_deleted_draft_is_a_refusal(proposal, moderator, run_tasks):
    proposal.page.delete(user=moderator)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.page) == ("declined", None)
    [letter] = mail.outbox
    assert "http" in letter.body


def test_member_withdraws_a_new_entry_and_the_draft_is_gone(proposal, as_member, run_tasks):
    page = proposal.page_id
    for _click in range(2):
        as_member.post(url("withdraw", proposal.pk))
    proposal.refresh_from_db()
    assert proposal.state == "withdrawn"
    assert not Page.objects.filter(pk=page).exists()
    assert mail.outbox == []


def test_draft_that_an_editor_has_worked_on_outlives_its_withdrawal(proposal, member, moderator):
    draft = proposal.page.specific
    draft.summary = "Complété."
    draft.save_revision(user=moderator)
    proposals.withdraw_proposal(member, proposal)
    assert Page.objects.filter(pk=proposal.page_id, live=False).exists()
    assert not WorkflowState.objects.active().exists()


def test_published_proposal_is_not_withdrawn(proposal, moderator, as_member):
    decide(proposal, moderator, "approve")
    as_member.post(url("withdraw", proposal.pk))
    proposal.refresh_from_db()
    assert (proposal.state, proposal.page.live) == ("accepted", True)


def test_others_neither_see_nor_withdraw_a_proposal(proposal, client):
    client.force_login(f.UserFactory())
    assert "El Amel" not in client.get(url("proposals")).content.decode()
    assert client.post(url("withdraw", proposal.pk)).status_code == 404
    assert client.get(url("revise", proposal.pk)).status_code == 404
    with pytest.raises(PermissionDenied):
        proposals.withdraw_proposal(f.UserFactory(), proposal)


def test_list_takes_as_many_queries_for_many_proposals(as_member, member, actor):
    counts = []
    for size in (1, 2, 20):
        for number in range(size):
            Proposal.objects.create(
                author=member, kind="correction", title=str(number), language="fr", page=actor
            )
        with CaptureQueriesContext(connection) as queries:
            as_member.get(url("proposals"))
        counts.append(len(queries))
    assert counts[1] == counts[2]  # the first fills caches


# Corrections


def correct(client, page, language: str = "fr", **data):
    address = url("correct", page.pk, language=language)
    return client.post(address, typed(client, address) | data)


def test_correction_waits_while_the_page_stays_as_it_is(as_member, member, actor, moderator):
    response = correct(as_member, actor, products="Dattes et miel", note="Vu sur place.")
    assert response.url == url("proposals")
    proposal = Proposal.objects.get()
    assert (proposal.kind, proposal.state, proposal.author) == ("correction", "waiting", member)
    actor.refresh_from_db()
    assert (actor.products, actor.live) == ("Dattes", True)
    assert actor.get_latest_revision_as_object().products == "Dattes et miel"
    assert actor.latest_revision.user == member
    decide(proposal, moderator, "approve")
    actor.refresh_from_db()
    assert (actor.products, proposal.state) == ("Dattes et miel", "accepted")


def test_correction_without_a_change_is_told_so(as_member, actor):
    response = correct(as_member, actor, note="Rien.")
    assert response.context["form"].non_field_errors()
    assert not Proposal.objects.exists()


def test_correction_is_put_on_top_of_the_draft_of_an_editor(as_member, actor, moderator):
    actor.summary = "Ébauche."
    actor.save_revision(user=moderator)
    address = url("correct", actor.pk)
    assert "Ébauche" not in as_member.get(address).content.decode()
    correct(as_member, actor, products="Miel")
    draft = ActorPage.objects.get(pk=actor.pk).get_latest_revision_as_object()
    assert (draft.summary, draft.products) == ("Ébauche.", "Miel")


def test_contacts_that_may_not_be_published_are_not_shown_to_members(as_member, sections):
    hidden = f.ActorPageFactory(parent=sections["actor"], email="secret@example.org", phone="021")
    assert "secret" not in as_member.get(url("correct", hidden.pk)).content.decode()
    correct(as_member, hidden, products="Miel")
    draft = ActorPage.objects.get(pk=hidden.pk).get_latest_revision_as_object()
    assert (draft.email, draft.phone) == ("secret@example.org", "021")


def test_same_correction_twice_acts_once(as_member, actor):
    sector = f.SectorFactory()
    for _click in range(2):
        assert correct(as_member, actor, sectors=[sector.pk]).status_code == 302
    assert Proposal.objects.count() == 1


def test_second_correction_waits_for_the_first_and_keeps_what_was_typed(as_member, actor, client):
    correct(as_member, actor, products="Miel")
    client.force_login(f.UserFactory())
    response = correct(client, actor, products="Huile")
    assert response.status_code == 409
    assert response.context["form"]["products"].value() == "Huile"
    assert Proposal.objects.count() == 1


def test_page_that_an_editor_has_locked_takes_no_correction(as_member, actor, moderator):
    ActorPage.objects.filter(pk=actor.pk).update(locked=True, locked_by=moderator)
    assert correct(as_member, actor, products="Miel").status_code == 409


@pytest.mark.parametrize("end", ["decline", "withdraw"])
@pytest.mark.parametrize("summary", ["", "Ébauche."])
def test_correction_that_is_not_published_leaves_the_page(
    as_member, member, actor, moderator, end, summary
):
    if summary:
        actor.summary = summary
        actor.save_revision(user=moderator)
    correct(as_member, actor, products="Miel")
    proposal = Proposal.objects.get()
    # What an editor changes meanwhile is theirs.
    if summary:
        draft = proposal.revision.as_object()
        draft.locality = "Djanet"
        draft.save_revision(user=moderator)
    if end == "decline":
        decide(proposal, moderator, "reject", "Non.")
    else:
        proposals.withdraw_proposal(member, proposal)
    page = ActorPage.objects.get(pk=actor.pk)
    latest = page.get_latest_revision().as_object()
    assert latest.products == "Dattes"
    assert page.has_unpublished_changes == bool(summary)
    assert not page.current_workflow_state
    if summary:
        assert (latest.summary, latest.locality) == (summary, "Djanet")
    # The next correction starts afresh.
    assert correct(as_member, actor, products="Huile").status_code == 302


def test_practice_keeps_its_form_where_its_words_are_not_changed(as_member, sections):
    first = '<p>Voir <a href="https://example.org/">la <b>preuve</b></a>.</p>'
    practice = f.PracticePageFactory(
        parent=PracticeIndexPage.objects.first(), problem=f"{first}<p>Ancien.</p>"
    )
    address = url("correct", practice.pk)
    data = typed(as_member, address)
    assert data["problem"] == "Voir la preuve.\n\nAncien."
    as_member.post(address, data | {"problem": "Voir la preuve.\r\n\r\nNouveau."})
    draft = Proposal.objects.get().revision.as_object()
    assert draft.problem == f"{first}<p>Nouveau.</p>"
    assert draft.approach == practice.approach


def test_carriers_of_a_practice_are_corrected_by_their_names(as_member, actor, moderator):
    hidden = f.ActorPageFactory(parent=actor.get_parent(), live=False)
    other = f.ActorPageFactory(parent=actor.get_parent(), title="Réseau Nord")
    practice = f.PracticePageFactory(
        parent=PracticeIndexPage.objects.first(),
        carriers=[PracticeCarrier(actor=actor), PracticeCarrier(actor=hidden)],
    )
    correct(as_member, practice, carrier_names="réseau nord")
    decide(Proposal.objects.get(), moderator, "approve")
    practice.refresh_from_db()
    assert {row.actor.pk for row in practice.carriers.all()} == {other.pk, hidden.pk}


@pytest.fixture
def arabic_actor(actor):
    """The Arabic page of the actor, kept in step with the French one."""
    return f.translate(actor)


def test_corrected_translation_outlives_the_next_publication_of_its_source(
    as_member, actor, arabic_actor, moderator, django_capture_on_commit_callbacks
):
    correct(as_member, arabic_actor, "ar", products="تمور وعسل", title="تعاونية الطاسيلي")
    proposal = Proposal.objects.get()
    assert proposal.page_id == arabic_actor.pk
    decide(proposal, moderator, "approve")
    for _time in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            ActorPage.objects.get(pk=actor.pk).save_revision().publish()
    arabic_actor.refresh_from_db()
    assert (arabic_actor.products, arabic_actor.title) == ("تمور وعسل", "تعاونية الطاسيلي")


def test_text_corrected_into_other_paragraphs_waits_for_a_translator(
    as_member, sections, moderator, django_capture_on_commit_callbacks
):
    french = f.PracticePageFactory(parent=PracticeIndexPage.objects.first())
    arabic = f.translate(french)
    correct(as_member, arabic, "ar", problem="مشكلة.\n\nوأخرى.")
    decide(Proposal.objects.get(), moderator, "approve")
    with django_capture_on_commit_callbacks(execute=True):
        french.save_revision().publish()
    arabic.refresh_from_db()
    assert arabic.problem == "<p>مشكلة.</p><p>وأخرى.</p>"
    assert translations_of(french).get().missing == 1


def test_fact_corrected_on_a_translation_is_corrected_at_its_source(
    as_member, actor, arabic_actor, moderator
):
    wilaya = f.WilayaFactory()
    correct(as_member, arabic_actor, "ar", wilaya=wilaya.pk, products="عسل")
    by_page = {proposal.page_id: proposal for proposal in Proposal.objects.all()}
    assert by_page.keys() == {actor.pk, arabic_actor.pk}
    decide(by_page[actor.pk], moderator, "approve")
    arabic_actor.refresh_from_db()
    assert arabic_actor.wilaya == wilaya
    # The texts still wait, and leave the page when they are declined.
    decide(by_page[arabic_actor.pk], moderator, "reject")
    arabic_actor.refresh_from_db()
    draft = arabic_actor.get_latest_revision().as_object()
    assert (draft.wilaya, draft.products) == (wilaya, "عربي: Dattes")
    assert not arabic_actor.has_unpublished_changes


# Offers and needs


@pytest.fixture
def hall(actor):
    """What the actor offers."""
    actor.exchanges = [
        Exchange(kind="offer", resource=f.ResourceFactory(), title="Une salle", description="Vaste")
    ]
    actor.save_revision().publish()
    return ActorPage.objects.get(pk=actor.pk).exchanges.get()


def written(version) -> list[str]:
    """Return the titles of what a version of an actor offers and seeks."""
    return [row.title for row in version.exchanges.all()]


def row_of(number: int, **values) -> dict:
    return {f"exchanges-{number}-{name}": value for name, value in values.items()}


def test_offers_and_needs_are_corrected_added_and_removed(as_member, actor, hall, moderator):
    need = {"kind": "need", "resource": hall.resource_id, "title": "Un camion"}
    for _click in range(2):
        changed = row_of(0, title="Deux salles") | row_of(1, **need)
        assert correct(as_member, actor, **changed).status_code == 302
    proposal = Proposal.objects.get()
    actor = ActorPage.objects.get(pk=actor.pk)
    assert written(actor) == ["Une salle"]
    assert written(actor.get_latest_revision_as_object()) == ["Deux salles", "Un camion"]
    decide(proposal, moderator, "approve")
    actor = ActorPage.objects.get(pk=actor.pk)
    assert written(actor) == ["Deux salles", "Un camion"]
    # The same row, so that translations keep what is said of it.
    assert actor.exchanges.get(title="Deux salles").translation_key == hall.translation_key
    correct(as_member, actor, **row_of(0, DELETE="on"))
    decide(Proposal.objects.get(state="waiting"), moderator, "approve")
    assert written(ActorPage.objects.get(pk=actor.pk)) == ["Un camion"]


def test_offers_that_are_not_touched_are_no_change(as_member, actor, hall):
    response = correct(as_member, actor, **row_of(0, description="Vaste\r\n"))
    assert response.context["form"].non_field_errors()
    assert not Proposal.objects.exists()


def test_line_ends_are_no_change(as_member, sections):
    actor = f.ActorPageFactory(parent=sections["actor"], products="Dattes\nMiel\n")
    response = correct(as_member, actor, products="Dattes\r\nMiel")
    assert response.context["form"].non_field_errors()


def test_bad_offer_is_told_and_nothing_typed_is_lost(as_member, actor, hall):
    response = correct(as_member, actor, **row_of(0, title=""), **row_of(1, title="Un camion"))
    rows = response.context["form"].exchanges
    assert "title" in rows[0].errors
    assert {"kind", "resource"} <= rows[1].errors.keys()
    assert rows[1]["title"].value() == "Un camion"
    assert 'role="alert"' in response.content.decode()
    assert not Proposal.objects.exists()


def test_offers_are_corrected_on_top_of_the_draft_of_an_editor(as_member, actor, hall, moderator):
    draft = ActorPage.objects.get(pk=actor.pk)
    draft.exchanges.add(Exchange(kind="need", resource=hall.resource, title="Ébauche"))
    draft.save_revision(user=moderator)
    address = url("correct", actor.pk)
    data = typed(as_member, address)
    assert "Ébauche" not in data.values()
    as_member.post(address, data | row_of(0, title="Deux salles"))
    latest = ActorPage.objects.get(pk=actor.pk).get_latest_revision_as_object()
    assert written(latest) == ["Deux salles", "Ébauche"]


def test_row_of_another_actor_is_left_alone(as_member, actor, hall, sections):
    other = f.ActorPageFactory(parent=sections["actor"], title="Autre")
    forged = row_of(0, key=hall.translation_key, title="À moi", kind="offer", resource=1)
    data = typed(as_member, url("correct", other.pk)) | forged
    as_member.post(url("correct", other.pk), data | row_of(0, resource=hall.resource_id))
    assert not Proposal.objects.exists()


def test_form_takes_as_many_queries_for_many_offers(as_member, actor, hall):
    counts = []
    for number in range(3):
        with CaptureQueriesContext(connection) as queries:
            as_member.get(url("correct", actor.pk))
        counts.append(len(queries))
        actor = ActorPage.objects.get(pk=actor.pk)
        actor.exchanges = [
            Exchange(kind="offer", resource=hall.resource, title=str(place))
            for place in range(1 + 9 * number)
        ]
        actor.save()
    assert counts[1] == counts[2]  # the first fills caches


def test_declined_correction_of_offers_leaves_the_page(as_member, actor, hall, moderator):
    correct(as_member, actor, **row_of(0, DELETE="on"))
    proposal = Proposal.objects.get()
    assert written(proposal.revision.as_object()) == []
    decide(proposal, moderator, "reject", "Non.")
    latest = ActorPage.objects.get(pk=actor.pk).get_latest_revision_as_object()
    assert written(latest) == ["Une salle"]


def test_declined_entry_is_sent_again_with_other_offers(as_member, moderator, sections):
    resource = f.ResourceFactory()
    offer = {"kind": "offer", "resource": resource.pk, "title": "Une salle"}
    as_member.post(url("propose_actor"), new_actor(as_member, **row_of(0, **offer)))
    proposal = Proposal.objects.get()
    decide(proposal, moderator, "reject")
    address = url("revise", proposal.pk)
    changes = row_of(0, title="Deux salles") | row_of(1, **(offer | {"title": "Un four"}))
    as_member.post(address, typed(as_member, address) | changes)
    proposal.refresh_from_db()
    assert written(proposal.revision.as_object()) == ["Deux salles", "Un four"]


def test_other_offers_under_the_same_title_are_another_proposal(as_member, sections):
    offer = {"kind": "offer", "resource": f.ResourceFactory().pk}
    for title in ("Une salle", "Un four"):
        data = new_actor(as_member, sphere=f.SphereFactory(slug="s").pk)
        as_member.post(url("propose_actor"), data | row_of(0, **offer, title=title))
    assert Proposal.objects.count() == 2


def test_offers_of_a_translation_are_corrected_where_they_come_from(
    as_member, actor, hall, moderator, django_capture_on_commit_callbacks
):
    arabic = f.translate(ActorPage.objects.get(pk=actor.pk))
    need = {"kind": "need", "resource": hall.resource_id, "title": "شاحنة"}
    changes = row_of(0, title="قاعتان", kind="need") | row_of(1, **need)
    for _click in range(2):
        correct(as_member, arabic, "ar", **changes)
    by_page = {proposal.page_id: proposal for proposal in Proposal.objects.all()}
    assert by_page.keys() == {actor.pk, arabic.pk}
    source = by_page[actor.pk].revision.as_object()
    assert written(source) == ["Une salle", "شاحنة"]  # for the editors to translate
    assert source.exchanges.all()[0].kind == "need"
    with django_capture_on_commit_callbacks(execute=True):
        decide(by_page[actor.pk], moderator, "approve")
        decide(by_page[arabic.pk], moderator, "approve")
    arabic = ActorPage.objects.get(pk=arabic.pk)
    assert written(arabic) == ["قاعتان", "شاحنة"]
    assert [row.kind for row in arabic.exchanges.all()] == ["need", "need"]
    # And the next publication of the source takes nothing of it away.
    with django_capture_on_commit_callbacks(execute=True):
        ActorPage.objects.get(pk=actor.pk).save_revision().publish()
    assert written(ActorPage.objects.get(pk=arabic.pk)) == ["قاعتان", "شاحنة"]


# Without a workflow


@pytest.fixture
def unmoderated(sections):
    """The sections have no moderation."""
    WorkflowPage.objects.all().delete()


@pytest.fixture
def loose(as_member, actor, unmoderated):
    """A correction that waits, in no moderation."""
    correct(as_member, actor, products="Miel")
    return Proposal.objects.get()


def test_proposal_without_moderation_is_declined_with_a_reason(
    loose, actor, moderator, client, run_tasks
):
    client.force_login(moderator)
    address = reverse("ess_pages_decline_proposal", args=[loose.pk])
    assert address in client.get(reverse("ess_pages_proposals")).content.decode()
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[actor.pk])).content.decode()
    assert address in edit
    assert client.post(address, {"answer": ""}).context["form"].errors
    for _click in range(2):
        assert client.post(address, {"answer": "Il n’y a pas de miel."}).status_code == 302
    loose.refresh_from_db()
    assert (loose.state, loose.answer) == ("declined", "Il n’y a pas de miel.")
    [letter] = [letter for letter in mail.outbox if letter.to == ["member@example.org"]]
    assert "Il n’y a pas de miel." in letter.body
    actor.refresh_from_db()
    assert actor.get_latest_revision_as_object().products == "Dattes"
    assert not actor.has_unpublished_changes
    assert PageLogEntry.objects.filter(page=actor.pk, action="ess_pages.decline_proposal").exists()
    assert address not in client.get(reverse("ess_pages_proposals")).content.decode()


def test_new_entry_without_moderation_is_declined_and_stays_a_draft(
    as_member, unmoderated, moderator
):
    as_member.post(url("propose_actor"), new_actor(as_member))
    proposal = Proposal.objects.get()
    proposals.decline_proposal(moderator, proposal, "Qui êtes-vous ?")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.page.live) == ("declined", False)
    assert as_member.get(url("revise", proposal.pk)).status_code == 200


def test_who_may_not_publish_does_not_decline(loose, as_member, member):
    address = reverse("ess_pages_decline_proposal", args=[loose.pk])
    assert as_member.post(address, {"answer": "Non."}).status_code in (302, 403)
    with pytest.raises(PermissionDenied):
        proposals.decline_proposal(member, loose, "Non.")
    loose.refresh_from_db()
    assert loose.state == "waiting"


def test_proposal_in_moderation_is_declined_there(proposal, moderator, client):
    client.force_login(moderator)
    address = reverse("ess_pages_decline_proposal", args=[proposal.pk])
    assert address not in client.get(reverse("ess_pages_proposals")).content.decode()
    assert client.post(address, {"answer": "Non."}).context["form"].non_field_errors()
    proposal.refresh_from_db()
    assert proposal.state == "waiting"


def test_decided_proposal_is_not_declined(loose, moderator, member):
    proposals.withdraw_proposal(member, loose)
    with pytest.raises(ValidationError):
        proposals.decline_proposal(moderator, loose, "Non.")


# The admin


def test_editors_see_who_proposes_what_and_why(as_member, actor, moderator, client):
    correct(as_member, actor, products="Miel", note="Vu au marché.")
    client.force_login(moderator)
    listed = client.get(reverse("ess_pages_proposals"), {"state": "waiting"}).content.decode()
    edit = reverse("wagtailadmin_pages:edit", args=[actor.pk])
    assert edit in listed
    assert "member@example.org" in listed
    shown = client.get(edit).content.decode()
    assert "Vu au marché." in shown
    assert "member@example.org" in shown
    assert client.get(reverse("ess_pages_proposals"), {"state": "declined"}).status_code == 200


def test_translated_page_in_moderation_is_edited_whole(as_member, arabic_actor, moderator, client):
    edit = reverse("wagtailadmin_pages:edit", args=[arabic_actor.pk])
    correct(as_member, arabic_actor, "ar", products="عسل")
    client.force_login(moderator)
    shown = client.get(edit).content.decode()
    assert "data-workflow-action-name" in shown
    assert "عسل" in shown
    task = arabic_actor.current_workflow_task_state
    names = [arabic_actor.pk, "approve", task.pk]
    client.post(reverse("wagtailadmin_pages:workflow_action", args=names))
    arabic_actor.refresh_from_db()
    assert arabic_actor.products == "عسل"
    assert "js-translation-editor" in client.get(edit).content.decode()
