"""What a change entails: inference for a few triples against a graph that already holds all that follows from it.

Added triples are followed forwards through the rules. Where triples are taken away, all that may have rested on them is taken
away too, and what still follows from the rest is put back (delete and rederive). It costs what the change is, not the graph.

>>> from mitigraph.infer import Rule
>>> from mitigraph.shacl.data import Tables
>>> rule = Rule("above", "d", "CONSTRUCT { ?a ex:above ?c } WHERE { ?a ex:parent+ ?c }")
>>> family = Tables([("<urn:a>", "<urn:parent>", "<urn:b>"), ("<urn:a>", "<urn:above>", "<urn:b>")])
>>> graph = Closed(family, {("<urn:a>", "<urn:above>", "<urn:b>")}.__contains__)
>>> Rules([rule], {"ex": "urn:"}).apply(graph, [("<urn:b>", "<urn:parent>", "<urn:c>")], [])
>>> sorted(graph.added())
[('<urn:a>', '<urn:above>', '<urn:c>'), ('<urn:b>', '<urn:above>', '<urn:c>'), ('<urn:b>', '<urn:parent>', '<urn:c>')]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from mitigraph.clauses import Clause, Pattern, clauses
from mitigraph.infer import Rule, infer
from mitigraph.shacl.data import Data
from mitigraph.shacl.edges import Use, uses
from mitigraph.shacl.edited import Edited
from mitigraph.terms import Triple

__all__ = ["Closed", "Rules"]

_Binding = dict[str, str]


class Closed(Edited):
    """A graph with all that follows from it, and which of its triples do: only those that were asserted can be taken away."""

    def __init__(self, base: Data, is_derived: Callable[[Triple], bool]) -> None:
        super().__init__(base)
        self._is_derived = is_derived
        self._marks: dict[Triple, bool] = {}

    def is_derived(self, triple: Triple) -> bool:
        """Whether a triple is here only because rules gave it."""
        mark = self._marks.get(triple)
        return self._is_derived(triple) if mark is None else mark

    def mark(self, triple: Triple, derived: bool) -> None:
        """Say whether a triple is derived or asserted."""
        self._marks[triple] = derived

    def absorb(self, other: Closed) -> None:
        """Take in what was done to a graph that was laid over this one."""
        for triple in list(other.removed()):
            self.discard(triple)
        for triple in list(other.added()):
            self.add(triple)
        self._marks.update(other._marks)


class Rules:
    """Rules, ready to follow changes; ``prefixes`` are those they may use without declaring them."""

    def __init__(self, rules: Sequence[Rule], prefixes: Mapping[str, str]) -> None:
        self._rules, self._prefixes = rules, prefixes
        self._by_use: dict[str, list[tuple[Clause, int, Use]]] = defaultdict(list)
        self._by_head: dict[str, list[Clause]] = defaultdict(list)
        self.unfollowed = [rule.name for rule in rules if not self._take(clauses(rule, prefixes))]
        """Rules of a form that is not followed: with them a change costs what the whole graph costs."""

    def apply(self, graph: Closed, added: Iterable[Triple], removed: Iterable[Triple]) -> None:
        """Take asserted triples away from a graph and add others, with all that this entails.

        What is to be taken away and is not there, or is only derived, stays as it is. Errors are those of ``infer``.
        """
        gone = [one for one in dict.fromkeys(removed) if graph.holds(one) and not graph.is_derived(one)]
        fresh = list(dict.fromkeys(added))
        if self.unfollowed:
            self._anew(graph, fresh, gone)
            return
        if gone:
            self._remove(graph, gone)
        new = [triple for triple in fresh if graph.add(triple)]
        for triple in fresh:
            graph.mark(triple, derived=False)
        self._follow(graph, new)

    def _take(self, found: list[Clause] | None) -> bool:
        for clause in found or ():
            self._by_head[clause.head[1]].append(clause)
            for place, pattern in enumerate(clause.body):
                for use in uses(pattern.path):
                    self._by_use[use.predicate].append((clause, place, use))
        return found is not None

    def _anew(self, graph: Closed, added: list[Triple], removed: list[Triple]) -> None:
        """The same by inferring everything again."""
        gone = set(removed)
        asserted = {one for one in graph.triples() if not graph.is_derived(one) and one not in gone} | set(added)
        derived = infer(asserted, self._rules, self._prefixes)
        full = asserted | derived
        for triple in [one for one in graph.triples() if one not in full]:
            graph.discard(triple)
        for triple in full:
            graph.add(triple)
            graph.mark(triple, derived=triple in derived)

    def _follow(self, graph: Closed, added: list[Triple]) -> None:
        waiting = list(added)
        for triple in waiting:  # the list grows while it is walked
            for made in self._made(graph, triple):
                if graph.add(made):
                    graph.mark(made, derived=True)
                    waiting.append(made)

    def _remove(self, graph: Closed, removed: list[Triple]) -> None:
        doubtful = dict.fromkeys(removed)
        waiting = list(removed)
        for triple in waiting:  # the list grows while it is walked
            for made in self._made(graph, triple):
                if made not in doubtful and graph.holds(made) and graph.is_derived(made):
                    doubtful[made] = None
                    waiting.append(made)
        for triple in doubtful:
            graph.discard(triple)
        back = [triple for triple in doubtful if self._follows(graph, triple)]
        for triple in back:
            graph.add(triple)
            graph.mark(triple, derived=True)
        self._follow(graph, back)

    def _made(self, graph: Closed, triple: Triple) -> list[Triple]:
        """What rules make in one step of a triple and others of the graph."""
        known = self._by_use.get(triple[1], ())
        return [made for clause, place, use in known for made in _steps(graph, clause, place, use, triple)]

    def _follows(self, graph: Closed, triple: Triple) -> bool:
        """Whether some rule makes a triple in one step."""
        for clause in self._by_head.get(triple[1], ()):
            binding = _matched({}, (clause.head[0], triple[0]), (clause.head[2], triple[2]))
            if binding is not None and any(True for _ in _solved(graph, clause, list(clause.body), binding)):
                return True
        return False


def _steps(graph: Data, clause: Clause, place: int, use: Use, triple: Triple) -> Iterator[Triple]:
    pattern = clause.body[place]
    rest = [*clause.body[:place], *clause.body[place + 1 :]]
    ends = use.ends(graph, triple[0], triple[2])
    for start in use.starts(graph, triple[0], triple[2]) if ends else ():
        for end in ends:
            binding = _matched({}, (pattern.subject, start), (pattern.value, end))
            if binding is not None:
                yield from _solved(graph, clause, rest, binding)


def _solved(graph: Data, clause: Clause, patterns: list[Pattern], binding: _Binding) -> Iterator[Triple]:
    """The heads of a clause for which the patterns hold."""
    if not patterns:
        subject, predicate, value = clause.head
        made = binding.get(subject, subject), predicate, binding.get(value, value)
        if made[0][0] != '"' and not any(binding.get(name, "")[:1] == '"' for name in clause.nodes):
            yield made
        return
    pattern = max(patterns, key=lambda one: _is_known(one.subject, binding) + _is_known(one.value, binding))
    rest = [one for one in patterns if one is not pattern]
    for start, end in _pairs(graph, pattern, binding):
        more = _matched(binding, (pattern.subject, start), (pattern.value, end))
        if more is not None:
            yield from _solved(graph, clause, rest, more)


def _pairs(graph: Data, pattern: Pattern, binding: _Binding) -> Iterator[tuple[str, str]]:
    """The pairs of nodes between which a pattern's path leads, given what is known."""
    subject, value = binding.get(pattern.subject, pattern.subject), binding.get(pattern.value, pattern.value)
    if subject[0] == "?" and value[0] != "?":
        return ((start, value) for start in pattern.path.reversed().values(graph, value))
    starts = [subject] if subject[0] != "?" else _starts(graph, pattern)
    return ((start, end) for start in starts for end in pattern.path.values(graph, start))


def _starts(graph: Data, pattern: Pattern) -> list[str]:
    """Every node from which a path may lead anywhere."""
    tables = [table(name) for name in sorted(pattern.path.predicates()) for table in (graph.out, graph.into)]
    return list(dict.fromkeys(node for table in tables for node in table))


def _is_known(term: str, binding: _Binding) -> bool:
    return term[0] != "?" or term in binding


def _matched(binding: _Binding, *pairs: tuple[str, str]) -> _Binding | None:
    """A binding in which terms or variables stand for nodes; None where they cannot."""
    found = dict(binding)
    for term, node in pairs:
        if (found.setdefault(term, node) if term[0] == "?" else term) != node:
            return None
    return found
