"""How lists are narrowed."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .models import Exchange, Resource, Sector, Topic, Wilaya


class ExchangeFilter(django_filters.FilterSet):
    """Offers and needs by kind, resource, and what their actors are about."""

    kind = django_filters.ChoiceFilter(
        label=_("Offer or need"), choices=Exchange.Kind.choices, empty_label=_("Offers and needs")
    )
    resource = django_filters.ModelChoiceFilter(
        label=_("Resource"),
        queryset=Resource.objects.all(),
        to_field_name="slug",
        empty_label=_("All"),
    )
    sector = django_filters.ModelChoiceFilter(
        label=_("Sector"),
        field_name="actor__sectors",
        queryset=Sector.objects.all(),
        to_field_name="slug",
        empty_label=_("All"),
    )
    topic = django_filters.ModelChoiceFilter(
        label=_("Topic"),
        method="filter_topic",
        queryset=Topic.objects.all(),
        to_field_name="slug",
        empty_label=_("All"),
    )
    wilaya = django_filters.ModelChoiceFilter(
        label=_("Wilaya"),
        field_name="actor__wilaya",
        queryset=Wilaya.objects.all(),
        to_field_name="slug",
        empty_label=_("All"),
    )

    class Meta:
        model = Exchange
        fields: list[str] = []

    def filter_topic(self, queryset, _name, topic):
        """Return those about `topic`, in themselves or because their actor is."""
        return queryset.filter(Q(topic=topic) | Q(actor__topics=topic)).distinct()
