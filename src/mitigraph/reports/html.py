"""One HTML page that needs nothing else: findings by severity and file, foldable without a script, and what their codes mean.

The look is a style sheet inside the page, allowed by its hash in the page's own Content-Security-Policy, which forbids all else.
A server that allows no styles inside pages (``default-src 'self'``) takes the look away and nothing more: folding, links, light
and dark stay, as they are the browser's own.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from itertools import groupby

from mitigraph import __version__, assets
from mitigraph.finding import LEVELS, Finding, clipped, one_line
from mitigraph.reports.context import Context
from mitigraph.reports.rules import rules_of

__all__ = ["write"]

MOST_OF_A_CELL = 300
TITLES = {"violation": "violations", "warning": "warnings", "info": "notes"}


def write(findings: Sequence[Finding], context: Context) -> bytes:
    """The page of ``site/templates/report.html``."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # half a tenth of a second that only this report takes

    templates = Environment(
        loader=FileSystemLoader(assets.path("site", "templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["shown"] = _shown
    style = assets.read("site", "static", "report.css").decode()
    page = templates.get_template("report.html").render(
        version=__version__,
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        levels=[_level(level, findings) for level in reversed(LEVELS[1:])],
        files=_files(findings, context),
        rules=rules_of(findings, context.knowledge).values(),
    )
    return page.encode()


def _level(level: str, findings: Sequence[Finding]) -> dict[str, object]:
    """A severity with its findings by file."""
    found = [finding for finding in findings if finding.severity == level]
    files = {file: list(group) for file, group in groupby(found, key=lambda finding: finding.place.file)}
    return {"name": level, "title": level if len(found) == 1 else TITLES[level], "count": len(found), "files": files}


def _files(findings: Sequence[Finding], context: Context) -> list[tuple[str, list[int]]]:
    """Every file with its numbers of findings, the gravest first."""
    names = sorted({*context.files, *(finding.place.file for finding in findings)})
    numbers = {name: dict.fromkeys(reversed(LEVELS[1:]), 0) for name in names}
    for finding in findings:
        numbers[finding.place.file][finding.severity] += 1
    return [(name, list(counts.values())) for name, counts in numbers.items()]


def _shown(value: object) -> str:
    """A text on one line and not too long; signs that nobody sees by their numbers."""
    return clipped(one_line(str(value)), MOST_OF_A_CELL)
