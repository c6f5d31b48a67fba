"""What the shapes ask of a property of a class: each property shape with a simple path becomes a ``Check``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from mitigraph.form.fields import Check
from mitigraph.terms import Triple, iri_text, is_iri, literal_parts

__all__ = ["checks_of"]

SH = "http://www.w3.org/ns/shacl#"
LEVELS = {f"<{SH}Info>": "info", f"<{SH}Warning>": "warning", f"<{SH}Violation>": "violation"}

Facts = Mapping[str, list[str]]


def checks_of(shapes: Iterable[Triple]) -> dict[tuple[str, str], list[Check]]:
    """Checks by the class that a shape is for and the property at the end of its path, both IRIs.

    >>> lines = [("<urn:s>", f"<{SH}targetClass>", "<urn:c>"), ("<urn:s>", f"<{SH}property>", "<urn:r#a>"),
    ...          ("<urn:r#a>", f"<{SH}path>", "<urn:p>"), ("<urn:r#a>", f"<{SH}message>", '"Needed."')]
    >>> checks_of(lines)[("urn:c", "urn:p")][0].message
    'Needed.'
    """
    facts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, term in shapes:
        facts[subject][iri_text(predicate).removeprefix(SH)].append(term)
    found: dict[tuple[str, str], list[Check]] = defaultdict(list)
    for shape in sorted(one for one, said in facts.items() if said["targetClass"]):
        for rule in sorted(facts[shape]["property"]):
            said = facts[rule]
            for path in filter(is_iri, said["path"]):
                for target in facts[shape]["targetClass"]:
                    found[iri_text(target), iri_text(path)].append(_check(rule, said))
    return dict(found)


def _check(rule: str, said: Facts) -> Check:
    def text(name: str) -> str | None:
        term = next(iter(sorted(said.get(name, ()))), None)
        return None if term is None else iri_text(term) if is_iri(term) else literal_parts(term).text

    maximum = text("maxCount")
    severity = next(iter(said.get("severity", ())), f"<{SH}Violation>")
    return Check(
        rule=rule.strip("<>").rpartition("#")[2],
        severity=LEVELS.get(severity, "violation"),
        message=text("message") or "",
        minimum=int(text("minCount") or 0),
        maximum=None if maximum is None else int(maximum),
        datatype=text("datatype"),
        pattern=text("pattern"),
        least=text("minInclusive"),
        most=text("maxInclusive"),
    )
