"""What editors decide about the portal itself, and what it notes of its own days."""

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from ess_forum.models.members import of_network


class Network(NamedTuple):
    """A network where the association has a group, and the group's address."""

    name: str
    url: str


# By field, the network's name.
NETWORKS = {"linkedin_group": "LinkedIn", "facebook_group": "Facebook"}


@register_setting(icon="group", order=310)
class NetworkSettings(BaseSiteSetting):
    """The association's groups on other networks: linked to, never loaded."""

    linkedin_group = models.URLField(
        _("group on LinkedIn"), blank=True, validators=of_network("linkedin.com")
    )
    facebook_group = models.URLField(
        _("group on Facebook"), blank=True, validators=of_network("facebook.com", "fb.com")
    )

    panels = [FieldPanel(name) for name in NETWORKS]

    class Meta:
        verbose_name = _("groups on other networks")

    @property
    def links(self) -> list[Network]:
        """The groups that there are."""
        return [
            Network(name, url) for field, name in NETWORKS.items() if (url := getattr(self, field))
        ]


class DailyRun(models.Model):
    """A command that is run once a day has been run: see `schedule.py`."""

    command = models.CharField(max_length=50)
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["command", "day"], name="daily_run")]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.command} · {self.day}"
