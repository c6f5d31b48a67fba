"""How much a reader takes before it refuses: one place, for the documentation and the tests alike."""

from __future__ import annotations

__all__ = [
    "ALIASED_NODES",
    "FIELD_CHARACTERS",
    "FILE_BYTES",
    "MERGED_RANGES",
    "NESTING",
    "REREAD_CHARACTERS",
    "ROWS",
    "ROW_CHARACTERS",
    "XLSX_BYTES",
    "XLSX_ELEMENTS",
    "XLSX_PARTS",
    "XLSX_RATIO",
    "XLSX_SMALL",
]

FILE_BYTES = 1 << 30
"""A file: 1 GB."""

FIELD_CHARACTERS = 16 << 20
"""One cell or text: 16 million characters."""

ROW_CHARACTERS = 64 << 20
"""One row of a table, so that an unclosed quote cannot draw a whole file into memory."""

ROWS = 5_000_000
"""Records of one source."""

NESTING = 128
"""Lists and objects within each other."""

ALIASED_NODES = 100_000
"""Values a YAML document's aliases may repeat, all told."""

REREAD_CHARACTERS = 1 << 27
"""Text read again after unclosed quotes, so that a hostile table cannot make reading quadratic."""

XLSX_BYTES = 256 << 20
"""All parts of a workbook, unpacked: 256 MB."""

XLSX_RATIO = 100
"""How many times its packed size a part may unpack to."""

XLSX_SMALL = 1 << 20
"""Parts up to 1 MB may be packed more tightly: a small sheet of equal rows is."""

XLSX_PARTS = 10_000
"""Entries of a workbook's ZIP directory."""

XLSX_ELEMENTS = 1_000_000
"""Elements of a workbook's small parts: its list of sheets, its styles, its relations."""

MERGED_RANGES = 100_000
"""Merged ranges of a sheet."""
