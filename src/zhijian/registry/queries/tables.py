"""Tables of accounts as other rooms read them: the same reading of files, columns and cells as a ledger's."""

from zhijian.registry.importing.cells import Unreadable, read_address, read_day, read_id, read_phone, text_of
from zhijian.registry.importing.headers import FIELDS, Column, Layout, guess_column, guess_layout, layout_at, samples
from zhijian.registry.importing.reading import Grid, UnfitFile, read_file
from zhijian.registry.importing.tables import LENGTHS, Entry, read_entries
from zhijian.registry.queries.searching import address_key, folded

__all__ = [
    "FIELDS",
    "LENGTHS",
    "Column",
    "Entry",
    "Grid",
    "Layout",
    "UnfitFile",
    "Unreadable",
    "address_key",
    "folded",
    "guess_column",
    "guess_layout",
    "layout_at",
    "read_address",
    "read_day",
    "read_entries",
    "read_file",
    "read_id",
    "read_phone",
    "samples",
    "text_of",
]
