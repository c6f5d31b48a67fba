"""The index on disk: what goes in comes out, either way round, and a file that is not whole is never taken for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdf_strategies import triples

from mitigraph import triple_index
from mitigraph.errors import EngineError, InputError
from mitigraph.shacl.data import SUBCLASS, TYPE, Tables
from mitigraph.shacl.edited import Edited
from mitigraph.shacl.stored import Stored
from mitigraph.terms import Triple
from mitigraph.triple_index import Spot, TripleIndex, write_index

A, B, P = "<urn:a>", "<urn:b>", "<urn:p>"


@given(triples(), triples())
def test_what_goes_in_comes_out(tmp_path_factory: pytest.TempPathFactory, asserted: list[Triple], derived: list[Triple]) -> None:
    file = tmp_path_factory.mktemp("index") / "a.index"
    write_index(file, asserted, derived)
    known = {*asserted, *derived}
    with TripleIndex(file) as index:
        assert set(index.triples()) == known
        assert len(index) == len(known)
        assert set(index.predicates) == {p for _, p, _ in known}
        for s, p, o in known:
            assert set(index.objects(s, p)) == {one[2] for one in known if one[:2] == (s, p)}
            assert set(index.subjects(p, o)) == {one[0] for one in known if one[1:] == (p, o)}
            assert index.holds(s, p, o)
            assert index.is_derived(s, p, o) == ((s, p, o) not in asserted)
            assert index.count(p) == (
                len({one[0] for one in known if one[1] == p}),
                len({one[2] for one in known if one[1] == p}),
            )
            assert set(index.all_subjects(p)) == {one[0] for one in known if one[1] == p}
            assert set(index.all_objects(p)) == {one[2] for one in known if one[1] == p}


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    write_index(tmp_path / "a", [(A, P, B)], [])
    with TripleIndex(tmp_path / "a") as index:
        assert (index.objects(B, P), index.objects("<urn:x>", P), index.objects(A, "<urn:q>")) == ([], [], [])
        assert (index.subjects(P, A), index.subjects(P, "<urn:x>"), index.count("<urn:q>")) == ([], [], (0, 0))
        assert (list(index.all_subjects("<urn:q>")), list(index.all_objects("<urn:q>"))) == ([], [])
        assert not index.holds(A, P, A)
        assert not index.is_derived(A, P, A)


def test_terms_of_one_checksum_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(triple_index, "crc32", lambda term: 7)
    write_index(tmp_path / "a", [(A, P, B), (B, P, A)], [])
    with TripleIndex(tmp_path / "a") as index:
        assert (index.objects(A, P), index.objects(B, P), index.objects("<urn:x>", P)) == ([B], [A], [])


def test_subjects_have_their_lines(tmp_path: Path) -> None:
    write_index(tmp_path / "a", [(A, P, B)], [], {A: Spot(3, 5_000_000_000), "<urn:other>": Spot(1, 0)})
    with TripleIndex(tmp_path / "a") as index:
        assert (index.spot(A), index.spot(B), index.spot("<urn:other>")) == (Spot(3, 5_000_000_000), None, None)


@pytest.mark.parametrize(
    "spoil",
    [lambda data: b"", lambda data: b"x" * 100, lambda data: data[:-8], lambda data: data[:30], lambda data: data + b"12345678"],
    ids=["empty", "foreign", "cut", "without its header", "longer"],
)
def test_a_file_that_is_not_whole_is_refused(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    write_index(tmp_path / "a", [(A, P, B)], [])
    (tmp_path / "a").write_bytes(spoil((tmp_path / "a").read_bytes()))
    with pytest.raises(InputError):
        TripleIndex(tmp_path / "a")


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EngineError, match="cannot be written"):
        write_index(tmp_path / "file" / "a", [(A, P, B)], [])
    with pytest.raises(ZeroDivisionError):
        write_index(tmp_path / "b", (one for one in [(A, P, B)] if 1 / 0), [])
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


# -- the same answers from every kind of data ------------------------------------------------------------------

CLASSES = [f"<urn:{name}>" for name in "XYZ"]
NODES = [A, B, "<urn:c>", '"text"']
graphs = st.sets(
    st.one_of(
        st.tuples(st.sampled_from(NODES[:3]), st.sampled_from([P, "<urn:q>"]), st.sampled_from(NODES)),
        st.tuples(st.sampled_from(NODES[:3]), st.just(TYPE), st.sampled_from(CLASSES)),
        st.tuples(st.sampled_from(CLASSES), st.just(SUBCLASS), st.sampled_from(CLASSES)),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(graphs, graphs, graphs)
def test_stored_and_edited_data_answer_as_tables_do(
    tmp_path_factory: pytest.TempPathFactory, first: set[Triple], added: set[Triple], removed: set[Triple]
) -> None:
    file = tmp_path_factory.mktemp("index") / "a.index"
    write_index(file, sorted(first), [])
    stored = Stored(TripleIndex(file))
    edited = Edited(stored)
    assert {one for one in sorted(removed) if edited.discard(one)} == first & removed
    assert {one for one in sorted(added) if edited.add(one)} == added - (first - removed)
    last = first - removed | added
    assert (set(edited.added()), set(edited.removed())) == (last - first, first - last)
    for data, known in ((stored, first), (edited, last)):
        tables = Tables(known)
        assert set(data.triples()) == known
        assert {one for one in first | added | removed if data.holds(one)} == known
        assert set(data.predicates()) >= set(tables.predicates())
        for predicate in (P, "<urn:q>", TYPE, SUBCLASS, "<urn:none>"):
            for mine, theirs in ((data.out(predicate), tables.out(predicate)), (data.into(predicate), tables.into(predicate))):
                assert {key: set(row) for key, row in mine.items()} == {key: set(row) for key, row in theirs.items()}
                assert len(mine) == len(theirs)
                assert [key in mine for key in NODES] == [key in theirs for key in NODES]
            assert set(data.values(predicate)) == set(tables.values(predicate))
        instances: dict[str, set[str]] = defaultdict(set)
        for node in [*NODES, *CLASSES]:
            assert set(data.types(node)) == set(tables.types(node))
            for name in data.types(node):
                instances[name].add(node)
        for name in CLASSES:
            assert set(data.instances(name)) == set(tables.instances(name)) == instances[name]
            assert len(data.instances(name)) == len(instances[name])
            assert {node in data.instances(name) for node in instances[name]} <= {True}
            assert set(NODES) - data.instances(name) == set(NODES) - instances[name]
    with pytest.raises(KeyError):
        edited.out(P)["<urn:none>"]
    with pytest.raises(KeyError):
        stored.out(P)["<urn:none>"]
