"""From a plan to closures, once for each file; then a record costs only the work that its rules ask for.

Texts become terms here, in canonical N-Triples form; whatever is known beforehand (constants, the file's name) is encoded
beforehand. Fields are evaluated when first asked for, and once a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from mitigraph.logic import CellError, truth
from mitigraph.mapping.calls import Surroundings, compile_call
from mitigraph.mapping.check import is_position
from mitigraph.mapping.context import EACH, NONE, OWN, PER_RECORD, Compiled, Context, Evaluate, fixed
from mitigraph.mapping.expression import Call, Expression, Reference, Several, Template, Text, references
from mitigraph.mapping.plan import Field, Join, PredicateObject, TermMap, TriplesMap, Where
from mitigraph.mapping.rules import CompiledMap, Rule, emitter, guarded
from mitigraph.mapping.terms_of import absolute, iri_of, iri_safe, literal_encoder
from mitigraph.vocabulary import closest

__all__ = ["Compiler", "Index", "Scope"]

Index = dict[tuple[str, ...], dict[str, None]]
"""A join's hash table: values of the parent's condition → its subjects, in order."""

GUESSED = 10_000
"""How many keys are looked through for the one that was probably meant."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean at a place: derived fields over columns. ``columns`` None: any name is a path.

    ``shared`` holds what several rules need, so that it is made once a record; None where values change within a record.
    """

    fields: dict[str, Compiled] = field(default_factory=dict)
    columns: frozenset[str] | None = None
    shared: dict[tuple[str, Expression], Compiled] | None = field(default_factory=dict)
    outer: Scope | None = None

    def inner(self, changes: bool) -> Scope:
        """A scope inside this one; ``changes``: its fields have several values a record, one after the other."""
        return Scope(dict(self.fields), self.columns, None if changes else {}, self)

    def home(self, names: Sequence[str]) -> Scope:
        """The outermost scope in which all names mean the same as here."""
        outer = self.outer
        if outer is None or any(self.fields.get(name) is not outer.fields.get(name) for name in names):
            return self
        return outer.home(names)


class Compiler:
    """Compiles for one file of one source. ``slots`` counts the derived fields that were given a place in the context."""

    def __init__(self, around: Surroundings, base: str, index_of: Callable[[Join], Index | None]) -> None:
        self.around, self.base, self.index_of = around, base, index_of
        self.slots = 0

    # -- expressions -----------------------------------------------------------------------------------------

    def texts(self, expression: Expression, scope: Scope, where: Where) -> Compiled:
        """An expression as texts."""
        match expression:
            case Text(text):
                return fixed((text,))
            case Reference(name):
                return self.reference(name, scope)
            case Several(parts):
                return self.several([self.texts(part, scope, where) for part in parts])
            case Call(function, arguments, named):
                given = [self.texts(argument, scope, where) for argument in arguments]
                by_name = {key: self.texts(value, scope, where) for key, value in named}
                return compile_call(function, given, by_name, self.around, where)
            case Template(parts):
                return self.joined([part if isinstance(part, str) else self.reference(part.name, scope) for part in parts])

    def reference(self, name: str, scope: Scope) -> Compiled:
        """A derived field, else a column or path; a column that the file lacks has no values."""
        if name in scope.fields:
            return scope.fields[name]
        if scope.columns is not None and name not in scope.columns:
            return fixed((), PER_RECORD) if not is_position(name) else _by_position(name)
        return Compiled(lambda context: context.record.values(name), (name,), PER_RECORD, OWN)

    def several(self, parts: Sequence[Compiled]) -> Compiled:
        """The values of several expressions, one after the other."""
        if all(part.fixed is not None for part in parts):
            return fixed(tuple(text for part in parts for text in part.fixed or ()), max(part.level for part in parts))
        readers = [part.evaluate for part in parts]
        return _combined(lambda context: [text for read in readers for text in read(context)], parts)

    def joined(self, parts: Sequence[str | Compiled]) -> Compiled:
        """The parts of a template put together: every combination of their values."""
        compiled = [fixed((part,)) if isinstance(part, str) else part for part in parts]
        if all(part.fixed is not None for part in compiled):
            texts = tuple("".join(texts) for texts in product(*(part.fixed or () for part in compiled)))
            return fixed(texts, max(part.level for part in compiled))
        if len(compiled) <= 3 and sum(part.fixed is None for part in compiled) == 1:
            return self.surrounded(compiled)
        readers = [part.evaluate for part in compiled]

        def evaluate(context: Context) -> list[str]:
            values = [read(context) for read in readers]
            if all(len(texts) == 1 for texts in values):
                return ["".join([text for (text,) in values])]
            return ["".join(texts) for texts in product(*values)]

        return _combined(evaluate, compiled)

    def surrounded(self, parts: Sequence[Compiled]) -> Compiled:
        """The commonest template: one changing part between fixed ones."""
        at = next(number for number, part in enumerate(parts) if part.fixed is None)
        if any(len(part.fixed or ()) != 1 for part in parts if part.fixed is not None):
            return fixed((), PER_RECORD)
        head = "".join((part.fixed or ("",))[0] for part in parts[:at])
        tail = "".join((part.fixed or ("",))[0] for part in parts[at + 1 :])
        read = parts[at].evaluate

        def evaluate(context: Context) -> list[str]:
            values = read(context)
            return [f"{head}{values[0]}{tail}"] if len(values) == 1 else [f"{head}{text}{tail}" for text in values]

        return _combined(evaluate, [parts[at]])

    def iris(self, expression: Expression, scope: Scope, where: Where) -> Compiled:
        """An expression as IRI terms: references inside a template are made IRI-safe, a lone value must be an IRI itself."""
        match expression:
            case Text(text):
                return fixed((f"<{absolute(text, self.base)}>",))
            case Several(parts):
                return self.several([self.iris(part, scope, where) for part in parts])
            case Template(parts):
                return self.once("iri", expression, scope, lambda: self.iri_template(parts, scope, where))
        base = self.base
        return self.once(
            "iri",
            expression,
            scope,
            lambda: self.mapped(self.texts(expression, scope, where), lambda text: iri_of(text, base), where),
        )

    def once(self, role: str, expression: Expression, scope: Scope, make: Callable[[], Compiled]) -> Compiled:
        """What several rules have in common, made once for all of them and evaluated once a record."""
        shared = scope.home(references(expression)).shared
        if shared is None:
            return make()
        if (role, expression) not in shared:
            made = make()
            shared[role, expression] = made if made.fixed is not None else self.kept(made)
        return shared[role, expression]

    def iri_template(self, parts: tuple[str | Reference, ...], scope: Scope, where: Where) -> Compiled:
        head = parts[0] if isinstance(parts[0], str) else ""
        made: list[str | Compiled] = [f"<{absolute(head, self.base)}" if head else f"<{self.base}"]
        for part in parts[1:] if head else parts:
            safe = part if isinstance(part, str) else self.safe(part, scope, where)
            if isinstance(safe, str) and isinstance(made[-1], str):
                made[-1] += safe
            else:
                made.append(safe)
        if isinstance(made[-1], str):
            made[-1] += ">"
        else:
            made.append(">")
        return self.joined(made)

    def safe(self, part: Reference, scope: Scope, where: Where) -> str | Compiled:
        """A reference inside an IRI: percent-encoded; as text if it is known beforehand."""
        read = self.reference(part.name, scope)
        if read.fixed is not None and len(read.fixed) == 1:
            return iri_safe(read.fixed[0])
        return self.once("safe", part, scope, lambda: self.mapped(read, iri_safe, where))

    def literals(self, plan: TermMap, scope: Scope) -> Compiled:
        """An object map's values as literal terms."""
        encode = literal_encoder(_constant(plan.datatype), _constant(plan.language))
        # The commonest rule of all: a column as it is.
        if isinstance(plan.expression, Reference) and plan.expression.name not in scope.fields:
            return self.column(plan.expression.name, encode, scope, plan.where)
        return self.mapped(self.texts(plan.expression or Text(""), scope, plan.where), encode, plan.where)

    def mapped(self, part: Compiled, encode: Callable[[str], str], where: Where) -> Compiled:
        """Each value encoded; one that cannot be is reported and left out."""
        if part.fixed is not None:
            return self.encoded_beforehand(part, part.fixed, encode, where)
        read = part.evaluate

        def evaluate(context: Context) -> list[str]:
            values = read(context)
            if not values:
                return values
            try:
                return [encode(values[0])] if len(values) == 1 else [encode(text) for text in values]
            except CellError:
                return list(_encoded(context, values, encode, part, where))

        return Compiled(evaluate, part.references, part.level, part.spot)

    def column(self, name: str, encode: Callable[[str], str], scope: Scope, where: Where) -> Compiled:
        """A column's values encoded, without a detour."""
        part = self.reference(name, scope)
        if part.fixed is not None or is_position(name):
            return self.mapped(part, encode, where)

        def evaluate(context: Context) -> list[str]:
            values = context.record.values(name)
            try:
                return [encode(text) for text in values] if len(values) != 1 else [encode(values[0])]
            except CellError:
                return list(_encoded(context, values, encode, part, where))

        return Compiled(evaluate, part.references, part.level, part.spot)

    def encoded_beforehand(self, part: Compiled, values: tuple[str, ...], encode: Callable[[str], str], where: Where) -> Compiled:
        try:
            return fixed(tuple(encode(text) for text in values), part.level)
        except CellError:
            texts = list(values)
            return Compiled(lambda context: list(_encoded(context, texts, encode, part, where)), level=part.level)

    def truth(self, expression: Expression | None, scope: Scope, where: Where) -> tuple[Callable[[Context], bool] | None, int]:
        """A condition and how often it changes."""
        if expression is None:
            return None, 0
        compiled = self.texts(expression, scope, where)
        read = compiled.evaluate
        return lambda context: truth(read(context)), compiled.level

    # -- fields ----------------------------------------------------------------------------------------------

    def fields(self, plans: Sequence[Field], scope: Scope) -> list[int]:
        """Put derived fields into a scope, each seeing those before it; gives the slots they took."""
        taken = []
        for plan in plans:
            compiled = self.texts(plan.expression, scope, plan.where)
            if compiled.fixed is None:
                taken.append(self.slots)
                compiled = self.kept(compiled)
            scope.fields[plan.name] = compiled
        return taken

    def kept(self, compiled: Compiled) -> Compiled:
        """Values that are computed once and kept while the record lasts."""
        slot, evaluate = self.slots, compiled.evaluate
        self.slots += 1

        def read(context: Context) -> list[str]:
            values = context.slots[slot]
            if values is None:
                values = context.slots[slot] = evaluate(context)
            return values

        return Compiled(read, compiled.references, compiled.level, compiled.spot)

    # -- triples maps ----------------------------------------------------------------------------------------

    def triples_map(self, plan: TriplesMap, outer: Scope, parents: Callable[[str], TriplesMap]) -> CompiledMap:
        """A triples map over the file's records."""
        made, scope = self.head(plan, outer)
        return made.keep([self.rule(rule, outer, scope, parents) for rule in plan.rules])

    def head(self, plan: TriplesMap, outer: Scope) -> tuple[CompiledMap, Scope]:
        """A triples map without its rules, and the scope that these are to have."""
        scope = outer.inner(changes=plan.each is not None)
        passes, each_slot = None, self.slots
        if plan.each is not None:
            passes = self.reference(plan.each, scope)
            self.slots += 1
            spot = EACH if passes.spot == OWN else NONE
            scope.fields[plan.each] = Compiled(
                lambda context: context.slots[each_slot] or [], passes.references, PER_RECORD, spot
            )
        local = self.fields(plan.fields, scope)
        condition, level = self.truth(plan.condition, scope, plan.where)
        subjects = _nearest_first(self.all_iris(plan.subjects, scope, plan.where))
        is_static = plan.each is None and max(level, subjects.level) < PER_RECORD
        return CompiledMap(plan, subjects, [], condition, passes, each_slot, tuple(local), is_static), scope

    def all_iris(self, terms: Sequence[TermMap], scope: Scope, where: Where) -> Compiled:
        """One expression or several as IRI terms."""
        parts = [self.iris(one.expression or Text(""), scope, where) for one in terms]
        return parts[0] if len(parts) == 1 else self.several(parts)

    def rule(self, plan: PredicateObject, outer: Scope, scope: Scope, parents: Callable[[str], TriplesMap]) -> Rule:
        predicates = self.all_iris(plan.predicates, scope, plan.where)
        objects = [self.object(one, outer, scope, parents) for one in plan.objects]
        made = objects[0] if len(objects) == 1 else self.several(objects)
        condition, level = self.truth(plan.condition, scope, plan.where)
        emit = emitter(predicates, made)
        if condition is not None:
            emit = guarded(emit, condition)
        is_static = max(level, predicates.level, made.level) < PER_RECORD
        return Rule(plan.where, emit, predicates.fixed or (), made, is_static)

    def object(self, plan: TermMap | Join, outer: Scope, scope: Scope, parents: Callable[[str], TriplesMap]) -> Compiled:
        if isinstance(plan, Join):
            return self.join(plan, outer, scope, parents)
        expression = plan.expression or Text("")
        return self.literals(plan, scope) if plan.kind == "literal" else self.iris(expression, scope, plan.where)

    def join(self, plan: Join, outer: Scope, scope: Scope, parents: Callable[[str], TriplesMap]) -> Compiled:
        """The subjects of another triples map: of this record without a condition, else by hash table."""
        index = self.index_of(plan)
        if index is None:
            parent, _ = self.head(parents(plan.triples_map), outer)
            return _combined(
                lambda context: [s for _ in parent.turns(context) for s in parent.subjects.evaluate(context)], [parent.subjects]
            )
        children = [self.texts(child, scope, plan.where) for child, _ in plan.conditions]
        readers = [child.evaluate for child in children]
        severity, where = plan.unmatched, plan.where

        def evaluate(context: Context) -> list[str]:
            found: dict[str, None] = {}
            for values in product(*[read(context) for read in readers]):
                subjects = index.get(values)
                if subjects is not None:
                    found.update(subjects)
                elif severity is not None and index:
                    also = "".join(f" and {value!r}" for value in values[1:])
                    message = f"there is no {plan.triples_map!r} of this key{also}"
                    context.note(
                        severity,
                        "unmatched-join",
                        message,
                        context.place(children[0]),
                        values[0],
                        where,
                        suggestion=_near(values, index),
                    )
            return list(found)

        return Compiled(evaluate, tuple(name for child in children for name in child.references), PER_RECORD)


def _constant(expression: Expression | None) -> str | None:
    return expression.text if isinstance(expression, Text) else None


def _nearest_first(subjects: Compiled) -> Compiled:
    """The same, told by the record's own cells before those of what lies around it."""
    depths = {name: len(name) - len(name.lstrip("^")) for name in subjects.references}
    return replace(subjects, references=tuple(sorted(depths, key=depths.__getitem__)))


def _near(values: Sequence[str], index: Index) -> str | None:
    """The key that was probably meant; in a large table nothing is guessed."""
    if len(index) > GUESSED:
        return None
    return closest(values[0], [first for first, *rest in index if tuple(rest) == tuple(values[1:])])


def _by_position(name: str) -> Compiled:
    """A column without a name: whether the file has it shows only with its records."""

    def read(context: Context) -> list[str]:
        try:
            return context.record.values(name)
        except KeyError:
            return []

    return Compiled(read, (name,), PER_RECORD, OWN)


def _encoded(
    context: Context, values: Sequence[str], encode: Callable[[str], str], part: Compiled, where: Where
) -> Iterator[str]:
    for index, text in enumerate(values):
        try:
            yield encode(text)
        except CellError as error:
            context.fail(error, text, part, index, where)


def _combined(evaluate: Evaluate, parts: Sequence[Compiled]) -> Compiled:
    references = tuple(dict.fromkeys(name for part in parts for name in part.references))
    reading = [part for part in parts if part.references]
    spot = reading[0].spot if len(reading) == 1 else NONE
    return Compiled(evaluate, references, max((part.level for part in parts), default=0), spot)
