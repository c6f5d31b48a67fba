"""Random edits of a dataset of entries: records that come, change and go, and triples that are anyone's mistake.

Whoever edits knows only triples; what follows from them, and what is then wrong where, is for others to find out.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from mitigraph.shacl import Result
from mitigraph.shacl.affected import results
from mitigraph.shacl.data import Data
from mitigraph.shacl.engine import targets
from mitigraph.shacl.shapes import Shapes
from mitigraph.terms import RDF, RDFS, Triple, literal

__all__ = ["Change", "Editor", "everything"]

AIRMO, ENTRIES = "https://w3id.org/airmo#", "<https://w3id.org/airmo/id/entries/"
TYPE = f"<{RDF}type>"
IDENTIFIER = "<http://purl.org/dc/terms/identifier>"


def everything(data: Data, shapes: Shapes) -> Counter[Result]:
    """Every result, with how many focus nodes of how many shapes lead to it."""
    pairs = {shape.node: targets(shape, data) for shape in shapes.values() if shape.targets}
    return Counter(one for found in results(data, shapes, pairs).values() for one in found)


class Change(NamedTuple):
    """What an edit is called, and the asserted triples that come and go."""

    name: str
    added: set[Triple]
    removed: set[Triple]


class Editor:
    """Makes edits one after the other, each of the dataset that the earlier ones left.

    ``spare`` are triples of entries that are not in the dataset yet.
    """

    def __init__(self, asserted: Iterable[Triple], spare: Iterable[Triple], background: Iterable[Triple], seed: int) -> None:
        self.asserted = set(asserted)
        self._dice = random.Random(seed)
        self._entries = _grouped(self.asserted)
        self._spare = _grouped(set(spare) - self.asserted)
        self._concepts = sorted({s for s, p, _ in background if p.endswith("#inScheme>")})
        self._background = sorted(one for one in background if one[0] in set(self._concepts))

    def change(self) -> Change:
        """The next edit, made."""
        make = self._dice.choice(_EDITS)
        name, added, removed = make.__name__.strip("_"), *make(self)
        change = Change(name, added - self.asserted, removed & self.asserted - added)
        self.asserted -= change.removed
        self.asserted |= change.added
        for key, triples in _grouped(change.removed).items():
            self._entries[key] = self._entries.get(key, set()) - triples
        for key, triples in _grouped(change.added).items():
            self._entries[key] = self._entries.get(key, set()) | triples
        return change

    def _entry(self) -> str:
        return self._one([key for key, triples in self._entries.items() if triples])

    def _one(self, choices: Sequence[str]) -> str:
        return self._dice.choice(choices)

    def _triple(self, predicate: str = "") -> Triple:
        """A triple of some entry, of one property if it has that."""
        for _ in range(100):
            found = sorted(one for one in self._entries[self._entry()] if predicate in one[1])
            if found:
                return self._dice.choice(found)
        return self._dice.choice(sorted(self._entries[self._entry()]))


Edit = tuple[set[Triple], set[Triple]]


def _new_entry(editor: Editor) -> Edit:
    key = editor._one(sorted(editor._spare) or [editor._entry()])
    return editor._spare.pop(key, set()), set()


def _entry_gone(editor: Editor) -> Edit:
    return set(), set(editor._entries[editor._entry()])


def _entry_again(editor: Editor) -> Edit:
    """An entry with another's key: two digests on one record, and what both have."""
    one, other = editor._entry(), editor._entry()
    return {(_renamed(s, one, other), p, _renamed(o, one, other)) for s, p, o in editor._entries[one]}, set()


def _triple_gone(editor: Editor) -> Edit:
    return set(), {editor._triple()}


def _value_changed(editor: Editor) -> Edit:
    subject, predicate, value = editor._triple()
    return {(subject, predicate, editor._one([editor._triple()[2], literal(" odd "), literal("x", language="en"), subject]))}, {
        (subject, predicate, value)
    }


def _value_added(editor: Editor) -> Edit:
    subject, predicate, _ = editor._triple()
    return {(subject, predicate, editor._triple()[2])}, set()


def _key_of_another(editor: Editor) -> Edit:
    (one, predicate, value), (_, _, other) = editor._triple(IDENTIFIER), editor._triple(IDENTIFIER)
    return {(one, predicate, other)}, {(one, predicate, value)}


def _parent_in_a_circle(editor: Editor) -> Edit:
    child, predicate, parent = editor._triple("hasParentMitigation")
    return ({(parent, predicate, child)} if "hasParent" in predicate else set()), set()


def _parent_elsewhere(editor: Editor) -> Edit:
    child, parent = editor._triple("hasRecord"), editor._entry()
    subject = child[0].removesuffix("/record>").removesuffix(">") + ">"
    return {(subject, f"<{AIRMO}hasParentMitigation>", parent)}, set()


def _type_gone(editor: Editor) -> Edit:
    return set(), {editor._triple(TYPE)}


def _type_changed(editor: Editor) -> Edit:
    old = editor._triple(TYPE)
    kind = editor._one(["Mitigation", "MitigationRecord", "Extract", "SourceDocument", "Risk", "MitigationCategory"])
    return {(old[0], TYPE, f"<{AIRMO}{kind}>")}, {old}


def _classification_elsewhere(editor: Editor) -> Edit:
    subject, predicate, value = editor._triple("assigned")
    return {(subject, predicate, editor._one(editor._concepts))}, {(subject, predicate, value)}


def _classification_twice(editor: Editor) -> Edit:
    one, other = editor._triple("qualifiedClassification"), editor._triple("qualifiedClassification")
    return {(one[0], one[1], other[2])}, set()


def _said_of_a_concept(editor: Editor) -> Edit:
    """The schemes are not edited, but a dataset may say more of their concepts."""
    one, other = editor._dice.choice(editor._background), editor._dice.choice(editor._background)
    return {(one[0], other[1], other[2])}, set()


def _subclass(editor: Editor) -> Edit:
    one, other = editor._triple(TYPE)[2], editor._one([f"<{AIRMO}Extract>", f"<{AIRMO}SourceDocument>", f"<{AIRMO}Risk>"])
    return ({(one, f"<{RDFS}subClassOf>", other)} if one.startswith("<") else set()), set()


def _subclass_gone(editor: Editor) -> Edit:
    found = sorted(one for one in editor._entries.get("", set()) if one[1] == f"<{RDFS}subClassOf>")
    return set(), set(found[:1])


def _document_gone(editor: Editor) -> Edit:
    _, _, document = editor._triple("describedIn")
    return set(), {one for one in editor._entries.get("", set()) if one[0] == document}


def _file_changed(editor: Editor) -> Edit:
    subject, predicate, value = editor._triple("wasDerivedFrom")
    return {(subject, predicate, f"{value[:-1]}-other>")}, {(subject, predicate, value)}


_EDITS: list[Callable[[Editor], Edit]] = [
    _new_entry,
    _new_entry,
    _entry_gone,
    _entry_again,
    _triple_gone,
    _triple_gone,
    _value_changed,
    _value_changed,
    _value_added,
    _key_of_another,
    _parent_in_a_circle,
    _parent_elsewhere,
    _type_gone,
    _type_changed,
    _classification_elsewhere,
    _classification_twice,
    _said_of_a_concept,
    _subclass,
    _subclass_gone,
    _document_gone,
    _file_changed,
]


def _grouped(triples: Iterable[Triple]) -> dict[str, set[Triple]]:
    """Triples by the entry they belong to, those of none under ""."""
    found: dict[str, set[Triple]] = {"": set()}
    for triple in triples:
        subject = triple[0]
        key = ENTRIES + subject[len(ENTRIES) :].rstrip(">").partition("/")[0] + ">" if subject.startswith(ENTRIES + "e-") else ""
        found.setdefault(key, set()).add(triple)
    return found


def _renamed(term: str, one: str, other: str) -> str:
    return other[:-1] + term[len(one) - 1 :] if term == one or term.startswith(one[:-1] + "/") else term
