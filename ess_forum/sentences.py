"""What members are told, in a sentence of the reader's language."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .announced import announced_as
from .decisions import told_of
from .models import Notification
from .models.bilingual import by_language

Kind = Notification.Kind
SENTENCES = {
    Kind.REPLY: gettext_lazy("{name} replies to you in “{title}”"),
    Kind.MENTION: gettext_lazy("{name} mentions you in “{title}”"),
    Kind.QUOTE: gettext_lazy("{name} quotes you in “{title}”"),
    Kind.FOLLOWED_THREAD: gettext_lazy("{name} has written in “{title}”, which you follow"),
    Kind.FOLLOWED_CATEGORY: gettext_lazy(
        "{name} has started “{title}” in a category that you follow"
    ),
    Kind.CONVERSATION: gettext_lazy("{name} has written to you: “{title}”"),
    Kind.SOLVED: gettext_lazy("{name} has accepted your answer in “{title}”"),
}
INVITED = gettext_lazy("{name} has asked you into the conversation “{title}”")
GROUPS = {
    "added": gettext_lazy("{name} has added you to the group “{group}”"),
    "removed": gettext_lazy("{name} has removed you from the group “{group}”"),
    "manager": gettext_lazy("{name} lets you manage the group “{group}”"),
}


def sentence(notification: Notification) -> SafeString:
    """Return what a notification says, with names that keep their own direction."""
    kind, data = notification.kind, notification.data
    if notification.page_key is not None:
        return format_html(_of_page(notification), title=_held(page_title(notification)))
    if kind == Kind.MODERATION:
        return format_html("{}", told_of(notification)["sentence"])
    text = (
        SENTENCES.get(Kind(kind))
        or GROUPS.get(data.get("event", ""))
        or notification.get_kind_display()
    )
    if kind == Kind.CONVERSATION and data.get("invited"):
        text = INVITED
    actor, thread = notification.actor, notification.thread
    return format_html(
        str(text),
        name=_held(actor.name if actor else _("Somebody")),
        title=_held(thread.title if thread else ""),
        group=_held(_group_name(data)),
    )


def page_title(notification: Notification) -> str:
    """Return the title of the page that a notification is about, in the active language."""
    return _in_language(notification.data.get("titles", {}))


def page_url(notification: Notification) -> str:
    """Return the address of the page that a notification is about, in the active language."""
    return _in_language(notification.data.get("urls", {}))


def _in_language(texts: dict[str, str]) -> str:
    return next(filter(None, map(texts.get, by_language())), "") or ""


def _of_page(notification: Notification) -> str:
    told = announced_as(notification.kind)
    text = told and told.sentences.get(notification.data.get("event", ""))
    return str(text or "{title}")


def _held(text: str) -> SafeString:
    return format_html("<bdi>{}</bdi>", text)


def _group_name(data: dict) -> str:
    names = (data.get(f"name_{language}") for language in by_language())
    return next(filter(None, names), "")
