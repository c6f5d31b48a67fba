"""For every rule of the shapes: the property at which a fault is to be shown in RDF, and how the fault is planted in an entry.

``PROPERTY``: a fault is shown at the triple of that property which has the value that is told; if none has, at the first of that
property; if there is none, at the focus node's first line. ``^`` turns the triple round: it is the one that points here.

``ENTRIES``: what is changed in the good entries, and the cell at which the fault must be told. ``PAGES``: the same for a page. A
rule that stands in neither cannot be broken through the mapping of entries or pages; ``without_way`` says why.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ENTRIES", "GOOD", "INFERRED", "PAGES", "PROPERTY", "Cell", "Planted", "without_way"]

_BY_PROPERTY = {
    "rdfs:label": "mitigation-label mitigation-label-language mitigation-label-once mitigation-label-trimmed"
    " risk-label risk-label-language risk-label-once risk-label-trimmed"
    " document-label document-label-language document-label-once document-label-trimmed"
    " scheme-label scheme-label-language scheme-label-once scheme-label-trimmed"
    " agent-label agent-label-language agent-label-once agent-label-trimmed activity-label"
    " dataset-label dataset-label-language dataset-label-once dataset-label-trimmed",
    "dcterms:description": "mitigation-description mitigation-description-language mitigation-description-once"
    " mitigation-description-trimmed risk-description-language risk-description-once risk-description-trimmed"
    " document-description-language document-description-once document-description-trimmed",
    "dcterms:abstract": "document-abstract-language document-abstract-once document-abstract-trimmed",
    "dcterms:identifier": "record-identifier record-identifier-unique risk-identifier scheme-identifier scheme-identifier-unique",
    "dcterms:license": "dataset-licence dataset-licence-link",
    "dcterms:source": "concept-source concept-source-link dataset-source document-source",
    "dcterms:type": "document-type",
    "rdfs:isDefinedBy": "concept-defined-by",
    "skos:prefLabel": "concept-label concept-label-language concept-label-once concept-label-trimmed",
    "skos:definition": "concept-definition concept-definition-language concept-definition-once concept-definition-trimmed",
    "skos:notation": "concept-notation concept-code-unique-mit-v1 concept-code-unique-mit-v2 concept-code-unique-functions"
    " concept-code-unique-risk-domains concept-code-unique-causal-entity concept-code-unique-causal-intent"
    " concept-code-unique-causal-timing",
    "skos:inScheme": "concept-scheme category-scheme stage-scheme actor-scheme function-scheme domain-scheme causal-factor-scheme"
    " status-scheme actor-task-scheme topic-scheme",
    "skos:broader": "concept-broader concept-broader-scheme concept-own-ancestor concept-place",
    "^skos:broader": "concept-narrower",
    "skos:topConceptOf": "concept-top",
    "prov:generatedAtTime": "record-retrieved",
    "prov:used": "activity-dataset",
    "prov:wasAttributedTo": "assignment-attribution assignment-agent",
    "prov:wasDerivedFrom": "assignment-record extract-record link-record record-source risk-source",
    "prov:wasGeneratedBy": "record-activity",
    "airmo:appliesAtStage": "mitigation-stage mitigation-stage-assignment",
    "airmo:assignedActor": "assignment-actor",
    "airmo:assignedCategory": "assignment-category",
    "airmo:assignedConcept": "assignment-concept",
    "airmo:assignedFunction": "assignment-function",
    "airmo:assignedRiskDomain": "assignment-risk-domain",
    "airmo:assignedStage": "assignment-stage",
    "airmo:assignmentRank": "assignment-rank",
    "airmo:attribution": "dataset-attribution dataset-attribution-form record-attribution",
    "airmo:authorName": "authorship-name",
    "airmo:citationPolicy": "record-citation-wording",
    "airmo:datasetVersion": "dataset-version",
    "airmo:describedIn": "mitigation-document risk-document",
    "airmo:doi": "document-doi document-doi-unique",
    "airmo:entity": "risk-entity risk-entity-scheme",
    "airmo:entryDigest": "record-digest",
    "airmo:extractedFrom": "extract-document",
    "airmo:extractText": "extract-text",
    "airmo:fileName": "file-name",
    "airmo:hasAuthorship": "document-authorship document-author-ranks",
    "^airmo:hasAuthorship": "authorship-document",
    "airmo:hasCategory": "mitigation-category mitigation-category-assignment",
    "airmo:hasExtract": "mitigation-extract risk-extract",
    "^airmo:hasExtract": "extract-owner",
    "airmo:hasParentMitigation": "mitigation-parent mitigation-own-ancestor",
    "airmo:hasParentRisk": "risk-parent risk-own-ancestor",
    "airmo:hasStatus": "record-status record-citation-policy",
    "airmo:hasTopic": "mitigation-topic",
    "airmo:howItMitigates": "link-how link-how-form",
    "airmo:inRiskDomain": "risk-domain risk-domain-known",
    "airmo:intent": "risk-intent risk-intent-scheme",
    "airmo:involvesActorTask": "mitigation-actor-task",
    "airmo:labelDerived": "record-label-derived",
    "airmo:linkedRisk": "link-risk",
    "airmo:mappingFile": "activity-mapping",
    "airmo:mitigatesRisk": "mitigation-risk",
    "airmo:nonValue": "record-non-value risk-non-value",
    "airmo:nonValueLabel": "scheme-non-value",
    "airmo:pageLabel": "extract-page",
    "airmo:partOfDataset": "file-dataset",
    "airmo:publicationYear": "document-year",
    "airmo:qualifiedClassification": "mitigation-classification",
    "^airmo:qualifiedClassification": "assignment-mitigation",
    "airmo:qualifiedMitigation": "mitigation-link mitigation-risk-link",
    "^airmo:qualifiedMitigation": "link-mitigation",
    "airmo:rank": "concept-rank authorship-rank",
    "airmo:reasoning": "assignment-reasoning",
    "airmo:recordOf": "record-mitigation",
    "^airmo:recordOf": "mitigation-record",
    "airmo:responsibleActor": "mitigation-actor mitigation-actor-assignment",
    "airmo:sameMeasureAs": "mitigation-same-measure",
    "airmo:sectionHeading": "extract-heading",
    "airmo:servesFunction": "mitigation-function-assignment",
    "airmo:sha256": "file-digest",
    "airmo:targetsRiskDomain": "mitigation-risk-domain-assignment",
    "airmo:timing": "risk-timing risk-timing-scheme",
}
PROPERTY = {rule: name for name, rules in _BY_PROPERTY.items() for rule in rules.split()}

INFERRED = {
    "assignment-concept-missing": ("airmo:assignedConcept", None),
    "mitigation-category-assignment-missing": ("airmo:qualifiedClassification", "https://example.org/second"),
    "mitigation-risk-link": ("airmo:qualifiedMitigation", None),
}
"""Bad examples that inference makes good, so that no data can break them; without it they are found at this property and value.
"""


class Cell(NamedTuple):
    """A field of one of the good entries."""

    entry: str
    field: str


class Planted(NamedTuple):
    """What is changed, and where it must be told, with the value that is found there and what is suggested, if anything."""

    changes: dict[Cell, str]
    at: Cell
    value: str | None = None
    suggestion: str | None = None


GOOD: list[dict[str, str]] = [
    {
        "id": name,
        "title": f"Measure {name}",
        "description": "What it does.",
        "category": "mit-v1:1.1",
        "reasoning": "It governs.",
        "actor": "Developer",
        "lifecycle_stage": "Deploy",
        "function": "Manage",
        "risks": "Data Privacy; Confabulation",
        "parent": parent,
        "same_as": "one" if name == "three" else "",
        "source_title": title,
        "source_authors": "Lee, Ann; Du, Bo",
        "source_year": "2020",
        "source_url": f"https://doi.org/10.1234/{title[-1]}",
        "quote": "Do it with care.",
        "page": "7",
        "status": "published",
        "citation_policy": "",
        "retrieved": "2024-05-31",
    }
    for name, parent, title in (("one", "", "Book A"), ("two", "one", "Book B"), ("three", "one", "Book B"))
]
"""Entries with which nothing is wrong."""

ENTRIES: dict[str, Planted] = {
    "mitigation-label": Planted({Cell("two", "title"): ""}, Cell("two", "title")),
    "mitigation-description": Planted({Cell("two", "description"): ""}, Cell("two", "description")),
    "mitigation-category": Planted({Cell("two", "category"): ""}, Cell("two", "category")),
    "mitigation-stage": Planted({Cell("two", "lifecycle_stage"): ""}, Cell("two", "lifecycle_stage")),
    "mitigation-actor": Planted({Cell("two", "actor"): ""}, Cell("two", "actor")),
    "mitigation-own-ancestor": Planted({Cell("two", "parent"): "two"}, Cell("two", "parent"), "two"),
    "mitigation-same-measure": Planted({Cell("two", "same_as"): "thre"}, Cell("two", "same_as"), "thre", "three"),
    "mitigation-risk": Planted({Cell("two", "risks"): "mit-risks/none"}, Cell("two", "risks"), "mit-risks/none"),
    "document-label-once": Planted({Cell("three", "source_title"): "Bok B"}, Cell("two", "source_title")),
    "document-year": Planted({Cell("three", "source_year"): "2021"}, Cell("two", "source_year")),
    "document-source": Planted({Cell("two", "source_url"): "urn:isbn:123"}, Cell("two", "source_url"), "urn:isbn:123"),
    "authorship-name": Planted({Cell("three", "source_authors"): "Lee, Anne; Du, Bo"}, Cell("two", "source_authors")),
    "extract-text": Planted({Cell("two", "quote"): "   "}, Cell("two", "quote"), "   "),
    "extract-document": Planted(
        {Cell("two", name): "" for name in ("source_title", "source_authors", "source_year", "source_url")},
        Cell("two", "source_url"),
    ),
    "record-citation-policy": Planted({Cell("two", "status"): "preliminary"}, Cell("two", "citation_policy")),
}

PAGES: dict[str, tuple[str, str, str]] = {
    "mitigation-description": ("Before release, a developer", "", "Pre-deployment risk assessments"),
    "mitigation-stage": ("Build and Use Model", "Unable to classify", "Deciding what a model"),
    "mitigation-actor": ("Developer", "Unable to classify", "Deciding what a model"),
}
"""Rule → the beginning of the line that is changed, what it becomes ("": it is taken out), the line that is told."""


def without_way() -> dict[str, str]:
    """Rules that no entry breaks, each with the reason."""
    return {rule: _reason(rule) for rule in PROPERTY if rule not in ENTRIES}


def _reason(rule: str) -> str:
    if rule.startswith(("agent-", "activity-", "dataset-", "file-", "concept-", "scheme-")) or rule.endswith("-scheme"):
        return "it is about the mapping, the schemes or the files, which no entry writes"
    if rule.endswith(("-language", "-trimmed")):
        return "the mapping gives every text its language and takes white space off"
    if rule.endswith("-assignment") or rule in ("mitigation-classification", "mitigation-risk-link"):
        return "the mapping writes the assignments, and inference what follows from them"
    if PROPERTY[rule] in _BY_FIELDS:
        return "the mapping refuses it with a finding of its own, or tidies it"
    return "entries and pages say nothing of it"


_BY_FIELDS = {
    "airmo:hasParentMitigation",
    "dcterms:identifier",
    "airmo:doi",
    "prov:generatedAtTime",
    "airmo:pageLabel",
    "airmo:hasStatus",
}
