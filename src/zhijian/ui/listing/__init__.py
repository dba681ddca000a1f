"""The one list all rooms use: columns, filters, search, sort, paging, bulk acts, export; its state is in the URL."""

from zhijian.ui.listing.columns import Column
from zhijian.ui.listing.component import BulkAct, Empty, Listing
from zhijian.ui.listing.filters import Choice, Choices, Dates, Filter, Flag, grouped_counts
from zhijian.ui.listing.pages import Page

__all__ = [
    "BulkAct",
    "Choice",
    "Choices",
    "Column",
    "Dates",
    "Empty",
    "Filter",
    "Flag",
    "Listing",
    "Page",
    "grouped_counts",
]
