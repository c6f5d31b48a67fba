"""The files of a build, as bytes by name: graphs, reports, metadata, checksums. Nothing here touches a folder.

No clock, no path and no order of arguments reaches these bytes: the one date is ``SOURCE_DATE_EPOCH`` or the newest date in
the data. Every graph is parsed again by the engine that did not write it before it counts as written.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from mitigraph import __version__, assets, catalogue
from mitigraph.errors import UsageError
from mitigraph.finding import LEVELS, Finding
from mitigraph.formats import format_for
from mitigraph.gather import Found
from mitigraph.knowledge import Knowledge
from mitigraph.mapping import Count
from mitigraph.serialise import prove, to_jsonld, to_ntriples, to_turtle
from mitigraph.shacl import Result
from mitigraph.shacl.report import report_graph
from mitigraph.terms import RDF, Triple, is_literal, literal_parts

__all__ = ["SUMS", "Contents", "checksums", "graphs", "metadata", "reports"]

SUMS = "SHA256SUMS"
TYPE = f"<{RDF}type>"
EPOCH = re.compile(r"[0-9]{1,11}")
DATES = (
    "<http://www.w3.org/ns/prov#generatedAtTime>",
    "<http://purl.org/dc/terms/modified>",
    "<http://purl.org/dc/terms/created>",
)
ISO_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T.*|Z|[+-][0-9]{2}:[0-9]{2})?")
CLASSES = ("Mitigation", "Risk", "MitigationRecord", "SourceDocument", "Extract", "ClassificationAssignment", "MitigationLink")


def graphs(asserted: set[Triple], inferred: set[Triple], knowledge: Knowledge) -> dict[str, bytes]:
    """The graphs of a build; each is parsed again and compared. EngineError: one did not come back as it was."""
    full = asserted | inferred | knowledge.background
    prefixes = knowledge.prefixes
    files = {
        "data.ttl": to_turtle(asserted, prefixes),
        "data.jsonld": to_jsonld(asserted, knowledge.context),
        "full.ttl": to_turtle(full, prefixes),
        "full.nt": to_ntriples(full),
        "schemes.ttl": to_turtle(knowledge.schemes, prefixes),
        "shapes.ttl": to_turtle(knowledge.shapes, prefixes),
    }
    contents = {"data": asserted, "full": full, "schemes": knowledge.schemes, "shapes": knowledge.shapes}
    for name, data in files.items():
        data_format = format_for(name)
        assert data_format is not None
        prove(data, data_format, contents[name.partition(".")[0]])
    return {**files, "ontology.ttl": assets.read("ontology", "airmo.ttl")}


def reports(findings: Sequence[Finding], results: Sequence[Result], knowledge: Knowledge) -> dict[str, bytes]:
    """``report.json``: all findings with their cells; ``report.ttl``: the SHACL results as a ``sh:ValidationReport``."""
    return {
        "report.json": report_json(findings),
        "report.ttl": to_turtle(report_graph(results, knowledge.base), knowledge.prefixes),
    }


def report_json(findings: Sequence[Finding]) -> bytes:
    """Counts by severity and every finding as an object with sorted keys."""
    counts = {level: sum(finding.severity == level for finding in findings) for level in LEVELS[1:]}
    return _json({"counts": counts, "findings": [finding.as_dict() for finding in findings]})


@dataclass(frozen=True)
class Contents:
    """What a build is made of, for its metadata; ``counts`` pair a mapping's name with what it did to a file."""

    sources: Sequence[Found]
    counts: Sequence[tuple[str, Count]]
    findings: Sequence[Finding]
    asserted: set[Triple]
    inferred: set[Triple]


def metadata(files: Mapping[str, bytes], contents: Contents, knowledge: Knowledge) -> dict[str, bytes]:
    """``void.ttl``, ``dcat.ttl`` and ``build.json`` about the given files, and ``SHA256SUMS`` over them all."""
    full = contents.asserted | contents.inferred | knowledge.background
    date = newest_date(contents.asserted)
    bundled = catalogue.is_bundled(contents.sources)
    dataset = catalogue.dataset_iri(knowledge.base, bundled)
    written = {
        "void.ttl": to_turtle(catalogue.void(dataset, full, contents.asserted, knowledge), knowledge.prefixes),
        "dcat.ttl": to_turtle(catalogue.dcat(dataset, files, date, knowledge, bundled), knowledge.prefixes),
        "build.json": _json(_build_record(contents, len(full), knowledge, date)),
    }
    return {**written, SUMS: checksums({**files, **written})}


def checksums(files: Mapping[str, bytes]) -> bytes:
    """One line a file, as ``sha256sum`` writes and checks it."""
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())).encode()


def newest_date(triples: Iterable[Triple]) -> str | None:
    """``SOURCE_DATE_EPOCH`` as an ISO date, else the newest date on which something was made, changed or retrieved, else None.

    What is no date is passed over. UsageError: ``SOURCE_DATE_EPOCH`` is no time.
    """
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        if not EPOCH.fullmatch(epoch):
            raise UsageError(f"SOURCE_DATE_EPOCH: {epoch[:40]!r} is no number of seconds since 1970")
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date().isoformat()
    dates = (_date(literal_parts(o).text) for _, p, o in triples if p in DATES and is_literal(o))
    return max((date.isoformat() for date in dates if date is not None), default=None)


def _date(text: str) -> datetime.date | None:
    found = ISO_DATE.fullmatch(text)
    try:
        return datetime.date.fromisoformat(found[1]) if found else None
    except ValueError:  # no such day
        return None


def _build_record(contents: Contents, full: int, knowledge: Knowledge, date: str | None) -> dict[str, object]:
    kinds = Counter(o for _, p, o in contents.asserted if p == TYPE)
    severities = Counter(finding.severity for finding in contents.findings)
    used = {mapping for mapping, _ in contents.counts}
    mappings = [file for file in assets.files("mappings", "*.yml") if file.name in used]
    asserted = len(contents.asserted)
    return {
        "toolkit": __version__,
        "ontology": knowledge.version,
        "base": knowledge.base,
        "date": date,
        "sources": [{"file": f.name, "bytes": f.content.size, "sha256": f.content.sha256} for f in contents.sources],
        "mappings": {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in mappings},
        "read": [{"mapping": mapping, **asdict(count)} for mapping, count in contents.counts],
        "triples": {"asserted": asserted, "full": full},
        "entities": {name: kinds[f"<https://w3id.org/airmo#{name}>"] for name in CLASSES},
        "findings": {level: severities[level] for level in LEVELS[1:]},
    }


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
