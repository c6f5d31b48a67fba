"""Inference: SPARQL CONSTRUCT rules, one ``.rq`` file each, run until they give nothing new.

The rules say what the axioms of ``ontology/airmo.ttl`` entail under OWL 2 RL, as far as it concerns individuals; they
need the data and the schemes, not the ontology. A rule makes no new nodes: each term it writes stands in the data or in
the rule.

>>> rule = Rule("parent", "A child's parent.", "CONSTRUCT { ?p ex:child ?c } WHERE { ?c ex:parent ?p }")
>>> data = [("<https://example.org/c>", "<https://example.org/parent>", "<https://example.org/p>")]
>>> infer(data, [rule], {"ex": "https://example.org/"})
{('<https://example.org/p>', '<https://example.org/child>', '<https://example.org/c>')}
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph

from mitigraph.errors import EngineError, InputError
from mitigraph.terms import Triple

__all__ = ["Rule", "derive", "infer", "load_rules"]

ROUNDS = 100
"""More rounds than this mean that rules feed themselves; the project's own need three."""

REFUSED = re.compile(r"(?<![?$:\w])(?:SERVICE|FROM|GRAPH|BNODE|UUID|STRUUID|RAND)\b|_:|\[", re.IGNORECASE)
"""What no rule may hold: words that reach beyond the graph it is given, and those that make new nodes."""

_CONSTRUCT = re.compile(r"\s*CONSTRUCT\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """One inference rule: the stem of its file, its prose head, and the CONSTRUCT query without the head."""

    name: str
    description: str
    text: str


def load_rules(folder: Path) -> list[Rule]:
    """The rules of a folder, sorted by name.

    Each file is a head of lines that begin with ``#`` (its first line says what is inferred) and then one SPARQL 1.1
    CONSTRUCT query (section 16.2), with the project's prefixes understood. InputError: no rule there, or one that
    cannot be read, has no head, is no CONSTRUCT, or holds a word of ``REFUSED``.

    >>> from mitigraph.assets import path
    >>> [rule.name for rule in load_rules(path("ontology", "rules"))][:3]
    ['ancestors', 'assigned-concept', 'category-roll-up']
    """
    rules = [_read_rule(path) for path in sorted(folder.glob("*.rq"))]
    if not rules:
        raise InputError(f"{folder}: no rules (*.rq) here")
    return rules


def infer(triples: Iterable[Triple], rules: Sequence[Rule], prefixes: Mapping[str, str]) -> set[Triple]:
    """The triples that the rules add to a graph: all that follow, none that were there. See ``derive`` for errors."""
    return set(derive(triples, rules, prefixes))


def derive(triples: Iterable[Triple], rules: Sequence[Rule], prefixes: Mapping[str, str]) -> dict[Triple, str]:
    """The triples that the rules add, each with the name of the rule that gave it first.

    Rules run in turn, in rounds, until a round adds nothing; that ends because no rule makes new nodes. InputError: a
    rule is not valid SPARQL, or the triples are not N-Triples terms. EngineError: a rule failed while running, or rules
    that do make new terms come to no end.

    >>> text = 'CONSTRUCT { ?s ex:p ?next } WHERE { ?s ex:p ?o BIND(CONCAT(?o, "o") AS ?next) }'
    >>> triple = ("<https://example.org/s>", "<https://example.org/p>", '"o"')
    >>> derive([triple], [Rule("loop", "Never ends.", text)], {"ex": "https://example.org/"})
    Traceback (most recent call last):
    mitigraph.errors.EngineError: rules still give new triples after 100 rounds; the last was loop.rq
    """
    store = _store(triples)
    table = dict(prefixes)
    found: dict[Triple, str] = {}
    for _ in range(ROUNDS):
        size = len(found)
        for rule in rules:
            fresh = list(_fresh(store, rule, table))
            store.extend(fresh)
            found.update((_encoded(quad), rule.name) for quad in fresh)
        if len(found) == size:
            return found
    last = next(reversed(found.values()))
    raise EngineError(f"rules still give new triples after {ROUNDS} rounds; the last was {last}.rq")


def _store(triples: Iterable[Triple]) -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    lines = "".join(f"{subject} {predicate} {object_} .\n" for subject, predicate, object_ in triples)
    try:
        # bulk_load would give blank nodes new labels; parse keeps them, and inferred triples must join the given ones
        store.bulk_extend(pyoxigraph.parse(input=lines.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES))
    except SyntaxError as error:
        raise InputError(f"triples to infer from are not N-Triples: {error}") from error
    return store


def _fresh(store: pyoxigraph.Store, rule: Rule, prefixes: dict[str, str]) -> Iterator[pyoxigraph.Quad]:
    """What a rule constructs that the store does not hold yet."""
    try:
        answer = store.query(rule.text, prefixes=prefixes)
        if not isinstance(answer, pyoxigraph.QueryTriples):
            raise InputError(f"{rule.name}.rq: a rule is a CONSTRUCT query")
        for triple in answer:
            quad = pyoxigraph.Quad(*triple)
            if quad not in store:
                yield quad
    except SyntaxError as error:
        raise InputError(f"{rule.name}.rq: {error}") from error
    except (OSError, RuntimeError) as error:
        raise EngineError(f"{rule.name}.rq: {error}") from error


def _encoded(quad: pyoxigraph.Quad) -> Triple:
    return str(quad.subject), str(quad.predicate), str(quad.object)


def _read_rule(path: Path) -> Rule:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: cannot be read: {error}") from error
    start = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    description = "\n".join(line.removeprefix("#").strip() for line in lines[:start]).strip()
    text = "\n".join(lines[start:]).strip()
    if not description:
        raise InputError(f"{path.name}: begins with no comment that says what the rule infers")
    if not _CONSTRUCT.match(text):
        raise InputError(f"{path.name}:{start + 1}: a rule is one CONSTRUCT query, without prefixes or base")
    if word := REFUSED.search(text):
        raise InputError(f"{path.name}: {word.group()} is refused: a rule sees only its graph and makes no new nodes")
    return Rule(path.stem, description, text)
