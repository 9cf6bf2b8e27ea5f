"""Makes what the tests of the forum need, through the forum's own actions where there is one."""

from datetime import timedelta

import factory
from django.contrib.auth.models import Permission
from django.utils import timezone

from ess_forum import models
from ess_forum.actions.posts import reply
from ess_forum.actions.threads import start_thread
from ess_forum.viewer import Viewer
from tests.factories import UserFactory


class MemberFactory(factory.django.DjangoModelFactory):
    """A member of standing: `trust=Member.Trust.NEW` makes a new one."""

    class Meta:
        model = models.Member

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Membre {n}")
    handle = factory.Sequence(lambda n: f"membre-{n}")
    trust = models.Member.Trust.REGULAR
    last_seen_on = factory.LazyFunction(timezone.localdate)  # the visit of today is noted


class GroupFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Group

    name_fr = "Comité"
    name_ar = "لجنة"


class CategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Category

    name_fr = factory.Sequence(lambda n: f"Catégorie {n}")
    name_ar = factory.Sequence(lambda n: f"فئة {n}")


def viewer(member: models.Member | None = None) -> Viewer:
    """The member as one who asks, read anew; without one, a visitor."""
    if member is None:
        return Viewer()
    return Viewer(type(member.user).objects.get(pk=member.user_id))


def moderator(**fields) -> models.Member:
    """A member who moderates."""
    member = MemberFactory(**fields)
    member.user.user_permissions.add(
        Permission.objects.get(content_type__app_label="ess_forum", codename="moderate")
    )
    return member


def someone(kind: str, author: models.Member | None = None) -> models.Member | None:
    """A "visitor" (None), the "author", or a "member", "silenced", "suspended" or "moderator"."""
    if kind in ("visitor", "author"):
        return author if kind == "author" else None
    if kind == "moderator":
        return moderator()
    until = {"silenced": "silenced_until", "suspended": "suspended_until"}
    later = timezone.now() + timedelta(days=1)
    return MemberFactory(**({until[kind]: later} if kind in until else {}))


def thread(author=None, category=None, title="Une question", text="Bonjour à tous.", **options):
    """A thread with its first post."""
    author = author or MemberFactory()
    category = category or CategoryFactory()
    options.setdefault("language", "fr")
    return start_thread(viewer(author), category, title, text, **options)


_texts = iter(range(1, 10_000_000))


def post(thread, author=None, text=None, **options) -> models.Post:
    """A reply in a thread."""
    author = author or MemberFactory()
    return reply(viewer(author), thread, text or f"Réponse {next(_texts)}.", **options)
