"""JUnit XML, as build servers read it: a test suite for each file, a test case for each code that its findings have.

A case fails when findings of its code count (``--fail-on``), so that the report and the exit code say the same. Cases have no
lines in their names: a server that compares two runs by name tells what broke and what was mended. A file without findings has
one case.

>>> print(write([], Context(files=["new.csv"])).decode(), end="")
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="mitigraph validate" tests="1" failures="0" errors="0" time="0">
 <testsuite name="new.csv" tests="1" failures="0" errors="0" skipped="0" time="0">
  <testcase name="no findings" classname="new.csv" time="0" />
 </testsuite>
</testsuites>
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from mitigraph.finding import LEVELS, Finding, clipped, one_line, worst
from mitigraph.reports.context import Context

__all__ = ["write"]

NOTHING = "no findings"
MOST_OF_A_MESSAGE = 200


def write(findings: Sequence[Finding], context: Context) -> bytes:
    """All suites, by file; the time is 0 everywhere, as it would be another each time."""
    by_file = {file: list(found) for file, found in groupby(findings, key=lambda finding: finding.place.file)}
    root = Element("testsuites", name="mitigraph validate")
    for file in sorted({*context.files, *by_file}):
        root.append(_suite(file, by_file.get(file, []), context))
    totals = {name: str(sum(int(suite.attrib[name]) for suite in root)) for name in ("tests", "failures", "errors")}
    root.attrib.update(totals | {"time": "0"})
    indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, "unicode")}\n'.encode()


def _suite(file: str, findings: Sequence[Finding], context: Context) -> Element:
    codes: dict[str, list[Finding]] = {}
    for finding in findings:
        codes.setdefault(finding.code, []).append(finding)
    suite = Element("testsuite", name=one_line(file))
    for code, found in sorted(codes.items()):
        _case(suite, file, code, found, context)
    if not codes:
        SubElement(suite, "testcase", name=NOTHING, classname=one_line(file), time="0")
    failures = len(suite.findall("testcase/failure"))
    suite.attrib.update(tests=str(len(suite)), failures=str(failures), errors="0", skipped="0", time="0")
    return suite


def _case(suite: Element, file: str, code: str, findings: Sequence[Finding], context: Context) -> None:
    case = SubElement(suite, "testcase", name=code, classname=one_line(file), time="0")
    failing = [finding for finding in findings if context.counts(finding)]
    if failing:
        number = f"{len(failing):,} findings, the first: " if len(failing) > 1 else ""
        message = number + clipped(f"{failing[0].place}: {failing[0].told}", MOST_OF_A_MESSAGE)
        SubElement(case, "failure", message=message, type=worst(failing)).text = _lines(failing)
    lighter = [finding for finding in findings if not context.counts(finding)]
    if lighter:
        SubElement(case, "system-out").text = _lines(lighter)


def _lines(findings: Sequence[Finding]) -> str:
    grave_first = sorted(findings, key=lambda finding: -LEVELS.index(finding.severity))
    return "".join(f"{finding}\n" for finding in grave_first)
