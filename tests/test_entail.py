"""What a change entails: the same as inferring everything again, for any change of any graph."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mitigraph.clauses import clauses
from mitigraph.entail import Closed, Rules
from mitigraph.infer import Rule, infer
from mitigraph.knowledge import Knowledge
from mitigraph.shacl.data import Tables
from mitigraph.terms import Triple

PREFIXES = {"ex": "urn:"}
NODES = [f"<urn:{name}>" for name in "abcde"]
TEXTS = {
    "path": "CONSTRUCT { ?x ex:r ?y } WHERE { ?x (ex:p|^ex:q)+/ex:s? ?y . FILTER(!isLiteral(?y)) }",
    "inverse": "CONSTRUCT { ?y ex:q ?x } WHERE { ?x ex:r ?y }",
    "join": "CONSTRUCT { ?x ?made ?z } WHERE { VALUES (?told ?made) { (ex:p ex:s) (ex:s ex:t) } ?x ex:r ?y . ?y ?told ?z }",
    "same": "CONSTRUCT { ?x ex:t ?x . ?x a ex:Circle } WHERE { ?x ex:p/ex:p ?x }",
    "constant": "CONSTRUCT { ?x ex:p ex:b } WHERE { ?x ex:t ex:a ; ex:s ?other }",
    "apart": "CONSTRUCT { ?x ex:u ?y } WHERE { ?x ex:t ?x . ?y ex:q ex:e }",
}
triples = st.tuples(
    st.sampled_from(NODES),
    st.sampled_from([f"<urn:{name}>" for name in "pqrstu"]),
    st.one_of(st.sampled_from(NODES), st.just('"text"')),
)
graphs = st.sets(triples, max_size=14)


def edited(rules: list[Rule], before: set[Triple], added: set[Triple], removed: set[Triple]) -> tuple[set[Triple], set[Triple]]:
    """The full graph after an edit, followed, and which of its triples are derived."""
    derived = infer(before, rules, PREFIXES)
    graph = Closed(Tables(before | derived), derived.__contains__)
    Rules(rules, PREFIXES).apply(graph, sorted(added), sorted(removed))
    full = set(graph.triples())
    assert set(graph.added()) == full - before - derived
    assert set(graph.removed()) == (before | derived) - full
    return full, {one for one in full if graph.is_derived(one)}


@given(st.sets(st.sampled_from(sorted(TEXTS)), min_size=1), graphs, graphs, st.data())
def test_a_change_entails_what_inferring_anew_gives(
    names: set[str], before: set[Triple], added: set[Triple], data: st.DataObject
) -> None:
    rules = [Rule(name, "A rule.", TEXTS[name]) for name in sorted(names)]
    removed = data.draw(st.sets(st.sampled_from(sorted(before)))) if before else set()
    asserted = before - removed | added
    derived = infer(asserted, rules, PREFIXES)
    assert edited(rules, before, added, removed) == (asserted | derived, derived)


@given(graphs, graphs)
def test_rules_of_another_form_are_inferred_anew(before: set[Triple], added: set[Triple]) -> None:
    rules = [Rule("odd", "A rule.", "CONSTRUCT { ?x ex:r ?y } WHERE { ?x ex:p ?y OPTIONAL { ?y ex:q ?z } FILTER(?x != ?y) }")]
    assert Rules(rules, PREFIXES).unfollowed == ["odd"]
    derived = infer(before | added, rules, PREFIXES)
    assert edited(rules, before, added, set()) == (before | added | derived, derived)


def test_what_is_derived_cannot_be_taken_away() -> None:
    rules = [Rule("inverse", "A rule.", TEXTS["inverse"])]
    before = {("<urn:a>", "<urn:r>", "<urn:b>")}
    full, derived = edited(rules, before, set(), {("<urn:b>", "<urn:q>", "<urn:a>"), ("<urn:c>", "<urn:q>", "<urn:a>")})
    assert full == before | derived
    assert derived == {("<urn:b>", "<urn:q>", "<urn:a>")}


def test_the_projects_own_rules_are_followed() -> None:
    knowledge = Knowledge()
    assert Rules(knowledge.rules, knowledge.prefixes).unfollowed == []


@pytest.mark.parametrize(
    "where",
    [
        "?x ex:p* ?y",
        "?x ex:p ?y BIND(?y AS ?z)",
        "?x ex:p ?y FILTER(?y > 1)",
        "?x ex:p ?y FILTER(!isLiteral(ex:a))",
        "?x ?any ?y",
        "?x (?any|ex:q) ?y",
        "?x !ex:p ?y",
        "?x unknown:p ?y",
        "?x ex:p 1",
        "VALUES (?y ?z) { (ex:a UNDEF) } ?x ex:p ?y",
        "VALUES (?y ?z) { (ex:a) } ?x ex:p ?y",
        "?x ex:p ex:a",
        "",
    ],
)
def test_other_forms_are_told_apart(where: str) -> None:
    assert clauses(Rule("odd", "A rule.", f"CONSTRUCT {{ ?x ex:r ?y }} WHERE {{ {where} }}"), PREFIXES) is None


def test_what_follows_a_query_is_not_followed() -> None:
    assert clauses(Rule("odd", "A rule.", "CONSTRUCT { ?x ex:r ?y } WHERE { ?x ex:p ?y } LIMIT 1"), PREFIXES) is None
    assert clauses(Rule("odd", "A rule.", "CONSTRUCT { ?x ex:r/ex:p ?y } WHERE { ?x ex:p ?y }"), PREFIXES) is None
