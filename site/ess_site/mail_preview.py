"""Every mail in both languages and in both parts, for developers: never where real people are."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.mixins import UserPassesTestMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.engine import Engine
from django.template.utils import get_app_template_dirs
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import override
from django.views.generic import TemplateView, View

from ess_forum import letters
from ess_forum.announced import announced_as, choices
from ess_forum.decisions import Told
from ess_forum.models import Member, Notification, Post, Thread
from ess_ground import mails

from .accounts.mails import write_of_allauth

LANGUAGES = ("fr", "ar")
SAMPLES = {
    "fr": ("Où presser les olives cet hiver ?", "Chez nous, à Béjaïa."),
    "ar": ("أين نعصر الزيتون هذا الشتاء؟", "عندنا، في بجاية."),
}
TITLE, WORDS = 0, 1
SUBJECT = "_subject.txt"  # what allauth calls the file of a subject
# Parts of mails that are included in others.
PARTS = {"registration_greeting", "registration_meeting", "consent_rule"}


class Sample(str):
    """Stands in a template for what is not there: it is its own name, and has every attribute."""

    def __getattr__(self, name: str) -> Any:
        """Return what stands for an attribute: a time or a number where its name says so."""
        if name.startswith("_"):
            raise AttributeError(name)
        return sample(name)

    def __getitem__(self, key: Any) -> Any:
        """Return what stands for an item."""
        return sample(str(key))

    def __iter__(self) -> Iterator[Any]:
        """Go through one thing."""
        return iter([Sample(self)])


def sample(name: str) -> Any:
    """Return what stands for something of this name."""
    if name.endswith(("_at", "_on")):
        return timezone.now()
    if name in {"count", "number", "days", "asked", "answered"}:
        return 3
    if name == "language":
        return LANGUAGES[0]
    return f"https://ess.example/{name}/" if name.endswith("url") else Sample(f"[{name}]")


class Samples(dict):
    """A context that has whatever a template asks for."""

    def __contains__(self, name: object) -> bool:
        """Say that it is there, unless it is one of the template engine's own."""
        own = {"block", "forloop", "True", "False", "None"}
        return super().__contains__(name) or name not in own

    def __missing__(self, name: str) -> Any:
        """Return what stands for it."""
        return sample(name)

    def __or__(self, other: Any) -> "Samples":
        """Return them with what is known."""
        return Samples({**self, **other})


def templates() -> list[str]:
    """Return the mails of the installed apps and of the site, by the names of their templates."""
    folders = [*map(str, Engine.get_default().dirs), *map(str, get_app_template_dirs("templates"))]
    found = {
        str(file.relative_to(folder).with_suffix(""))
        for folder in map(Path, folders)
        for file in folder.glob("*/mails/*.txt")
        if file.stem not in PARTS
    }
    return sorted(found - {"ess_forum/mails/news", "ess_forum/mails/digest"})


def mails_of_allauth() -> list[str]:
    """Return the mails of allauth, by the names by which it sends them."""
    folders = map(Path, get_app_template_dirs("templates"))
    found = {
        str(file.relative_to(folder)).removesuffix(SUBJECT)
        for folder in folders
        for file in folder.glob(f"*/email/*{SUBJECT}")
    }
    return sorted(found)


def previews() -> dict[str, Callable[[str], mails.Written]]:
    """Return a function for each mail, by its name: it writes the mail in a language."""
    found = {f"news/{name}": _news(kind, data) for name, kind, data in _kinds()}
    found["digest"] = _digest
    found |= {name: _of_template(name) for name in templates()}
    found |= {name: _of_allauth(name) for name in mails_of_allauth()}
    return found


def _kinds() -> Iterator[tuple[str, str, dict]]:
    for kind in Notification.Kind:
        if kind == Notification.Kind.MODERATION:
            for told in Told:
                yield f"{kind.value}/{told.value}", kind, {"decision": told.value, "message": "…"}
        elif kind == Notification.Kind.GROUP:
            for event in ("added", "removed", "manager"):
                data = {"event": event, "name_fr": "Comité", "name_ar": "لجنة"}
                yield f"{kind.value}/{event}", kind, data
        else:
            yield kind.value, kind, {}
    for name, _label in choices():
        told_as = announced_as(name)
        for event in told_as.sentences if told_as else ():
            titles = {language: SAMPLES[language][TITLE] for language in LANGUAGES}
            urls = {language: f"https://ess.example/{language}/" for language in LANGUAGES}
            yield f"{name}/{event}", name, {"event": event, "titles": titles, "urls": urls}


def _news(kind: str, data: dict) -> Callable[[str], mails.Written]:
    def write(language: str) -> mails.Written:
        member, actor = Member(pk=1, name="Amina أمينة"), Member(pk=2, name="Nadia نادية")
        title, words = SAMPLES[language]
        told = Notification(member=member, kind=kind, actor=actor, data=data)
        if "titles" in data:
            told.page_key = uuid.UUID(int=1)
        elif kind != Notification.Kind.GROUP:
            told.thread = Thread(pk=1, title=title, language=language)
            told.post = Post(pk=1, thread=told.thread, author=actor, html=f"<p>{words}</p>")
        with override(language):
            letter = letters.of_news(member, [told])
        return mails.write("ess_forum/mails/news", language, letter.context)

    return write


def _digest(language: str) -> mails.Written:
    title, words = SAMPLES[language]
    items = [letters.Item(title, "https://ess.example/", words)]
    context = {
        "member": Member(pk=1, name="Amina أمينة"),
        "sections": [letters.Section(title, items)],
        "stop_url": "https://ess.example/",
    }
    return mails.write("ess_forum/mails/digest", language, context)


def _of_template(name: str) -> Callable[[str], mails.Written]:
    return lambda language: mails.write(name, language, Samples())


def _of_allauth(name: str) -> Callable[[str], mails.Written]:
    return lambda language: write_of_allauth(name, language, Samples())


class ForDevelopers(UserPassesTestMixin):
    """Shown to superusers, and only where the site is being developed or demonstrated."""

    raise_exception = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Answer as if there were nothing where real people are."""
        if not (settings.DEBUG or settings.DEMO_ACCOUNTS):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def test_func(self) -> bool:
        """Return whether the user may look."""
        return self.request.user.is_superuser  # type: ignore[attr-defined]


class MailsView(ForDevelopers, TemplateView):
    """The list of them."""

    template_name = "mail_previews.html"

    def get_context_data(self, **kwargs: Any) -> dict:
        """Add their names, and the languages."""
        return super().get_context_data(names=list(previews()), mail_languages=LANGUAGES, **kwargs)


# Mail readers know inline styles only.
@method_decorator(csp_update({"style-src": [UNSAFE_INLINE]}), name="dispatch")
class MailView(ForDevelopers, View):
    """One of them, in one language and one part."""

    def get(self, request: HttpRequest, language: str, part: str, name: str) -> HttpResponse:
        """Return the part as it is sent; the plain one with its subject above."""
        write = previews().get(name)
        if write is None or language not in LANGUAGES:
            raise Http404
        mail = write(language)
        if part == "html":
            return HttpResponse(mail.html)
        return HttpResponse(f"{mail.subject}\n\n{mail.text}", content_type="text/plain")
