"""The facets of a list as a form shows them: values, what each leads to, what is chosen."""

from dataclasses import dataclass

from django.utils.functional import Promise

# A facet with more values than this is shown closed, until one of them is chosen.
MANY = 8


@dataclass(frozen=True)
class Option:
    """A value of a facet: how many rows it leads to, and whether it is chosen."""

    slug: str
    name: str | Promise
    number: int
    is_chosen: bool


@dataclass(frozen=True)
class Choice:
    """A facet as a form shows it: its values that lead somewhere, and those that are chosen."""

    name: str
    label: str | Promise
    options: list[Option]

    @property
    def chosen(self) -> list[Option]:
        """The options that are chosen."""
        return [option for option in self.options if option.is_chosen]

    @property
    def is_useful(self) -> bool:
        """Whether it tells rows apart, or did."""
        return len(self.options) > 1 or bool(self.chosen)

    @property
    def is_open(self) -> bool:
        """Whether its values are shown at once."""
        return len(self.options) <= MANY or bool(self.chosen)
