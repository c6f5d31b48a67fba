"""What standard input holds: without a file name, the first characters tell.

>>> guess(b"PK\\x03\\x04...")
'xlsx'
>>> guess(b"id,title\\n1,Audits\\n"), guess(b"[{}]"), guess(b"- id: 1\\n"), guess(b"@prefix ex: <urn:x> .")
('csv', 'json', 'yaml', 'turtle')
"""

from __future__ import annotations

import json
import re

from mitigraph.read.lines import codec_of, decoded, shown

__all__ = ["SAMPLE", "guess"]

SAMPLE = 1 << 16
"""How many first bytes are looked at."""

PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How workbooks begin; those with a password and old ones are told apart, and refused, by their reader."""

_PAGE = re.compile(r"^(?:Reasoning:?|Also in \S.*?)\s*$", re.MULTILINE | re.IGNORECASE)
_REMARKS = r"\s*(?:[#][^\n]*\n\s*)*"
_TURTLE = re.compile(
    _REMARKS
    + r"""(?:@(?:prefix|base)\b | (?:PREFIX|BASE)\s | <[^<>\s]*>\s | _:\S+\s
      | [A-Za-z][\w.-]*:[^\s,;]*[ ]+(?:a|<[^<>\s]+>|[\w.-]*:[^\s,;]+)[ ])""",
    re.VERBOSE,
)
_YAML = re.compile(_REMARKS + r"(?:---|%YAML|- |[^\s,;\t:]+:(?:\s|$))")
_XML = re.compile(r"\s*<(?:\?xml|rdf:RDF)\b")
_CONTEXT = re.compile(r'"@(?:context|id|graph|type)"\s*:')


def guess(data: bytes) -> str:
    """The name of a record format (``read.FORMATS``) or an RDF format (``formats.FORMATS``); what is nothing else is CSV."""
    if data.startswith(PACKED):
        return "xlsx"
    codec, start = codec_of(data[:4], "-", None)
    text = shown(decoded(data[: start + SAMPLE], codec, start))
    if text.lstrip()[:1] in ("[", "{"):
        return _json_kind(text.lstrip())
    for name, pattern in (("rdfxml", _XML), ("turtle", _TURTLE)):
        if pattern.match(text):
            return name
    if _PAGE.search(text):
        return "page"
    if _YAML.match(text):
        return "yaml"
    header = text.lstrip().partition("\n")[0]
    return "tsv" if "\t" in header and "," not in header else "csv"


def _json_kind(text: str) -> str:
    """JSON-LD has keywords; JSON Lines have a whole object in the first line and more below it."""
    if _CONTEXT.search(text):
        return "jsonld"
    first, _, rest = text.partition("\n")
    try:
        whole = isinstance(json.loads(first), dict)
    except ValueError:
        whole = False
    return "jsonl" if whole and rest.strip() else "json"
