"""The data in an embedded store, and what SPARQL queries with variables bound before find in it.

The store writes numbers and dates in one way each (1.10 becomes 1.1): what comes back is looked up among the terms as they were.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import pyoxigraph as ox

from mitigraph.errors import EngineError, UsageError
from mitigraph.query import ask
from mitigraph.shacl.data import Data
from mitigraph.shacl.sparql_text import ask_as_select, bound_first, goes_in_batches
from mitigraph.shacl.vocabulary import Index
from mitigraph.terms import XSD, is_literal

__all__ = ["SHAPES_GRAPH", "Bound", "Solution", "SparqlStore"]

BATCH = 1000
"""So many nodes are asked about at once."""

_SPACE = "urn:x-mitigraph:"
SHAPES_GRAPH = f"<{_SPACE}shapes>"
_BOUND, _FIXED, _FORM = (f"<{_SPACE}{name}>" for name in ("bound", "fixed", "form"))

Bound = Mapping[str, str]
"""Variable → the term it is bound to before the query runs."""

Solution = Mapping[str, str]
"""Variable → the term it is bound to by the query."""


class SparqlStore:
    """A store of one data graph, and of one shapes graph if a query looks at it."""

    def __init__(self, data: Data) -> None:
        self._data = data
        self._store = ox.Store()
        self._store.bulk_extend(_quads(f"{s} {p} {o} ." for s, p, o in data.triples()))
        self._with_shapes = False

    def add_shapes(self, graph: Index) -> None:
        """Take in the shapes graph, for GRAPH $shapesGraph."""
        if not self._with_shapes:
            self._with_shapes = True
            rows = ((s, p, o) for s, values in graph.items() for p, row in values.items() for o in row)
            self._store.bulk_extend(_quads(f"{s} {p} {o} {SHAPES_GRAPH} ." for s, p, o in rows))

    def solutions(self, text: str, prefixes: Mapping[str, str], focus: Sequence[str], fixed: Bound) -> Iterator[Solution]:
        """The solutions of a SELECT query for each focus node; ``fixed`` is bound for all of them.

        EngineError: the store cannot answer.
        """
        for rows, found in self._batches(text, prefixes, [{"this": node} for node in focus], fixed):
            bound = _Originals(row["this"] for row in rows)
            for solution in found:
                yield from self._as_they_were(solution, bound)

    def holding(self, text: str, prefixes: Mapping[str, str], rows: Sequence[Bound], fixed: Bound) -> Iterator[Bound]:
        """The rows for which an ASK query is true; they all bind the same variables. EngineError: the store cannot answer."""
        for batch, found in self._batches(ask_as_select(text), prefixes, rows, fixed):
            forms = {term: form for form, term in _forms(term for row in batch for term in row.values())}
            good = {tuple(sorted(solution.items())) for solution in found}
            for row in batch:
                if tuple(sorted((name, forms.get(term, term)) for name, term in row.items())) in good:
                    yield row

    def _batches(
        self, text: str, prefixes: Mapping[str, str], rows: Sequence[Bound], fixed: Bound
    ) -> Iterator[tuple[Sequence[Bound], list[Solution]]]:
        """Some rows with the solutions for them, as the store writes terms."""
        together = goes_in_batches(text)
        query = bound_first(text, _pattern(rows[0], fixed), together) if rows else ""
        size = BATCH if together else 1
        for start in range(0, len(rows), size):
            batch = rows[start : start + size]
            self._bind(batch, fixed)
            yield batch, self._answers(query, prefixes)

    def _bind(self, rows: Sequence[Bound], fixed: Bound) -> None:
        named = {name: _named(name) for name in rows[0]}
        lines = [f"_:bound{at} {named[name]} {term} {_BOUND} ." for at, row in enumerate(rows) for name, term in row.items()]
        lines += [f"{_FIXED} {_named(name)} {term} {_BOUND} ." for name, term in fixed.items()]
        self._store.clear_graph(ox.NamedNode(_BOUND[1:-1]))
        self._store.bulk_extend(_quads(lines))

    def _answers(self, query: str, prefixes: Mapping[str, str]) -> list[Solution]:
        try:
            found = ask(self._store, query, prefixes)
            assert isinstance(found, ox.QuerySolutions)
            names = [(variable.value, variable) for variable in found.variables]
            return [{name: str(term) for name, variable in names if (term := one[variable]) is not None} for one in found]
        except (UsageError, OSError, RuntimeError) as error:
            raise EngineError(f"could not check: a query failed: {error}") from None

    def _as_they_were(self, answer: Solution, bound: _Originals) -> Iterator[Solution]:
        """A solution with the terms that the data have, for each of the focus nodes that the store cannot tell apart."""
        for focus in bound.of(answer["this"]):
            yield {name: self._value(term, focus, bound) for name, term in answer.items() if name != "this"} | {"this": focus}

    def _value(self, term: str, focus: str, bound: _Originals) -> str:
        if not _is_rewritten(term):
            return term
        known = self._originals.of(term)
        if len(known) == 1:
            return known[0] if known[0] != term else bound.of(term)[0]
        near = [one for one in known if any(one in self._data.out(name).get(focus, ()) for name in self._data.predicates())]
        return min(near or known)

    @cached_property
    def _originals(self) -> _Originals:
        return _Originals(o for _, _, o in self._data.triples())


class _Originals:
    """Literals by the form that the store gives them."""

    def __init__(self, terms: Iterable[str]) -> None:
        self._found: dict[str, list[str]] = defaultdict(list)
        for form, term in _forms(terms):
            self._found[form].append(term)

    def of(self, term: str) -> list[str]:
        """The literals that became this one; itself where none did."""
        return self._found.get(term, [term])


def _forms(terms: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The form that the store gives to each literal that it may write in its own way, and the literal."""
    store, rewritten = ox.Store(), sorted({term for term in terms if _is_rewritten(term)})
    store.bulk_extend(_quads(f"<{_SPACE}{number}> {_FORM} {term} ." for number, term in enumerate(rewritten)))
    for quad in store:
        yield str(quad.object), rewritten[int(str(quad.subject)[len(_SPACE) + 1 : -1])]


def _is_rewritten(term: str) -> bool:
    return is_literal(term) and term.endswith(">") and XSD in term


def _quads(lines: Iterable[str]) -> Iterator[ox.Quad]:
    """N-Quads as the store takes them, blank nodes by the names they have."""
    text = "\n".join(lines)
    return ox.parse(input=text, format=ox.RdfFormat.N_QUADS)


def _pattern(row: Bound, fixed: Bound) -> str:
    """What each group of a query begins with: the variables of a row together, and those that are fixed."""
    together = "[] " + " ; ".join(f"{_named(name)} ?{name}" for name in row)
    parts = [together, *(f"{_FIXED} {_named(name)} ?{name}" for name in fixed)]
    return f"GRAPH {_BOUND} {{ {' . '.join(parts)} }} "


def _named(variable: str) -> str:
    return f"<{_SPACE}variable:{variable}>"
