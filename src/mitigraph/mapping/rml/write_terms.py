"""Expressions and term maps as RML: constants, references, templates, and function executions (RML-Core 4 to 7, RML-FNML 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mitigraph.mapping.expression import Call, Expression, Reference, Several, Template, Text
from mitigraph.mapping.names import MG, parameters
from mitigraph.mapping.plan import Field, TermMap
from mitigraph.mapping.rml.words import TERM_TYPES, WRITTEN_AS, ours, rml
from mitigraph.mapping.terms_of import absolute
from mitigraph.terms import RDF, XSD, Triple, iri, is_iri, literal

__all__ = ["Statements", "Terms", "spread"]

ENCODING = ("iri", "uri")
"""Kinds of terms in which a value is percent-encoded, and so never brings a scheme of its own."""

_ESCAPES = str.maketrans({sign: f"\\{sign}" for sign in "\\{}"})


class Statements:
    """Triples being written; blank nodes are numbered as they come.

    >>> made = Statements()
    >>> made.sequence(['"a"'])
    '_:n1'
    >>> [p.rpartition("#")[2] for _, p, _ in made.triples]
    ['first>', 'rest>']
    """

    def __init__(self) -> None:
        self.triples: list[Triple] = []
        self.count = 0

    def add(self, subject: str, predicate: str, *objects: str) -> None:
        """Say something; ``predicate`` is an IRI, subject and objects are terms."""
        self.triples += [(subject, iri(predicate), one) for one in objects]

    def node(self) -> str:
        """A new blank node."""
        self.count += 1
        return f"_:n{self.count}"

    def sequence(self, members: Iterable[str]) -> str:
        """An RDF list."""
        head = iri(f"{RDF}nil")
        for member in reversed(list(members)):
            cell = self.node()
            self.add(cell, f"{RDF}first", member)
            self.add(cell, f"{RDF}rest", head)
            head = cell
        return head


def spread(terms: Iterable[TermMap]) -> list[TermMap]:
    """Term maps, each that has several expressions taken apart: RML gives every term map one."""
    found: list[TermMap] = []
    for term in terms:
        if isinstance(term.expression, Several):
            parts = [
                TermMap(one, term.where, term.kind, term.datatype, term.language, term.natural) for one in term.expression.parts
            ]
            found += spread(parts)
        else:
            found.append(term)
    return found


class Terms:
    """Writes what makes values and terms. ``of_trees``: references are paths, and numbers of the source are not texts."""

    def __init__(self, out: Statements, base: str, of_trees: bool = False) -> None:
        self.out, self.base, self.of_trees = out, base, of_trees

    # -- values ----------------------------------------------------------------------------------------------

    def value(self, expression: Expression) -> str:
        """A node that makes texts."""
        node = self.out.node()
        self.describe(node, expression)
        return node

    def describe(self, node: str, expression: Expression) -> None:
        """Say of a node how it makes texts."""
        match expression:
            case Text(text):
                self.out.add(node, rml.constant, literal(text))
            case Reference(name):
                self.out.add(node, rml.reference, literal(self.reference(name)))
            case Template():
                self.out.add(node, rml.template, literal(self.template(expression)))
            case Call():
                self.out.add(node, rml.functionExecution, self.execution(expression))
            case Several(parts):
                self.out.add(node, ours.several, self.out.sequence(self.value(part) for part in parts))

    def reference(self, name: str) -> str:
        """A reference as other engines read it: bare names and paths as they stand, ``$`` for the item itself."""
        return f"${name[1:]}" if self.of_trees and name.startswith("@") else name

    def template(self, template: Template) -> str:
        r"""A template with its references in braces; a backslash before braces and backslashes that are meant as such.

        >>> Terms(Statements(), "").template(Template(("a{b}/", Reference("c"))))
        'a\\{b\\}/{c}'
        """
        return "".join(
            part.translate(_ESCAPES) if isinstance(part, str) else f"{{{self.reference(part.name).translate(_ESCAPES)}}}"
            for part in template.parts
        )

    def execution(self, call: Call) -> str:
        """A function execution: the function and an input for every argument."""
        node, (function, names) = self.out.node(), _names(call)
        self.out.add(node, rml.function, iri(function))
        for name, argument in zip(names, (*call.arguments, *(value for _, value in call.named)), strict=True):
            one = self.out.node()
            self.out.add(node, rml.input, one)
            self.out.add(one, rml.parameter, iri(name))
            self.input(one, argument)
        return node

    def input(self, node: str, argument: Expression) -> None:
        """An argument; a constant in the short form."""
        if isinstance(argument, Text):
            self.out.add(node, rml.inputValue, literal(argument.text))
        else:
            self.out.add(node, rml.inputValueMap, self.value(argument))

    def fields(self, node: str, fields: Sequence[Field]) -> None:
        """Derived fields, in order."""
        if not fields:
            return
        made = [(self.value(one.expression), one.name) for one in fields]
        for one, name in made:
            self.out.add(one, ours.name, literal(name))
        self.out.add(node, ours.fields, self.out.sequence(one for one, _ in made))

    def side(self, condition: str, short: str, long: str, expression: Expression) -> None:
        """A side of a join condition: a reference in the short form."""
        if isinstance(expression, Reference):
            self.out.add(condition, short, literal(self.reference(expression.name)))
        else:
            self.out.add(condition, long, self.value(expression))

    # -- terms -----------------------------------------------------------------------------------------------

    def term(self, owner: str, short: str, long: str, term: TermMap) -> None:
        """A term map of an owner: as a constant in the short form where it is one, else as a map of its own."""
        constant = self.constant(term)
        if constant is not None:
            self.out.add(owner, short, constant)
        else:
            self.out.add(owner, long, self.map(term, is_object=long in (rml.objectMap, rml.languageMap)))

    def constant(self, term: TermMap) -> str | None:
        """The term of a constant that needs no more than itself."""
        if not isinstance(term.expression, Text) or term.datatype is not None or term.language is not None:
            return None
        if term.kind == "literal":
            return literal(term.expression.text)
        if term.kind == "blank":
            return None
        try:
            return iri(absolute(term.expression.text, self.base))
        except ValueError:
            return None

    def map(self, term: TermMap, is_object: bool = False) -> str:
        """A term map."""
        node, expression = self.out.node(), self.based(term)
        constant = self.constant(term)
        if constant is not None:
            self.out.add(node, rml.constant, constant)
        elif isinstance(expression, Text) and term.kind == "blank":
            # A constant blank node would be one of the mapping's graph; as a template the name is the engine's to use.
            self.out.add(node, rml.template, literal(expression.text.translate(_ESCAPES)))
        elif expression is not None:
            self.describe(node, expression)
        if term.kind != _usual_kind(term, is_object, constant):
            self.out.add(node, rml.termType, iri(TERM_TYPES[term.kind]))
        self.kind_of_literal(node, term)
        return node

    def kind_of_literal(self, node: str, term: TermMap) -> None:
        """Datatype and language."""
        if term.datatype is not None:
            self.term(node, rml.datatype, rml.datatypeMap, TermMap(term.datatype, term.where, "iri"))
        elif term.language is not None:
            self.term(node, rml.language, rml.languageMap, TermMap(term.language, term.where, natural=True))
        elif self.of_trees and not term.natural and term.kind == "literal" and isinstance(term.expression, Reference):
            # Text stays text here, where other engines would make an xsd:integer of a JSON number.
            self.out.add(node, rml.datatype, iri(f"{XSD}string"))

    def based(self, term: TermMap) -> Expression | None:
        """A term's expression; a relative IRI's with the base before it, which RML leaves to whoever runs the mapping."""
        expression = term.expression
        if not isinstance(expression, Template) or term.kind not in TERM_TYPES or term.kind in ("blank", "literal"):
            return expression
        head = expression.parts[0]
        if isinstance(head, str):
            return Template((absolute(head, self.base), *expression.parts[1:]))
        return Template((self.base, *expression.parts)) if term.kind in ENCODING else expression


def _usual_kind(term: TermMap, is_object: bool, constant: str | None) -> str | None:
    """The kind of a term map that names none (RML-Core, default term type)."""
    if constant is not None:
        return "iri" if is_iri(constant) else "literal"
    if term.expression is None:
        return None
    has_type = term.datatype is not None or term.language is not None
    made_of_values = isinstance(term.expression, Reference | Call | Text)
    return "literal" if is_object and (has_type or made_of_values) else "iri"


def _names(call: Call) -> tuple[str, list[str]]:
    """IRIs of a call's function and of the parameters of its arguments, those of GREL or IDLab where they have all of them."""
    known = parameters(call.function)
    given = [_parameter(known, place) for place in range(len(call.arguments))] + [name for name, _ in call.named]
    function, theirs = WRITTEN_AS.get(call.function, ("", {}))
    if function and all(name in theirs for name in given):
        return function, [theirs[name] for name in given]
    first = next((place for place, name in enumerate(given) if name.startswith("*")), 0)
    names = [f"{RDF}_{place - first + 1}" if name.startswith("*") else MG + name for place, name in enumerate(given)]
    return MG + call.function, names


def _parameter(known: Sequence[str], place: int) -> str:
    """The parameter of the argument at a place; whatever comes after the last ``*name`` before it belongs to that."""
    many = next((number for number, name in enumerate(known) if name.startswith("*")), len(known))
    return known[min(place, many)]
