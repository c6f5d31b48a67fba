"""YARRRML text to a plan (https://rml.io/yarrrml/spec/, with the extensions of mappings/README.md), a file for each noun.

words (the keys there are) → nodes → values (expressions) → terms → sources, rules → document. Nothing stops at the first
problem: each becomes a finding with file, line and key, and reading goes on.
"""

from __future__ import annotations

from mitigraph.errors import InputError
from mitigraph.finding import Finding, Place
from mitigraph.mapping.plan import DEFAULT_BASE, Lexicon, Mapping, MappingError
from mitigraph.mapping.yarrrml.document import Document
from mitigraph.read.options import Options
from mitigraph.read.yaml import read_yaml

__all__ = ["read_yarrrml"]


def read_yarrrml(data: bytes, name: str, lexicon: Lexicon) -> Mapping:
    """A mapping with every problem of its form among its findings. MappingError: it is no YAML.

    >>> text = b"mappings: {m: {subject: a, po: [[rdfs:label, A], [rdfs:seeAlso, $(b)~iri]], graph: g}}"
    >>> [str(rule.objects[0].expression) for rule in read_yarrrml(text, "m.yml", Lexicon()).triples_maps[0].rules]
    ["Text(text='A')", "Reference(name='b')"]
    """
    try:
        tree = read_yaml(data, name, Options())
    except InputError as error:
        raise MappingError(str(error), [_unreadable(name, error)]) from None
    read = Document(name, tree.root, lexicon.prefixes)
    return Mapping(
        name,
        read.title,
        read.dataset,
        lexicon.base or read.base or DEFAULT_BASE,
        read.declared,
        read.sources,
        read.triples_maps,
        read.lookups,
        [*tree.findings, *read.problems],
        read.authors,
    )


def _unreadable(name: str, error: InputError) -> Finding:
    """What keeps a file from being YAML, at its line if the reader knows it."""
    text = str(error).removeprefix(f"{name}:")
    line, _, message = text.partition(":")
    if line.isdigit():
        return Finding("violation", "bad-yaml", message.strip(), Place(name, int(line)))
    return Finding("violation", "bad-yaml", text.strip(), Place(name))
