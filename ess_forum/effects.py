"""What a category grants, told in a sentence."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Audience, Category

WHO = {
    Audience.EVERYONE: gettext_lazy("everyone"),
    Audience.MEMBERS: gettext_lazy("members"),
    Audience.GROUP: gettext_lazy("the group “{group}”"),
    Audience.MODERATORS: gettext_lazy("moderators"),
}


def effect_of(category: Category, by_key: Mapping[int, Category]) -> str:
    """Return who sees a category, starts threads and replies there.

    `by_key` holds all categories: nobody sees one without seeing those that it is within.
    """
    group = category.group.name if category.group else ""

    def who(audience: int) -> str:
        return str(WHO[Audience(audience)]).format(group=group)

    text = _("Read by: {see}. Threads started by: {start}. Replies by: {reply}.").format(
        see=who(category.see), start=who(category.start), reply=who(category.reply)
    )
    above, key = [], category.parent_id
    while key is not None and key in by_key:
        above.append(by_key[key])
        key = by_key[key].parent_id
    narrower = [one for one in above if one.see > category.see]
    if narrower:
        text += " " + _("But only by those who see “{name}” too.").format(name=narrower[-1].name)
    if category.see > category.start or category.see > category.reply:
        text += " " + _("Nobody writes where they do not read.")
    return text
