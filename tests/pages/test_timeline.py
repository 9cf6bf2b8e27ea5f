"""What has happened to a recommendation, and how long each part of its road took."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from ess_pages.models import Amendment, Consultation, OfficialDocument
from ess_pages.timeline import timeline
from tests import factories
from tests.road import TODAY, TOMORROW, Walk, date_steps, institution

Kind = Amendment.Kind


@pytest.fixture
def walk(tree):
    return Walk(tree["recommendation"])


def kinds(walk) -> list[str]:
    return [event.kind for event in timeline(walk.text)]


def read(client, page) -> BeautifulSoup:
    response = client.get(page.url)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def go_all_the_way(walk):
    """Take the recommendation from its draft to the follow-up of an answer, over twenty days."""
    walk.open()
    member = factories.UserFactory()
    walk.accept(walk.propose(member))
    walk.decline(walk.propose(member, Kind.ADD))
    walk.step("start_settling", reason="Le délai est passé.")
    consultation = walk.consult()
    ago = timezone.now() - datetime.timedelta(days=12)
    result = {"asked": 4, "answered": 3, "choices": {"for": 3}}
    Consultation.objects.filter(pk=consultation.pk).update(
        opened_at=ago, closed_at=ago + TOMORROW, has_passed=True, result=result
    )
    walk.step("validate")
    handover = walk.hand_over(
        institution(), days_ago=9, acknowledged_on=TODAY - datetime.timedelta(days=8)
    )
    walk.step("hand_over")
    walk.answer(handover, days_ago=3)
    walk.step("answer")
    walk.step("follow_up")
    date_steps(walk.text, 20, 14, 10, 9, 3, 1)
    ten_days_ago = timezone.now() - datetime.timedelta(days=15)
    Amendment.objects.update(decided_at=ten_days_ago)
    return handover


def test_everything_is_told_in_the_order_in_which_it_happened(walk):
    go_all_the_way(walk)
    found = kinds(walk)
    assert found.pop(-1) == "update"
    assert found.pop(-1) == "document"  # issued today, the factory’s day
    assert found == [
        "draft",
        "step open",
        "decisions",
        "step settling",
        "consultation",
        "result",
        "step validated",
        "step handed_over",
        "handover",
        "acknowledgement",
        "step answered",
        "answer",
        "step followed_up",
    ]


def test_step_tells_its_reason_its_version_and_what_changed_since_the_step_before(walk):
    go_all_the_way(walk)
    opened, settling = (e for e in timeline(walk.text) if e.kind in ("step open", "step settling"))
    assert "Le délai est passé." in settling.text
    assert "3" in settling.text
    assert settling.url.endswith(f"/recommendations/{walk.text.pk}/compare/?from=2&to=3")
    assert opened.url.endswith("?from=1&to=2")
    validated = next(e for e in timeline(walk.text) if e.kind == "step validated")
    assert validated.url == ""  # the text is the same


def test_decisions_are_counted_by_day_and_drafts_and_withdrawn_ones_are_not(walk):
    walk.open()
    member = factories.UserFactory()
    amendments = [walk.propose(member, text=f"Texte {number}.") for number in range(4)]
    walk.accept(amendments[0])
    for amendment in amendments[1:3]:
        walk.decline(amendment)
    yesterday = timezone.now() - TOMORROW
    Amendment.objects.filter(pk=amendments[0].pk).update(decided_at=yesterday)
    with override("fr"):
        first, second = (event for event in timeline(walk.text) if event.kind == "decisions")
    assert first.day < second.day
    assert "1" in first.title
    assert "2" in second.title
    assert second.text.count("·") == 0
    assert second.text.endswith("2")


def test_consultation_tells_how_it_ended(walk):
    walk.consult()
    assert kinds(walk)[-1] == "consultation"
    told = []
    for has_passed in (True, False, None):
        unsealed = QuerySet(Consultation)  # as sealed ones cannot be changed
        unsealed.update(closed_at=timezone.now(), has_passed=has_passed)
        told += [event.title for event in timeline(walk.text) if event.kind == "result"]
    assert len(set(told)) == len(told) == 3


def test_document_that_is_not_issued_yet_is_not_told(walk):
    walk.hand_over(institution())
    QuerySet(OfficialDocument).update(issued_at=None)
    assert "document" not in kinds(walk)


def test_what_only_editors_know_is_not_told(client, walk):
    go_all_the_way(walk)
    html = client.get(walk.page.url).content.decode()
    for secret in ("secret@ministere.example", "021 00 00 00", "no 12"):
        assert secret not in html


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_page_shows_the_timeline_with_its_links(client, walk, language):
    go_all_the_way(walk)
    page = walk.page.get_translations(inclusive=True).get(locale__language_code=language)
    soup = read(client, page.specific)
    items = soup.select(".ess-timeline > li")
    assert len(items) == 15
    days = [item.time["datetime"] for item in items]
    assert days == sorted(days)
    hrefs = [link["href"] for link in soup.select(".ess-timeline a")]
    assert f"/{language}/recommendations/{walk.text.pk}/compare/?from=2&to=3" in hrefs
    assert f"/{language}/consultations/{walk.text.consultations.get().pk}/" in hrefs
    for href in hrefs:
        assert client.get(href).status_code == 200, href
    files = soup.select("[aria-labelledby=timeline] a[download]")
    for link in files:
        assert client.get(page.url + link["href"]).status_code == 200
    answer = next(item for item in items if "ess-event-answer" in item["class"])
    assert {"fr": "Nous y travaillons.", "ar": "نعمل على ذلك."}[language] in answer.get_text()


def test_road_tells_since_when_and_how_long_each_stage_took(client, walk):
    go_all_the_way(walk)
    stages = read(client, walk.page).select(".ess-road li")
    assert len(stages) == 7
    told = [stage.small.get_text(strip=True).split()[0] for stage in stages[:6]]
    assert told == ["1", "6", "4", "1", "6", "2"]
    (current,) = [stage for stage in stages if stage.get("aria-current") == "step"]
    assert current == stages[6]
    assert str((timezone.localdate() - TOMORROW).year) in current.small.get_text()


def test_road_of_a_draft_without_text_has_no_times(client, tree):
    page = factories.RecommendationPageFactory(parent=tree["recommendations"])
    soup = read(client, page)
    assert not soup.select(".ess-road small")
    assert not soup.select(".ess-timeline")


def test_withdrawn_recommendation_ends_there(client, walk):
    walk.open().step("withdraw_recommendation", reason="Une loi l’a devancée.")
    soup = read(client, walk.page)
    assert soup.select(".ess-road li")[-1]["aria-current"] == "step"
    assert "Une loi l’a devancée." in soup.select(".ess-timeline li")[-1].get_text()


def test_queries_do_not_grow_with_what_happened(walk):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            timeline(walk.text)
        return len(queries)

    handover = go_all_the_way(walk)
    few = count()
    for number in range(4):
        walk.answer(walk.hand_over(institution(f"I{number}"), reference=f"R{number}"))
        walk.answer(handover)
        walk.consult(closed_at=timezone.now())
    assert count() == few == 8
