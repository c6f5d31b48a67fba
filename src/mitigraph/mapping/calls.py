"""Function calls, compiled: cell functions go through values one by one, list functions take them whole, and those that
need the vocabulary, the record or the file are bound to it here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from mitigraph.mapping.context import EACH, NONE, PER_FILE, PER_RECORD, Compiled, Context, Evaluate, fixed
from mitigraph.mapping.keys import KeyRegistry, Minted, Owner, hash_key, is_unsafe
from mitigraph.mapping.names import CONTEXT_FUNCTIONS
from mitigraph.mapping.plan import LogicalSource, Where
from mitigraph.transforms import FUNCTIONS, CellError, Function, Result, split
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
    build = _whole if function.whole else _cell
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
    references = tuple(dict.fromkeys(name for part in parts for name in part.references))
    spots = {part.spot for part in parts if part.references}
    spot = parts[0].spot if keeps_spot and parts else (EACH if spots == {EACH} else NONE)
    return Compiled(evaluate, references, max([level, *(part.level for part in parts)]), spot)


def _first(compiled: Compiled) -> Callable[[Context], str]:
    if compiled.fixed is not None:
        text = compiled.fixed[0] if compiled.fixed else ""
        return lambda context: text
    return lambda context: next(iter(compiled.evaluate(context)), "")


def _elements(subject: Compiled, call: Callable[[Context, str], Result], where: Where) -> Evaluate:
    """Apply a function to each value; what it raises is reported and what it gives all the same is kept."""
    read = subject.evaluate

    def one(context: Context, index: int, text: str) -> list[str]:
        try:
            result = call(context, text)
        except CellError as error:
            context.fail(error, text, subject, index, where)
            result = error.result
        if isinstance(result, str):
            return [result] if result else []  # like an empty cell, an empty text is no value
        return result or []

    def evaluate(context: Context) -> list[str]:
        values = read(context)
        if len(values) == 1:
            return one(context, 0, values[0])
        return [text for index, value in enumerate(values) for text in one(context, index, value)]

    return evaluate


def _cell(function: Function, positional: Sequence[Compiled], rest: Arguments, where: Where) -> Evaluate:
    subject, *extras = positional
    call = function.call
    if all(part.fixed is not None for part in (*extras, *rest.values())):
        texts = [next(iter(part.fixed or ()), "") for part in extras]
        bound = partial(_swapped, call, texts, {k: next(iter(v.fixed or ()), "") for k, v in rest.items()})
        return _elements(subject, bound if texts or rest else lambda context, text: call(text), where)
    readers, named = [_first(part) for part in extras], {key: _first(part) for key, part in rest.items()}
    return _elements(
        subject,
        lambda context, text: call(
            text, *(read(context) for read in readers), **{key: read(context) for key, read in named.items()}
        ),
        where,
    )


def _swapped(call: Callable[..., Result], extras: Sequence[str], named: Mapping[str, str], context: Context, text: str) -> Result:
    return call(text, *extras, **named)


def _whole(function: Function, positional: Sequence[Compiled], rest: Arguments, where: Where) -> Evaluate:
    readers, named = [part.evaluate for part in positional], {key: part.evaluate for key, part in rest.items()}
    call, subject = function.call, positional[0] if positional else fixed(())

    def evaluate(context: Context) -> list[str]:
        try:
            if named:
                given = {key: read(context) for key, read in named.items()}
                result = call(*[read(context) for read in readers], **given)
            else:
                result = call(*[read(context) for read in readers])
        except CellError as error:
            context.fail(error, None, subject, 0, where)
            result = error.result
        return [result] if isinstance(result, str) else result or []

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
    names = _names(given, around)

    def find(text: str, above: str) -> Result:
        concept = around.schemes.find(text, names, above or None)
        return concept.iri if concept else None

    recall = remembered(find)
    above = _first(given["under"]) if "under" in given else lambda context: ""
    evaluate = _elements(given["value"], lambda context, text: recall(text, above(context)), where)
    return _compiled(evaluate, list(given.values()))


def _concept_key(given: Arguments, around: Surroundings, where: Where) -> Compiled:
    concepts = around.schemes.concepts

    def key(context: Context, text: str) -> Result:
        if text in concepts:
            return concepts[text].key
        raise CellError("unknown-concept", "not the IRI of a concept")

    return _compiled(_elements(given["concept"], key, where), [given["concept"]])


def _non_value(given: Arguments, around: Surroundings, where: Where) -> Compiled:
    names = _names(given, around)
    field = _first(given["field"]) if "field" in given else lambda context: ""

    def tell(context: Context, text: str) -> Result:
        if not around.schemes.non_value(text, names):
            return None
        name = field(context)
        return f"{name}: {text}" if name else text

    return _compiled(_elements(given["value"], tell, where), list(given.values()))


def _table(given: Arguments, around: Surroundings) -> Table:
    name = next(iter(given["table"].fixed or ()), "")
    if name in around.tables:
        return around.tables[name]
    scheme = around.schemes.schemes[name]
    return Table({c.key: [t for t in (c.label, c.notation) if t] for c in scheme.concepts.values()}, exact=False)


def _lookup(given: Arguments, around: Surroundings, where: Where) -> Compiled:
    table = _table(given, around)
    return _compiled(_elements(given["value"], lambda context, text: table.find(text), where), [given["value"]])


def _table_label(given: Arguments, around: Surroundings, where: Where) -> Compiled:
    table = _table(given, around)
    return _compiled(_elements(given["value"], lambda context, text: table.label(text), where), [given["value"]])


def _split(given: Arguments, around: Surroundings, where: Where) -> Compiled:
    table = _table(given, around)
    separator = _first(given["separator"]) if "separator" in given else lambda context: ";"

    def cut(context: Context, text: str) -> Result:
        sign = separator(context)
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

    return _compiled(_elements(given["value"], cut, where), [given["value"]])


# -- what needs the record or the file -----------------------------------------------------------------------


def _key(given: Arguments, around: Surroundings, where: Where) -> Compiled:
    subject, registry, scope = given["value"], around.registry, around.scope
    source = around.source.name if around.source.alternative_to else scope[1]
    within = _first(given["within"]) if "within" in given else None

    def mint(context: Context, text: str) -> Result:
        owner = Owner(source, around.file, context.record.number, context.record.line, context.digest())
        value = hash_key(text) if is_unsafe(text) else text
        minted = registry.mint(scope if within is None else (*scope, within(context)), value, owner)
        context.repeated = context.repeated or minted.outcome in ("repeated", "alternative")
        context.alternatives += minted.outcome == "alternative"
        told = _told(minted, text, value)
        if told is not None:
            raise told
        return minted.key

    parts = [given[name] for name in CONTEXT_FUNCTIONS["key"] if name in given]
    return _compiled(_elements(subject, mint, where), parts, level=PER_RECORD)


def _told(minted: Minted, text: str, value: str) -> CellError | None:
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
        return CellError("near-duplicate-id", f"differs from the id at {at} by case or Unicode form only", "info", result=key)
    return None


def _position(given: Arguments, around: Surroundings, where: Where) -> Compiled:
    return Compiled(lambda context: [str(context.position or 1)], level=PER_RECORD)


def _entry_digest(given: Arguments, around: Surroundings, where: Where) -> Compiled:
    return Compiled(lambda context: [context.digest()], level=PER_RECORD)


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
