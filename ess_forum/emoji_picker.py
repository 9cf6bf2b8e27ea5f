"""The emoji that the composer offers: a few, for what members say to one another."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


class Choice(NamedTuple):
    """An emoji and what it is called."""

    sign: str
    name: str | Promise


CHOICES = (
    Choice("👍", pgettext_lazy("emoji", "thumbs up")),
    Choice("👎", pgettext_lazy("emoji", "thumbs down")),
    Choice("👏", pgettext_lazy("emoji", "applause")),
    Choice("🙏", pgettext_lazy("emoji", "thanks")),
    Choice("🤝", pgettext_lazy("emoji", "handshake")),
    Choice("💪", pgettext_lazy("emoji", "strength")),
    Choice("❤️", pgettext_lazy("emoji", "heart")),
    Choice("😀", pgettext_lazy("emoji", "smile")),
    Choice("😂", pgettext_lazy("emoji", "laughter")),
    Choice("😊", pgettext_lazy("emoji", "joy")),
    Choice("😍", pgettext_lazy("emoji", "delight")),
    Choice("🤔", pgettext_lazy("emoji", "doubt")),
    Choice("😮", pgettext_lazy("emoji", "surprise")),
    Choice("😢", pgettext_lazy("emoji", "sadness")),
    Choice("😡", pgettext_lazy("emoji", "anger")),
    Choice("🎉", pgettext_lazy("emoji", "celebration")),
    Choice("💡", pgettext_lazy("emoji", "idea")),
    Choice("🌱", pgettext_lazy("emoji", "sprout")),
    Choice("🌍", pgettext_lazy("emoji", "earth")),
    Choice("☀️", pgettext_lazy("emoji", "sun")),
    Choice("📌", pgettext_lazy("emoji", "pin")),
    Choice("✅", pgettext_lazy("emoji", "done")),
    Choice("❌", pgettext_lazy("emoji", "cross")),
    Choice("❓", pgettext_lazy("emoji", "question")),
)
