"""New entries held against a dataset that exists: checked together with it, told of is what they touch.

The new triples and what they entail are laid over the existing dataset. Only shapes and nodes whose results may differ because of
them are checked, before and after: what is wrong with the new entries themselves is told, and of the rest what was right before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mitigraph import locate
from mitigraph.asking import default_data
from mitigraph.concern import Pattern
from mitigraph.deadline import Worker, within
from mitigraph.entail import Closed, Rules
from mitigraph.existing import Existing, open_existing
from mitigraph.finding import order
from mitigraph.knowledge import Knowledge
from mitigraph.pipeline import Dataset, Validation
from mitigraph.references import joined
from mitigraph.shacl import Result
from mitigraph.shacl.affected import Reach, results
from mitigraph.shacl.data import Data, Table
from mitigraph.shacl.edited import Lookup
from mitigraph.shacl.lint import refuse_unusable
from mitigraph.shacl.shapes import Shapes, shapes_of
from mitigraph.shacl.sparql_declared import needs_queries
from mitigraph.terms import Triple

__all__ = ["Edit", "beside", "default", "edit", "validate"]

Found = dict[tuple[str, str], set[Result]]
"""The results of a shape on a focus node."""


@dataclass(frozen=True)
class Edit:
    """What an edit does to a graph, what shapes and nodes it may matter to, and their results before and after."""

    after: Closed
    affected: Mapping[str, set[str]]
    earlier: Found
    later: Found

    def changed(self) -> list[Triple]:
        """The triples that came and went, those that are derived with them."""
        return [*self.after.added(), *self.after.removed()]


def default() -> str:
    """The dataset that is meant when none is named: ``./dist``, else the bundled one."""
    return default_data()


def edit(
    before: Closed, rules: Rules, shapes: Shapes, reach: Reach, added: Iterable[Triple], removed: Iterable[Triple] = ()
) -> Edit:
    """Asserted triples added to a graph and taken away from it, with all that follows, and what then must be checked.

    ``before`` stays as it is. What is to be taken away and is not asserted there is passed over.
    """
    after = Closed(before, before.is_derived)
    rules.apply(after, added, removed)
    affected = reach.affected(before, after, [*after.added(), *after.removed()])
    return Edit(after, affected, results(before, shapes, affected), results(after, shapes, affected))


def validate(
    dataset: Dataset,
    knowledge: Knowledge,
    place: str,
    shapes: Sequence[Triple] | None = None,
    timeout: float | None = None,
    engine: str = "own",
) -> Validation:
    """What is wrong with new entries, and because of them elsewhere, when they stand beside the dataset at a place.

    Findings about the new point at their cells, those about the existing dataset at its lines or cells. InputError: the
    existing dataset is missing, holds no data, or is refused; the shapes cannot be used. EngineError: it took longer than
    ``timeout`` seconds, reading the existing dataset for the first time apart.
    """
    if shapes is not None:
        refuse_unusable(shapes)
    return beside(dataset, open_existing(place, knowledge), shapes, timeout, engine)


def beside(
    dataset: Dataset,
    existing: Existing,
    shapes: Sequence[Triple] | None = None,
    timeout: float | None = None,
    engine: str = "own",
) -> Validation:
    """The same for a dataset that is open already, and shapes that are known to be usable."""
    knowledge = existing.knowledge
    triples = knowledge.shapes if shapes is None else list(shapes)
    with within(timeout):
        before = Closed(existing.data, existing.is_derived)
        dataset = joined(dataset, before)
        new = frozenset(subject for subject, _, _ in dataset.asserted)
        rules = Rules(knowledge.rules, knowledge.prefixes)
        if engine == "own" and not needs_queries(triples):
            after, told = _told(before, rules, shapes_of(triples), dataset.asserted, new)
        else:
            after, told = _told_in_full(before, rules, triples, dataset.asserted, new, engine, timeout)
        return _validation(dataset, existing, after, sorted(told, key=Result.sort_key), shapes)


def _told(
    before: Closed, rules: Rules, shapes: Shapes, added: Iterable[Triple], new: frozenset[str]
) -> tuple[Closed, set[Result]]:
    done = edit(before, rules, shapes, Reach(shapes), added)
    own = {name: new for name, shape in shapes.items() if shape.targets}
    known = {result for found in done.earlier.values() for result in found}
    elsewhere = {result for found in done.later.values() for result in found if result not in known}
    return done.after, elsewhere.union(*results(done.after, shapes, own).values())


def _told_in_full(
    before: Closed,
    rules: Rules,
    shapes: Sequence[Triple],
    added: Iterable[Triple],
    new: frozenset[str],
    engine: str,
    timeout: float | None,
) -> tuple[Closed, set[Result]]:
    """The same where queries or another engine check: they need all of the graph, before and after."""
    after = Closed(before, before.is_derived)
    rules.apply(after, added, ())
    known = set(_in_full(before, shapes, engine, timeout))
    return after, {one for one in _in_full(after, shapes, engine, timeout) if one not in known or one.focus in new}


def _in_full(data: Data, shapes: Sequence[Triple], engine: str, timeout: float | None) -> list[Result]:
    with Worker("mitigraph.shacl.engines") as worker:
        worker.call("mitigraph.shacl", "validate", list(data.triples()), shapes, None, engine)
        found: list[Result] = worker.result(timeout)
        return found


def _validation(
    dataset: Dataset, existing: Existing, after: Closed, told: list[Result], shapes: Sequence[Triple] | None
) -> Validation:
    way_back = _WayBack(dataset, existing)
    located = locate.findings(told, way_back, existing.knowledge, shapes, lambda: _Around(after))
    found = {*dataset.findings, *located, *locate.not_normal(dataset.asserted, way_back)}
    inferred = {triple for triple in after.added() if after.is_derived(triple)}
    return Validation(inferred, told, sorted(found - locate.consequences(found), key=order))


class _Around(Lookup):
    """All of a graph to look into; gone through, only what is new: of very many that are old none is taken for a suggestion."""

    def __init__(self, graph: Closed) -> None:
        self._graph = graph

    def out(self, predicate: str) -> Table:
        return self._graph.out(predicate)

    def into(self, predicate: str) -> Table:
        return self._graph.into(predicate)

    def __iter__(self) -> Iterator[Triple]:
        return self._graph.added()


class _WayBack(locate.WayBack):
    """To the new entries for what they speak of, to the existing dataset for the rest."""

    def __init__(self, dataset: Dataset, existing: Existing) -> None:
        super().__init__(dataset.runs, dataset.rdf, existing.knowledge.prefixes)
        self._existing, self._new = existing, {subject for subject, _, _ in dataset.asserted}

    def spot(self, focus: str, sought: Iterable[Pattern]) -> locate.Spot:
        patterns = list(sought)
        if focus in self._new:
            return super().spot(focus, patterns)
        _, path, value = next((pattern for pattern in patterns if pattern[0] == focus), (focus, None, None))
        return locate.Spot(self._existing.place(focus, path, value))
