"""From a plan to closures, once for each file; then a batch of records costs only the work that its rules ask for.

Texts become terms here, in canonical N-Triples form; whatever is known beforehand (constants, the file's name) is encoded
beforehand. Fields are evaluated when first asked for, and once a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, product, repeat

from mitigraph.logic import CellError
from mitigraph.mapping.batch import NOTHING, Batch, Values, cross, grouped
from mitigraph.mapping.calls import Surroundings, compile_call, flat, told
from mitigraph.mapping.check import is_position
from mitigraph.mapping.compiled import PER_RECORD, Compiled, combined, fixed
from mitigraph.mapping.expression import Call, Expression, Reference, Several, Template, Text, references, walk
from mitigraph.mapping.joins import Index, joined_to, of_same_record
from mitigraph.mapping.natural import natural_literals
from mitigraph.mapping.plan import DEFAULT_GRAPH, Field, Join, PredicateObject, TermMap, TriplesMap, Where
from mitigraph.mapping.rules import CompiledMap, Rule
from mitigraph.mapping.spot import Spot, going_through, listed
from mitigraph.mapping.terms_of import Encode, absolute, blank_encoder, iri_encoder, literal_encoder, safe_encoder

__all__ = ["Compiler", "Scope"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean at a place: derived fields over columns. ``columns`` None: any name is a path.

    ``shared`` holds what several rules need, so that it is made once a record. ``of_each``: the fields have one turn for each
    value of an ``each``; then nothing is shared.
    """

    fields: dict[str, Compiled] = field(default_factory=dict)
    columns: frozenset[str] | None = None
    shared: dict[tuple[object, ...], Compiled] = field(default_factory=dict)
    of_each: bool = False
    outer: Scope | None = None

    def inner(self, of_each: bool) -> Scope:
        """A scope inside this one."""
        return Scope(dict(self.fields), self.columns, {}, of_each, self)

    def home_of(self, expression: Expression) -> Scope:
        """The outermost scope in which an expression means the same as here."""
        outer = self.outer
        if outer is None or (self.of_each and _asks_for_turn(expression)):
            return self
        if any(self.fields.get(name) is not outer.fields.get(name) for name in references(expression)):
            return self
        return outer.home_of(expression)


class Compiler:
    """Compiles for one file of one source. ``base`` is what relative IRIs begin with where a triples map has none of its own."""

    def __init__(self, around: Surroundings, base: str, index_of: Callable[[Join], Index | None]) -> None:
        self.around, self.base, self.index_of = around, base, index_of
        self.slots = 0
        self.labels: dict[int, int] = {}

    # -- texts -----------------------------------------------------------------------------------------------

    def texts(self, expression: Expression, scope: Scope, where: Where) -> Compiled:
        """An expression as texts."""
        match expression:
            case Text(text):
                return fixed((text,))
            case Reference(name):
                return self.reference(name, scope, where)
            case Several(parts):
                return several([self.texts(part, scope, where) for part in parts])
            case Call(function, arguments, named):
                given = [self.texts(argument, scope, where) for argument in arguments]
                by_name = {key: self.texts(value, scope, where) for key, value in named}
                return compile_call(function, given, by_name, self.around, where)
            case Template(parts):
                return joined([part if isinstance(part, str) else self.reference(part.name, scope, where) for part in parts])

    def reference(self, name: str, scope: Scope, where: Where) -> Compiled:
        """A derived field, else a column or path; a column that the file lacks has no values."""
        if name in scope.fields:
            return scope.fields[name]
        if scope.columns is not None and name not in scope.columns and not is_position(name):
            return fixed((), PER_RECORD)
        return Compiled(lambda batch: batch.column(name), (Spot((name,)),), PER_RECORD)

    # -- terms -----------------------------------------------------------------------------------------------

    def terms(self, plans: Sequence[TermMap], scope: Scope, base: str) -> Compiled:
        """Term maps as terms, one after the other."""
        return several([self.term(plan, scope, base) for plan in plans])

    def term(self, plan: TermMap, scope: Scope, base: str) -> Compiled:
        """A term map as terms; what is not a literal is made once for all rules that have it."""
        if plan.kind == "literal":
            return self.literals(plan, scope, base)
        expression = plan.expression
        if isinstance(expression, Text) and plan.kind != "blank":
            return fixed((f"<{absolute(expression.text, base)}>",))
        key = (plan.kind, expression, base)
        if expression is None:
            return self.once((*key, id(plan)), scope, lambda: self.new_blank_nodes(plan))
        home = scope.home_of(expression)
        return self.once(key, home, lambda: self.resource(plan.kind, expression, scope, base, plan.where))

    def resource(self, kind: str, expression: Expression, scope: Scope, base: str, where: Where) -> Compiled:
        """An expression as IRIs or blank nodes: references in a template are made safe, a lone value must be an IRI itself."""
        if kind == "blank":
            return encoded(self.texts(expression, scope, where), blank_encoder, where)
        if isinstance(expression, Template) and not kind.startswith("unsafe"):
            return self.iri_template(expression.parts, kind, scope, base, where)
        return encoded(self.texts(expression, scope, where), iri_encoder(kind, base), where)

    def iri_template(self, parts: tuple[str | Reference, ...], kind: str, scope: Scope, base: str, where: Where) -> Compiled:
        head = parts[0] if isinstance(parts[0], str) else ""
        made: list[str | Compiled] = [f"<{absolute(head, base)}" if head else f"<{base}"]
        for part in parts[1:] if head else parts:
            made.append(part if isinstance(part, str) else self.safe(part, kind, scope, where))
        return joined([*made, ">"])

    def safe(self, part: Reference, kind: str, scope: Scope, where: Where) -> Compiled:
        """A reference inside an IRI: percent-encoded."""
        home = scope.home_of(part)
        return self.once(
            ("safe", kind, part), home, lambda: encoded(self.reference(part.name, scope, where), safe_encoder(kind), where)
        )

    def new_blank_nodes(self, plan: TermMap) -> Compiled:
        """A blank node for each turn, labelled by its term map, wherever that is asked for, and the place of its record."""
        label = f"_:r{self.around.number}x{self.labels.setdefault(id(plan), len(self.labels) + 1)}x"

        def evaluate(batch: Batch) -> Values:
            records, positions = batch.frame.records, batch.frame.positions
            return Values(
                batch.turns,
                [f"{label}{records[turn].number}" + (f"x{positions[turn]}" if positions else "") for turn in batch.turns],
            )

        return Compiled(evaluate, level=PER_RECORD)

    def literals(self, plan: TermMap, scope: Scope, base: str) -> Compiled:
        """A term map's literals; datatype and language may come from the data."""
        texts = self.texts(plan.expression or Text(""), scope, plan.where)
        if plan.natural and isinstance(plan.expression, Reference) and plan.expression.name not in scope.fields:
            return natural_literals(texts, plan.expression.name)
        language = None if plan.language is None else self.texts(plan.language, scope, plan.where)
        kinds = [self.datatype(plan, scope, base), language]
        if all(one is None or one.fixed is not None for one in kinds):
            told = [one.fixed[0] if one is not None and one.fixed else None for one in kinds]
            return encoded(texts, literal_encoder(*told), plan.where)
        return _with_kinds_of_the_data(texts, kinds, plan.where)

    def datatype(self, plan: TermMap, scope: Scope, base: str) -> Compiled | None:
        """The IRIs of a term map's datatype, made as IRIs are."""
        if plan.datatype is None or isinstance(plan.datatype, Text):
            return None if plan.datatype is None else fixed((plan.datatype.text,))
        terms = self.term(TermMap(plan.datatype, plan.where, "iri"), scope, base)
        return encoded(terms, lambda found: [one[1:-1] for one in found], plan.where)

    def once(self, key: tuple[object, ...], home: Scope, make: Callable[[], Compiled]) -> Compiled:
        """What several rules have in common, made once for all of them and evaluated once a turn."""
        shared = home.shared
        if key not in shared:
            made = make()
            shared[key] = made if made.fixed is not None else self.kept(made, home)
        return shared[key]

    # -- fields ----------------------------------------------------------------------------------------------

    def fields(self, plans: Sequence[Field], scope: Scope) -> None:
        """Put derived fields into a scope, each seeing those before it."""
        for plan in plans:
            compiled = self.texts(plan.expression, scope, plan.where)
            scope.fields[plan.name] = compiled if compiled.fixed is not None else self.kept(compiled, scope)

    def kept(self, compiled: Compiled, scope: Scope) -> Compiled:
        """Values that are worked out once and kept while the record, or the turn of an ``each``, lasts."""
        slot, evaluate, of_each = self.slots, compiled.evaluate, scope.of_each
        self.slots += 1

        def read(batch: Batch) -> Values:
            if of_each or batch.frame.outer is None:
                return batch.kept(slot, evaluate)
            return batch.spread(batch.of_records().kept(slot, evaluate))

        return replace(compiled, evaluate=read)

    def truth(self, expression: Expression | None, scope: Scope, where: Where) -> Compiled | None:
        """A condition."""
        if expression is None:
            return None
        home = scope.home_of(expression)
        return self.once(("condition", expression), home, lambda: self.texts(expression, scope, where))

    # -- triples maps ----------------------------------------------------------------------------------------

    def triples_map(self, plan: TriplesMap, outer: Scope, parents: Callable[[str], TriplesMap]) -> CompiledMap:
        """A triples map over the file's records."""
        made, scope = self.head(plan, outer)
        return replace(made, rules=[made for rule in plan.rules for made in self.rules(rule, plan, outer, scope, parents)])

    def head(self, plan: TriplesMap, outer: Scope) -> tuple[CompiledMap, Scope]:
        """A triples map without its rules, and the scope that these are to have."""
        scope, passes = outer.inner(of_each=plan.each is not None), None
        if plan.each is not None:
            passes = self.reference(plan.each, outer, plan.where)
            each = Compiled(lambda batch: batch.only(batch.frame.each), going_through(passes.spots), PER_RECORD)
            scope.fields[plan.each] = each
        self.fields(plan.fields, scope)
        condition = self.truth(plan.condition, scope, plan.where)
        subjects = _nearest_first(self.terms(plan.subjects, scope, plan.base or self.base))
        changes = max(subjects.level, condition.level if condition else 0)
        return CompiledMap(plan, subjects, [], condition, passes, plan.each is None and changes < PER_RECORD), scope

    def rules(
        self, plan: PredicateObject, of: TriplesMap, outer: Scope, scope: Scope, parents: Callable[[str], TriplesMap]
    ) -> Iterator[Rule]:
        """A rule for each of the objects."""
        base = of.base or self.base
        predicates = self.terms(plan.predicates, scope, base)
        condition = self.truth(plan.condition, scope, plan.where)
        graphs = self.graphs((*of.graphs, *plan.graphs), scope, base)
        for one in plan.objects:
            objects = self.object(one, base, outer, scope, parents)
            level = max(part.level for part in (predicates, objects, condition, graphs) if part is not None)
            yield Rule(plan.where, predicates, objects, graphs, condition, level < PER_RECORD)

    def graphs(self, plans: Sequence[TermMap], scope: Scope, base: str) -> Compiled | None:
        """The names of graphs, the default graph's being empty; None: only the default graph."""
        if not plans:
            return None
        made = self.terms(plans, scope, base)
        default = f"<{DEFAULT_GRAPH}>"
        if made.fixed is not None:
            return fixed(tuple(dict.fromkeys("" if name == default else name for name in made.fixed)), made.level)

        def evaluate(batch: Batch) -> Values:
            turns, names = made.evaluate(batch)
            named = dict.fromkeys(zip(turns, names, strict=True))
            return Values([turn for turn, _ in named], ["" if name == default else name for _, name in named])

        return replace(made, evaluate=evaluate)

    def object(
        self, plan: TermMap | Join, base: str, outer: Scope, scope: Scope, parents: Callable[[str], TriplesMap]
    ) -> Compiled:
        if isinstance(plan, TermMap):
            return self.term(plan, scope, base)
        index = self.index_of(plan)
        if index is None:
            parent, _ = self.head(parents(plan.triples_map), outer)
            return of_same_record(parent)
        return joined_to(plan, index, [self.texts(child, scope, plan.where) for child, _ in plan.conditions])


def _asks_for_turn(expression: Expression) -> bool:
    return any(isinstance(part, Call) and part.function == "position" for part in walk(expression))


def several(parts: Sequence[Compiled]) -> Compiled:
    """The values of several expressions, one after the other."""
    if len(parts) == 1:
        return parts[0]
    if all(part.fixed is not None for part in parts):
        return fixed(tuple(text for part in parts for text in part.fixed or ()), max((part.level for part in parts), default=0))

    def evaluate(batch: Batch) -> Values:
        columns = [part.evaluate(batch) for part in parts]
        rows = [list(chain(*given)) for given in zip(*(grouped(one, batch.turns) for one in columns), strict=True)]
        return flat(batch.turns, rows)

    return replace(combined(evaluate, parts), spots=listed([part.spots for part in parts]))


def joined(parts: Sequence[str | Compiled]) -> Compiled:
    """The parts of a template put together: every combination of their values."""
    compiled = _fewest([fixed((part,)) if isinstance(part, str) else part for part in parts])
    if len(compiled) == 1:
        return compiled[0]
    if any(part.fixed == () for part in compiled):
        return fixed((), PER_RECORD)
    if len(compiled) <= 3 and sum(part.fixed is None for part in compiled) == 1:
        return _surrounded(compiled)
    changing = [number for number, part in enumerate(compiled) if part.fixed is None]

    def evaluate(batch: Batch) -> Values:
        turns, columns = cross([compiled[number].evaluate(batch) for number in changing])
        given = iter(columns)
        filled = [next(given) if part.fixed is None else repeat(part.fixed[0]) for part in compiled]
        return Values(turns, list(map("".join, zip(*filled, strict=False))))

    return combined(evaluate, compiled)


def _surrounded(parts: Sequence[Compiled]) -> Compiled:
    """The commonest template: one changing part between constant ones."""
    at = next(number for number, part in enumerate(parts) if part.fixed is None)
    head, tail = ("".join(text for part in some for text in part.fixed or ()) for some in (parts[:at], parts[at + 1 :]))
    read = parts[at].evaluate

    def evaluate(batch: Batch) -> Values:
        turns, texts = read(batch)
        return Values(turns, [f"{head}{text}{tail}" for text in texts])

    return combined(evaluate, [parts[at]])


def _fewest(parts: Sequence[Compiled]) -> list[Compiled]:
    """The same parts, neighbours that are known beforehand put together; those of several texts are kept apart."""
    made: list[Compiled] = []
    for part in parts:
        if made and part.fixed is not None and made[-1].fixed is not None:
            texts = tuple(map("".join, product(made[-1].fixed, part.fixed)))
            made[-1] = fixed(texts, max(made[-1].level, part.level))
        else:
            made.append(part)
    return [
        replace(part, fixed=None) if part.fixed is not None and len(part.fixed) > 1 and len(made) > 1 else part for part in made
    ]


def encoded(part: Compiled, encode: Encode, where: Where) -> Compiled:
    """Each value encoded; one that cannot be is reported and left out."""
    if part.fixed is not None:
        try:
            return fixed(tuple(encode(list(part.fixed))), part.level)
        except CellError:
            return replace(part, evaluate=lambda batch: _one_by_one(batch, part, part.evaluate(batch), encode, where), fixed=None)
    read = part.evaluate

    def evaluate(batch: Batch) -> Values:
        values = read(batch)
        if not values.texts:
            return NOTHING
        try:
            return Values(values.turns, encode(values.texts))
        except CellError:
            return _one_by_one(batch, part, values, encode, where)

    return replace(part, evaluate=evaluate)


def _one_by_one(batch: Batch, part: Compiled, values: Values, encode: Encode, where: Where) -> Values:
    turns, terms = [], []
    for position, (turn, text) in enumerate(zip(*values, strict=True)):
        try:
            terms += encode([text])
            turns.append(turn)
        except CellError as error:
            told(batch, part, values.turns, position, error, text, where)
            if isinstance(error.result, str):
                terms.append(error.result)
                turns.append(turn)
    return Values(turns, terms)


def _with_kinds_of_the_data(texts: Compiled, kinds: Sequence[Compiled | None], where: Where) -> Compiled:
    """Literals whose datatype or language is another column's value."""
    given = [part for part in (texts, *kinds) if part is not None]
    known: dict[tuple[str | None, ...], Encode] = {}

    def evaluate(batch: Batch) -> Values:
        turns, columns = cross([part.evaluate(batch) for part in given])
        told_kinds = iter(columns[1:])
        datatypes, languages = (next(told_kinds) if part is not None else repeat(None) for part in kinds)
        made_turns, terms = [], []
        for position, (text, *kind) in enumerate(zip(columns[0], datatypes, languages, strict=False)):
            try:
                encode = known.get(tuple(kind)) or known.setdefault(tuple(kind), literal_encoder(*kind))
                terms += encode([text])
                made_turns.append(turns[position])
            except CellError as error:
                error.value = {"bad-datatype": kind[0], "bad-language": kind[1]}.get(error.code)
                told(batch, texts, turns, position, error, text, where, given)
        return Values(made_turns, terms)

    return combined(evaluate, given)


def _nearest_first(subjects: Compiled) -> Compiled:
    """The same, told by the record's own cells before those of what lies around it."""
    depths = {spot: len(spot.references[0]) - len(spot.references[0].lstrip("^")) for spot in subjects.spots}
    return replace(subjects, spots=tuple(sorted(depths, key=depths.__getitem__)))
