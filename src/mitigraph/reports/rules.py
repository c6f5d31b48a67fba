"""What each code of a finding means and how it is mended: from the table of codes, and from the shapes.

>>> rules({"bad-year"}, Knowledge())["bad-year"].severity
'violation'
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import NamedTuple

import yaml

from mitigraph import assets
from mitigraph.finding import LEVELS, Finding
from mitigraph.knowledge import Knowledge
from mitigraph.shacl.vocabulary import sh
from mitigraph.terms import iri_text, literal_parts

__all__ = ["PAGES", "Rule", "rules", "rules_of"]

PAGES = "https://w3id.org/airmo/findings/"
"""Where the pages of the codes are published, each under the code's name."""
SHAPES = "Shapes"
"""The section of the table that only adds to what the shapes say themselves."""

_MESSAGE, _SEVERITY = sh("message"), sh("severity")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


class Rule(NamedTuple):
    """A code, the severity that its findings have as a rule, what they mean, how they are mended, and the code's page."""

    code: str
    severity: str
    means: str
    mend: str = ""
    page: str | None = None


def rules(codes: Collection[str], knowledge: Knowledge) -> dict[str, Rule]:
    """The rules of those codes that are the project's own."""
    known = {**_of_shapes(knowledge), **_of_table()}
    return {code: known[code] for code in sorted(codes) if code in known}


def rules_of(findings: Collection[Finding], knowledge: Knowledge) -> dict[str, Rule]:
    """A rule for each code that findings have, by code; one of a user's own shapes is described by its first finding."""
    own = rules({finding.code for finding in findings}, knowledge)
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(finding.code, finding)
    told = {code: Rule(code, finding.severity, finding.message) for code, finding in first.items()}
    return {code: own.get(code, told[code]) for code in sorted(told)}


def _of_shapes(knowledge: Knowledge) -> dict[str, Rule]:
    severities = {s: iri_text(o).rpartition("#")[2].lower() for s, p, o in knowledge.shapes if p == _SEVERITY}
    messages = {s: literal_parts(o).text for s, p, o in knowledge.shapes if p == _MESSAGE and s.startswith("<")}
    codes = {shape: iri_text(shape).rpartition("#")[2] for shape in messages}
    mends = {code: _plain(row["mend"]) for code, row in _table()[SHAPES].items()}
    return {
        code: Rule(code, severities.get(shape, LEVELS[-1]), messages[shape], mends.get(code, ""), PAGES + code)
        for shape, code in codes.items()
    }


def _of_table() -> dict[str, Rule]:
    return {code: _rule(code, row) for name, rows in _table().items() if name != SHAPES for code, row in rows.items()}


@cache
def _table() -> dict[str, dict[str, dict[str, str]]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    table: dict[str, dict[str, dict[str, str]]] = yaml.load(assets.read("docs", "findings.yml"), loader)
    return table


def _rule(code: str, row: Mapping[str, str]) -> Rule:
    severity = re.split("[, ]", row["severity"])[0]
    return Rule(code, severity if severity in LEVELS else LEVELS[-1], _plain(row["means"]), _plain(row["mend"]), PAGES + code)


def _plain(text: str) -> str:
    """Markdown as plain text: code and links by their words."""
    return " ".join(_LINK.sub(r"\1", text).replace("`", "").split())
