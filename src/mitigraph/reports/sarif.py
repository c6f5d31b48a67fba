"""SARIF 2.1.0 (OASIS, errata 01), as code hosts and editors show it on the line.

Comments name sections of the standard. A host that shows results wants a file and a line for each, so every result has both: the
first line where none is known, the row of the sheet in a workbook.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from mitigraph import __version__
from mitigraph.finding import Finding, Place, one_line
from mitigraph.reports.context import Context, Region, Spot
from mitigraph.reports.fingerprint import fingerprints
from mitigraph.reports.rules import Rule, rules_of

__all__ = ["write"]

Json = dict[str, object]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ABOUT = "https://w3id.org/airmo"
ROOT = "%SRCROOT%"
LEVELS = {"violation": "error", "warning": "warning", "info": "note"}
PROBLEMS = {"violation": "error", "warning": "warning", "info": "recommendation"}
ELSEWHERE = ("severity", "code", "message", "file", "line")
"""Parts of a finding that have a place of their own in a result."""


def write(findings: Sequence[Finding], context: Context) -> bytes:
    """A log with one run: the tool with the rules that were broken, the files, a result for each finding."""
    described = rules_of(findings, context.knowledge)
    files = sorted({*context.files, *(finding.place.file for finding in findings)})
    artifacts = {file: _artifact(file, index, file in context.files) for index, file in enumerate(files)}
    numbers = {code: index for index, code in enumerate(described)}
    run = {
        "tool": {"driver": _driver(described)},
        "invocations": [{"executionSuccessful": not context.refused}],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder in which the check was run."}}},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": artifact, "roles": ["analysisTarget"]} for artifact in artifacts.values()],
        "results": [
            _result(finding, mark, artifacts[finding.place.file], numbers[finding.code], context.spots.get(finding))
            for finding, mark in zip(findings, fingerprints(findings), strict=True)
        ],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return (json.dumps(log, ensure_ascii=False, indent=1) + "\n").encode()


def _driver(described: Mapping[str, Rule]) -> Json:
    return {
        "name": "mitigraph",
        "semanticVersion": __version__,
        "informationUri": ABOUT,
        "rules": [_rule(rule) for rule in described.values()],
    }


def _rule(rule: Rule) -> Json:
    """3.49: a reporting descriptor; hosts show ``help`` beside each result."""
    means, mend = _message(rule.means), _message(rule.mend)
    descriptor: Json = {
        "id": rule.code,
        "shortDescription": {"text": _first_sentence(means)},
        "fullDescription": {"text": means},
        "help": {"text": "\n\n".join(filter(None, [means, mend and f"Mend: {mend}"]))},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"problem.severity": PROBLEMS[rule.severity], "tags": ["quality"]},
    }
    return {**descriptor, "helpUri": rule.page} if rule.page else descriptor


def _first_sentence(text: str) -> str:
    """What is shown where there is little room.

    >>> _first_sentence("Not a year, e.g. 20244. The value is left out.")
    'Not a year, e.g. 20244.'
    """
    return re.split(r"(?<=[.!?]) (?=[A-Z])", text, maxsplit=1)[0]


def _result(finding: Finding, mark: str, artifact: Json, rule: int, spot: Spot | None) -> Json:
    result: Json = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": LEVELS[finding.severity],
        "message": {"text": _message(finding.told)},
        "locations": [_location(finding.place, artifact, spot)],
        # Under this name hosts look for it; one that they make of the line takes two findings in one row for the same.
        "partialFingerprints": {"primaryLocationLineHash": mark},
    }
    if spot is not None and spot.new is not None:
        result["fixes"] = [_fix(finding, artifact, spot.region, spot.new)]
    properties = {name: part for name, part in finding.as_dict().items() if name not in ELSEWHERE}
    return {**result, "properties": properties} if properties else result


def _location(place: Place, artifact: Json, spot: Spot | None) -> Json:
    region = {"startLine": place.line or 1} if spot is None else _region(spot.region)
    location: Json = {"physicalLocation": {"artifactLocation": artifact, "region": region}}
    logical = _logical(place)
    return {**location, "logicalLocations": [logical]} if logical else location


def _logical(place: Place) -> Json | None:
    """3.33: the cell, the JSON value or the column; the row makes a column's name whole."""
    row = f"[{place.row}]" if place.row is not None else ""
    named = (("cell", place.cell, ""), ("value", place.pointer, ""), ("column", place.column, row))
    for kind, name, more in named:
        if name:
            last = name.rpartition("/" if kind == "value" else "!")[2] or name
            return {"name": one_line(last), "fullyQualifiedName": one_line(name) + more, "kind": kind}
    return None


def _fix(finding: Finding, artifact: Json, region: Region, new: str) -> Json:
    replacement = {"deletedRegion": _region(region), "insertedContent": {"text": new}}
    change = {"artifactLocation": artifact, "replacements": [replacement]}
    return {
        "description": {"text": _message(f"Write {finding.suggestion!r} instead of {finding.value!r}.")},
        "artifactChanges": [change],
    }


def _region(region: Region) -> dict[str, int]:
    return dict(zip(("startLine", "startColumn", "endLine", "endColumn"), region, strict=True))


def _artifact(file: str, index: int, was_named: bool) -> Json:
    """3.4: a relative URI, so that no folder of a machine is told; a colon in its first part would make it a scheme.

    What was not named, such as the project's own mappings, lies elsewhere than below the root.
    """
    location: Json = {"uri": quote(file, safe="/"), "index": index}
    return {**location, "uriBaseId": ROOT} if was_named else location


def _message(text: str) -> str:
    """3.11.5, 3.11.6: braces stand for arguments unless doubled; what would be a link in a cell is none."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")
