"""Function calls, compiled: cell functions go through values one by one, list functions take them whole, and those that
need the vocabulary, the record or the file are bound to it here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mitigraph.mapping.batch import Batch, Values, index_of
from mitigraph.mapping.compiled import PER_FILE, PER_RECORD, Compiled, Evaluate, firsts, fixed, lists
from mitigraph.mapping.keys import KeyRegistry, Minted, Owner, hash_key, is_unsafe
from mitigraph.mapping.names import CONTEXT_FUNCTIONS
from mitigraph.mapping.plan import LogicalSource, Where
from mitigraph.mapping.spot import all_of, of_all_values
from mitigraph.transforms import FUNCTIONS, CellError, Function, Result, fold, split
from mitigraph.vocabulary import Schemes, Table

__all__ = ["Surroundings", "arrange", "compile_call"]

REMEMBERED = 10_000
"""How many results of a look-up are kept before they are forgotten: memory stays flat whatever the data."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What calls may ask for beyond their arguments, fixed for one file."""

    mapping: str
    dataset: str
    source: LogicalSource
    scope: tuple[str, str]
    file: str
    sha256: str
    schemes: Schemes
    tables: Mapping[str, Table]
    registry: KeyRegistry
    number: int = 0


Arguments = dict[str, Compiled]


def compile_call(
    name: str, arguments: Sequence[Compiled], named: Mapping[str, Compiled], around: Surroundings, where: Where
) -> Compiled:
    """A call of a function that exists, with arguments that fit it (``check`` has seen to both)."""
    builder = BUILDERS.get(name)
    if builder is not None:
        given = dict(zip(CONTEXT_FUNCTIONS[name], arguments, strict=False)) | dict(named)
        if name != "split" or "table" in given:
            return builder(given, around, where)
    function = FUNCTIONS[name]
    positional, rest = arrange(function.parameters, arguments, named)
    build = _of_lists if function.whole else _of_texts
    evaluate = build(function, positional, rest, where)
    return _compiled(evaluate, [*positional, *rest.values()], keeps_spot=not function.whole)


def arrange(
    parameters: Sequence[str], arguments: Sequence[Compiled], named: Mapping[str, Compiled]
) -> tuple[list[Compiled], dict[str, Compiled]]:
    """Named arguments put in their places as far as the places before them are filled."""
    positional, rest = list(arguments), dict(named)
    while len(positional) < len(parameters) and parameters[len(positional)] in rest:
        positional.append(rest.pop(parameters[len(positional)]))
    return positional, rest


def _compiled(evaluate: Evaluate, parts: Sequence[Compiled], keeps_spot: bool = True, level: int = 0) -> Compiled:
    kept = parts[0].spots if keeps_spot and parts else ()
    spots = all_of([kept, of_all_values(all_of(part.spots for part in (parts[1:] if keeps_spot else parts)))])
    return Compiled(evaluate, spots, max([level, *(part.level for part in parts)]))


Call = Callable[[int, str], Result]
"""What a call gives for a turn and one of its texts."""


def elements(subject: Compiled, prepare: Callable[[Batch], Call], where: Where, others: Sequence[Compiled] = ()) -> Evaluate:
    """A function applied to each text; what it raises is reported and what it gives all the same is kept."""

    def evaluate(batch: Batch) -> Values:
        turns, texts = subject.evaluate(batch)
        call = prepare(batch) if texts else _nothing
        results: list[Result] = []
        for position, text in enumerate(texts):
            try:
                results.append(call(turns[position], text))
            except CellError as error:
                told(batch, subject, turns, position, error, text, where, others)
                results.append(error.result)
        return flat(turns, results)

    return evaluate


def _nothing(turn: int, text: str) -> Result:
    return None


def told(
    batch: Batch,
    subject: Compiled,
    turns: Sequence[int],
    position: int,
    error: CellError,
    text: str | None,
    where: Where,
    others: Sequence[Compiled] = (),
) -> None:
    """Report what a function has to say of the text at a position, or of the value of another argument."""
    turn, index = turns[position], index_of(turns, position)
    if error.value is not None and error.value != text:
        for part in others:
            values = part.evaluate(Batch(batch.frame, [turn])).texts
            if error.value in values:
                subject, index, text = part, values.index(error.value), error.value
                break
    batch.fail(error, turn, batch.place(subject.spots, turn, index), text, where)


def flat(turns: Sequence[int], results: Sequence[Result]) -> Values:
    """Results beside the turns they are for; like an empty cell, an empty text is no value."""
    texts = [result for result in results if isinstance(result, str) and result]
    if len(texts) == len(turns):
        return Values(turns, texts)
    pairs = [(turn, text) for turn, result in zip(turns, results, strict=True) for text in _texts(result)]
    return Values([turn for turn, _ in pairs], [text for _, text in pairs])


def _texts(result: Result) -> Iterable[str]:
    if isinstance(result, str):
        return (result,) if result else ()
    return result or ()


def _of_texts(function: Function, positional: Sequence[Compiled], rest: Arguments, where: Where) -> Evaluate:
    """A cell function. Extra arguments are taken by their first text."""
    subject, *extras = positional
    call = function.call
    if not extras and not rest:
        return elements(subject, lambda batch: lambda turn, text: call(text), where)
    if all(part.fixed is not None for part in (*extras, *rest.values())):
        texts = [next(iter(part.fixed or ()), "") for part in extras]
        named = {key: next(iter(part.fixed or ()), "") for key, part in rest.items()}
        return elements(subject, lambda batch: lambda turn, text: call(text, *texts, **named), where)
    readers, by_name = [firsts(part) for part in extras], {key: firsts(part) for key, part in rest.items()}

    def prepare(batch: Batch) -> Call:
        given, also = [read(batch) for read in readers], {key: read(batch) for key, read in by_name.items()}
        return lambda turn, text: call(text, *(one(turn) for one in given), **{key: one(turn) for key, one in also.items()})

    return elements(subject, prepare, where, [*extras, *rest.values()])


def _of_lists(function: Function, positional: Sequence[Compiled], rest: Arguments, where: Where) -> Evaluate:
    """A function of all values at once, called once a turn."""
    readers, by_name = [lists(part) for part in positional], {key: lists(part) for key, part in rest.items()}
    call, subject = function.call, positional[0] if positional else fixed(())

    def evaluate(batch: Batch) -> Values:
        columns = [read(batch) for read in readers]
        named = {key: read(batch) for key, read in by_name.items()}
        results: list[Result] = []
        for number in range(len(batch.turns)):
            try:
                results.append(call(*[one[number] for one in columns], **{key: one[number] for key, one in named.items()}))
            except CellError as error:
                told(batch, subject, batch.turns, number, error, None, where, [*positional, *rest.values()])
                results.append(error.result)
        return flat(batch.turns, results)

    return evaluate


def remembered(call: Callable[[str, str], Result]) -> Callable[[str, str], Result]:
    """A function whose results, errors included, are kept for a while.

    >>> remembered(lambda text, above: text.upper())("a", "")
    'A'
    """
    known: dict[tuple[str, str], Result | CellError] = {}

    def recall(text: str, above: str) -> Result:
        found = known.get((text, above), known)
        if found is known:
            if len(known) >= REMEMBERED:
                known.clear()
            try:
                found = call(text, above)
            except CellError as error:
                found = error
            known[text, above] = found
        if isinstance(found, CellError):
            raise found
        return found  # type: ignore[return-value]

    return recall


# -- what needs the vocabulary -------------------------------------------------------------------------------


def _names(given: Arguments, around: Surroundings) -> list[str]:
    texts = given["scheme"].fixed if "scheme" in given else tuple(around.schemes.schemes)
    return " ".join(texts or ()).split()


def _concept(given: Arguments, around: Surroundings, where: Where) -> Compiled:
    names, schemes = _names(given, around), around.schemes
    keywords = {fold(one) for text in given.get("every", fixed(())).fixed or () for one in text.split(";")}

    def find(text: str, above: str) -> Result:
        if fold(text) in keywords:
            limit = schemes.find(above, names) if above else None
            concepts = [one for name in names for one in schemes.schemes[name].concepts.values()]
            return [one.iri for one in concepts if limit is None or schemes.lies_under(one, limit)]
        concept = schemes.find(text, names, above or None)
        return concept.iri if concept else None

    recall = remembered(find)
    above = firsts(given.get("under", fixed(())))

    def prepare(batch: Batch) -> Call:
        under = above(batch)
        return lambda turn, text: recall(text, under(turn))

    evaluate = elements(given["value"], prepare, where)
    return _compiled(evaluate, list(given.values()))


def _concept_key(given: Arguments, around: Surroundings, where: Where) -> Compiled:
    concepts = around.schemes.concepts

    def key(turn: int, text: str) -> Result:
        if text in concepts:
            return concepts[text].key
        raise CellError("unknown-concept", "not the IRI of a concept")

    return _compiled(elements(given["concept"], lambda batch: key, where), [given["concept"]])


def _non_value(given: Arguments, around: Surroundings, where: Where) -> Compiled:
    names = _names(given, around)
    field = firsts(given.get("field", fixed(())))

    def prepare(batch: Batch) -> Call:
        field_of = field(batch)

        def tell(turn: int, text: str) -> Result:
            if not around.schemes.non_value(text, names):
                return None
            return f"{field_of(turn)}: {text}" if field_of(turn) else text

        return tell

    return _compiled(elements(given["value"], prepare, where), list(given.values()))


def _table(given: Arguments, around: Surroundings) -> Table:
    name = next(iter(given["table"].fixed or ()), "")
    if name in around.tables:
        return around.tables[name]
    scheme = around.schemes.schemes[name]
    return Table({c.key: [t for t in (c.label, c.notation) if t] for c in scheme.concepts.values()}, exact=False)


def _lookup(given: Arguments, around: Surroundings, where: Where) -> Compiled:
    table = _table(given, around)
    return _compiled(elements(given["value"], lambda batch: lambda turn, text: table.find(text), where), [given["value"]])


def _table_label(given: Arguments, around: Surroundings, where: Where) -> Compiled:
    table = _table(given, around)
    return _compiled(elements(given["value"], lambda batch: lambda turn, text: table.label(text), where), [given["value"]])


def _split(given: Arguments, around: Surroundings, where: Where) -> Compiled:
    table = _table(given, around)
    separator = firsts(given.get("separator", fixed((";",))))

    def cut(text: str, sign: str) -> Result:
        parts, mended = table.segment(text, sign)
        if mended:
            raise CellError(
                "missing-separator",
                "values that are not parted as the others are",
                "warning",
                expected=f"values parted by {sign!r}",
                suggestion=f"{sign} ".join(parts),
                result=parts,
            )
        return parts or split(text, sign)

    def prepare(batch: Batch) -> Call:
        sign = separator(batch)
        return lambda turn, text: cut(text, sign(turn))

    return _compiled(elements(given["value"], prepare, where), [given["value"]])


# -- what needs the record or the file -----------------------------------------------------------------------


def _key(given: Arguments, around: Surroundings, where: Where) -> Compiled:
    subject, registry, scope = given["value"], around.registry, around.scope
    source = around.source.name if around.source.alternative_to else scope[1]
    within = firsts(given["within"]) if "within" in given else None

    def prepare(batch: Batch) -> Call:
        edition = within(batch) if within else None
        frame = batch.frame
        root = frame.outer or frame

        def mint(turn: int, text: str) -> Result:
            record, at = frame.records[turn], frame.at[turn] if frame.outer else turn
            owner = Owner(source, around.file, record.number, record.line, root.digest(at))
            value = hash_key(text) if is_unsafe(text) else text
            minted = registry.mint((*scope, edition(turn)) if edition else scope, value, owner)
            if minted.outcome in ("repeated", "alternative"):
                root.repeated.add(at)
            frame.context.alternatives += minted.outcome == "alternative"
            remark = _remark(minted, text, value)
            if remark is not None:
                raise remark
            return minted.key

        return mint

    mint_all = elements(subject, prepare, where)
    parts = [given[name] for name in CONTEXT_FUNCTIONS["key"] if name in given]
    return _compiled(lambda batch: batch.frame.minted(subject.evaluate, mint_all, batch), parts, level=PER_RECORD)


def _remark(minted: Minted, text: str, value: str) -> CellError | None:
    """What is to be said of how a key came about."""
    key, other = minted.key, minted.owner
    at = f"{other.file}:{other.line} (row {other.row})" if other else ""
    if minted.outcome == "clash":
        return CellError(
            "duplicate-id",
            f"the id of another entry with other content, at {at}; it is given {key!r}",
            expected="an id of its own",
            result=key,
        )
    if value != text:
        return CellError(
            "unsafe-id",
            f"cannot be part of an IRI or a file name; it is given {key!r}",
            expected="an id of letters, digits and simple signs",
            result=key,
        )
    if minted.outcome == "near":
        told = f"differs from the id at {at} by case, Unicode form or punctuation only"
        return CellError("near-duplicate-id", told, "info", result=key)
    return None


def _position(given: Arguments, around: Surroundings, where: Where) -> Compiled:
    def evaluate(batch: Batch) -> Values:
        positions = batch.frame.positions
        return Values(batch.turns, [str(positions[turn]) if positions else "1" for turn in batch.turns])

    return Compiled(evaluate, level=PER_RECORD)


def _entry_digest(given: Arguments, around: Surroundings, where: Where) -> Compiled:
    def evaluate(batch: Batch) -> Values:
        frame = batch.frame
        if frame.outer is None:
            return Values(batch.turns, [frame.digest(turn) for turn in batch.turns])
        return Values(batch.turns, [frame.outer.digest(frame.at[turn]) for turn in batch.turns])

    return Compiled(evaluate, level=PER_RECORD)


BUILDERS: dict[str, Callable[[Arguments, Surroundings, Where], Compiled]] = {
    "concept": _concept,
    "conceptKey": _concept_key,
    "nonValue": _non_value,
    "lookup": _lookup,
    "tableLabel": _table_label,
    "split": _split,
    "key": _key,
    "position": _position,
    "entryDigest": _entry_digest,
    "fileName": lambda given, around, where: fixed((around.file,), PER_FILE),
    "fileDigest": lambda given, around, where: fixed((around.sha256,), PER_FILE),
    "mappingFile": lambda given, around, where: fixed((around.mapping,)),
    "dataset": lambda given, around, where: fixed((around.dataset,)),
}
"""Functions of ``names.CONTEXT_FUNCTIONS``: from their arguments and surroundings to what is evaluated."""
