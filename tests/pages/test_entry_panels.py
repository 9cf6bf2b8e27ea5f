"""What the admin does of its own with the form of an entry."""

from ess_pages.models import ActorPage, Exchange
from tests import factories as f


def test_row_that_is_proposed_keeps_its_key_while_editors_work_on_the_draft(home):
    section = f.ActorIndexPageFactory(parent=home)
    actor = f.ActorPageFactory(parent=section)
    actor.exchanges.add(Exchange(kind="offer", resource=f.ResourceFactory(), title="Une salle"))
    proposed = actor.exchanges.get()
    actor.save_revision()  # in which the row has no number yet
    draft = ActorPage.objects.get(pk=actor.pk).get_latest_revision_as_object()
    form_class = ActorPage.get_edit_handler().get_form_class()
    shown = form_class(instance=draft, for_user=f.UserFactory())
    bound = [*shown, *(field for fs in shown.formsets.values() for row in fs for field in row)]
    management = [field for fs in shown.formsets.values() for field in fs.management_form]
    data = {field.html_name: field.value() or "" for field in [*bound, *management]}
    data |= {"body-count": "0", "exchanges-0-title": "Deux salles"}
    form = form_class(data, instance=draft, for_user=f.UserFactory())
    form.is_valid()
    form.formsets["exchanges"].save(commit=False)
    (row,) = draft.exchanges.all()
    assert row.title == "Deux salles"
    assert row.translation_key == proposed.translation_key
