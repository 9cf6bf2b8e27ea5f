"""Recommendations as open data: which of them, in which tables."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from django.db.models import QuerySet
from django.utils import timezone

from ..models import RecommendationIndexPage, RecommendationPage
from .columns import Column
from .dataset import file_name
from .entries import BATCH
from .road_tables import RECOMMENDATIONS, TABLES, Table


@dataclass(frozen=True)
class RoadDataset:
    """Some recommendations, as the page that shows them tells; `table` is None for all tables."""

    page: RecommendationIndexPage | RecommendationPage
    pages: QuerySet[RecommendationPage]  # one of each recommendation
    query: str = ""
    table: Table | None = None

    @property
    def source(self) -> str:
        """The full address of what shows them."""
        return self.page.full_url + (f"?{self.query}" if self.query else "")

    @property
    def title(self) -> str:
        """What it is called."""
        return self.page.title

    @property
    def name(self) -> str:
        """What its table is called."""
        return str(self.shown_table.label)

    @property
    def language(self) -> str:
        """The code of the language that it is in."""
        return self.page.locale.language_code

    @property
    def day(self) -> date:
        """The day on which it is made."""
        return timezone.localdate()

    @property
    def parts(self) -> "list[RoadDataset]":
        """The table, or each of the tables."""
        tables = [self.table] if self.table else list(TABLES.values())
        return [replace(self, table=table) for table in tables]

    @property
    def columns(self) -> tuple[Column, ...]:
        """What the table says of each row; where there are all, that of the recommendations."""
        return self.shown_table.columns

    def batches(self) -> Iterator[list]:
        """Yield the rows of the table, some at a time, with all that they say."""
        keys = self.pages.order_by().values("recommendation")
        found = self.shown_table.rows(keys)
        if self.shown_table is RECOMMENDATIONS:
            found = found.filter(pk__in=self.pages.order_by().values("pk"))
        rows = found.iterator(BATCH)
        while batch := list(islice(rows, BATCH)):
            self.shown_table.complete(batch)
            yield batch

    def file_name(self, extension: str) -> str:
        """Return the name of a file of it, with the day, in its language."""
        title = f"{self.title} {self.name}" if self.table else self.title
        return file_name(title, self.day, extension)

    @property
    def shown_table(self) -> Table:
        """The table, or where there are all, that of the recommendations."""
        return self.table or RECOMMENDATIONS
